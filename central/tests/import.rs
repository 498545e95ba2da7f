//! Import of people: good rows become the same records at every run, bad rows are listed with
//! their reason and stop nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

#[path = "import/files.rs"]
mod files;
#[path = "import/odd.rs"]
mod odd;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::convert::Infallible;

use central_registry::import::{
    self, Arrival, Column, ColumnMap, Form, ImportError, Number, NumberTaken, Plan, Portion,
    RegistryKey, SourceError, Stored, Summary,
};
use registry::RecordId;
use registry::exchange::{Carried, Directory, HouseholdNumbers, Row, row_of};
use registry::fields::Fields;
use registry::name::PersonName;
use registry::person::{Person, head_of};
use registry::pin::Pin;
use registry::population::{Population, write_csv};
use registry::record::{Content, Record};
use registry::schema::{Field, RecordKind};
use registry::value::{PersonLink, Value};

/// A registry that keeps records by id, as the real one does; one number may be somebody else's.
#[derive(Default)]
struct Kept(HashMap<RecordId, Record>, Option<Pin>);

fn pin_of(record: &Record) -> Option<Pin> {
    match &record.content {
        Content::Genesis(fields) => Person(fields).pin().copied(),
        Content::Document(_) => None,
    }
}

impl Kept {
    fn take(&mut self, portion: Portion) -> Stored {
        let mut stored = Stored::default();
        for arrival in portion.arrivals {
            let Arrival {
                row, line, record, ..
            } = arrival;
            if let Some(number) = self
                .1
                .filter(|number| Some(number) == pin_of(&record).as_ref())
            {
                let number = Number::Pin(number);
                stored.taken.push(NumberTaken { row, line, number });
                continue;
            }
            match self.0.entry(record.id) {
                Entry::Occupied(_) => stored.already_there += 1,
                Entry::Vacant(place) => {
                    place.insert(record);
                    stored.imported += 1;
                }
            }
        }
        stored
    }
    fn fields(&self, id: &RecordId) -> &Fields {
        match &self.0[id].content {
            Content::Genesis(fields) => fields,
            Content::Document(_) => panic!("an imported record is a genesis"),
        }
    }
}

fn plan(map: &str) -> Plan {
    let form = Form::Csv(ColumnMap::parse(map).unwrap());
    Plan::new(form, RegistryKey([7; 16]), 2026)
}

fn run_with(kept: &mut Kept, plan: &Plan, csv: &[u8]) -> (Summary, String) {
    let mut rejects = Vec::new();
    let summary = import::run(csv, Some(&mut rejects), plan, |portion| {
        Ok::<_, Infallible>(kept.take(portion))
    })
    .unwrap();
    (summary, String::from_utf8(rejects).unwrap())
}

/// A good row with some cells changed.
fn row(changes: &[(Column, &str)]) -> String {
    let good = [
        (Column::Pin, "001090000001"),
        (Column::Name, "Nguyễn Văn An"),
        (Column::BirthDate, "31/12/1990"),
        (Column::Sex, "1"),
        (Column::ResidenceUnit, "00004"),
        (Column::ResidenceFrom, "2015-03-01"),
    ];
    let cells = Column::ALL.iter().map(|column| {
        let find = |cells: &[(Column, &str)]| {
            cells
                .iter()
                .find(|(of, _)| of == column)
                .map(|(_, text)| format!("\"{text}\""))
        };
        find(changes).or_else(|| find(&good)).unwrap_or_default()
    });
    cells.collect::<Vec<_>>().join(",")
}

fn file(rows: &[String]) -> Vec<u8> {
    let header: Vec<&str> = Column::ALL.iter().map(|column| column.key()).collect();
    format!("{}\n{}\n", header.join(","), rows.join("\n")).into_bytes()
}

#[test]
fn the_header_of_the_synthetic_population_is_the_default_map() {
    let ours: Vec<&str> = Column::ALL.iter().map(|column| column.key()).collect();
    assert!(ours.starts_with(&registry::population::COLUMNS));
}

