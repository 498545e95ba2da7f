//! What an import finds odd in what a row says: what cannot all be true, dates to come, ends before
//! beginnings, communes and countries that never were.

use super::*;

/// Cells of a row that are not those of the good one.
type Cells<'a> = &'a [(Column, &'a str)];

/// A row with these cells, read in the middle of a year; `?` in them stands for `what`.
fn run(changes: Cells<'_>, what: &str) -> (Summary, String) {
    let told: Vec<(Column, String)> = changes
        .iter()
        .map(|(column, text)| (*column, text.replace('?', what)))
        .collect();
    let told: Vec<(Column, &str)> = told.iter().map(|(of, text)| (*of, text.as_str())).collect();
    let mut plan = plan("");
    plan.today = "2026-05-10".parse().unwrap();
    run_with(&mut Kept::default(), &plan, &file(&[row(&told)]))
}

/// Whether the row is imported with this warning.
fn warns(changes: Cells<'_>, what: &str, column: Column, code: &str) -> bool {
    let (summary, rejects) = run(changes, what);
    assert_eq!(summary.rejected, 0, "{what}: {rejects}");
    let told = format!("2,{},warning,{code},", column.key());
    rejects.lines().any(|line| line.starts_with(&told))
}

#[test]
fn what_cannot_all_be_true_is_kept_and_told() {
    type Changes = &'static [(Column, &'static str)];
    let cases: &[(Changes, Column, &str)] = &[
        (
            &[(Column::ResidenceFrom, "1980-01-01")],
            Column::ResidenceFrom,
            "residence_before_birth",
        ),
        (
            &[
                (Column::SpouseName, "Lê Thị Hai"),
                (Column::SpousePin, "001090000001"),
                (Column::MarriageDate, "2015"),
            ],
            Column::SpousePin,
            "own_spouse",
        ),
        (
            &[(Column::DeathDate, "1950-01-01")],
            Column::DeathDate,
            "death_before_birth",
        ),
        (
            &[
                (Column::FatherName, "Lê Văn Cha"),
                (Column::FatherPin, "001090000001"),
            ],
            Column::FatherPin,
            "own_parent",
        ),
        (
            &[
                (Column::SpouseName, "Lê Thị Hai"),
                (Column::MarriageDate, "1980"),
            ],
            Column::MarriageDate,
            "marriage_before_birth",
        ),
        (
            &[
                (Column::SpouseName, "Lê Thị Hai"),
                (Column::MarriageDate, "2015"),
                (Column::OtherMarriages, "Trần Thị Ba||2012|||"),
            ],
            Column::OtherMarriages,
            "marriages_two",
        ),
        (
            &[(Column::OtherMarriages, "Trần Thị Ba||2012||2011|ly hôn")],
            Column::OtherMarriages,
            "ends_before_it_begins",
        ),
        (
            &[(Column::TemporaryResidences, "00004|x|2012||2011|")],
            Column::TemporaryResidences,
            "ends_before_it_begins",
        ),
    ];
    for (changes, column, code) in cases {
        let mut kept = Kept::default();
        let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&[row(changes)]));
        assert_eq!(
            (summary.rejected, summary.read),
            (0, 1),
            "{code}: {rejects}"
        );
        let told = format!("2,{},warning,{code},", column.key());
        assert!(
            rejects.lines().any(|line| line.starts_with(&told)),
            "{told}: {rejects}"
        );
    }
    let (_, rejects) = run_with(&mut Kept::default(), &plan(""), &file(&[row(&[])]));
    assert!(!rejects.contains("warning"), "{rejects}");
    // Two rows are the head of one household: the first stays it.
    let head = |pin| {
        row(&[
            (Column::Pin, pin),
            (Column::HouseholdFile, "HS-1"),
            (Column::Relation, "head"),
        ])
    };
    let rows = [head("001090000001"), head("001090000002")];
    let mut kept = Kept::default();
    let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&rows));
    assert_eq!((summary.rejected, summary.households), (0, 1));
    assert!(
        rejects.contains("3,relation,warning,household_heads_two,"),
        "{rejects}"
    );
}

