//! Papers of acts of before on the page of a person: where they are asked for, what is listed, and what
//! is said without a line.

use registry::act::papers::{PapersOfAct, PapersOfRecord};
use registry::act::{ActKind, Evidence};
use registry::attachment::Attachment;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_a_person_leads_to_the_papers_of_before() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let content = b"%PDF-1.7 phieu xet nghiem";
    let scan = Attachment::of(content).unwrap();
    let mut list = PapersOfRecord::default();
    assert!(list.add(PapersOfAct {
        act: ActId::new([0x77; 16]),
        kind: ActKind::Correction,
        office: OfficeCode::new(8).unwrap(),
        at_s: 1_795_230_000,
        evidence: vec![Evidence {
            kind: Line::parse("phiếu xét nghiệm").unwrap(),
            number: Line::default(),
            date: None,
            attachments: vec![scan],
        }],
    }));
    house.centre.give_papers(record_id(1), list, &[content]);

    let person = format!("/people/{}?reason=counter", record_id(1));
    let papers = format!("/people/{}/papers", record_id(1));
    let offline = "Chưa có đường truyền";
    let page = house.get(&person, &lan).await.html;
    assert!(page.contains(&format!("{papers}?reason=counter")), "{page}");
    assert!(!page.contains(offline), "{page}");
    // Nobody sees them without a reason.
    let asked = house.get(&papers, &lan).await;
    assert_eq!(asked.status, 200);
    assert!(!asked.html.contains("xét nghiệm") && asked.html.contains("counter"));

    let with_reason = format!("{papers}?reason=counter");
    let seen = house.get(&with_reason, &lan).await;
    assert_eq!(seen.status, 200);
    let link = format!("/attachments/{}?reason=counter", scan.hash());
    for part in ["phiếu xét nghiệm", link.as_str(), "Trần Thị Hòa"] {
        assert!(seen.html.contains(part), "{part}: {}", seen.html);
    }
    assert_eq!(house.get(&link, &lan).await.status, 200);
    let none = format!("/people/{}/papers?reason=counter", record_id(2));
    let seen = house.get(&none, &lan).await;
    assert!(seen.html.contains("không có bản chụp"), "{}", seen.html);
    let nobody = format!("/people/{}/papers?reason=counter", record_id(99));
    assert_eq!(house.get(&nobody, &lan).await.status, 404);

    house.node.post("/api/v1/line", r#"{"state": "cut"}"#).await;
    let cut =
        |status: &commune_node::api::StatusView| status.line == commune_node::line::LineState::Cut;
    house.node.until(cut).await;
    let page = house.get(&person, &lan).await.html;
    assert!(page.contains(offline), "{page}");
    let seen = house.get(&with_reason, &lan).await;
    assert_eq!(seen.status, 503);
    assert!(seen.html.contains("chưa có đường truyền"), "{}", seen.html);
    house.node.stop().await;
}