#[test]
fn a_synthetic_commune_is_imported_whole_and_a_second_time_is_there_already() {
    let office = "00004".parse().unwrap();
    let households: Vec<_> = Population::new(7, &[(office, 5_000)]).unwrap().collect();
    let mut csv = Vec::new();
    let people = write_csv(households.iter().cloned(), &mut csv).unwrap();
    let mut kept = Kept::default();
    let (first, rejects) = run_with(&mut kept, &plan(""), &csv);
    assert_eq!(first.rejected, 0, "{rejects}");
    assert_eq!(first.read, people);
    assert_eq!(first.households, households.len() as u64);
    assert_eq!(first.imported, people + first.households);
    assert_eq!(first.already_there, 0);
    for (id, record) in &kept.0 {
        let fields = kept.fields(id);
        assert!(fields.fits(record.kind));
        if record.kind == RecordKind::Person {
            let person = Person(fields);
            assert_eq!(person.open_permanent().count(), 1);
            let household = person.membership().unwrap().household;
            let head = head_of(kept.fields(&household)).expect("every household has its head");
            let head = Person(kept.fields(&head));
            assert_eq!(head.membership().unwrap().household, household);
        }
    }
    let before = kept.0.clone();
    let (second, _) = run_with(&mut kept, &plan(""), &csv);
    assert_eq!((second.imported, second.already_there), (0, first.imported));
    assert_eq!(kept.0, before);
}

#[test]
fn each_kind_of_bad_cell_rejects_its_row_with_column_and_code() {
    type Bad<'a> = (&'a [(Column, &'a str)], &'a str, &'a str);
    let cases: &[Bad<'_>] = &[
        (&[(Column::Pin, "")], "pin", "cell_empty"),
        (&[(Column::Pin, "01090000001")], "pin", "pin_zero_dropped"),
        (&[(Column::Pin, "00109000000x")], "pin", "pin_not_digits"),
        (&[(Column::Pin, "001390000001")], "pin", "pin_future_birth"),
        (&[(Column::Name, "")], "name", "cell_empty"),
        (&[(Column::Name, "An 2")], "name", "name_digit"),
        (&[(Column::OtherNames, "Tí;#")], "other_names", "name_sign"),
        (
            &[(Column::OldNumbers, "012345678;12345678")],
            "old_numbers",
            "old_number_form",
        ),
        (&[(Column::BirthDate, "")], "birth_date", "cell_empty"),
        (
            &[(Column::BirthDate, "30/11/90")],
            "birth_date",
            "date_form",
        ),
        (&[(Column::BirthDate, "33238")], "birth_date", "date_form"),
        (
            &[(Column::BirthDate, "19901130")],
            "birth_date",
            "date_form",
        ),
        (&[(Column::BirthDate, "năm Tỵ")], "birth_date", "date_form"),
        (
            &[(Column::BirthDate, "31/12/1700")],
            "birth_date",
            "date_year",
        ),
        // TCVN3 and VNI that were taken for Unicode.
        (
            &[(Column::Name, "NguyÔn V¨n §øc")],
            "name",
            "name_legacy_encoding",
        ),
        (
            &[(Column::OtherNames, "Lan;Traàn Thò Haø")],
            "other_names",
            "name_legacy_encoding",
        ),
        (
            &[(Column::FatherName, "Leâ Vaên Taán")],
            "father_name",
            "name_legacy_encoding",
        ),
        (
            &[(Column::ResidenceAddress, "Sè 12, th«n B×nh Minh")],
            "residence_address",
            "text_legacy_encoding",
        ),
        (
            &[(
                Column::OtherResidences,
                "00004|Soá 5, ñöôøng Hoøa Bình|1990||2001|",
            )],
            "other_residences",
            "text_legacy_encoding",
        ),
        (
            &[(Column::OtherMarriages, "Leâ Thò Höông||1999||2004|")],
            "other_marriages",
            "name_legacy_encoding",
        ),
        (
            &[(
                Column::Applications,
                "child_pin||||||2026|received|Leâ Thò Höông|1990|male|",
            )],
            "applications",
            "name_legacy_encoding",
        ),
        (&[(Column::Sex, "x")], "sex", "sex_unknown_value"),
        (
            &[(Column::BirthPlaceUnit, "4")],
            "birth_place_unit",
            "unit_form",
        ),
        (&[(Column::Ethnic, "99")], "ethnic", "ethnic_unknown_value"),
        (
            &[(Column::Religion, "98")],
            "religion",
            "religion_unknown_value",
        ),
        (
            &[(Column::Nationality, "Viet")],
            "nationality",
            "country_form",
        ),
        (&[(Column::Blood, "C")], "blood", "blood_type_unknown_value"),
        (&[(Column::FatherPin, "12")], "father_pin", "pin_length"),
        (
            &[(Column::SpouseName, "Lê Thị B")],
            "marriage_date",
            "marriage_without_date",
        ),
        (
            &[(Column::ResidenceUnit, "99999")],
            "residence_unit",
            "unit_unknown",
        ),
        (
            &[(Column::ResidenceFrom, "31/02/2015")],
            "residence_from",
            "date_no_such_day",
        ),
        (
            &[(Column::Relation, "boss")],
            "relation",
            "relation_unknown_value",
        ),
        (&[(Column::Email, "nobody")], "email", "email_form"),
    ];
    for (changes, column, code) in cases {
        let mut kept = Kept::default();
        let good = row(&[(Column::Pin, "001090000002")]);
        let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&[row(changes), good]));
        assert_eq!(
            (summary.rejected, summary.imported),
            (1, 1),
            "{column} {code}"
        );
        let line = rejects.lines().nth(1).unwrap();
        assert!(
            line.starts_with(&format!("2,{column},rejected,{code},")),
            "{line}"
        );
        let first = &summary.first_rejects[0];
        assert_eq!(first.code, *code);
        // The summary names the source of the rule as the list does.
        assert!(
            first
                .source
                .starts_with("Law 26/2023/QH15, Article 9, item ")
        );
        assert!(line.contains(&first.source), "{line}");
        for (_, text) in *changes {
            assert!(
                text.len() < 3 || !rejects.contains(text),
                "content in the list: {line}"
            );
        }
    }
}

