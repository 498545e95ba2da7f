//! What each officer is offered, and what is told before it is in the way: no acts to who performs
//! none, the limit of drafts before it is met, and words in the language of the page.

use commune_node::office::{DRAFTS_MAX, Draft, DraftId};

use super::*;
use crate::device::{person, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_offered_what_they_may_not_do() {
    let house = house().await;
    let (lan, minh) = (house.cookie_of("lan").await, house.cookie_of("minh").await);
    let way = "<a href=\"/acts/new\"";
    assert!(house.get("/", &lan).await.html.contains(way));
    assert!(!house.get("/", &minh).await.html.contains(way));
    // The police of residence collect nobody; who may is asked.
    let collect = "/acts/new/collection";
    let nobody = "/find?q=qqqqzzzz";
    let offers = |id: &str| {
        let officer = house.node.api.office.officers();
        let roles = officer.iter().find(|one| one.id.to_string() == id);
        let offered = registry::act::offered(&roles.unwrap().roles);
        offered.iter().any(|rule| rule.key == "collection")
    };
    for (name, cookie) in [("lan", &lan), ("minh", &minh)] {
        let page = house.get(nobody, cookie).await.html;
        assert_eq!(page.contains(collect), offers(name), "{name}");
        let begun = house.get(collect, cookie).await.status;
        assert_eq!(begun == 200, offers(name), "{name}");
    }
    house.centre.tell(FeedItem::Officers(vec![
        officer("lan", &[Role::Identification]),
        officer("minh", &[Role::Viewer]),
    ]));
    house
        .node
        .until(|_| house.node.api.office.officers()[0].roles == [Role::Identification])
        .await;
    assert!(offers("lan"));
    assert!(house.get(nobody, &lan).await.html.contains(collect));
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limit_of_drafts_is_told_before_it_is_met() {
    let house = house().await;
    let lan = house.cookie_of("lan").await;
    let office = house.node.api.office.clone();
    let keep = |n: usize| {
        let draft = Draft {
            act: "contact".to_owned(),
            typed: vec![("phone".to_owned(), "1".to_owned())],
            saved_s: 0,
        };
        let id = DraftId::from_random([u8::try_from(n).unwrap(); 16]);
        office
            .keep_draft(&"lan".parse().unwrap(), &id, &draft)
            .unwrap();
    };
    let near = "bản nháp, nhiều nhất là 50";
    let full = "không được lưu cho đến khi bạn nộp";
    (0..DRAFTS_MAX - 6).for_each(keep);
    assert!(!house.get("/", &lan).await.html.contains(near));
    (DRAFTS_MAX - 6..DRAFTS_MAX - 5).for_each(keep);
    for page in ["/", "/acts/new"] {
        assert!(house.get(page, &lan).await.html.contains(near), "{page}");
    }
    let form = "/acts/new/stay_notification";
    assert!(!house.get(form, &lan).await.html.contains(full));
    (DRAFTS_MAX - 5..DRAFTS_MAX).for_each(keep);
    assert!(house.get(form, &lan).await.html.contains(full));
    // One that is kept stays kept.
    let known = format!("/drafts/{}", DraftId::from_random([0; 16]));
    assert!(!house.get(&known, &lan).await.html.contains(full));
    house.node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_religion_is_told_in_the_language_of_the_page() {
    let told = [(Field::Religion, serde_json::json!({"religion": "01"}))];
    let house = house_of(&[with(person(1, "Trần Thị Hòa"), &told)]).await;
    let lan = house.cookie_of("lan").await;
    let page = format!("/people/{}?reason=counter", record_id(1));
    let seen = house.get(&page, &lan).await.html;
    assert!(seen.contains("Phật giáo") && !seen.contains("Buddhism"));
    let english = format!("{lan}; npd_language=en");
    let seen = house.get(&page, &english).await.html;
    assert!(seen.contains("Buddhism") && !seen.contains("Phật giáo"));
    house.node.stop().await;
}
