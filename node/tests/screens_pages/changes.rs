//! What an act changed and whom it is about: on its page, in lists, on the receipt, for programs, on
//! the command line; and that whoever looks is written down with the reason.

use commune_node::office::ReadingsWanted;
use registry::feed::ActOutcome;
use registry::reading::ReadReason;
use registry::record::Record;
use serde_json::json;

use super::*;
use crate::device::with;

const OLD: &str = "0911111111";
const NEW: &str = "0912345678";
const CHILD: u8 = 43;
const CARD: &str = "Lê Văn Thành";
/// Somebody who lives in the commune.
const AT_HOME: u8 = 44;

/// The first of the people with a phone, and a child of theirs whose birth no paper tells of.
fn population() -> Vec<Record> {
    let mut records = people();
    let first = with(
        records.remove(0),
        &[(Field::Phone, json!({ "phone": OLD }))],
    );
    let child = [
        (Field::Mother, json!({"person": {"pin": "001180000001"}})),
        (Field::BirthEntry, json!({"birth_entry": {}})),
    ];
    let child = with(device::person(CHILD, "Trần Gia Bảo"), &child);
    let address = json!({"residence": {"unit": "00004", "address": "số 5 ngõ Tức Mạc",
        "from": "2001-01-01"}});
    let home = with(
        device::person(AT_HOME, "Ngô Văn Sáu"),
        &[(Field::Permanent, address)],
    );
    records.extend([first, child, home]);
    records
}

struct Desk {
    house: House,
    lan: String,
    minh: String,
}

/// An office with a clerk (lan) and one who only looks (minh).
async fn desk() -> Desk {
    let house = house_of(&population()).await;
    let (lan, minh) = (house.cookie_of("lan").await, house.cookie_of("minh").await);
    Desk { house, lan, minh }
}

impl Desk {
    async fn file(&self, act: serde_json::Value) -> String {
        let (status, filed) = self.house.node.post("/api/v1/acts", &act.to_string()).await;
        assert_eq!(status, 201, "{filed}");
        filed["act"].as_str().unwrap().to_owned()
    }

    async fn phone(&self) -> String {
        let evidence = json!([{"kind": "Phiếu khai", "number": "17"}]);
        self.file(
            json!({"act": "contact", "person": record_id(1), "phone": NEW,
            "note": "gọi sau giờ làm", "evidence": evidence}),
        )
        .await
    }

    /// Who read which record why, the latest first.
    fn readings(&self) -> Vec<(String, registry::RecordId, ReadReason)> {
        let wanted = ReadingsWanted {
            limit: 50,
            ..ReadingsWanted::default()
        };
        let rows = self.house.node.api.office.readings(&wanted).unwrap().rows;
        rows.into_iter()
            .map(|row| (row.officer.to_string(), row.record, row.reason))
            .collect()
    }

    /// The page of an act shows all of this to the clerk.
    async fn shows(&self, act: &str, parts: &[&str]) {
        let page = self.house.get(&format!("/acts/{act}"), &self.lan).await;
        for part in parts {
            assert!(page.html.contains(part), "{part}: {}", page.html);
        }
    }