#[test]
fn all_faults_of_a_row_are_listed_at_once() {
    let bad = row(&[
        (Column::Pin, "1"),
        (Column::Sex, "x"),
        (Column::ResidenceFrom, ""),
    ]);
    let (summary, rejects) = run_with(&mut Kept::default(), &plan(""), &file(&[bad]));
    assert_eq!((summary.rejected, summary.first_rejects.len()), (1, 3));
    assert_eq!(rejects.lines().count(), 4);
}

#[test]
fn rows_that_are_wrong_as_a_whole_are_listed_and_stop_nothing() {
    let twice = row(&[(Column::Name, "Lê Thị Hai")]);
    let mut csv = file(&[row(&[]), "too,short".to_owned(), twice]);
    csv.extend_from_slice(b"\xff\xfe");
    csv.extend(row(&[]).bytes());
    csv.push(b'\n');
    csv.extend(row(&[(Column::Pin, "001090000009")]).bytes());
    let mut kept = Kept::default();
    let (summary, rejects) = run_with(&mut kept, &plan(""), &csv);
    let codes: Vec<&str> = summary
        .first_rejects
        .iter()
        .map(|reject| reject.code)
        .collect();
    assert_eq!(codes, ["row_width", "pin_twice", "row_encoding"]);
    let lines: Vec<u64> = summary
        .first_rejects
        .iter()
        .map(|reject| reject.line)
        .collect();
    assert_eq!(lines, [3, 4, 5]);
    assert_eq!((summary.read, summary.imported), (5, 2));
    assert!(!rejects.contains("Hai"));
}

#[test]
fn families_are_linked_by_number_where_there_is_one() {
    let child = row(&[
        (Column::FatherName, "Nguyễn Văn Cha"),
        (Column::FatherPin, "001060000001"),
        (Column::MotherName, "Lê Thị Mẹ"),
        (Column::SpousePin, "001190000003"),
        (Column::MarriageDate, "2015"),
    ]);
    let mut kept = Kept::default();
    run_with(&mut kept, &plan(""), &file(&[child]));
    let pin: Pin = "001090000001".parse().unwrap();
    let person = Person(kept.fields(&RegistryKey([7; 16]).person(pin)));
    assert_eq!(person.pin(), Some(&pin));
    let father: Pin = "001060000001".parse().unwrap();
    // The name as well: nobody in this registry may have the number.
    let named = PersonLink::Named {
        name: "Nguyễn Văn Cha".parse().unwrap(),
        pin: Some(father),
    };
    assert_eq!(person.father(), Some(&named));
    assert!(matches!(
        person.mother(),
        Some(PersonLink::Named { pin: None, .. })
    ));
    let spouse: Pin = "001190000003".parse().unwrap();
    let spouses: Vec<&PersonLink> = person
        .standing_marriages()
        .map(|(_, marriage)| &marriage.spouse)
        .collect();
    assert_eq!(spouses, [&PersonLink::Pin(spouse)]);
}