#[test]
fn what_is_told_to_have_happened_has_come_to_the_day() {
    let cases: &[(Cells<'_>, Column)] = &[
        (&[(Column::BirthDate, "?")], Column::BirthDate),
        (
            &[
                (Column::SpouseName, "Lê Thị Hai"),
                (Column::MarriageDate, "?"),
            ],
            Column::MarriageDate,
        ),
        (
            &[(Column::OtherMarriages, "Trần Thị Ba||?|||")],
            Column::OtherMarriages,
        ),
        (&[(Column::ResidenceFrom, "?")], Column::ResidenceFrom),
        (
            &[(Column::OtherResidences, "00008||?|||")],
            Column::OtherResidences,
        ),
        (
            &[(Column::TemporaryResidences, "00008||?|||")],
            Column::TemporaryResidences,
        ),
        (&[(Column::Cards, "?|Cục C06|")], Column::Cards),
        (
            &[(Column::Confirmations, "1/XN|kết hôn|1|?|2030")],
            Column::Confirmations,
        ),
        (
            &[(
                Column::Applications,
                "child_pin||||||?|received|Lê Ba|1990|male|",
            )],
            Column::Applications,
        ),
    ];
    for (changes, column) in cases {
        // Of a month or a year that is not over, the day may have come.
        for (date, is_early) in [
            ("2026-05-10", false),
            ("2026-05", false),
            ("2026", false),
            ("2026-05-11", true),
            ("2026-06", true),
            ("2027", true),
        ] {
            let told = warns(changes, date, *column, "date_in_future");
            assert_eq!(told, is_early, "{} {date}", column.key());
        }
    }
}

#[test]
fn a_death_of_tomorrow_is_refused_in_the_words_of_an_act() {
    let dies: Cells<'_> = &[(Column::DeathDate, "?")];
    let (summary, rejects) = run(dies, "2026-05-10");
    assert_eq!((summary.read, summary.rejected), (1, 0), "{rejects}");
    let (summary, rejects) = run(dies, "2026-05-11");
    assert_eq!((summary.read, summary.rejected), (1, 1), "{rejects}");
    let refused = &summary.first_rejects[0];
    assert_eq!(
        (refused.column, refused.code),
        ("death_date", "date_in_future")
    );
    assert_eq!(
        (refused.words.as_str(), refused.source.as_str()),
        (
            "the date lies in the future; check day, month and year",
            "Civil Status Law 60/2014, Art. 34"
        )
    );
}

#[test]
fn what_ends_before_it_begins_is_told_in_every_column() {
    // Each began on 1 May 2020.
    let cases: &[(Cells<'_>, Column)] = &[
        (
            &[
                (Column::ResidenceFrom, "2020-05-01"),
                (Column::ResidenceUntil, "?"),
            ],
            Column::ResidenceUntil,
        ),
        (
            &[(Column::OtherResidences, "00008||2020-05-01||?|")],
            Column::OtherResidences,
        ),
        (
            &[(Column::TemporaryResidences, "00008||2020-05-01|?||")],
            Column::TemporaryResidences,
        ),
        (
            &[(Column::OtherMarriages, "Trần Thị Ba||2020-05-01||?|divorce")],
            Column::OtherMarriages,
        ),
        (
            &[(Column::Absences, "2020-05-01|?|00004||")],
            Column::Absences,
        ),
        (&[(Column::Stays, "2020-05-01|?|00004||")], Column::Stays),
        (&[(Column::Cards, "2020-05-01|Cục C06|?")], Column::Cards),
        (
            &[(Column::Confirmations, "1/XN|kết hôn|1|2020-05-01|?")],
            Column::Confirmations,
        ),
    ];
    for (changes, column) in cases {
        for (end, is_wrong) in [
            ("2020-04-30", true),
            ("2019", true),
            ("2020-05-01", false),
            ("2020", false),
        ] {
            let told = warns(changes, end, *column, "ends_before_it_begins");
            assert_eq!(told, is_wrong, "{} {end}", column.key());
        }
    }
}

#[test]
fn nobody_marries_before_the_tenth_birthday_nor_the_own_number() {
    let marries: Cells<'_> = &[
        (Column::SpouseName, "Lê Thị Hai"),
        (Column::MarriageDate, "?"),
    ];
    for (date, is_child) in [("2000-12-30", true), ("2000-12-31", false), ("2000", false)] {
        let told = warns(marries, date, Column::MarriageDate, "marriage_of_child");
        assert_eq!(told, is_child, "{date}");
    }
    // Before the birth it is told so, and once.
    assert!(!warns(
        marries,
        "1980",
        Column::MarriageDate,
        "marriage_of_child"
    ));
    assert!(warns(
        marries,
        "1980",
        Column::MarriageDate,
        "marriage_before_birth"
    ));
    // Also a number that was cancelled is the own one.
    let spouse: Cells<'_> = &[
        (Column::CancelledNumbers, "001090000009"),
        (Column::OtherMarriages, "Lê Thị Hai|?|2015|||"),
    ];
    let mother: Cells<'_> = &[
        (Column::CancelledNumbers, "001090000009"),
        (Column::MotherName, "Lê Thị Ba"),
        (Column::MotherPin, "?"),
    ];
    for (number, is_own) in [
        ("001090000001", true),
        ("001090000009", true),
        ("001160000003", false),
    ] {
        let told = warns(spouse, number, Column::OtherMarriages, "own_spouse");
        assert_eq!(told, is_own, "{number}");
        let told = warns(mother, number, Column::MotherPin, "own_parent");
        assert_eq!(told, is_own, "{number}");
    }
}

