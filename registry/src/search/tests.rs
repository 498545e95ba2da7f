//! Behaviour of the index as a clerk sees it.

use super::*;

mod other_names;

fn id(number: u8) -> RecordId {
    RecordId::new([number; 16])
}

fn people() -> Index {
    let mut index = Index::new();
    let rows: [(u8, &str, u16, &str, &str, &str, &str); 10] = [
        (
            1,
            "Nguyễn Văn Đức",
            1987,
            "001087000231",
            "HK-000101",
            "0912345678",
            "Thôn 3",
        ),
        (
            2,
            "Nguyễn Văn Dục",
            1990,
            "001090000232",
            "HK-000102",
            "",
            "Thôn 5",
        ),
        (3, "Nguyen Van Duc", 1950, "", "HK-000103", "", "Bản Nà Pồ"),
        (
            4,
            "Trần Thị Hòa",
            1985,
            "008185000017",
            "HK-000101",
            "0987654321",
            "Thôn 3",
        ),
        (
            5,
            "Trần Thị Hoà",
            1962,
            "008162000018",
            "HK-000104",
            "",
            "Tổ 5",
        ),
        (
            6,
            "Lý Thị Hoàn",
            2001,
            "008301000019",
            "HK-000105",
            "",
            "Tổ 5",
        ),
        (
            7,
            "Lí Thị Hà",
            2003,
            "008303000020",
            "HK-000106",
            "",
            "Thôn 3",
        ),
        (8, "Y Moan Êban", 1971, "", "HK-000107", "", "Buôn Ky"),
        (9, "H'Hen Niê", 1992, "", "HK-000107", "", "Buôn Ky"),
        (
            10,
            "Phạm Nguyễn Đức Huy",
            2010,
            "",
            "HK-000108",
            "",
            "Thôn 3",
        ),
    ];
    for (number, name, year, pin, file, phone, hamlet) in rows {
        index.insert(
            id(number),
            &Entry {
                name,
                birth: PartialDate::new(year, None, None).ok(),
                pin: pin.parse().ok(),
                household_file: Some(file),
                phone: Some(phone).filter(|phone| !phone.is_empty()),
                hamlet: Some(hamlet),
                ..Entry::default()
            },
        );
    }
    index
}

fn found(index: &Index, text: &str) -> Vec<u8> {
    index
        .query(text, 20)
        .iter()
        .map(|hit| hit.id.as_bytes()[0])
        .collect()
}

#[test]
fn queries_find_whom_a_clerk_means_in_the_right_order() {
    let index = people();
    for (text, expected) in [
        // Exact, then other diacritics; whole names before longer ones.
        ("Nguyễn Văn Đức", vec![1, 2, 3]),
        ("nguyen van duc", vec![3, 2, 1]),
        ("duc nguyen van", vec![3, 2, 1]),
        ("NGUYỄN ĐỨC", vec![1, 10, 2, 3]),
        // Another place of the tone comes second; closed syllables are another word.
        ("Trần Thị Hòa", vec![4, 5]),
        ("Trần Thị Hoà", vec![5, 4]),
        // The last word while it is typed, with or without its diacritics.
        ("nguyễn văn đ", vec![1, 2, 3]),
        // Alike but for the place of the tone: the elder first.
        ("tran thi ho", vec![5, 4]),
        // A year, a part of a PIN, a phone, a household file, a hamlet among the words.
        ("nguyen 1990", vec![2]),
        ("1985", vec![4]),
        ("008185000017", vec![4]),
        ("008 1 85 000017", vec![4]),
        ("000231", vec![1]),
        ("0912 345 678", vec![1]),
        ("+84 912 345 678", vec![1]),
        ("654321 tran", vec![4]),
        ("HK-000101", vec![1, 4]),
        ("hk-000101 duc", vec![1]),
        ("tran thon 3", vec![4]),
        ("buon ky", vec![8, 9]),
        // i and y are one when searching, the one that was typed first.
        ("ly", vec![6, 7]),
        ("lí", vec![7, 6]),
        // Names of other peoples.
        ("y", vec![8]),
        ("h'hen", vec![9]),
        ("eban", vec![8]),
        // Telex with the input method off.
        ("nguyeenx van ddwcs", vec![1, 3, 2]),
        ("Traanf Thij Hoaf", vec![4, 5]),
        // VNI with the input method off.
        ("Nguye64n Va8n D9u71c", vec![1, 2, 3]),
        ("Tra62n Thi5 Hoa2", vec![4, 5]),
        // Letters of another alphabet that look like Latin ones; ETH; another apostrophe.
        ("Тrần Тhị Ноa", vec![5, 4]),
        ("Ðức", vec![1, 10, 3, 2]),
        ("Ɖức", vec![1, 10, 3, 2]),
        ("h’hen", vec![9]),
        // A missing middle name, a misplaced word order, in any letter case.
        ("tran hoa", vec![5, 4]),
        ("hoa tran", vec![5, 4]),
        ("DUC PHAM", vec![10]),
        // A part of a PIN in its middle, of a phone at its end; a hamlet by its name alone.
        ("8700", vec![1]),
        ("345678", vec![1]),
        ("na po", vec![3]),
        ("duc na po", vec![3]),
        // A birth year with a name before or behind; another year finds nobody.
        ("1987 duc", vec![1]),
        ("duc 1950", vec![3]),
        ("duc 1951", vec![]),
        // Nothing.
        ("", vec![]),
        ("   ", vec![]),
        ("không có ai", vec![]),
        ("9999", vec![]),
        ("nguyen 1871", vec![]),
        ("88/99/1987", vec![]),
    ] {
        assert_eq!(found(&index, text), expected, "{text}");
    }
}

