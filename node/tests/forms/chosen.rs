//! Whom a form offers: the dead, the missing and what was revoked stand there with the reason and
//! cannot be chosen where the act does not take them; and of an act all that is wrong is told.

use registry::fields::Fields;
use registry::record::Record;
use registry::schema::{Field, RecordKind};
use serde_json::{Value as Json, json};

use super::*;
use crate::device::{person, record_id, with};

fn household(n: u8, file: &str) -> Record {
    let mut fields = Fields::new();
    let text = serde_json::from_value(json!({ "text": file })).unwrap();
    fields.set(Field::HouseholdFile, Some(text));
    Record::new(record_id(n), RecordKind::Household, fields)
}

/// Lê Văn Sống lives, Chết is dead, Mất is missing, Sai is registered no more; two households, of
/// which one was closed.
fn town() -> Vec<Record> {
    let death = |declared: Json| json!({"death": {"date": "2025-01-01", "ground": "x", "declared": declared}});
    let revoked = json!({"text": "hủy ngày 2025-01-01"});
    let member = |n: u8| json!({"membership": {"household": record_id(n), "since": "2001-01-01"}});
    let somebody = |n, name, field, value: &Json| with(person(n, name), &[(field, value.clone())]);
    let closed = household(21, "HO-DONG");
    vec![
        somebody(1, "Lê Văn Sống", Field::Membership, &member(20)),
        somebody(2, "Lê Văn Chết", Field::Death, &death(Json::Null)),
        somebody(3, "Lê Văn Mất", Field::Death, &death(json!("missing"))),
        somebody(4, "Lê Văn Sai", Field::Revoked, &revoked),
        somebody(5, "Lê Văn Đóng", Field::Membership, &member(21)),
        household(20, "HO-MOT"),
        with(closed, &[(Field::HouseholdRevoked, revoked)]),
    ]
}

/// The input with which a record is chosen, and what stands behind it.
fn choice(text: &str, n: u8) -> Option<(bool, String)> {
    let value = format!("value=\"{}\"", record_id(n));
    let (_, rest) = text.split_once(&value)?;
    let (input, rest) = rest.split_once('>')?;
    let shown = rest.split("</label>").next()?;
    let behind = rest.split("<label").next()?;
    assert!(shown.contains("Lê Văn") || shown.contains("HO-"), "{shown}");
    Some((input.contains("disabled"), behind.to_owned()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_an_act_does_not_take_cannot_be_chosen_and_the_reason_stands_beside() {
    let mut desk = desk_of(&town()).await;
    let browser = &mut desk.browser;
    // Path, act, who can be chosen.
    for (act, path, takes) in [
        ("temporary_registration", "person", vec![1, 5]),
        ("death", "person", vec![1, 3, 5]),
        ("death_revoked", "person", vec![2, 3]),
        ("stay_notification", "person", vec![1, 2, 3, 5]),
        ("birth", "father", vec![1, 2, 3, 5]),
    ] {
        let (draft, csrf) = form_of(browser, &format!("/acts/new/{act}")).await;
        let query = format!("{path}.q");
        let fields = [
            ("csrf", csrf.as_str()),
            ("act", act),
            (query.as_str(), "le van"),
            ("do", "again"),
        ];
        let form = browser.post(&draft, &fields).await;
        assert_eq!(form.status, 200);
        let address = form.text.split(&format!("/acts/pick?path={path}&")).nth(1);
        let address = address.unwrap().split('"').next().unwrap();
        let takes_part = address.replace("#38;", "").replace("amp;", "");
        let part = format!("/acts/pick?path={path}&{takes_part}&{query}=le%20van");
        let part = browser.get(&part).await;
        // With JavaScript, the part of the page says the same.
        for text in [&form.text, &part.text] {
            // Nobody finds a registration that was revoked.
            assert!(choice(text, 4).is_none());
            for n in [1, 2, 3, 5] {
                let (barred, behind) =
                    choice(text, n).unwrap_or_else(|| panic!("{act} {n} {text}"));
                assert_eq!(barred, !takes.contains(&n), "{act} {n}");
                assert_eq!(behind.contains("-why\""), barred, "{act} {n}: {behind}");
            }
        }
    }
    // A household that was closed.
    let (draft, csrf) = form_of(browser, "/acts/new/change_of_head").await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "change_of_head"),
        ("household.q", "le van"),
        ("do", "again"),
    ];
    let form = browser.post(&draft, &fields).await;
    assert!(!choice(&form.text, 20).unwrap().0);
    let (barred, behind) = choice(&form.text, 21).unwrap();
    assert!(barred && behind.contains("đã bị hủy"), "{behind}");
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_begins_with_somebody_it_does_not_take_says_so_at_once() {
    let mut desk = desk_of(&town()).await;
    let browser = &mut desk.browser;
    let dead = record_id(2);
    let told = "Người này đã được đăng ký khai tử";
    let begun = |act: &str| format!("/acts/new/{act}?person={dead}");
    let form = browser.get(&begun("temporary_registration")).await;
    assert!(form.text.contains(told), "{}", form.text);
    let form = browser.get(&begun("death_revoked")).await;
    assert!(!form.text.contains(told));
    // Nor does the person's page offer it.
    let page = browser.get(&format!("/people/{dead}?reason=counter")).await;
    for (act, offered) in [
        ("death_revoked", true),
        ("stay_notification", true),
        ("permanent_deletion", true),
        ("death", false),
        ("contact", false),
        ("correction", false),
        ("parent_recognition", false),
        ("household_split", false),
    ] {
        let href = begun(act);
        assert_eq!(page.text.contains(&format!("\"{href}\"")), offered, "{act}");
    }
    let living = browser
        .get(&format!("/people/{}?reason=counter", record_id(1)))
        .await;
    for act in ["death", "contact", "household_split", "correction"] {
        let href = format!("\"/acts/new/{act}?person={}\"", record_id(1));
        assert!(living.text.contains(&href), "{act}");
    }
    assert!(!living.text.contains("/acts/new/death_revoked"));
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_stands_against_an_act_stands_beside_its_inputs() {
    let mut desk = desk_of(&town()).await;
    let browser = &mut desk.browser;
    let (draft, csrf) = form_of(browser, "/acts/new/death").await;
    let dead = record_id(2).to_string();
    let wrong = |wish| {
        vec![
            ("csrf", csrf.as_str()),
            ("act", "death"),
            ("person.id", dead.as_str()),
            ("date", "01/01/2099"),
            ("ground", "giấy báo tử"),
            ("declared", "dead"),
            ("do", wish),
        ]
    };
    for wish in ["look", "file"] {
        let form = browser.post(&draft, &wrong(wish)).await;
        assert_eq!(form.status, 422);
        let at = |id: &str| {
            let found = form.text.split(&format!("id=\"{id}-wrong\">")).nth(1);
            found.map(|rest| rest.split('<').next().unwrap().to_owned())
        };
        let date = at("date").unwrap();
        assert!(date.starts_with("Ngày chết"), "{date}");
        assert!(
            at("block-person")
                .unwrap()
                .contains("đã được đăng ký khai tử")
        );
        assert!(at("block-evidence").unwrap().contains("Điều 68"));
        // Each is said once.
        let said = form
            .text
            .matches("người này đã được đăng ký khai tử")
            .count();
        assert_eq!(said, 1);
    }
    desk.running.stop().await;
}
