//! The pages of the office over a real loopback connection, as officers with and without the role
//! ask for them: cases, quality, statistics, accounts, readings and receipts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod centre;
mod device;

#[path = "screens_pages/astray.rs"]
mod astray;
#[path = "screens_pages/changes.rs"]
mod changes;
#[path = "screens_pages/earlier.rs"]
mod earlier;
#[path = "screens_pages/household.rs"]
mod household;
#[path = "screens_pages/met.rs"]
mod met;
#[path = "screens_pages/offered.rs"]
mod offered;
#[path = "screens_pages/other_names.rs"]
mod other_names;
#[path = "screens_pages/queue.rs"]
mod queue;

use std::sync::OnceLock;

use centre::Centre;
use device::{Running, join, people, record_id, start};
use registry::case::{Case, CaseNotice, CaseState, Jurisdiction, Party, case_id};
use registry::code::Role;
use registry::dispute::{Claim, Dispute, Matter};
use registry::feed::{FeedItem, Officer};
use registry::name::PersonName;
use registry::password::{Secret, Verifier};
use registry::schema::Field;
use registry::value::{Line, Value};
use registry::{ActId, OfficeCode};
use tokio::task::spawn_blocking;

const OWN: &str = "con trâu xanh uống trà";
const CASE: u64 = 12;

/// Computed once: it costs what it should.
fn own() -> Verifier {
    static OWN_VERIFIER: OnceLock<Verifier> = OnceLock::new();
    OWN_VERIFIER
        .get_or_init(|| Verifier::of(&Secret::typed(OWN).unwrap(), &[3; 16]).unwrap())
        .clone()
}

fn officer(id: &str, roles: &[Role]) -> Officer {
    Officer {
        id: id.parse().unwrap(),
        name: Line::parse(id).unwrap(),
        roles: roles.to_vec(),
        active: true,
    }
}

/// An open case about the first person's name, in which this office is asked.
fn case() -> FeedItem {
    let matter = Matter::Field(Field::Name);
    let records = vec![record_id(1)];
    let name = |name: &str| Some(Value::Name(PersonName::parse(name).unwrap()));
    let claim = |n: u8, value| Claim {
        act: Some(ActId::new([n; 16])),
        record: None,
        value,
    };
    let party = |n: u8, office: u32| Party {
        act: Some(ActId::new([n; 16])),
        kind: Some(registry::act::ActKind::Correction),
        office: OfficeCode::new(office),
        officer: Some("lan".parse().unwrap()),
        effective: None,
        entered_s: Some(1_795_230_000),
        clock_error_s: (n == 1).then_some(3 * 3_600),
        evidence: Vec::new(),
    };
    let question = Line::parse("Giấy khai sinh ghi thế nào?").unwrap();
    let case = Case {
        id: case_id(&matter, &records, 0),
        number: CASE,
        generation: 0,
        dispute: Dispute {
            row: 22,
            matter,
            records,
            claims: vec![
                claim(1, name("Trần Thị Hoa")),
                claim(2, name("Trần Thị Huệ")),
            ],
            agreed: name("Trần Thị Hòa"),
            slots: Vec::new(),
            harm: 4,
        },
        owner: Jurisdiction::National,
        opened_s: 1_795_230_000,
        due: registry::date::Date::in_viet_nam(1_795_230_000),
        state: CaseState::Open,
        version: 1,
        questions: vec![(centre::office(), question)],
        answers: Vec::new(),
        appeal: None,
    };
    FeedItem::Case(Box::new(CaseNotice {
        case,
        parties: vec![party(1, 4), party(2, 8)],
    }))
}

struct House {
    node: Running,
    centre: Centre,
    _dir: tempfile::TempDir,
}

/// An office with an administrator who performs acts, and one who only looks.
async fn house() -> House {
    house_of(&people()).await
}

async fn house_of(records: &[registry::record::Record]) -> House {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(records);
    join(dir.path(), &centre).await;
    let node = start(dir.path()).await;
    node.until(|status| status.filled && status.in_step).await;
    centre.tell(FeedItem::Officers(vec![
        officer("lan", &[Role::Residence, Role::Admin]),
        officer("minh", &[Role::Viewer]),
    ]));
    centre.tell(case());
    let office = node.api.office.clone();
    node.until(|_| office.officers().len() == 2 && !office.cases().unwrap().is_empty())
        .await;
    for name in ["lan", "minh"] {
        let id = name.parse().unwrap();
        office.set_password(&id, own(), false, None, 0).unwrap();
    }
    House {
        node,
        centre,
        _dir: dir,
    }
}

