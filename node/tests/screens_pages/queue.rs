//! Whose queue it is, what was entered on a day, who is dead, and why a record is opened.

use commune_node::clock;
use registry::date::Date;

use super::*;
use crate::device::{person, with};

const HEAD: u8 = 41;
const DEAD: u8 = 42;

/// The office of an administrator, a viewer, and two who enter acts; one of its people is dead.
async fn desks() -> House {
    let dead = serde_json::json!({"death": {"date": "2026-10-01", "ground": "Giấy báo tử 7"}});
    let father = serde_json::json!({"person": {"record": record_id(1)}});
    let mut records = people();
    records.push(with(person(HEAD, "Đỗ Thị Sáu"), &[(Field::Father, father)]));
    records.push(with(person(DEAD, "Đỗ Văn Bảy"), &[(Field::Death, dead)]));
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&records);
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    let names = ["chin", "hoa", "lan", "minh"];
    centre.tell(FeedItem::Officers(vec![
        officer("lan", &[Role::Residence]),
        officer("hoa", &[Role::Residence]),
        officer("chin", &[Role::Admin]),
        officer("minh", &[Role::Viewer]),
    ]));
    let office = node.api.office.clone();
    node.until(|_| office.officers().len() == names.len()).await;
    for name in names {
        let id = name.parse().unwrap();
        office.set_password(&id, own(), false, None, 0).unwrap();
    }
    House {
        node,
        centre,
        _dir: dir,
    }
}

impl House {
    /// A phone number put on record by this officer; the act.
    async fn phone(&self, person: u8, officer: &str) -> String {
        let filing = serde_json::from_value(serde_json::json!({
            "person": record_id(person), "phone": "0912345678"
        }));
        let filing = registry::procedure::Filing {
            input: registry::procedure::ActInput::Contact(filing.unwrap()),
            effective: None,
            evidence: Vec::new(),
            note: Line::default(),
        };
        let officer = self.node.api.office.officer(&officer.parse().unwrap());
        let filed = self.node.api.writer.file(filing, officer.unwrap()).await;
        filed.unwrap().act.to_string()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_is_ones_own_and_the_offices_is_a_step_away() {
    let house = desks().await;
    let cut = house.node.api.line.clone();
    cut.switch(true);
    house.node.until(|status| !status.linked).await;
    let (of_lan, of_hoa) = (house.phone(1, "lan").await, house.phone(2, "hoa").await);
    let lan = house.cookie_of("lan").await;
    let mine = house.get("/", &lan).await.html;
    assert!(mine.contains(&of_lan) && !mine.contains(&of_hoa), "{mine}");
    for path in ["/?of=all", "/acts/day"] {
        let all = house.get(path, &lan).await.html;
        assert!(all.contains(&of_lan) && all.contains(&of_hoa), "{path}");
    }
    // Who enters no acts looks after those of the others.
    for name in ["chin", "minh"] {
        let cookie = house.cookie_of(name).await;
        let all = house.get("/", &cookie).await.html;
        assert!(all.contains(&of_lan) && all.contains(&of_hoa), "{name}");
    }

    // The list of the day counts by officer and procedure, and knows other days.
    let chin = house.cookie_of("chin").await;
    let day = house.get("/acts/day", &chin).await;
    assert_eq!(day.status, 200);
    assert!(day.html.contains("Tổng cộng 2 hồ sơ"), "{}", day.html);
    for name in ["lan", "hoa"] {
        let line = format!("<td>{name}</td><td class=\"figure\">1</td>");
        assert!(day.html.contains(&line), "{name}: {}", day.html);
    }
    let today = Date::in_viet_nam(clock::device_s()).to_string();
    let same = house.get(&format!("/acts/day?day={today}"), &chin).await;
    assert!(same.html.contains(&of_lan));
    let before = house.get("/acts/day?day=01/02/2020", &chin).await.html;
    assert!(before.contains("Không có hồ sơ nào nhập trong ngày này"));
    assert!(!before.contains(&of_lan));
    let wrong = house.get("/acts/day?day=h%C3%B4m+qua", &chin).await.html;
    assert!(wrong.contains("aria-invalid"));
    let end = house.get("/acts/day?from=1", &chin).await.html;
    assert_eq!(
        end.matches(&of_lan).count() + end.matches(&of_hoa).count(),
        1
    );

    // A receipt is given by the head of the office too; a viewer is offered none, and no drill.
    let receipt = format!("/acts/{of_lan}/receipt");
    assert_eq!(house.get(&receipt, &chin).await.status, 200);
    let minh = house.cookie_of("minh").await;
    let act = house.get(&format!("/acts/{of_lan}"), &minh).await.html;
    assert!(!act.contains(&receipt));
    assert!(house.get("/link", &chin).await.html.contains("/link/line"));
    assert!(!house.get("/link", &minh).await.html.contains("/link/line"));
    drop(cut);
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dead_are_told_from_the_living_wherever_they_are_found() {
    let house = desks().await;
    let lan = house.cookie_of("lan").await;
    let found = |name: &'static str| {
        let path = format!("/find?q={}", encoded(name));
        let (house, lan) = (&house, &lan);
        async move { house.get(&path, lan).await.html }
    };
    let mark = "<span class=\"state dead\">đã chết</span>";
    assert!(found("Đỗ Văn Bảy").await.contains(mark));
    let living = found("Đỗ Thị Sáu").await;
    assert!(living.contains(&record_id(HEAD).to_string()) && !living.contains(mark));
    let pick = format!("/acts/pick?path=person&person.q={}", encoded("đỗ văn bảy"));
    assert!(house.get(&pick, &lan).await.html.contains("ĐÃ CHẾT"));

    // Of the dead nothing is begun that only the living do.
    let page = |n: u8| format!("/people/{}?reason=counter", record_id(n));
    let dead = house.get(&page(DEAD), &lan).await.html;
    let alive = house.get(&page(HEAD), &lan).await.html;
    let begins = |html: &str, act: &str| html.contains(&format!("/acts/new/{act}?person="));
    assert!(dead.contains("<strong>đã chết</strong>"), "{dead}");
    assert!(!begins(&dead, "permanent_registration") && begins(&dead, "permanent_deletion"));
    assert!(begins(&alive, "permanent_registration") && begins(&alive, "permanent_deletion"));
    // Whom a record names is a step away, for the same reason.
    let father = format!("<a href=\"{}\">", page(1));
    assert!(alive.contains(&father), "{alive}");
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_a_record_is_opened_is_said_by_whoever_opens_it() {
    let house = desks().await;
    let lan = house.cookie_of("lan").await;
    let start = house.get("/", &lan).await.html;
    assert!(start.contains("<select id=\"reason\" name=\"reason\">"));
    assert!(!start.contains("reason=counter"));
    let path = format!("/people/{}", record_id(1));
    let asked = house.get(&path, &lan).await.html;
    assert!(!asked.contains("Trần Thị Hòa"));
    let wanted = commune_node::office::ReadingsWanted {
        limit: 10,
        ..Default::default()
    };
    let rows = house.node.api.office.readings(&wanted).unwrap().rows;
    assert!(rows.is_empty());
    house.node.stop().await;
}
