//! A form from its first key to the filed act, as a browser without JavaScript does it: what was
//! typed outlives a lost session and a daemon that was restarted.
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

#[path = "forms/chosen.rs"]
mod chosen;
#[path = "forms/filed.rs"]
mod filed;
#[path = "forms/mangled.rs"]
mod mangled;
#[path = "forms/told.rs"]
mod told;
#[path = "forms/typed.rs"]
mod typed;

use std::net::SocketAddr;

use centre::Centre;
use device::{Running, join, people, start};
use registry::feed::{FeedItem, Officer};
use registry::password::{Secret, Verifier};
use tokio::task::spawn_blocking;

const PASSWORD: &str = "con trâu xanh uống trà";

/// A browser: it keeps cookies and follows nothing by itself.
struct Browser {
    address: SocketAddr,
    cookie: String,
}

struct Answer {
    status: u16,
    to: String,
    text: String,
}

impl Answer {
    /// The value of an input of the page.
    fn value(&self, name: &str) -> Option<String> {
        let at = self.text.find(&format!("name=\"{name}\""))?;
        let rest = &self.text[at..self.text[at..].find('>')? + at];
        let value = rest.split("value=\"").nth(1)?.split('"').next()?;
        Some(value.replace("&#38;", "&").replace("&amp;", "&"))
    }
}

impl Browser {
    fn of(node: &Running) -> Browser {
        Browser {
            address: node.address,
            cookie: String::new(),
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "", Vec::new()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send(
            "POST",
            path,
            "application/x-www-form-urlencoded",
            body.into(),
        )
        .await
    }

    /// A form with files, as a browser sends it: name of the input, name of the file, content.
    async fn post_files(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let body = parts(fields.iter().copied(), files);
        self.send("POST", path, "multipart/form-data; boundary=cut", body)
            .await
    }

    async fn send(&mut self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("Content-Type", kind)
            .header("Cookie", self.cookie.clone())
            .body(body)
            .unwrap();
        let (answer, cookie) = spawn_blocking(move || {
            let config = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .build();
            let mut response = ureq::Agent::from(config).run(request).unwrap();
            let header = |name: &str| {
                let value = response.headers().get(name);
                value.map(|value| value.to_str().unwrap().to_owned())
            };
            let (to, cookie) = (header("location").unwrap_or_default(), header("set-cookie"));
            let bytes = response.body_mut().read_to_vec().unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let status = response.status().as_u16();
            (Answer { status, to, text }, cookie)
        })
        .await
        .unwrap();
        if let Some(cookie) = cookie {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        answer
    }

    async fn sign_in(&mut self, carried: &str) -> Answer {
        let fields = [
            ("name", "lan"),
            ("password", PASSWORD),
            ("carried", carried),
        ];
        self.post("/sign-in", &fields).await
    }
}

/// A form with files as bytes, its parts cut by `cut`.
fn parts<'a>(
    fields: impl Iterator<Item = (&'a str, &'a str)>,
    files: &[(&str, &str, &[u8])],
) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for (name, file, content) in files {
        let head = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--cut--\r\n");
    body
}

/// A node whose officer has the password above.
async fn node(dir: &std::path::Path) -> Running {
    let node = start(dir).await;
    node.until(|status| status.filled && status.in_step).await;
    let verifier = Verifier::of(&Secret::typed(PASSWORD).unwrap(), &[5; 16]).unwrap();
    let lan = node.api.office.officers().first().unwrap().id.clone();
    let office = node.api.office.clone();
    office.set_password(&lan, verifier, false, None, 0).unwrap();
    office.store().sync().unwrap();
    node
}

/// A desk at which somebody has just signed in.
struct Desk {
    centre: Centre,
    running: Running,
    dir: tempfile::TempDir,
    browser: Browser,
}

async fn desk() -> Desk {
    desk_of(&people()).await
}

async fn desk_of(records: &[registry::record::Record]) -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(records);
    join(dir.path(), &centre).await;
    let running = node(dir.path()).await;
    let mut browser = Browser::of(&running);
    browser.sign_in("").await;
    Desk {
        centre,
        running,
        dir,
        browser,
    }
}