/// A registry in which nobody else is.
struct Nobody;

impl Directory for Nobody {
    fn person(&self, _: &RecordId) -> Option<(PersonName, Option<Pin>)> {
        None
    }
    fn named(&self, _: &Pin) -> Option<PersonName> {
        None
    }
    fn household(&self, _: &RecordId) -> HouseholdNumbers {
        HouseholdNumbers::default()
    }
}

#[test]
fn names_and_numbers_of_relatives_come_out_as_they_went_in() {
    let cells = [
        (Column::FatherName, "Nguyễn Văn Cha"),
        (Column::FatherPin, "001060000001"),
        (Column::MotherName, "Lê Thị Mẹ"),
        (Column::MotherPin, "001160000002"),
        (Column::RepresentativeName, "Lê Thị Cô"),
        (Column::RepresentativePin, "001170000003"),
        (Column::SpouseName, "Trần Thị Hai"),
        (Column::SpousePin, "001190000004"),
        (Column::MarriageDate, "2015"),
        (
            Column::OtherMarriages,
            "Vũ Thị Lan|001190000005|2010||2012-03-04|divorce",
        ),
    ];
    let mut kept = Kept::default();
    let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&[row(&cells)]));
    assert_eq!((summary.rejected, summary.imported), (0, 1), "{rejects}");
    let id = *kept.0.keys().next().unwrap();
    let mut out = Row::default();
    assert_eq!(row_of(kept.fields(&id), &Nobody, &mut out), Carried::Whole);
    for (column, text) in cells {
        assert_eq!(out.text(column), text, "{}", column.key());
    }
    let again = file(&[out.cells().map(quoted).collect::<Vec<_>>().join(",")]);
    let mut second = Kept::default();
    let (_, rejects) = run_with(&mut second, &plan(""), &again);
    assert_eq!(second.0, kept.0, "{rejects}");
}

#[test]
fn a_birth_date_in_words_of_its_own_comes_out_as_it_went_in() {
    for (date, original) in [
        ("", "năm Tỵ"),
        ("1938", "1938 hoặc 1939"),
        ("1941-05", "tháng 5 năm 1941"),
        ("1950-02-28", "30/02/1950"),
    ] {
        let cells = [(Column::BirthDate, date), (Column::BirthOriginal, original)];
        let mut kept = Kept::default();
        let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&[row(&cells)]));
        assert_eq!((summary.rejected, summary.imported), (0, 1), "{rejects}");
        let id = *kept.0.keys().next().unwrap();
        let mut out = Row::default();
        row_of(kept.fields(&id), &Nobody, &mut out);
        for (column, text) in cells {
            assert_eq!(out.text(column), text, "{original}");
        }
    }
}

#[test]
fn a_name_that_another_country_may_have_is_kept_and_told() {
    let code = "name_legacy_encoding";
    let mut kept = plan("");
    kept.as_written = true;
    for (name, plan, rejected) in [
        ("Loïc Lê", &plan(""), 0),
        ("NguyÔn V¨n §øc", &plan(""), 1),
        ("Traàn Thò Haø", &plan(""), 1),
        ("Traàn Thò Haø", &kept, 0),
    ] {
        let named = row(&[(Column::Name, name), (Column::OtherNames, "Lan;Trần Hà")]);
        let (summary, rejects) = run_with(&mut Kept::default(), plan, &file(&[named]));
        assert_eq!(summary.rejected, rejected, "{rejects}");
        let kind = if rejected == 1 { "rejected" } else { "warning" };
        let told = format!("2,name,{kind},{code},");
        assert!(
            rejects.lines().any(|line| line.starts_with(&told)),
            "{rejects}"
        );
    }
}