#[test]
fn names_with_an_apostrophe_or_a_hyphen_are_found_however_they_are_typed() {
    let mut index = Index::new();
    let names = [
        "H'Hen Niê",
        "Y Ƀham Êban",
        "Hồ Bru-Vân",
        "H Bia Ksor",
        "Hlan Mlô",
        "Hồ Văn Kiều",
    ];
    for (number, name) in (1u8..).zip(names) {
        let entry = Entry {
            name,
            ..Entry::default()
        };
        index.insert(id(number), &entry);
    }
    for (text, expected) in [
        ("H'Hen Niê", 1),
        ("h’hen", 1),
        ("hhen nie", 1),
        ("h hen nie", 1),
        ("hen nie", 1),
        ("nie hen", 1),
        ("hhe", 1),
        ("Y Ƀham", 2),
        ("y bham", 2),
        ("bru van", 3),
        ("bruvan", 3),
        ("Bru‑Vân", 3),
        // Whoever wrote the name left the sign out, whoever looks for it did not.
        ("h'bia ksor", 4),
        ("h'lan", 5),
        ("van-kieu", 6),
    ] {
        assert_eq!(found(&index, text), [expected], "{text}");
    }
    assert!(found(&index, "hen van").is_empty());
    // Who is gone is found by no part.
    assert!(index.remove(id(1)));
    assert!(found(&index, "hen nie").is_empty());
    assert!(found(&index, "hhen").is_empty());
}

#[test]
fn namesakes_do_not_hide_who_is_written_apart() {
    let mut index = Index::new();
    let names = [
        "H'Hen Niê",
        "H'Hen Niê",
        "H’Hen Niê",
        "H Hen Niê",
        "Hhen Niê",
    ];
    for (number, name) in (1u8..).zip(names) {
        let entry = Entry {
            name,
            ..Entry::default()
        };
        index.insert(id(number), &entry);
    }
    for (text, first) in [("h'hen niê", 1), ("h'hen", 1), ("H’Hen Niê", 3)] {
        let mut all = found(&index, text);
        assert_eq!(all.first(), Some(&first), "{text}");
        all.sort_unstable();
        assert_eq!(all, [1, 2, 3, 4, 5], "{text}");
    }
}

#[test]
fn a_word_comes_before_a_part_of_another() {
    let mut index = Index::new();
    for (number, name) in [(1, "H'Hen Niê"), (2, "Hen Niê"), (3, "Hẻn Niê")] {
        let entry = Entry {
            name,
            ..Entry::default()
        };
        index.insert(id(number), &entry);
    }
    let hits = index.query("Hen Niê", 20);
    assert_eq!((hits[0].id, hits[0].rank), (id(2), Rank::Exact));
    assert!(hits[1..].iter().all(|hit| hit.rank == Rank::Base));
    assert_eq!(hits.len(), 3);
    let hits = index.query("H'Hen Niê", 20);
    assert_eq!((hits[0].id, hits[0].rank), (id(1), Rank::Exact));
}