const CHILD: [(&str, &str); 6] = [
    ("act", "birth"),
    ("child.name", "Trần Bảo Ngọc"),
    ("child.birth_date", "30/10/2026"),
    ("child.sex", "female"),
    ("mother.name", "Trần Thị Hòa"),
    ("evidence.0.kind", "giấy chứng sinh"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_outlives_a_lost_session_and_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    let running = node(dir.path()).await;
    let mut browser = Browser::of(&running);
    assert_eq!(
        browser.get("/acts/new/birth").await.to,
        "/sign-in?next=/acts/new/birth"
    );
    assert_eq!(browser.sign_in("").await.status, 303);

    // An unreadable date is said beside its input, with everything typed still there.
    let form = browser.get("/acts/new/birth").await;
    let draft = form.text.split("action=\"/drafts/").nth(1).unwrap();
    let draft = format!("/drafts/{}", draft.split('"').next().unwrap());
    let csrf = form.value("csrf").unwrap();
    let mut fields = CHILD.to_vec();
    fields[2] = ("child.birth_date", "31/31/2026");
    fields.extend([("csrf", csrf.as_str()), ("do", "look")]);
    let refused = browser.post(&draft, &fields).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.value("child.name").as_deref(),
        Some("Trần Bảo Ngọc")
    );
    assert_eq!(
        refused.value("child.birth_date").as_deref(),
        Some("31/31/2026")
    );
    assert!(refused.text.contains("child-birth_date-wrong"));

    // A form without the session's proof does nothing.
    let mut foreign = CHILD.to_vec();
    foreign.extend([("csrf", "0"), ("do", "file")]);
    assert_eq!(browser.post(&draft, &foreign).await.status, 409);
    assert_eq!(running.api.office.own_acts(None, 10).unwrap().len(), 0);

    // The session is gone; the door carries what was typed, through a wrong password too.
    browser.cookie.clear();
    let mut fields = CHILD.to_vec();
    fields.extend([("csrf", csrf.as_str()), ("do", "look")]);
    let door = browser.post(&draft, &fields).await;
    let carried = door.value("carried").unwrap();
    let wrong = [
        ("name", "lan"),
        ("password", "sai"),
        ("carried", carried.as_str()),
    ];
    let door = browser.post("/sign-in", &wrong).await;
    assert_eq!(door.status, 422);
    let carried = door.value("carried").unwrap();
    let back = browser.sign_in(&carried).await;
    assert_eq!(back.to, draft);
    running.stop().await;

    // The daemon was restarted: the session is over, the draft is not.
    let running = start(dir.path()).await;
    browser.address = running.address;
    assert!(browser.get(&draft).await.to.starts_with("/sign-in"));
    browser.sign_in("").await;
    let form = browser.get(&draft).await;
    assert_eq!(form.value("child.name").as_deref(), Some("Trần Bảo Ngọc"));
    assert_eq!(
        form.value("child.birth_date").as_deref(),
        Some("30/10/2026")
    );

    // Looked over, filed, and no draft any more.
    let csrf = form.value("csrf").unwrap();
    let mut fields = CHILD.to_vec();
    fields.extend([("csrf", csrf.as_str()), ("do", "look")]);
    let review = browser.post(&draft, &fields).await;
    assert_eq!(review.status, 200, "{}", review.text);
    assert_eq!(running.api.office.own_acts(None, 10).unwrap().len(), 0);
    fields.pop();
    fields.push(("do", "file"));
    let filed = browser.post(&draft, &fields).await;
    assert_eq!(filed.status, 303, "{}", filed.text);
    assert!(filed.to.starts_with("/acts/"));
    assert_eq!(running.api.office.own_acts(None, 10).unwrap().len(), 1);
    assert_eq!(browser.get(&draft).await.to, filed.to);
    let act = browser.get(&filed.to).await;
    assert!(act.text.contains("Trần Bảo Ngọc"));
    running.stop().await;
}

/// A form for a birth: its address and the proof of the session.
async fn birth_form(browser: &mut Browser) -> (String, String) {
    form_of(browser, "/acts/new/birth").await
}