#[test]
fn a_text_that_may_be_meant_so_is_kept_and_told_also_within_an_entry() {
    let mut kept = plan("");
    kept.as_written = true;
    for (column, cell, plan, kind) in [
        (Column::NativeText, "NghÖ An", &plan(""), "warning"),
        (Column::NativeText, "Hµ Néi", &plan(""), "rejected"),
        (Column::NativeText, "Hµ Néi", &kept, "warning"),
        (
            Column::OtherResidences,
            "00004|NghÖ An|1990||2001|",
            &plan(""),
            "warning",
        ),
        (
            Column::OtherResidences,
            "00004|Hµ Néi|1990||2001|",
            &plan(""),
            "rejected",
        ),
        (
            Column::OtherResidences,
            "00004|Hµ Néi|1990||2001|",
            &kept,
            "warning",
        ),
    ] {
        let row = row(&[(column, cell)]);
        let (summary, rejects) = run_with(&mut Kept::default(), plan, &file(&[row]));
        assert_eq!(summary.rejected, u64::from(kind == "rejected"), "{rejects}");
        let told = format!("2,{},{kind},text_legacy_encoding,", column.key());
        assert!(
            rejects.lines().any(|line| line.starts_with(&told)),
            "{rejects}"
        );
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[test]
fn names_of_minorities_and_of_foreigners_are_taken_as_they_are() {
    for name in ["Y Ƀham Niê", "H'Hen Niê", "Hồ Thị Bru", "François Müller"] {
        let mut kept = Kept::default();
        let named = row(&[(Column::Name, name)]);
        let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&[named]));
        assert_eq!((summary.rejected, summary.imported), (0, 1), "{rejects}");
        let id = kept.0.keys().next().unwrap();
        let stored = Person(kept.fields(id)).name().unwrap();
        assert_eq!(stored.as_str(), name);
    }
}

#[test]
fn a_birth_date_is_read_in_each_form_or_told() {
    for (text, shown, warnings) in [
        ("31-12-1990", "31/12/1990", 0),
        ("31/12/1990 00:00:00", "31/12/1990", 0),
        ("1990-12-31T00:00:00", "31/12/1990", 0),
        ("12-1990", "12/1990", 0),
        ("30-02-1990", "30-02-1990", 1),
        ("khoảng 1990", "khoảng 1990", 1),
    ] {
        let mut kept = Kept::default();
        let born = row(&[(Column::BirthDate, text)]);
        let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&[born]));
        assert_eq!(
            (summary.imported, summary.warnings),
            (1, warnings),
            "{text}: {rejects}"
        );
        let id = kept.0.keys().next().unwrap();
        let person = Person(kept.fields(id));
        let birth = person.birth().unwrap();
        assert_eq!(birth.shown(), shown);
        assert_eq!(birth.year(), Some(1990), "{text}");
    }
    // Whoever corrects the file sees the forms.
    let short = row(&[(Column::BirthDate, "30/11/90")]);
    let (summary, _) = run_with(&mut Kept::default(), &plan(""), &file(&[short]));
    assert!(
        summary.first_rejects[0].words.contains("31-12-1990"),
        "{}",
        summary.first_rejects[0].words
    );
}

#[test]
fn members_of_one_household_need_not_stand_together_and_the_head_may_come_last() {
    let member = |pin, file, relation| {
        row(&[
            (Column::Pin, pin),
            (Column::HouseholdFile, file),
            (Column::Relation, relation),
        ])
    };
    let rows = [
        member("001090000001", "HS-1", "child"),
        member("001090000002", "HS-2", "head"),
        member("001090000003", "HS-1", "head"),
    ];
    let mut kept = Kept::default();
    let (summary, _) = run_with(&mut kept, &plan(""), &file(&rows));
    assert_eq!((summary.households, summary.imported), (2, 5));
    let key = RegistryKey([7; 16]);
    let head = key.person("001090000003".parse().unwrap());
    let households = kept
        .0
        .values()
        .filter(|record| record.kind == RecordKind::Household);
    let file_of = |fields: &Fields| match fields.single(Field::HouseholdFile) {
        Some(Value::Text(text)) => text.as_str().to_owned(),
        _ => String::new(),
    };
    let first = households
        .map(|record| kept.fields(&record.id))
        .find(|fields| file_of(fields) == "HS-1")
        .unwrap();
    assert_eq!(head_of(first), Some(head));
}