/// An answer as a browser sees it.
struct Seen {
    status: u16,
    location: String,
    cookie: String,
    html: String,
}

/// The value of the hidden field that proves a form.
fn proof(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl House {
    async fn ask(&self, method: &str, path: &str, form: &[(&str, &str)], cookie: &str) -> Seen {
        self.ask_with((method, path), form, &[("Cookie", cookie)])
            .await
    }

    async fn ask_with(
        &self,
        (method, path): (&str, &str),
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Seen {
        let pairs = form
            .iter()
            .map(|(name, text)| format!("{name}={}", encoded(text)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.node.address))
            .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("Content-Type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap();
        spawn_blocking(move || {
            let config = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .build();
            let mut response = ureq::Agent::from(config).run(request).unwrap();
            let header = |name: &str| {
                let found = response.headers().get(name);
                found.map_or("", |value| value.to_str().unwrap()).to_owned()
            };
            let (location, cookie) = (header("location"), header("set-cookie"));
            Seen {
                status: response.status().as_u16(),
                location,
                cookie: cookie.split(';').next().unwrap().to_owned(),
                html: response.body_mut().read_to_string().unwrap(),
            }
        })
        .await
        .unwrap()
    }

    async fn get(&self, path: &str, cookie: &str) -> Seen {
        self.ask("GET", path, &[], cookie).await
    }

    async fn enter(&self, name: &str, password: &str) -> Seen {
        let form = [("name", name), ("password", password)];
        self.ask("POST", "/sign-in", &form, "").await
    }

    async fn cookie_of(&self, name: &str) -> String {
        let seen = self.enter(name, OWN).await;
        assert_eq!((seen.status, seen.location.as_str()), (303, "/"));
        seen.cookie
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_page_is_for_those_who_have_its_role() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let minh = house.cookie_of("minh").await;
    for (path, for_minh) in [
        ("/cases", 200),
        ("/cases?state=closed", 200),
        ("/cases/12", 200),
        ("/quality", 200),
        ("/quality?hamlet=", 200),
        ("/quality/native_place_missing", 200),
        ("/quality/native_place_missing?hamlet=", 200),
        ("/statistics", 200),
        ("/statistics?year=2020", 200),
        ("/officers", 403),
        ("/readings", 403),
        ("/readings?officer=lan&day=2026-11-22", 403),
        ("/audit", 403),
    ] {
        assert_eq!(house.get(path, &lan).await.status, 200, "{path}");
        assert_eq!(house.get(path, &minh).await.status, for_minh, "{path}");
        let nobody = house.get(path, "").await;
        assert_eq!(nobody.status, 303, "{path}");
        assert!(nobody.location.starts_with("/sign-in"), "{path}");
    }
    for path in [
        "/cases/13",
        "/cases/x",
        "/quality/beauty",
        "/quality?hamlet=Atlantis",
        "/quality/sex_missing?after=x",
    ] {
        assert_eq!(house.get(path, &lan).await.status, 404, "{path}");
    }
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_shows_both_sides_and_what_this_office_can_do() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let seen = house.get("/cases/12", &lan).await.html;
    for part in [
        "<mark>Hoa</mark>",
        "<mark>Huệ</mark>",
        "Trần Thị Hòa",
        "Giấy khai sinh ghi thế nào?",
        "/acts/new/answer_case?case=12",
        "/acts/new/add_evidence?case=12",
        "đồng hồ máy sai khoảng 3 giờ",
        "chưa biết đồng hồ máy sai bao nhiêu",
    ] {
        assert!(seen.contains(part), "{part}");
    }
    // Who looks at the case reads of its person, and that is written down.
    let readings = house.get("/readings?officer=lan", &lan).await.html;
    let href = format!("/people/{}?reason=audit", record_id(1));
    assert!(readings.contains(&href) && readings.contains("Giải quyết vụ việc"));
    let other = house.get("/readings?officer=minh", &lan).await.html;
    assert!(!other.contains(&href));
    // Who only looks is offered nothing.
    let minh = house.cookie_of("minh").await;
    let seen = house.get("/cases/12", &minh).await.html;
    assert!(seen.contains("<mark>Hoa</mark>") && !seen.contains("/acts/new/answer_case"));
    let english = format!("{minh}; npd_language=en");
    let seen = house.get("/cases/12", &english).await.html;
    assert!(seen.contains("Your office is asked:"));
    assert!(seen.contains("clock was about 3 h wrong"), "{seen}");
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_to_mend_are_listed_and_lead_to_their_record_with_the_reason() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let list = house.get("/quality/native_place_missing", &lan).await.html;
    for n in 1..=5 {
        let href = format!("/people/{}?reason=quality", record_id(n));
        assert!(list.contains(&href), "{n}");
        assert_eq!(house.get(&href, &lan).await.status, 200);
    }
    let done = house.get("/quality/name_missing", &lan).await.html;
    assert!(!done.contains("/people/"));
    let plots = house.get("/statistics", &lan).await.html;
    assert!(plots.matches("<svg").count() >= 2 && plots.contains("<title id=\"pyramid-title\">"));
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_administrator_gives_a_password_that_is_shown_once() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let minh = house.cookie_of("minh").await;
    let page = house.get("/officers", &lan).await.html;
    let path = "/officers/minh/password";
    // Neither without the page's proof, nor with it and without the role.
    let forged = [("csrf", "0")];
    let own_proof = proof(&house.get("/cases", &minh).await.html);
    assert_eq!(house.ask("POST", path, &forged, &lan).await.status, 409);
    let form = [("csrf", own_proof.as_str())];
    assert_eq!(house.ask("POST", path, &form, &minh).await.status, 403);
    assert_eq!(house.get("/cases", &minh).await.status, 200);

    let csrf = proof(&page);
    let form = [("csrf", csrf.as_str())];
    let given = house.ask("POST", path, &form, &lan).await;
    assert_eq!(given.status, 200);
    let (_, rest) = given.html.split_once("class=\"secret mono\">").unwrap();
    let once = rest.split('<').next().unwrap();
    assert!(!house.get("/officers", &lan).await.html.contains(once));
    assert_eq!(house.get("/cases", &minh).await.status, 303, "ended");
    assert_eq!(house.enter("minh", OWN).await.status, 422);
    let entered = house.enter("minh", once).await;
    let first = house.get("/", &entered.cookie).await;
    assert_eq!((first.status, first.location.as_str()), (303, "/password"));

    for _ in 0..6 {
        house.enter("minh", "không phải nó").await;
    }
    let waits = house.get("/officers", &lan).await.html;
    assert!(waits.contains("/officers/minh/wait"));
    let lifted = house.ask("POST", "/officers/minh/wait", &form, &lan).await;
    assert_eq!(
        (lifted.status, lifted.location.as_str()),
        (303, "/officers")
    );
    let page = house.get("/officers", &lan).await.html;
    assert!(!page.contains("/officers/minh/wait"));
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_verifies_a_receipt_and_a_changed_one_is_not_believed() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let phone = r#"{"act": "contact", "person": "01010101010101010101010101010101", "phone": "0912345678"}"#;
    let (status, filed) = house.node.post("/api/v1/acts", phone).await;
    assert_eq!(status, 201);
    let path = format!("/acts/{}/receipt", filed["act"].as_str().unwrap());
    let paper = house.get(&path, &lan).await;
    assert_eq!(paper.status, 200);
    assert!(paper.html.contains("<svg"));
    let (_, rest) = paper.html.split_once("code-text\">").unwrap();
    let text = rest.split('<').next().unwrap();
    // As a page writes the few letters that stand for something in it.
    let text = text
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">");
    let text = text.replace("&#34;", "\"").replace("&#39;", "'");
    // The role is wanted for giving one, nobody's leave for verifying it.
    let minh = house.cookie_of("minh").await;
    assert_eq!(house.get(&path, &minh).await.status, 403);
    assert_eq!(house.get("/verify", "").await.status, 200);
    let genuine = house.ask("POST", "/verify", &[("text", &text)], "").await;
    assert_eq!(genuine.status, 200);
    assert!(genuine.html.contains("Giấy thật"));
    let torn = text.chars().take(text.len() - 3).collect();
    for changed in [torn, "VNR1:".to_owned(), "x".repeat(50_000), String::new()] {
        let refused = house
            .ask("POST", "/verify", &[("text", &changed)], "")
            .await;
        assert_eq!(refused.status, 422);
        assert!(!refused.html.contains("Giấy thật"));
    }
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_head_of_the_office_sees_all_that_was_done_and_that_nobody_changed_it() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    house
        .get(
            "/people/01010101010101010101010101010101?reason=counter",
            &lan,
        )
        .await;
    let seen = house.get("/audit?verify=yes", &lan).await.html;
    for part in ["Chuỗi nguyên vẹn", "Đăng nhập", "Mở bản ghi Trần Thị Hòa"] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
    let earlier = house.get("/audit?before=1", &lan).await;
    assert_eq!(earlier.status, 200);
    assert!(!earlier.html.contains("Đăng nhập</td>"));
    house.node.stop().await;
}
