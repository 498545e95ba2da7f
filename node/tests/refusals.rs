//! What a form says of what it does not take, on a Vietnamese page and on an English one: every act
//! of `docs/acts.md`, each of its inputs broken in several ways, as a browser sends it.
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

use std::collections::BTreeSet;
use std::net::SocketAddr;

use centre::Centre;
use device::{Running, join, people, record_id, start};
use registry::OfficerId;
use registry::code::Role;
use registry::feed::{FeedItem, Officer};
use registry::password::{Secret, Verifier};
use registry::value::Line;
use serde_json::Value;
use tokio::task::spawn_blocking;

const PASSWORD: &str = "con trâu xanh uống trà";
const ACTS: &str = include_str!("../../docs/acts.md");

/// What somebody types who is tired: nothing, a word, no day, a day to come, some digits, another
/// card.
const BROKEN: &[&str] = &[
    "",
    "xyz!9",
    "31/31/2026",
    "01/01/2099",
    "12345",
    "001180000003",
];

/// English words that are no syllables of Vietnamese.
const ENGLISH: &str = include_str!("../../registry/tests/english.txt");

/// The address of a page and a session: it keeps its cookie and follows nothing by itself.
struct Browser {
    address: SocketAddr,
    cookie: String,
    language: &'static str,
}

impl Browser {
    async fn send(
        &mut self,
        method: &str,
        path: &str,
        fields: &[(String, String)],
    ) -> (u16, String) {
        let cookie = format!("{}; npd_language={}", self.cookie, self.language);
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Cookie", cookie)
            .body(serde_urlencoded::to_string(fields).unwrap())
            .unwrap();
        let (status, text, cookie) = spawn_blocking(move || {
            let config = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .build();
            let mut answer = ureq::Agent::from(config).run(request).unwrap();
            let cookie = answer.headers().get("set-cookie");
            let cookie = cookie.map(|cookie| cookie.to_str().unwrap().to_owned());
            let text = answer.body_mut().read_to_string().unwrap();
            (answer.status().as_u16(), text, cookie)
        })
        .await
        .unwrap();
        if let Some(cookie) = cookie.filter(|_| self.cookie.is_empty()) {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        (status, text)
    }

    async fn get(&mut self, path: &str) -> (u16, String) {
        self.send("GET", path, &[]).await
    }
}

fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

/// A node whose officer has every role of an office, and a browser that is signed in.
async fn signed_in(dir: &std::path::Path, centre: &Centre) -> (Running, Browser) {
    let node = start(dir).await;
    node.until(|status| status.filled && status.in_step).await;
    let lan: OfficerId = "lan".parse().unwrap();
    let officer = Officer {
        id: lan.clone(),
        name: Line::parse("Lan").unwrap(),
        roles: vec![Role::CivilStatus, Role::Residence, Role::Identification],
        active: true,
    };
    centre.tell(FeedItem::Officers(vec![officer]));
    let office = node.api.office.clone();
    let has = |office: &commune_node::office::Office| {
        let known = office.officer(&lan);
        known.is_some_and(|officer| officer.roles.contains(&Role::Identification))
    };
    node.until(|_| has(&office)).await;
    let verifier = Verifier::of(&Secret::typed(PASSWORD).unwrap(), &[5; 16]).unwrap();
    office.set_password(&lan, verifier, false, None, 0).unwrap();
    office.store().sync().unwrap();
    let mut browser = Browser {
        address: node.address,
        cookie: String::new(),
        language: "vi",
    };
    let sign_in = [
        pair("name", "lan"),
        pair("password", PASSWORD),
        pair("carried", ""),
    ];
    assert_eq!(browser.send("POST", "/sign-in", &sign_in).await.0, 303);
    (node, browser)
}

/// The acts of the documentation.
fn examples() -> Vec<Value> {
    let blocks = ACTS.split("```json\n").skip(1);
    let texts = blocks.map(|block| block.split("```").next().unwrap());
    let acts = texts.map(|text| serde_json::from_str::<Value>(text).unwrap());
    acts.filter(|act| act.get("act").is_some()).collect()
}

/// An act as a form holds it: texts by path. People are those of this commune.
fn typed(path: &str, value: &Value, out: &mut Vec<(String, String)>, people: &mut u8) {
    let at = |key: &str| match (path, key) {
        ("", key) => key.to_owned(),
        // The words of the act's JSON for what a form asks plainly.
        (path, "named") => path.to_owned(),
        (path, "record") => format!("{path}.id"),
        (path, _) if path.ends_with(".value") => path.to_owned(),
        (path, key) => format!("{path}.{key}"),
    };
    match value {
        Value::Object(inner) => {
            for (key, value) in inner {
                typed(&at(key), value, out, people);
            }
        }
        Value::Array(rows) if path == "collected" => {
            for row in rows {
                out.push((format!("{path}.{}", row.as_str().unwrap()), "on".to_owned()));
            }
        }
        Value::Array(rows) => {
            for (row, value) in rows.iter().enumerate() {
                typed(&format!("{path}.{row}"), value, out, people);
            }
        }
        Value::String(text) if text.len() == 32 && path != "of" => {
            *people = *people % 5 + 1;
            let path = if path.ends_with(".id") {
                path.to_owned()
            } else {
                format!("{path}.id")
            };
            out.push((path, record_id(*people).to_string()));
        }
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        Value::Bool(on) => out.extend(on.then(|| (path.to_owned(), "on".to_owned()))),
        Value::Number(number) => out.push((path.to_owned(), number.to_string())),
        Value::Null => {}
    }
}

/// What a page says is wrong.
fn told(page: &str) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for part in page.split("class=\"wrong\"").skip(1) {
        let text = part.split_once('>').unwrap().1;
        told.push(text.split('<').next().unwrap().to_owned());
    }
    if let Some((_, part)) = page.split_once("id=\"faults\"") {
        let part = part.split("</div>").next().unwrap();
        for item in part.split("<li>").skip(1) {
            told.push(item.split('<').next().unwrap().to_owned());
        }
    }
    told
}