#[test]
fn a_map_reads_a_file_of_other_names_and_dates() {
    let map = "dates = \"yyyymmdd\"\nseparator = \";\"\n[columns]\npin = \"SO\"\n\
               name = \"HO_TEN\"\nbirth_date = \"NGAY_SINH\"\nsex = \"GIOI_TINH\"\n\
               residence_from = \"TU_NGAY\"\n[constants]\nresidence_unit = \"00004\"\n";
    let csv = "\u{feff}HO_TEN;SO;NGAY_SINH;GIOI_TINH;TU_NGAY\n\
               Trần Thị Hà;001190000005;19901200;Nữ;20150301\n";
    let mut kept = Kept::default();
    let (summary, rejects) = run_with(&mut kept, &plan(map), csv.as_bytes());
    assert_eq!(summary.imported, 1, "{rejects}");
    let record = kept.0.values().next().unwrap();
    let person = Person(kept.fields(&record.id));
    assert_eq!(person.birth().unwrap().shown(), "12/1990");
}

#[test]
fn a_registry_that_refuses_a_batch_ends_the_import_with_its_reason() {
    #[derive(Debug, thiserror::Error)]
    #[error("the disk is full")]
    struct Full;
    let rows: Vec<String> = (0..9_000)
        .map(|number| row(&[(Column::Pin, &format!("00109{number:07}"))]))
        .collect();
    let error = import::run(file(&rows).as_slice(), None::<Vec<u8>>, &plan(""), |_| {
        Err(Full)
    })
    .unwrap_err();
    assert!(matches!(error, ImportError::Store(Full)));
}

#[test]
fn a_number_that_somebody_else_has_is_a_rejected_row() {
    let other: Pin = "001090000002".parse().unwrap();
    let mut kept = Kept(HashMap::new(), Some(other));
    let taken = row(&[(Column::Pin, "001090000002")]);
    let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&[row(&[]), taken.clone()]));
    assert_eq!((summary.imported, summary.rejected), (1, 1), "{rejects}");
    assert!(rejects.contains("\n3,pin,rejected,pin_taken,"), "{rejects}");
    assert!(!rejects.contains("001090000002"));
    // Only who asks for it sees whose number it is.
    let revealing = Plan {
        reveal: true,
        ..plan("")
    };
    let (_, rejects) = run_with(&mut kept, &revealing, &file(&[row(&[]), taken]));
    assert!(rejects.lines().next().unwrap().ends_with(",value"));
    assert!(rejects.lines().nth(1).unwrap().ends_with(",001090000002"));
}

#[test]
fn doubts_are_counted_and_listed_and_the_rows_are_imported() {
    let odd = row(&[(Column::BirthDate, "30/02/1990"), (Column::Sex, "2")]);
    let mut kept = Kept::default();
    let (summary, rejects) = run_with(&mut kept, &plan(""), &file(&[odd]));
    assert_eq!(
        (summary.imported, summary.rejected, summary.warnings),
        (1, 0, 2)
    );
    assert!(
        rejects.contains("2,birth_date,warning,birth_date_as_written,"),
        "{rejects}"
    );
    assert!(
        rejects.contains("2,pin,warning,pin_sex_differs,"),
        "{rejects}"
    );
    assert!(!rejects.contains("30/02"));
    let (summary, rejects) = run_with(&mut Kept::default(), &plan(""), &file(&[row(&[])]));
    assert_eq!((summary.warnings, rejects.as_str()), (0, ""));
}

#[test]
fn an_import_goes_on_behind_the_rows_that_are_stored_and_comes_to_the_same() {
    let office = "00004".parse().unwrap();
    let households = Population::new(11, &[(office, 12_000)]).unwrap();
    let mut csv = Vec::new();
    write_csv(households, &mut csv).unwrap();
    let mut whole = Kept::default();
    let (at_once, _) = run_with(&mut whole, &plan(""), &csv);
    #[derive(Debug, thiserror::Error)]
    #[error("the power went")]
    struct Dark;
    let mut kept = Kept::default();
    let mut done = 0;
    let mut left = 2;
    let stopped = import::run(csv.as_slice(), None::<Vec<u8>>, &plan(""), |portion| {
        if left == 0 {
            return Err(Dark);
        }
        left -= 1;
        done = portion.up_to_row;
        Ok(kept.take(portion))
    });
    assert!(matches!(stopped, Err(ImportError::Store(Dark))));
    assert!(done > 0 && done < at_once.read);
    let stored = kept.0.len() as u64;
    let again = Plan {
        done_rows: done,
        ..plan("")
    };
    let (rest, _) = run_with(&mut kept, &again, &csv);
    assert_eq!(rest.already_there, 0, "nothing is stored twice");
    assert_eq!(rest.imported + stored, at_once.imported);
    assert_eq!(kept.0, whole.0);
}