    async fn came_back(&self) {
        let until = |status: &commune_node::api::StatusView| status.returned == 1;
        self.house.node.until(until).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_an_act_shows_what_stood_before_and_after_and_notes_who_looked() {
    let desk = desk().await;
    let act = desk.phone().await;
    let path = format!("/acts/{act}");
    assert!(desk.readings().is_empty());

    // Who performs the procedure has it in hand: looked at twice, it is one reading.
    for _ in 0..2 {
        let parts = [
            "Nội dung thay đổi",
            "<h3>Trần Thị Hòa (1980)</h3>",
            &format!("<del>{OLD}</del>"),
            &format!("<ins>{NEW}</ins>"),
            "Phiếu khai, 17",
            "gọi sau giờ làm",
        ];
        desk.shows(&act, &parts).await;
    }
    let first = ("lan".to_owned(), record_id(1), ReadReason::ActInHand);
    assert_eq!(desk.readings(), std::slice::from_ref(&first));

    // Who does not says why first.
    let asked = desk.house.get(&path, &desk.minh).await.html;
    assert!(asked.contains("Nội dung thay đổi") && asked.contains("value=\"audit\""));
    assert!(!asked.contains(OLD) && !asked.contains(NEW), "{asked}");
    assert_eq!(desk.readings().len(), 1);
    let told = desk
        .house
        .get(&format!("{path}?reason=audit"), &desk.minh)
        .await
        .html;
    assert!(told.contains(OLD) && told.contains(NEW));
    let second = ("minh".to_owned(), record_id(1), ReadReason::Audit);
    assert_eq!(desk.readings(), [second, first]);
    assert_eq!(desk.house.get(&path, "").await.status, 303);
    desk.house.node.stop().await;
}

/// The script of the page asks again whenever the office stands otherwise, in every browser.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_follows_by_itself_tells_how_the_act_stands_and_reads_nothing() {
    let desk = desk().await;
    let path = format!("/acts/{}", desk.phone().await);
    let follows = [("Cookie", desk.lan.as_str()), ("npd-follows", "yes")];
    let page = desk.house.ask_with(("GET", &path), &[], &follows).await;
    assert_eq!(page.status, 200);
    for id in ["act-state", "act-notes", "act-items"] {
        assert!(page.html.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(!page.html.contains(OLD) && !page.html.contains(NEW));
    assert!(desk.readings().is_empty());
    // Whoever opens the page is told, and it is a reading.
    let page = desk.house.get(&path, &desk.lan).await.html;
    assert!(page.contains(OLD) && page.contains(NEW));
    assert_eq!(desk.readings().len(), 1);
    desk.house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_waits_for_a_person_has_no_effect_yet() {
    let desk = desk().await;
    let case = case_id(&Matter::Marriage, &[record_id(1)], 0);
    desk.house
        .centre
        .answer_with(vec![ActOutcome::Parked(case)]);
    let act = desk.phone().await;
    let (office, id) = (&desk.house.node.api.office, act.parse().unwrap());
    let parked = |_: &commune_node::api::StatusView| {
        let view = office.act_view(&id).unwrap().unwrap();
        view.state == commune_node::office::ActState::Parked
    };
    desk.house.node.until(parked).await;
    let path = format!("/acts/{act}");
    let page = desk.house.get(&path, &desk.lan).await.html;
    assert!(page.contains("Hồ sơ chưa có hiệu lực"), "{page}");
    let api = format!("/api/v1/acts/{act}/changes");
    assert_eq!(desk.house.node.get(&api).await.1["effect"], "not_yet");
    desk.house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ground_of_a_deletion_is_told_in_the_words_of_the_law() {
    let desk = desk().await;
    let act = desk
        .file(
            json!({"act": "permanent_deletion", "people": [record_id(AT_HOME)],
            "ground": "settled_abroad",
            "evidence": [{"kind": "Quyết định", "number": "1/2026", "date": "2026-11-02"}]}),
        )
        .await;
    let path = format!("/acts/{act}");
    let page = desk.house.get(&path, &desk.lan).await.html;
    assert!(page.contains("Ra nước ngoài để định cư"), "{page}");
    assert!(!page.contains("settled_abroad"), "{page}");
    let english = format!("{}; npd_language=en", desk.lan);
    let page = desk.house.get(&path, &english).await.html;
    assert!(page.contains("Settled abroad") && !page.contains("settled_abroad"));
    // The command line shows what programs are told in words.
    let told = desk.house.node.get(&format!("/api/v1{path}/changes")).await;
    let grounds = &told.1["in_words"]["en"]["grounds"];
    assert_eq!(*grounds, json!(["Settled abroad"]));
    assert_eq!(told.1["effect"], "stands");
    desk.house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_act_that_came_back_shows_what_was_declared() {
    let desk = desk().await;
    let words = Line::parse("the record is closed").unwrap();
    let code = Line::parse("record_dead").unwrap();
    desk.house
        .centre
        .answer_with(vec![ActOutcome::Returned { code, words }]);
    let act = desk.phone().await;
    desk.came_back().await;
    let parts = [
        "bị trả lại",
        "không bản ghi nào thay đổi",
        &format!("<del>{OLD}</del>"),
        &format!("<ins>{NEW}</ins>"),
    ];
    desk.shows(&act, &parts).await;
    desk.house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_named_by_card_has_a_name_in_lists_on_the_page_and_on_the_receipt() {
    let desk = desk().await;
    desk.house.node.api.line.switch(true);
    desk.house.node.until(|status| !status.linked).await;
    let card = json!({"pin": "001085000123", "name": CARD, "birth_date": {"date": "1985-01-17"}});
    let act = desk
        .file(
            json!({"act": "permanent_registration", "people": [{"person": card}],
            "address": "số 7 ngõ Tức Mạc", "ground": "mua nhà",
            "evidence": [{"kind": "CT01"}]}),
        )
        .await;
    let english = format!("{}; npd_language=en", desk.lan);
    for path in [
        "/acts".to_owned(),
        "/acts/day".to_owned(),
        format!("/acts/{act}"),
        format!("/acts/{act}/receipt"),
    ] {
        let page = desk.house.get(&path, &desk.lan).await.html;
        assert!(
            page.contains("Lê Văn Thành (1985), Hộ HO-TAM-"),
            "{path}: {page}"
        );
        assert!(!page.contains("household HO-TAM"), "{path}");
        let page = desk.house.get(&path, &english).await.html;
        assert!(
            page.contains("Lê Văn Thành (1985), Household HO-TAM-"),
            "{path}"
        );
    }
    let parts = [
        "không biết giá trị trước đó",
        "Chưa rõ",
        "giá trị đang có: chấm dứt",
        "mua nhà",
        "số 7 ngõ Tức Mạc",
        "Bản ghi mới: Hộ HO-TAM-",
    ];
    desk.shows(&act, &parts).await;
    // Of what is here that is the household alone, which the act makes.
    let read = desk.readings();
    let known = desk.house.node.api.office.household_view(&read[0].1);
    assert!(known.unwrap().is_some());
    assert_eq!(read.len(), 1, "{read:?}");
    let dir = desk.house._dir.path().to_owned();
    assert_eq!(device::command(&dir, &["pending"]).await, 3);
    desk.house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_and_the_command_line_are_told_the_same() {
    let desk = desk().await;
    let act = desk.phone().await;
    let path = format!("/api/v1/acts/{act}/changes");
    let (status, told) = desk.house.node.get(&path).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["kind"], "contact");
    assert_eq!(told["note"], "gọi sau giờ làm");
    let item = &told["changes"][0]["items"][0];
    assert_eq!(told["changes"][0]["before"], "known");
    assert_eq!(
        (&item["field"], &item["before"], &item["after"]),
        (
            &json!("phone"),
            &json!([{"phone": OLD}]),
            &json!([{"phone": NEW}])
        )
    );
    let said = &told["in_words"]["en"]["records"][0];
    assert_eq!(said["name"], "Trần Thị Hòa (1980)");
    assert_eq!(said["items"][0]["after"], json!([NEW]));
    assert_eq!(desk.readings()[0].2, ReadReason::ActInHand);

    let why = |reason: &str| format!("{path}?reason={reason}");
    let (status, _) = desk.house.node.get(&why("quality")).await;
    assert_eq!((status, desk.readings()[0].2), (200, ReadReason::Quality));
    for (wrong, expected) in [
        (why("curiosity"), 400),
        ("/api/v1/acts/xyz/changes".to_owned(), 400),
        (format!("/api/v1/acts/{}/changes", record_id(9)), 404),
    ] {
        assert_eq!(desk.house.node.get(&wrong).await.0, expected, "{wrong}");
    }
    assert_eq!(desk.house.node.ask("GET", &path, None, None).await.0, 401);
    let before = desk.readings().len();
    let dir = desk.house._dir.path().to_owned();
    assert_eq!(device::command(&dir, &["changes", &act]).await, 0);
    assert_eq!(desk.readings().len(), before + 1);
    desk.house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_line_of_a_person_tells_office_day_and_papers_and_relatives_lead_on() {
    let desk = desk().await;
    desk.phone().await;
    let page = |n: u8| format!("/people/{}?reason=counter", record_id(n));
    let history = desk.house.get(&page(1), &desk.lan).await.html;
    let (_, line) = history.split_once("line-of-time").unwrap();
    for part in ["Có hiệu lực từ", "lan, Phường", "Giấy tờ: Phiếu khai, 17"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let child = desk.house.get(&page(CHILD), &desk.lan).await.html;
    let mother = format!("<a href=\"{}\">", page(1));
    assert!(child.contains(&mother), "{child}");
    assert!(!child.contains("Giấy chứng sinh"), "{child}");
    desk.house.node.stop().await;
}
