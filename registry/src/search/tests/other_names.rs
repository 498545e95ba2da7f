//! People found by the names that they are known by besides the birth name.

use super::*;

/// A village where some are called otherwise than their papers say.
fn village() -> Index {
    let mut index = Index::new();
    let rows: [(u8, &str, &[&str]); 6] = [
        (1, "Lê Văn An", &["Ba Tèo", "Thích Minh Đức"]),
        (2, "Trần Văn Tèo", &[]),
        (3, "Nguyễn Văn Bình", &["Tèo"]),
        (4, "Thích Minh Đức", &[]),
        (5, "Phạm Thị Đào", &["Hoàng Thị Hòa"]),
        (6, "Lò Thị Hòa", &[]),
    ];
    for (number, name, other_names) in rows {
        let entry = Entry {
            name,
            other_names,
            birth: PartialDate::new(1980 + u16::from(number), None, None).ok(),
            ..Entry::default()
        };
        index.insert(id(number), &entry);
    }
    index
}

/// Whom a query finds, with the other name by which.
fn found(index: &Index, text: &str) -> Vec<(u8, Option<usize>)> {
    let hits = index.query(text, 20);
    let hit = |hit: &Hit| (hit.id.as_bytes()[0], hit.other_name);
    hits.iter().map(hit).collect()
}

#[test]
fn people_are_found_by_other_names_as_by_the_name() {
    let index = village();
    for (text, expected) in [
        // The name itself comes before another's other name that fits as well.
        ("Thích Minh Đức", vec![(4, None), (1, Some(1))]),
        ("thich minh duc", vec![(4, None), (1, Some(1))]),
        ("duc minh thich", vec![(4, None), (1, Some(1))]),
        ("thich duc", vec![(4, None), (1, Some(1))]),
        ("thich minh d", vec![(4, None), (1, Some(1))]),
        ("thich minh duc 1981", vec![(1, Some(1))]),
        // A whole name comes before a part of one.
        ("Tèo", vec![(3, Some(0)), (2, None), (1, Some(0))]),
        ("ba teo", vec![(1, Some(0))]),
        // Telex and VNI with the input method off, another place of the tone.
        ("Ba Teof", vec![(1, Some(0))]),
        ("Ba Te2o", vec![(1, Some(0))]),
        ("Hoàng Thị Hoà", vec![(5, Some(0))]),
        ("thị hòa", vec![(6, None), (5, Some(0))]),
        // The surname with the name that everybody uses; never two other names mixed.
        ("le teo", vec![(1, Some(0))]),
        ("teo minh", vec![]),
        // By anything else nobody is found by an other name.
        ("1983", vec![(3, None)]),
        ("binh 1983", vec![(3, None)]),
        ("teo 1983", vec![(3, Some(0))]),
        ("le van an", vec![(1, None)]),
    ] {
        assert_eq!(found(&index, text), expected, "{text}");
    }
}

#[test]
fn an_other_name_that_comes_or_goes_is_found_or_no_more() {
    let mut index = village();
    let an = |other_names| Entry {
        name: "Lê Văn An",
        other_names,
        ..Entry::default()
    };
    index.insert(id(1), &an(&["Thích Minh Đức"]));
    assert_eq!(found(&index, "ba teo"), []);
    assert_eq!(
        found(&index, "thich minh duc"),
        [(4, None), (1, Some(0))],
        "the one that stays is counted anew"
    );
    index.insert(id(1), &an(&[]));
    assert_eq!(found(&index, "thich minh duc"), [(4, None)]);
    assert_eq!(found(&index, "le van an"), [(1, None)]);
    index.insert(id(1), &an(&["Ba Tèo"]));
    assert_eq!(found(&index, "ba teo"), [(1, Some(0))]);
    // The slot of somebody who left keeps nothing for whoever comes.
    assert!(index.remove(id(1)));
    assert_eq!(found(&index, "ba teo"), []);
    let new = Entry {
        name: "Hồ Văn Cường",
        ..Entry::default()
    };
    index.insert(id(7), &new);
    assert_eq!(found(&index, "ba teo"), []);
    assert_eq!(found(&index, "ho van cuong"), [(7, None)]);
}

#[test]
fn no_more_other_names_than_an_act_adds_are_kept() {
    let names: Vec<String> = (10..30).map(|n| format!("Út {n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut index = Index::new();
    let entry = Entry {
        name: "Lê Văn An",
        other_names: &names,
        ..Entry::default()
    };
    index.insert(id(1), &entry);
    let by = |place: usize| found(&index, names[place]);
    assert_eq!(by(OTHER_NAMES_MAX - 1), [(1, Some(OTHER_NAMES_MAX - 1))]);
    assert_eq!(by(OTHER_NAMES_MAX), []);
}
