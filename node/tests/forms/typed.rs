//! What a form makes of what was typed and scanned: every fault beside its input, the scanner's
//! doubts, communes and countries by name, and a desk that is full of drafts.

use commune_node::office::{DRAFTS_MAX, Draft, DraftId};

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_stands_beside_its_input_and_is_read_with_it() {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    let (draft, csrf) = birth_form(browser).await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "birth"),
        ("child.name", "Trần Bảo Ngọc"),
        ("child.birth_date", "31/31/2026"),
        ("mother.pin", "12"),
        ("evidence.0.kind", "giấy chứng sinh"),
        ("evidence.0.date", "hôm qua"),
        ("do", "look"),
    ];
    let form = browser.post(&draft, &fields).await;
    assert_eq!(form.status, 422);
    for id in [
        "child-birth_date",
        "child-sex",
        "mother-pin",
        "evidence-0-date",
    ] {
        let wrong = format!("id=\"{id}-wrong\"");
        assert!(form.text.contains(&wrong), "{id}: {}", form.text);
        let input = form.text.split(&format!("id=\"{id}\"")).nth(1).unwrap();
        let input = input.split('>').next().unwrap();
        let told = input
            .split("aria-describedby=\"")
            .nth(1)
            .unwrap_or_default();
        let told = told.split('"').next().unwrap();
        assert!(
            told.split(' ').any(|part| part == format!("{id}-wrong")),
            "{id}: {input}"
        );
        assert!(input.contains("aria-invalid"), "{id}: {input}");
        for part in told.split(' ') {
            assert!(
                form.text.contains(&format!("id=\"{part}\"")),
                "{id}: {part}"
            );
        }
    }
    assert!(!form.text.contains("id=\"child-name-wrong\""));
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_scanner_lost_is_told_before_it_is_used() {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    let (draft, csrf) = birth_form(browser).await;
    let card = "001190123456||Tran Thi Mai|03051990|Nu|Phuong Ba Dinh, Ha Noi|01012022";
    let mut fields = CHILD[..4].to_vec();
    fields.extend([("csrf", csrf.as_str()), ("mother.q", card), ("do", "look")]);
    let form = browser.post(&draft, &fields).await;
    assert_eq!(form.status, 422, "{}", form.text);
    assert_eq!(form.value("mother.name").as_deref(), Some("Tran Thi Mai"));
    assert!(
        form.text.contains("id=\"mother-name-wrong\""),
        "{}",
        form.text
    );
    // Put right, or left as it is, it goes on.
    let mut fields = CHILD[..4].to_vec();
    fields.extend([
        ("certificate", "GCS-2026-17"),
        ("csrf", csrf.as_str()),
        ("mother.pin", "001190123456"),
        ("mother.name", "Trần Thị Mai"),
        ("do", "look"),
    ]);
    let review = browser.post(&draft, &fields).await;
    assert_eq!(review.status, 200, "{}", review.text);
    // A card with all its marks fills the form without a word.
    let (draft, csrf) = birth_form(browser).await;
    let card = "001190123456||Trần Thị Mai|03051990|Nữ|Phường Ba Đình, Hà Nội|01012022";
    let mut fields = CHILD[..4].to_vec();
    fields.extend([("csrf", csrf.as_str()), ("mother.q", card), ("do", "again")]);
    let form = browser.post(&draft, &fields).await;
    assert_eq!(form.status, 200, "{}", form.text);
    assert_eq!(form.value("mother.name").as_deref(), Some("Trần Thị Mai"));
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn communes_and_countries_are_taken_by_their_names() {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    let (draft, csrf) = birth_form(browser).await;
    // There is another Ba Đình; the one of the office's own province is meant.
    for (typed, code) in [
        ("ba dinh", "00004"),
        ("Phường Ba Đình", "00004"),
        ("phuong ba dinh, ha noi", "00004"),
        ("00004", "00004"),
        ("Nơi Không Có", "Nơi Không Có"),
    ] {
        let fields = [
            ("csrf", csrf.as_str()),
            ("act", "birth"),
            ("child.birth_place.unit", typed),
            ("child.nationality", "việt nam, pháp"),
            ("do", "again"),
        ];
        let form = browser.post(&draft, &fields).await;
        let unit = form.value("child.birth_place.unit");
        assert_eq!(unit.as_deref(), Some(code), "{typed}");
        assert_eq!(form.value("child.nationality").as_deref(), Some("VN, FR"));
    }
    // Where several have the name, they are told.
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "birth"),
        ("child.birth_place.unit", "tan hoa"),
        ("do", "again"),
    ];
    let form = browser.post(&draft, &fields).await;
    assert_eq!(form.status, 422);
    assert!(form.text.contains("nhiều nơi có tên này"), "{}", form.text);
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_full_of_drafts_files_acts_all_the_same() {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    let lan = "lan".parse().unwrap();
    let office = desk.running.api.office.clone();
    for n in 0..DRAFTS_MAX {
        let id = DraftId::from_random([u8::try_from(n).unwrap(); 16]);
        let draft = Draft {
            act: "birth".to_owned(),
            typed: vec![("child.name".to_owned(), "Trần".to_owned())],
            saved_s: 0,
        };
        office.keep_draft(&lan, &id, &draft).unwrap();
    }
    let (draft, csrf) = birth_form(browser).await;
    let mut fields = CHILD.to_vec();
    fields.extend([("csrf", csrf.as_str()), ("do", "keep")]);
    assert_eq!(browser.post(&draft, &fields).await.status, 422);
    for (wish, status) in [("look", 200), ("file", 303)] {
        fields.pop();
        fields.push(("do", wish));
        let done = browser.post(&draft, &fields).await;
        assert_eq!(done.status, status, "{wish}: {}", done.text);
    }
    assert_eq!(office.own_acts(None, 10).unwrap().len(), 1);
    assert_eq!(office.drafts(&lan).unwrap().len(), DRAFTS_MAX);
    drop(office);
    desk.running.stop().await;
}