#[test]
fn communes_and_countries_that_never_were_are_told_in_every_column() {
    let dead = (Column::DeathDate, "2020-01-01");
    let units: &[(Cells<'_>, Column)] = &[
        (&[(Column::BirthPlaceUnit, "?")], Column::BirthPlaceUnit),
        (
            &[(Column::BirthRegistrationUnit, "?")],
            Column::BirthRegistrationUnit,
        ),
        (&[(Column::NativeUnit, "?")], Column::NativeUnit),
        (&[(Column::CurrentUnit, "?")], Column::CurrentUnit),
        (
            &[dead, (Column::DeathPlaceUnit, "?")],
            Column::DeathPlaceUnit,
        ),
        (
            &[(Column::OtherResidences, "?||2010||2011|")],
            Column::OtherResidences,
        ),
        (
            &[(Column::TemporaryResidences, "?||2010||2011|")],
            Column::TemporaryResidences,
        ),
        (&[(Column::Absences, "2020|2020|?||")], Column::Absences),
        (&[(Column::Stays, "2020|2020|?||")], Column::Stays),
    ];
    for (changes, column) in units {
        // One that was dissolved in July 2025 is known.
        for (unit, is_unknown) in [("99999", true), ("00001", false), ("00004", false)] {
            let told = warns(changes, unit, *column, "unit_unknown");
            assert_eq!(told, is_unknown, "{} {unit}", column.key());
        }
    }
    let countries: &[(Cells<'_>, Column)] = &[
        (&[(Column::Nationality, "VN;?")], Column::Nationality),
        (
            &[(Column::BirthPlaceCountry, "?")],
            Column::BirthPlaceCountry,
        ),
        (
            &[(Column::BirthRegistrationCountry, "?")],
            Column::BirthRegistrationCountry,
        ),
        (&[(Column::NativeCountry, "?")], Column::NativeCountry),
        (
            &[dead, (Column::DeathPlaceCountry, "?")],
            Column::DeathPlaceCountry,
        ),
        (&[(Column::Absences, "2020|2020|||?")], Column::Absences),
        (&[(Column::Stays, "2020|2020|||?")], Column::Stays),
    ];
    for (changes, column) in countries {
        for (country, is_unknown) in [("XX", true), ("SU", false), ("LA", false), ("VN", false)] {
            let told = warns(changes, country, *column, "country_unknown");
            assert_eq!(told, is_unknown, "{} {country}", column.key());
        }
    }
}