/// A new form: where it goes, and its proof.
async fn form_of(browser: &mut Browser, path: &str) -> (String, String) {
    let form = browser.get(path).await;
    let draft = form.text.split("action=\"/drafts/").nth(1).unwrap();
    let draft = format!("/drafts/{}", draft.split('"').next().unwrap());
    (draft, form.value("csrf").unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scans_are_taken_with_the_form_and_named_by_the_act() {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    let (draft, csrf) = birth_form(browser).await;
    let mut fields = vec![("csrf", csrf.as_str())];
    fields.extend(CHILD);
    fields.push(("do", "again"));
    let scan: &[u8] = b"\x89PNG\r\n\x1a\nscan";
    let hash = registry::attachment::AttachmentId::of(scan).to_string();
    let input = "evidence.0.file";

    // A form of another session brings nothing in.
    let mut foreign = fields.clone();
    foreign[0] = ("csrf", "0");
    let refused = browser
        .post_files(&draft, &foreign, &[(input, "scan.png", scan)])
        .await;
    assert_eq!(refused.status, 409);
    assert_eq!(
        desk.running.api.office.attachments(None, 10).unwrap().len(),
        0
    );

    // An empty input is no file; one that is none of the kinds is told, and the other one stays.
    let files = [
        (input, "", b"".as_slice()),
        (input, "scan.png", scan),
        (input, "note.txt", b"hello"),
    ];
    let form = browser.post_files(&draft, &fields, &files).await;
    assert_eq!(form.status, 422, "{}", form.text);
    assert!(form.text.contains("JPEG, PNG"), "{}", form.text);
    let named = form.value("evidence.0.attachments.0").unwrap();
    assert!(named.starts_with(&hash), "{named}");
    assert_eq!(
        desk.running.api.office.attachments(None, 10).unwrap().len(),
        1
    );

    // The draft names it, so it waits for the draft, for as long as that may be.
    let office = desk.running.api.office.clone();
    let in_a_month = commune_node::clock::device_s() + 30 * 86_400;
    assert_eq!(office.tidy_attachments(in_a_month).unwrap(), 0);

    fields.pop();
    fields.extend([("evidence.0.attachments.0", named.as_str()), ("do", "file")]);
    let filed = browser.post(&draft, &fields).await;
    assert_eq!(filed.status, 303, "{}", filed.text);
    let act = browser.get(&filed.to).await;
    let href = format!("/attachments/{hash}");
    assert!(act.text.contains(&href), "{}", act.text);
    let shown = browser.get(&href).await;
    assert_eq!((shown.status, shown.text.ends_with("scan")), (200, true));

    // Without a session the file is not taken and what was typed is carried.
    browser.cookie.clear();
    let door = browser
        .post_files(&draft, &fields, &[(input, "scan.png", scan)])
        .await;
    assert_eq!(door.status, 422);
    assert!(door.value("carried").unwrap().contains("evidence.0.kind"));
    desk.running.stop().await;
}

/// A photograph of this size, as a JPEG.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        let shade = |at: u32| u8::try_from(at % 256).unwrap();
        image::Rgb([shade(x), shade(y), shade(x + y)])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portrait_is_taken_with_a_form_and_its_thumbnail_is_made_here() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    join(dir.path(), &centre).await;
    // The centre gives the officer the role whose act it is.
    centre.tell(FeedItem::Officers(vec![Officer {
        id: "lan".parse().unwrap(),
        name: registry::value::Line::parse("Lan").unwrap(),
        roles: vec![registry::code::Role::Identification],
        active: true,
    }]));
    let running = node(dir.path()).await;
    let mut browser = Browser::of(&running);
    browser.sign_in("").await;
    let person = device::record_id(1).to_string();
    let (draft, csrf) = form_of(&mut browser, &format!("/acts/new/portrait?person={person}")).await;
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("act", "portrait"),
        ("person.id", person.as_str()),
        ("do", "look"),
    ];

    // Each refusal is said beside the input, and the form is kept.
    let small = photograph(99, 400);
    let broken = photograph(300, 400)[..200].to_vec();
    for (content, told) in [
        (b"%PDF-1.7 a scan".as_slice(), "input_invalid"),
        (&small, "picture_too_small"),
        (&broken, "picture_broken"),
        (b"no picture", "attachment_kind"),
    ] {
        let form = browser
            .post_files(&draft, &fields, &[("photo.file", "photo.jpg", content)])
            .await;
        assert_eq!(form.status, 422, "{told}: {}", form.text);
        assert!(
            form.text.contains("class=\"wrong\""),
            "{told}: {}",
            form.text
        );
    }
    let none = browser.post(&draft, &fields).await;
    assert_eq!(none.status, 422);
    assert!(
        none.text.contains("capture=\"environment\""),
        "{}",
        none.text
    );
    assert_eq!(running.api.office.own_acts(None, 10).unwrap().len(), 0);

    // The last photograph that was chosen stands, and is looked over with its item.
    let photo = photograph(1200, 1600);
    let hash = registry::attachment::AttachmentId::of(&photo);
    let other = photograph(400, 400);
    fields.pop();
    fields.push(("do", "again"));
    let both = [
        ("photo.file", "a.jpg", other.as_slice()),
        ("photo.file", "b.jpg", &photo),
    ];
    let form = browser.post_files(&draft, &fields, &both).await;
    let named = form.value("photo.attachments.0").unwrap();
    assert!(named.starts_with(&hash.to_string()), "{named}");
    assert_eq!(form.value("photo.attachments.1"), None);
    fields.pop();
    fields.extend([("photo.attachments.0", named.as_str()), ("do", "look")]);
    let review = browser.post(&draft, &fields).await;
    assert_eq!(review.status, 200, "{}", review.text);
    assert!(review.text.contains("Ảnh chân dung"), "{}", review.text);

    // Filed: the act names the thumbnail and the photograph, and both are sent after it.
    fields.pop();
    fields.push(("do", "file"));
    let filed = browser.post(&draft, &fields).await;
    assert_eq!(filed.status, 303, "{}", filed.text);
    let office = running.api.office.clone();
    let id = filed.to.trim_start_matches("/acts/").parse().unwrap();
    let act = office.act_view(&id).unwrap().unwrap();
    let [small, whole] = act.papers[0].attached.clone().try_into().unwrap();
    assert_eq!(whole.hash, hash);
    assert!(small.bytes <= 12 << 10 && small.here, "{small:?}");
    let content = office.folder().read(&small.hash).unwrap().unwrap();
    assert_eq!(content, commune_node::thumbnail::of(&photo).unwrap());
    let size = commune_node::thumbnail::size_of(&content);
    assert_eq!(size, Some((240, 320)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_no_draft_names_goes_after_a_day() {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    let (draft, csrf) = birth_form(browser).await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("act", "birth"),
        ("evidence.0.kind", "giấy chứng sinh"),
        ("do", "again"),
    ];
    let scan: &[u8] = b"\xff\xd8\xffscan";
    let form = browser
        .post_files(&draft, &fields, &[("evidence.0.file", "a.jpg", scan)])
        .await;
    let named = form.value("evidence.0.attachments.0").unwrap();
    let removed = [
        ("csrf", csrf.as_str()),
        ("act", "birth"),
        ("evidence.0.attachments.0", named.as_str()),
        ("do", "unattach:evidence.0.attachments.0"),
    ];
    let form = browser.post(&draft, &removed).await;
    assert_eq!(form.value("evidence.0.attachments.0"), None);
    let office = desk.running.api.office.clone();
    let in_two_days = commune_node::clock::device_s() + 2 * 86_400;
    assert_eq!(office.tidy_attachments(in_two_days).unwrap(), 1);
    desk.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hints_come_while_a_person_is_typed() {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    let (draft, csrf) = birth_form(browser).await;
    let hints = format!("{draft}/hints");

    // A name typed while the input method was off is offered as it was meant, and taken by a key.
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("act", "birth"),
        ("child.name", "Nguyeenx Minh Khooi"),
    ];
    let told = browser.post(&hints, &fields).await;
    assert_eq!(told.status, 200);
    assert!(told.text.contains("Nguyễn Minh Khôi"), "{}", told.text);
    fields.push(("do", "meant:child.name"));
    let form = browser.post(&draft, &fields).await;
    assert_eq!(
        form.value("child.name").as_deref(),
        Some("Nguyễn Minh Khôi")
    );

    // Somebody who is registered already is told as soon as the date is there too.
    let somebody = desk
        .running
        .api
        .office
        .find_people("trần thị hòa", 1)
        .unwrap();
    let somebody = somebody.first().unwrap();
    let born = somebody.birth_date.clone().unwrap();
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("act", "birth"),
        ("child.name", somebody.name.as_str()),
    ];
    let told = browser.post(&hints, &fields).await;
    assert!(!told.text.contains("/people/"), "{}", told.text);
    fields.push(("child.birth_date", born.as_str()));
    let told = browser.post(&hints, &fields).await;
    let href = format!("/people/{}", somebody.id);
    assert!(told.text.contains(&href), "{}", told.text);

    // Nobody asks without the session's proof.
    fields[0] = ("csrf", "0");
    assert_eq!(browser.post(&hints, &fields).await.status, 403);
    desk.running.stop().await;
}
