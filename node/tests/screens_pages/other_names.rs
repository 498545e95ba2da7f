//! People found by a name that they are known by besides: the list says by which, everywhere.

use super::*;
use crate::device::with;

const OTHER: &str = "Bà Tư Bánh Mì";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_found_by_another_name_is_shown_with_it() {
    let mut records = people();
    let other = [(Field::OtherNames, serde_json::json!({"name": OTHER}))];
    let first = records.remove(0);
    records.push(with(first, &other));
    let house = house_of(&records).await;
    let lan = house.cookie_of("lan").await;
    let told = format!("tên khác: {OTHER}");
    let shows = [
        "/find?q=banh+mi",
        "/find/results?q=ba+tu",
        "/acts/pick?path=person&takes=living&person.q=banh+mi",
    ];
    for path in shows {
        let page = house.get(path, &lan).await.html;
        assert!(
            page.contains("Trần Thị Hòa") && page.contains(&told),
            "{path}: {page}"
        );
    }
    let english = format!("{lan}; npd_language=en");
    let page = house.get("/find?q=banh+mi", &english).await.html;
    assert!(page.contains(&format!("other name: {OTHER}")), "{page}");
    // By the name itself there is nothing to explain.
    for path in [
        "/find?q=tran+hoa",
        "/acts/pick?path=person&takes=living&person.q=hoa",
    ] {
        let page = house.get(path, &lan).await.html;
        assert!(
            page.contains("Trần Thị Hòa") && !page.contains(&told),
            "{path}: {page}"
        );
    }

    let (_, people) = house.node.get("/api/v1/people?q=banh+mi").await;
    let who = |key: &str| people[0][key].as_str();
    assert_eq!(
        (who("name"), who("other_name")),
        (Some("Trần Thị Hòa"), Some(OTHER))
    );
    let (_, people) = house.node.get("/api/v1/people?q=tran+hoa").await;
    assert_eq!(people[0]["other_name"], serde_json::Value::Null);
    house.node.stop().await;
}