#[test]
fn ranks_tell_how_well_a_hit_fits() {
    let index = people();
    for (text, ranks) in [
        ("Trần Thị Hòa", vec![Rank::Exact, Rank::Tones]),
        ("tran thi hoa", vec![Rank::Base, Rank::Base]),
        ("trần thị ho", vec![Rank::Beginning, Rank::Loose]),
        ("lý", vec![Rank::Exact, Rank::Loose]),
        ("008185", vec![Rank::Exact]),
    ] {
        let hits = index.query(text, 20);
        assert_eq!(
            hits.iter().map(|hit| hit.rank).collect::<Vec<_>>(),
            ranks,
            "{text}"
        );
    }
}

#[test]
fn a_limit_keeps_the_best() {
    let index = people();
    let all = index.query("nguyen", 20);
    assert_eq!(all.len(), 4);
    for limit in 0..all.len() {
        assert_eq!(index.query("nguyen", limit), all[..limit]);
    }
}

#[test]
fn a_person_who_changes_or_leaves_is_found_no_more_under_the_old_words() {
    let mut index = people();
    assert!(index.remove(id(1)));
    assert!(!index.remove(id(1)));
    assert_eq!(found(&index, "Nguyễn Văn Đức"), [2, 3]);
    assert_eq!(found(&index, "000231"), Vec::<u8>::new());
    assert_eq!(found(&index, "HK-000101"), [4]);

    index.insert(
        id(4),
        &Entry {
            name: "Trần Thị Hạnh",
            ..Entry::default()
        },
    );
    assert_eq!(index.len(), 9);
    assert_eq!(found(&index, "tran thi hoa"), [5]);
    assert_eq!(found(&index, "tran thi hanh"), [4]);
    assert_eq!(found(&index, "1985"), Vec::<u8>::new());

    index.insert(
        id(11),
        &Entry {
            name: "Nguyễn Văn Đức",
            ..Entry::default()
        },
    );
    assert_eq!(found(&index, "Nguyễn Văn Đức"), [11, 2, 3]);
}

#[test]
fn an_index_that_changed_often_answers_as_a_new_one() {
    let mut worn = Index::new();
    for round in 0..40u16 {
        for number in 0..200u8 {
            let name = format!(
                "Nguyễn Văn {}",
                ["An", "Ân", "Bình", "Đức"][usize::from(number) % 4]
            );
            let birth = PartialDate::new(1950 + round, None, None).ok();
            worn.insert(
                id(number),
                &Entry {
                    name: &name,
                    birth,
                    ..Entry::default()
                },
            );
        }
    }
    let mut fresh = Index::new();
    for number in 0..200u8 {
        let name = format!(
            "Nguyễn Văn {}",
            ["An", "Ân", "Bình", "Đức"][usize::from(number) % 4]
        );
        fresh.insert(
            id(number),
            &Entry {
                name: &name,
                birth: PartialDate::new(1989, None, None).ok(),
                ..Entry::default()
            },
        );
    }
    for text in ["nguyen van an", "Ân", "duc 1989", "duc 1988"] {
        assert_eq!(worn.query(text, 500), fresh.query(text, 500), "{text}");
    }
    assert_eq!(worn.query("duc 1989", 500).len(), 50);
}

#[test]
fn equal_hits_go_by_given_name_then_surname_of_the_vietnamese_alphabet() {
    let mut index = Index::new();
    let sorted = [
        "Vũ Văn An",
        "Bùi Văn Ân",
        "Đỗ Văn Bình",
        "Hồ Văn Bình",
        "Dương Văn Đức",
    ];
    for (number, name) in (0u8..5).zip(sorted).rev() {
        index.insert(
            id(number),
            &Entry {
                name,
                ..Entry::default()
            },
        );
    }
    assert_eq!(found(&index, "van"), [0, 1, 2, 3, 4]);
}

#[test]
fn a_query_of_any_size_is_answered() {
    let index = people();
    for text in [
        "a ".repeat(10_000),
        "1".repeat(10_000),
        "\u{301}".repeat(300),
        "'".repeat(90),
    ] {
        assert!(index.query(&text, usize::MAX).len() <= index.len());
    }
}

