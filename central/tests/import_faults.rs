//! What an import finds odd, to the day and in every column: dates to come, ends before beginnings,
//! communes and countries that never were; and what it finds wrong with a header or a message.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeMap;
use std::convert::Infallible;

use central_registry::import::{
    self, Column, ColumnMap, Form, ImportError, Plan, RegistryKey, Stored, Summary,
};

/// Cells of a row that are not those of the good one.
type Cells<'a> = &'a [(Column, &'a str)];

const GOOD: Cells<'static> = &[
    (Column::Pin, "001090000001"),
    (Column::Name, "Nguyễn Văn An"),
    (Column::BirthDate, "31/12/1990"),
    (Column::Sex, "1"),
    (Column::ResidenceUnit, "00004"),
    (Column::ResidenceFrom, "2015-03-01"),
];

/// A file of one good row with some cells changed; `?` in them stands for `what`.
fn file(changes: Cells<'_>, what: &str) -> Vec<u8> {
    let mut file = csv::Writer::from_writer(Vec::new());
    let header = Column::ALL.iter().map(|column| column.key());
    file.write_record(header).unwrap();
    let cells = Column::ALL.iter().map(|column| {
        let mut told = changes.iter().chain(GOOD);
        let cell = told.find(|(of, _)| of == column);
        cell.map_or(String::new(), |(_, text)| text.replace('?', what))
    });
    file.write_record(cells).unwrap();
    file.into_inner().unwrap()
}

fn plan() -> Plan {
    let form = Form::Csv(ColumnMap::default());
    let mut plan = Plan::new(form, RegistryKey([7; 16]), 2026);
    plan.today = "2026-05-10".parse().unwrap();
    plan
}

fn try_run(plan: &Plan, file: &[u8]) -> Result<(Summary, String), ImportError<Infallible>> {
    let mut rejects = Vec::new();
    let store = |_| Ok::<_, Infallible>(Stored::default());
    let summary = import::run(file, Some(&mut rejects), plan, store)?;
    Ok((summary, String::from_utf8(rejects).unwrap()))
}

fn run(changes: Cells<'_>, what: &str) -> (Summary, String) {
    try_run(&plan(), &file(changes, what)).unwrap()
}

/// Whether the row is imported with this warning.
fn warns(changes: Cells<'_>, what: &str, column: Column, code: &str) -> bool {
    let (summary, rejects) = run(changes, what);
    assert_eq!(summary.rejected, 0, "{what}: {rejects}");
    let told = format!("2,{},warning,{code},", column.key());
    rejects.lines().any(|line| line.starts_with(&told))
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

/// Why the import does not begin.
fn refused(plan: &Plan, file: &[u8]) -> (&'static str, String) {
    match try_run(plan, file) {
        Err(ImportError::Source(error)) => (error.code(), error.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_slip_in_a_header_does_not_hide_what_stands_between_its_cells() {
    let text = "\u{feff}pin;name;birth_date;sex;residence_unit;residence_from;relgion\r\n\
                001090000001;Nguyễn Văn An;1990;1;00004;2015;00\r\n";
    let (code, words) = refused(&plan(), text.as_bytes());
    assert_eq!(code, "import_columns_unknown");
    assert!(words.contains("did you mean religion?"), "{words}");
    // Left out by the map; a separator behind the last cell is no column.
    let ended = text.replace("\r\n", ";\r\n");
    let map = ColumnMap::parse("leave = [\"relgion\"]").unwrap();
    let leaving = Plan {
        form: Form::Csv(map),
        ..plan()
    };
    let (summary, rejects) = try_run(&leaving, ended.as_bytes()).unwrap();
    assert_eq!((summary.read, rejects.as_str()), (1, ""));
    assert_eq!(summary.left_out, ["relgion"]);
    // What is needed is looked for first: the first row of a file without a header is not shown.
    let (code, words) = refused(&plan(), "001090000001,Nguyễn Văn An\n".as_bytes());
    assert_eq!(code, "columns_missing");
    assert!(!words.contains("Nguyễn"), "{words}");
}

#[test]
fn a_message_is_counted_by_itself_and_one_that_is_cut_is_refused() {
    let messages = Plan {
        form: Form::Qcvn(BTreeMap::new()),
        ..plan()
    };
    let two = "<a>\n<CongdanCollection SoCongDan=\"2\">\n<CongDan><x/></CongDan>\n\
               </CongdanCollection>\n<CongdanCollection SoCongDan=\"1\">\n<CongDan><x/></CongDan>\n\
               </CongdanCollection>\n</a>";
    let (summary, rejects) = try_run(&messages, two.as_bytes()).unwrap();
    assert_eq!((summary.read, summary.message_people), (2, Some(3)));
    assert_eq!(rejects.matches("message_count").count(), 1, "{rejects}");
    // The line of the message's beginning, and the numbers, not what stands in it.
    assert!(
        rejects
            .lines()
            .any(|line| line.starts_with("2,,warning,message_count,")
                && line.contains("2 people, and 1 ")),
        "{rejects}"
    );
    let cut = "<CongdanCollection SoCongDan=\"2\">\n<CongDan><x/></CongDan>\n";
    let (code, words) = refused(&messages, cut.as_bytes());
    assert_eq!(code, "import_xml_form", "{words}");
}
