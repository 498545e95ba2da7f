//! The papers of acts that were made before a record came to the office: asked of the centre, and then
//! looked at as any other.
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

use centre::Centre;
use commune_node::line::LineState;
use commune_node::office::ReadingsWanted;
use device::{Running, join, people, record_id, start};
use registry::act::papers::{PapersOfAct, PapersOfRecord};
use registry::act::{ActKind, Evidence};
use registry::attachment::Attachment;
use registry::reading::ReadReason;
use registry::value::Line;
use registry::{ActId, OfficeCode};
use sync_proto::Minors;

/// A scan of several pieces.
fn scan() -> Vec<u8> {
    let mut content = b"%PDF-1.7 ".to_vec();
    content.extend((0..40_000_u32).map(|place| b' ' + (place % 90) as u8));
    content
}

/// What an office elsewhere did, as the centre tells of it.
fn papers(content: &[u8], more: bool) -> PapersOfRecord {
    let mut list = PapersOfRecord::default();
    assert!(list.add(PapersOfAct {
        act: ActId::new([0x77; 16]),
        kind: ActKind::Correction,
        office: OfficeCode::new(8).unwrap(),
        at_s: 1_795_230_000,
        evidence: vec![Evidence {
            kind: Line::parse("phiếu xét nghiệm").unwrap(),
            number: Line::parse("XN-12").unwrap(),
            date: None,
            attachments: vec![Attachment::of(content).unwrap()],
        }],
    }));
    if more {
        list.cut();
    }
    list
}

async fn linked(dir: &std::path::Path, centre: &Centre) -> Running {
    join(dir, centre).await;
    let node = start(dir).await;
    node.until(|status| status.filled && status.in_step).await;
    node
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn papers_of_before_are_listed_and_each_can_be_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    let content = scan();
    let hash = Attachment::of(&content).unwrap().hash().to_string();
    centre.give_papers(record_id(1), papers(&content, true), &[&content]);
    let node = linked(dir.path(), &centre).await;
    let file = format!("/api/v1/attachments/{hash}");
    // Before anybody asked, nothing is known of it here.
    assert_eq!(node.get(&file).await.0, 404);

    let path = format!("/api/v1/people/{}/papers?reason=case_work", record_id(1));
    let (status, list) = node.get(&path).await;
    assert_eq!(status, 200, "{list}");
    assert_eq!(list["more"], true);
    let told = &list["papers"][0];
    assert_eq!(told["act"], ActId::new([0x77; 16]).to_string());
    assert_eq!(told["kind"], ActKind::Correction.key());
    assert_eq!(
        (&told["office"], &told["known"]),
        (&"00008".into(), &false.into())
    );
    assert_eq!(told["at_s"], 1_795_230_000);
    let paper = &told["papers"][0];
    assert_eq!(
        (&paper["kind"], &paper["number"]),
        (&"phiếu xét nghiệm".into(), &"XN-12".into())
    );
    let attached = &paper["attached"][0];
    assert_eq!(attached["hash"], hash);
    assert_eq!(
        (&attached["state"], &attached["here"]),
        (&"at_centre".into(), &false.into())
    );

    let (status, _) = node.ask_text("GET", &file, None, Some(&node.token)).await;
    assert_eq!(status, 200);
    let folder = node.api.office.folder();
    let here = folder.read(&hash.parse().unwrap()).unwrap().unwrap();
    assert_eq!(here, content);
    let (_, list) = node.get(&path).await;
    assert_eq!(list["papers"][0]["papers"][0]["attached"][0]["here"], true);
    // Of a record without papers there is an empty list; each question was put once.
    let none = format!("/api/v1/people/{}/papers", record_id(2));
    let (status, list) = node.get(&none).await;
    assert_eq!((status, &list["more"]), (200, &false.into()));
    assert_eq!(list["papers"].as_array().unwrap().len(), 0);
    assert_eq!(centre.asked(), [record_id(1), record_id(1), record_id(2)]);

    // Who asks reads the record, and says why.
    let wanted = ReadingsWanted {
        limit: 10,
        ..ReadingsWanted::default()
    };
    let rows = node.api.office.readings(&wanted).unwrap().rows;
    let mut read = rows.iter().map(|row| (row.record, row.reason));
    assert!(read.any(|row| row == (record_id(1), ReadReason::CaseWork)));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_of_a_record_that_is_held_and_by_an_officer_anything_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    let node = linked(dir.path(), &centre).await;
    let held = format!("/api/v1/people/{}/papers", record_id(1));
    assert_eq!(node.ask("GET", &held, None, None).await.0, 401);
    for path in [
        format!("/api/v1/people/{}/papers", record_id(99)),
        // Somebody is no household.
        format!("/api/v1/households/{}/papers", record_id(1)),
    ] {
        let (status, error) = node.get(&path).await;
        assert_eq!(
            (status, &error["error"]["code"]),
            (404, &"not_found".into()),
            "{path}"
        );
    }
    let (status, error) = node.get("/api/v1/people/7/papers").await;
    assert_eq!((status, &error["error"]["field"]), (400, &"id".into()));
    let (status, error) = node.get(&format!("{held}?reason=curiosity")).await;
    assert_eq!((status, &error["error"]["field"]), (400, &"reason".into()));
    assert_eq!(centre.asked(), []);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_line_it_is_said_that_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    let node = linked(dir.path(), &centre).await;
    node.post("/api/v1/line", r#"{"state": "cut"}"#).await;
    node.until(|status| status.line == LineState::Cut).await;
    let path = format!("/api/v1/people/{}/papers", record_id(1));
    let (status, error) = node.get(&path).await;
    let error = &error["error"];
    assert_eq!(
        (status, &error["code"]),
        (503, &"attachment_not_yet".into())
    );
    assert!(error["words"].as_str().unwrap().contains("no line"));
    assert!(error["words_vi"].as_str().unwrap().contains("đường truyền"));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_centre_is_not_asked_and_the_answer_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let centre = Centre::start(&people());
    centre.speak(Minors { min: 0, max: 4 });
    let node = linked(dir.path(), &centre).await;
    let path = format!("/api/v1/people/{}/papers", record_id(1));
    let (status, error) = node.get(&path).await;
    let code = &error["error"]["code"];
    assert_eq!((status, code), (409, &"papers_centre_older".into()));
    assert_eq!(centre.asked(), []);
    // The line stays.
    assert_eq!(node.api.line.status().state, LineState::Up);
    node.stop().await;
}