#[test]
fn people_are_found_by_the_file_that_was_set_last() {
    let mut index = people();
    let found = |index: &Index, text: &str| -> Vec<RecordId> {
        index.query(text, 20).iter().map(|hit| hit.id).collect()
    };
    assert_eq!(found(&index, "HK-000103"), [id(3)]);
    index.set_file(&[id(3), id(99), id(5)], Some("HK-000777"));
    assert!(found(&index, "HK-000103").is_empty());
    let mut both = found(&index, "HK-000777");
    both.sort_unstable();
    assert_eq!(both, [id(3), id(5)]);
    index.set_file(&[id(3)], None);
    assert_eq!(found(&index, "HK-000777"), [id(5)]);
    assert_eq!(found(&index, "Nguyen Van Duc Ban Na Po"), [id(3)]);
}

#[test]
fn people_are_found_by_the_numbers_that_they_had() {
    let mut index = people();
    let numbers = ["012345678", "001087000999", "123456789"];
    let entry = Entry {
        name: "Hoàng Thị Mai",
        pin: "001187000777".parse().ok(),
        old_numbers: &numbers,
        ..Entry::default()
    };
    index.insert(id(20), &entry);
    for text in [
        "012345678",
        "012 345 678",
        "001087000999",
        "56789",
        "mai 123456789",
        "001187000777",
    ] {
        assert_eq!(found(&index, text), [20], "{text}");
    }
    index.insert(
        id(20),
        &Entry {
            old_numbers: &numbers[..1],
            ..entry
        },
    );
    assert_eq!(found(&index, "012345678"), [20]);
    assert_eq!(found(&index, "123456789"), Vec::<u8>::new());
}

#[test]
fn a_date_of_birth_is_found_as_far_as_it_is_typed_and_known() {
    let mut index = Index::new();
    let born = [
        (1, "1987-03-12"),
        (2, "1987-03-21"),
        (3, "1987-03"),
        (4, "1987"),
        (5, "1988-03-12"),
    ];
    for (number, date) in born {
        let entry = Entry {
            name: "Nguyễn Văn An",
            birth: date.parse().ok(),
            ..Entry::default()
        };
        index.insert(id(number), &entry);
    }
    let sorted = |text: &str| {
        let mut hits = found(&index, text);
        hits.sort_unstable();
        hits
    };
    for (text, whom) in [
        // Whoever is known less exactly may be meant, and comes last.
        ("an 12/03/1987", vec![1, 3, 4]),
        ("12.3.1987", vec![1, 3, 4]),
        ("12031987", vec![1, 3, 4]),
        ("an 12031987", vec![1, 3, 4]),
        ("1987-03-12 nguyen", vec![1, 3, 4]),
        ("03/1987", vec![1, 2, 3, 4]),
        ("1987", vec![1, 2, 3, 4]),
        ("12/03/1988", vec![5]),
        ("13/03/1988", vec![]),
    ] {
        assert_eq!(sorted(text), whom, "{text}");
    }
    assert_eq!(index.query("12/03/1987", 9)[0].rank, Rank::Exact);
    assert_eq!(index.query("12/03/1987", 9)[2].rank, Rank::Loose);
}

#[test]
fn a_file_is_found_by_its_other_number_too_and_by_no_other_s() {
    let mut index = people();
    index.also_file("HK-000107", "HO-TAM-00004-ab12");
    assert_eq!(
        found(&index, "ho-tam-00004-ab12"),
        found(&index, "HK-000107")
    );
    assert_eq!(found(&index, "HO-TAM-00004").len(), 2);
    // The provisional number came first, then the one that stays.
    index.set_file(&[id(10)], Some("HO-TAM-00004-cd34"));
    index.set_file(&[id(10)], Some("HSCT-00004-00000001"));
    index.also_file("HSCT-00004-00000001", "HO-TAM-00004-cd34");
    assert_eq!(found(&index, "HO-TAM-00004-cd34"), [10]);
    assert_eq!(found(&index, "HSCT-00004-00000001"), [10]);
    assert!(found(&index, "HK-000108").is_empty());
}