fn is_marked(letter: char) -> bool {
    letter.is_alphabetic() && !letter.is_ascii()
}

/// What is wrong with what a page says, if anything.
fn fault(language: &str, text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '_');
    if text.trim().is_empty() || text.ends_with(": ") {
        return Some("nothing");
    }
    if text.contains('`') || text.contains("&#96;") || lower.contains('_') {
        return Some("a key");
    }
    match language {
        "vi" if !text.chars().any(is_marked) => Some("not Vietnamese"),
        "vi" if words.any(|word| ENGLISH.lines().any(|english| english == word)) => Some("English"),
        "en" if text.replace("quyển", "").chars().any(is_marked) => Some("not English"),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_form_refuses_it_says_in_the_language_of_its_page() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let (node, mut browser) = signed_in(dir.path(), &centre).await;
    let mut seen = BTreeSet::new();
    let mut refused_acts = BTreeSet::new();
    let examples = examples();
    assert!(examples.len() > 30);
    for act in &examples {
        let kind = act["act"].as_str().unwrap().to_owned();
        let (status, form) = browser.get(&format!("/acts/new/{kind}")).await;
        assert_eq!(status, 200, "{kind}");
        let draft = form.split("action=\"/drafts/").nth(1).unwrap();
        let draft = format!("/drafts/{}", draft.split('"').next().unwrap());
        let csrf = form.split("name=\"csrf\" value=\"").nth(1).unwrap();
        let csrf = csrf.split('"').next().unwrap().to_owned();
        let mut whole = Vec::new();
        typed("", act, &mut whole, &mut 0);
        for place in 0..whole.len() {
            if whole[place].0 == "act" {
                continue;
            }
            for (way, broken) in BROKEN.iter().enumerate() {
                for language in ["vi", "en"].into_iter().take(if way < 2 { 2 } else { 1 }) {
                    let mut fields = whole.clone();
                    fields[place].1 = (*broken).to_owned();
                    fields.extend([pair("csrf", &csrf), pair("do", "look")]);
                    browser.language = language;
                    let (status, page) = browser.send("POST", &draft, &fields).await;
                    assert!(
                        matches!(status, 200 | 422),
                        "{kind} {}: {status}",
                        fields[place].0
                    );
                    if status == 200 {
                        continue;
                    }
                    let told = told(&page);
                    let place = &fields[place].0;
                    assert!(!told.is_empty(), "{kind} {place} {broken}: nothing is said");
                    for text in told {
                        let fault = fault(language, &text);
                        assert_eq!(fault, None, "{kind}, {place}, {broken}, {language}: {text}");
                        refused_acts.insert(kind.clone());
                        seen.insert((language, text));
                    }
                }
            }
        }
        let drop = [pair("csrf", &csrf), pair("act", &kind), pair("do", "drop")];
        assert_eq!(browser.send("POST", &draft, &drop).await.0, 303);
    }
    assert_eq!(
        refused_acts.len(),
        examples.len(),
        "an act whose form refused nothing"
    );
    let vi = seen
        .iter()
        .filter(|(language, _)| *language == "vi")
        .count();
    assert!(vi > 60 && seen.len() > vi + 60, "{vi} of {}", seen.len());
    // Some of them to the letter: after the label, with the law and with what to do.
    for (language, text) in [
        (
            "vi",
            "Đến ngày: tạm trú từ 30 ngày đến tối đa 2 năm (Luật Cư trú 68/2020, Điều 27); xem lại ngày cuối",
        ),
        (
            "vi",
            "Ngày sinh: viết ngày như 31/12/1990, 12/1990 hoặc 1990, biết đến đâu ghi đến đó (Luật Căn cước 26/2023, Điều 9 khoản 4)",
        ),
        (
            "en",
            "Date of birth: write the date as 31/12/1990, 12/1990 or 1990, as much of it as is known (Law on Identification 26/2023, Art. 9(4))",
        ),
    ] {
        assert!(
            seen.contains(&(language, text.to_owned())),
            "{text}\n{seen:#?}"
        );
    }
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_cannot_be_read_is_told_in_the_language_of_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let (node, mut browser) = signed_in(dir.path(), &centre).await;
    let (_, find) = browser.get("/find").await;
    let csrf = find.split("name=\"csrf\" value=\"").nth(1).unwrap();
    let csrf = csrf.split('"').next().unwrap().to_owned();
    for (scanned, vi, en) in [
        ("xyz", "không phải mã vuông", "no identity card"),
        ("", "chưa quét được gì", "nothing was scanned"),
        ("1|2", "thẻ có ít nhất 7", "at least 7"),
        (
            "00118000000||Tran Thi Hoa|03021980|Nu|Ha Noi|01012022",
            "bảng tính đã bỏ số 0",
            "dropped the zero",
        ),
        (
            "001180000009||Tran Thi Hoa|03021980|Nu|Ha Noi|01012022",
            "họ tên: bị mất dấu; thêm dấu theo thẻ",
            "name: came without accents; put them in from the card",
        ),
    ] {
        for (language, words) in [("vi", vi), ("en", en)] {
            browser.language = language;
            let fields = [pair("csrf", &csrf), pair("card", scanned)];
            let (_, page) = browser.send("POST", "/find/card", &fields).await;
            assert!(page.contains(words), "{scanned}: {page}");
        }
    }
    // The same as programs get it: the code, the English words and the Vietnamese beside them.
    let (status, answer) = node.post("/api/v1/card", "xyz").await;
    let error = &answer["error"];
    assert_eq!(
        (status, &error["code"]),
        (400, &Value::from("card_unknown"))
    );
    assert!(
        error["words"]
            .as_str()
            .unwrap()
            .contains("no identity card")
    );
    assert!(
        error["words_vi"]
            .as_str()
            .unwrap()
            .contains("không phải mã vuông")
    );
    for (scanned, source) in [
        ("IDVNM0900000012001090000001<<0", "ICAO Doc 9303-5"),
        (
            "123||Lê A|01012000|Nam|x|01012020",
            "Circular 59/2021, Art. 4",
        ),
    ] {
        let (status, answer) = node.post("/api/v1/card", scanned).await;
        assert_eq!((status, &answer["error"]["source"]), (400, &source.into()));
    }
    let act = r#"{"act": "contact", "person": "01010101010101010101010101010101", "phone": "12"}"#;
    let (status, answer) = node.post("/api/v1/acts/check", act).await;
    let error = &answer["error"];
    assert_eq!((status, &error["field"]), (400, &Value::from("phone")));
    assert!(
        error["words"]
            .as_str()
            .unwrap()
            .starts_with("write the phone number")
    );
    assert!(
        error["words_vi"]
            .as_str()
            .unwrap()
            .starts_with("viết số điện thoại")
    );
    assert_eq!(error["source"], "Law on Identification 26/2023, Art. 9(25)");
    // A refusal whose words name no law tells that of the procedure.
    let act = r#"{"act": "birth", "child": {"name": "Lê A", "birth_date": "2026-11-01", "sex": "male",
        "birth_place": {"unit": "99999"}}, "certificate": "1/2026"}"#;
    let (status, answer) = node.post("/api/v1/acts/check", act).await;
    let error = &answer["error"];
    assert_eq!(
        (status, &error["code"]),
        (409, &Value::from("commune_unknown")),
        "{answer}"
    );
    assert!(
        error["source"]
            .as_str()
            .unwrap()
            .starts_with("Law on Identification"),
        "{answer}"
    );
    node.stop().await;
}
