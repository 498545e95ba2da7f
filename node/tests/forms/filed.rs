//! What becomes of a form once it is sent: one act, however often it comes; nothing, if its session
//! is over; a draft to put right, if the act came back.

use commune_node::office::{ActState, ReadingsWanted};
use registry::feed::ActOutcome;
use registry::reading::ReadReason;
use registry::value::Line;

use super::*;
use crate::device::record_id;

impl Desk {
    fn acts(&self) -> usize {
        let acts = self.running.api.office.own_acts(None, 100);
        acts.unwrap().len()
    }

    fn drafts(&self) -> usize {
        let lan = "lan".parse().unwrap();
        self.running.api.office.drafts(&lan).unwrap().len()
    }

    async fn restart(self) -> Desk {
        let Desk {
            centre,
            running,
            dir,
            mut browser,
        } = self;
        running.stop().await;
        let running = start(dir.path()).await;
        browser.address = running.address;
        browser.sign_in("").await;
        Desk {
            centre,
            running,
            dir,
            browser,
        }
    }

    /// Files a birth and waits until the centre has sent it back.
    async fn returned(&mut self) -> String {
        self.centre.answer_with(vec![refused()]);
        let (draft, csrf) = birth_form(&mut self.browser).await;
        let filed = self.browser.post(&draft, &child(&csrf, "file")).await;
        assert_eq!(filed.status, 303, "{}", filed.text);
        self.running.until(|status| status.returned == 1).await;
        filed.to
    }
}

fn refused() -> ActOutcome {
    ActOutcome::Returned {
        code: Line::parse("mother_dead").unwrap(),
        words: Line::parse("the mother died before").unwrap(),
    }
}

fn child<'a>(csrf: &'a str, wish: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = CHILD.to_vec();
    fields.extend([("csrf", csrf), ("do", wish)]);
    fields
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_sent_twice_is_one_act_also_after_a_restart() {
    let mut desk = desk().await;
    let (draft, csrf) = birth_form(&mut desk.browser).await;
    let review = desk.browser.post(&draft, &child(&csrf, "look")).await;
    assert_eq!(review.status, 200);
    assert_eq!(desk.drafts(), 1);

    // A double click: both come at once.
    let mut other = Browser {
        address: desk.browser.address,
        cookie: desk.browser.cookie.clone(),
    };
    let fields = child(&csrf, "file");
    let (one, two) = tokio::join!(
        desk.browser.post(&draft, &fields),
        other.post(&draft, &fields)
    );
    assert_eq!((one.status, two.status), (303, 303));
    assert!(one.to.starts_with("/acts/"), "{}", one.to);
    assert_eq!(one.to, two.to);
    assert_eq!((desk.acts(), desk.drafts()), (1, 0));

    // What the page sends on its own afterwards makes no draft again.
    let late = desk.browser.post(&format!("{draft}/keep"), &fields).await;
    assert_eq!(late.status, 410);
    assert_eq!(desk.drafts(), 0);

    // The browser's way back, also days later and in another session.
    let mut desk = desk.restart().await;
    assert_eq!(desk.browser.get(&draft).await.to, one.to);
    let (another, csrf) = birth_form(&mut desk.browser).await;
    for wish in ["file", "look", "keep"] {
        let again = desk.browser.post(&draft, &child(&csrf, wish)).await;
        assert_eq!((again.status, &again.to), (303, &one.to), "{wish}");
    }
    assert_eq!((desk.acts(), desk.drafts()), (1, 0));

    // Another form of the same content is another act: twins are filed so.
    let twin = desk.browser.post(&another, &child(&csrf, "file")).await;
    assert_eq!(twin.status, 303, "{}", twin.text);
    assert_ne!(twin.to, one.to);
    assert_eq!(desk.acts(), 2);
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_an_earlier_session_comes_back_filled_and_does_nothing() {
    let mut desk = desk().await;
    let (draft, old) = birth_form(&mut desk.browser).await;
    desk.browser.sign_in("").await;
    for wish in ["file", "drop", "keep"] {
        let form = desk.browser.post(&draft, &child(&old, wish)).await;
        assert_eq!(form.status, 409, "{wish}");
        assert_eq!(form.value("child.name").as_deref(), Some("Trần Bảo Ngọc"));
        assert_eq!((desk.acts(), desk.drafts()), (0, 0), "{wish}");
        assert!(form.text.contains("phiên đã kết thúc"), "{}", form.text);
    }
    // The page that came back goes on where it was.
    let form = desk.browser.post(&draft, &child(&old, "look")).await;
    let csrf = form.value("csrf").unwrap();
    assert_ne!(csrf, old);
    let filed = desk.browser.post(&draft, &child(&csrf, "file")).await;
    assert_eq!((filed.status, desk.acts()), (303, 1));
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_came_back_is_put_right_and_filed_again() {
    let mut desk = desk().await;
    let act = desk.returned().await;
    let page = desk.browser.get(&act).await;
    let again = format!("/acts/new/birth?again={}", act.rsplit('/').next().unwrap());
    assert!(page.text.contains(&again), "{}", page.text);
    assert!(page.text.contains("Trần Bảo Ngọc"), "{}", page.text);
    assert!(!page.text.contains("/acts/new/add_evidence"));

    // All that was typed is there, with the reason.
    let form = desk.browser.get(&again).await;
    assert_eq!(form.status, 200);
    assert_eq!(form.value("child.name").as_deref(), Some("Trần Bảo Ngọc"));
    assert_eq!(form.value("mother.name").as_deref(), Some("Trần Thị Hòa"));
    // A code without words here is told as a code, in the language of the page.
    assert!(form.text.contains("mother_dead"));
    let draft = form.text.split("action=\"/drafts/").nth(1).unwrap();
    let draft = format!("/drafts/{}", draft.split('"').next().unwrap());
    let csrf = form.value("csrf").unwrap();
    let mut fields = child(&csrf, "keep");
    fields[4] = ("mother.name", "Trần Thị Hoa");
    assert_eq!(desk.browser.post(&draft, &fields).await.status, 200);
    // Whoever asks again goes on with what was begun.
    assert_eq!(desk.browser.get(&again).await.to, draft);

    desk.centre.answer_with(vec![ActOutcome::Accepted]);
    fields.pop();
    fields.push(("do", "file"));
    let filed = desk.browser.post(&draft, &fields).await;
    assert_eq!(filed.status, 303, "{}", filed.text);
    assert_ne!(filed.to, act);
    let office = desk.running.api.office.clone();
    desk.running
        .until(|status| status.returned == 0 && status.unsent == 0)
        .await;
    let waiting = |state| office.own_acts(Some(state), 10).unwrap().len();
    assert_eq!(waiting(ActState::Returned), 0);
    let page = desk.browser.get(&act).await;
    assert!(page.text.contains(&filed.to), "{}", page.text);
    assert!(!page.text.contains(&again));
    assert_eq!(desk.browser.get(&again).await.to, act);
    drop(office);

    // It stays seen to.
    let mut desk = desk.restart().await;
    let office = desk.running.api.office.clone();
    assert!(
        office
            .own_acts(Some(ActState::Returned), 10)
            .unwrap()
            .is_empty()
    );
    assert!(desk.browser.get(&act).await.text.contains(&filed.to));
    assert_eq!(desk.acts(), 2);
    drop(office);
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_came_back_is_put_aside() {
    let mut desk = desk().await;
    let act = desk.returned().await;
    let csrf = desk.browser.get(&act).await.value("csrf").unwrap();
    let aside = format!("{act}/aside");
    assert_eq!(
        desk.browser.post(&aside, &[("csrf", "0")]).await.status,
        409
    );
    let count = |desk: &Desk| {
        let office = &desk.running.api.office;
        office.count_acts(ActState::Returned).unwrap()
    };
    assert_eq!(count(&desk), Some(1));
    let done = desk.browser.post(&aside, &[("csrf", &csrf)]).await;
    assert_eq!((done.status, done.to.as_str()), (303, act.as_str()));
    assert_eq!(count(&desk), Some(0));
    desk.running.until(|status| status.returned == 0).await;
    let page = desk.browser.get(&act).await;
    assert!(page.text.contains("Đã cất đi"), "{}", page.text);
    // Twice is once.
    let done = desk.browser.post(&aside, &[("csrf", &csrf)]).await;
    assert_eq!(done.status, 303);
    let desk = desk.restart().await;
    assert_eq!(count(&desk), Some(0));
    desk.running.until(|status| status.returned == 0).await;
    desk.running.stop().await;
}

/// Acts of programs have no form that was typed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_without_its_form_begins_again_with_its_person_and_papers() {
    let mut desk = desk().await;
    desk.centre.answer_with(vec![refused()]);
    let body = serde_json::json!({
        "act": "contact", "person": record_id(1), "phone": "0912345678",
        "evidence": [{"kind": "Tờ khai", "number": "17"}]
    });
    let (status, filed) = desk.running.post("/api/v1/acts", &body.to_string()).await;
    assert_eq!(status, 201, "{filed}");
    desk.running.until(|status| status.returned == 1).await;
    let act = filed["act"].as_str().unwrap();
    let form = desk
        .browser
        .get(&format!("/acts/new/contact?again={act}"))
        .await;
    let id = record_id(1).to_string();
    assert_eq!(form.value("person.id"), Some(id));
    assert_eq!(form.value("evidence.0.kind").as_deref(), Some("Tờ khai"));
    assert_eq!(form.value("evidence.0.number").as_deref(), Some("17"));
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_over_an_act_is_a_reading_of_the_records_that_it_shows() {
    let mut desk = desk().await;
    let id = record_id(2).to_string();
    let form = desk
        .browser
        .get(&format!("/acts/new/correction?person={id}"))
        .await;
    let draft = form.text.split("action=\"/drafts/").nth(1).unwrap();
    let draft = format!("/drafts/{}", draft.split('"').next().unwrap());
    let csrf = form.value("csrf").unwrap();
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "correction"),
        ("person.id", id.as_str()),
        ("fields.0.field", "name"),
        ("fields.0.value", "Lê Văn Đực"),
        ("evidence.0.kind", "Quyết định cải chính"),
        ("evidence.0.number", "12/QĐ-UBND"),
        ("do", "look"),
    ];
    let office = desk.running.api.office.clone();
    let wanted = ReadingsWanted {
        limit: 10,
        ..ReadingsWanted::default()
    };
    let readings = || office.readings(&wanted).unwrap().rows;
    assert!(readings().is_empty());
    for _ in 0..2 {
        let review = desk.browser.post(&draft, &fields).await;
        assert_eq!(review.status, 200, "{}", review.text);
        assert!(review.text.contains("Lê Văn Đức"), "{}", review.text);
    }
    let rows = readings();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].record, record_id(2));
    assert_eq!(rows[0].reason, ReadReason::ActInHand);

    // A birth shows nobody's record.
    let (draft, csrf) = birth_form(&mut desk.browser).await;
    let review = desk.browser.post(&draft, &child(&csrf, "look")).await;
    assert_eq!((review.status, readings().len()), (200, 1));
    drop(office);
    desk.running.stop().await;
}
