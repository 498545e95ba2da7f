//! Decrees: read from files, laid upon tables, followed by codes of every edition.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::sync::Arc;

use registry::case::Jurisdiction;
use registry::date::Date;
use registry::unit::{Change, Decree, Edition, Units};
use registry::{CommitSeq, OfficeCode};

fn code(text: &str) -> OfficeCode {
    text.parse().unwrap()
}

fn day() -> Date {
    "2026-04-30".parse().unwrap()
}

fn read(rows: &str, units: &Units) -> Result<Decree, Vec<&'static str>> {
    let file = format!("old_code,new_code,share,default,hamlets,name,kind,province\n{rows}");
    Decree::read(&file, day(), units)
        .map_err(|error| error.0.iter().map(|fault| fault.fault.code()).collect())
}

fn after(units: &Units, rows: &str, commit: u64) -> Units {
    let decree = read(rows, units).unwrap();
    units
        .after(Arc::new(decree), CommitSeq::new(commit))
        .unwrap()
}

#[test]
fn every_commune_of_before_2025_leads_to_one_of_today() {
    let units = Units::built_in();
    let before = units.table_of(Edition::BEFORE_JULY_2025).unwrap();
    let decree = Decree::of_july_2025();
    let mut divided = 0;
    for commune in before.communes() {
        let today = units.holder(commune.code, Edition::BEFORE_JULY_2025, "");
        assert!(units.exists(today), "{} leads to {today}", commune.code);
        let office = units.office(commune.code, Edition::BEFORE_JULY_2025);
        assert!(units.exists(office));
        divided += usize::from(decree.divides(commune.code));
        // Dissolved codes lead there from whatever edition they were written in.
        if !units.exists(commune.code) {
            assert_eq!(
                units.holder(commune.code, Edition::SINCE_JULY_2025, ""),
                today
            );
        }
    }
    assert_eq!((before.communes().len(), divided), (10_035, 471));
    // Read from its file, it is the same decree.
    let text = include_str!("../data/decree_2025.csv");
    let old = Units::before_july_2025();
    let read = Decree::read(text, day(), &old).unwrap();
    assert!(read.is_of_july_2025());
    let made = old.after(Arc::new(read), CommitSeq::new(9)).unwrap();
    assert_eq!(made.table(), units.table());
    assert_eq!(
        made.edition_at(CommitSeq::new(8)),
        Edition::BEFORE_JULY_2025
    );
    assert_eq!(made.edition_at(CommitSeq::new(9)), Edition::SINCE_JULY_2025);
    assert_eq!(made.base(), Edition::BEFORE_JULY_2025);
}

#[test]
fn a_code_that_goes_on_for_another_place_means_what_it_meant_when_it_was_written() {
    let units = Units::before_july_2025();
    let units = units
        .after(Decree::of_july_2025(), CommitSeq::new(5))
        .unwrap();
    // Of the old 00103 the greater part went elsewhere, and the code went on with another part.
    let (old, new) = (Edition::BEFORE_JULY_2025, Edition::SINCE_JULY_2025);
    let today = units.holder(code("00103"), old, "");
    assert_ne!(today, code("00103"));
    assert_eq!(units.holder(code("00103"), new, ""), code("00103"));
    assert_eq!(units.fixed_holder(code("00103"), ""), None);
    assert_eq!(units.fixed_holder(code("00001"), ""), Some(code("00097")));
    // The office of a code that goes on goes on.
    assert_eq!(units.office(code("00103"), old), code("00103"));
    assert_eq!(
        units.divided(code("00103"), old, "", new).unwrap().since,
        new
    );
    assert_eq!(units.divided(code("00103"), new, "", new), None);
}

#[test]
fn codes_are_followed_through_decree_after_decree() {
    let first = Arc::clone(Units::built_in());
    let second = after(&first, "00004,00008,whole,1,,,,\n", 10);
    let third = after(
        &second,
        "00008,00025,part,0,Tổ 5;Hoà Bình,,,\n00008,00070,part,1,,,,\n",
        20,
    );
    let base = Edition::SINCE_JULY_2025;
    assert_eq!(third.holder(code("00004"), base, ""), code("00070"));
    assert_eq!(
        third.holder(code("00004"), base, "tổ 5, phố Đội Cấn"),
        code("00025")
    );
    assert_eq!(
        third.holder(code("00004"), base, "Tổ 56, phố Đội Cấn"),
        code("00070")
    );
    assert_eq!(
        third.holder(code("00008"), base, "thôn Hòa Bình"),
        code("00025")
    );
    // A code of before 2025 goes all the way.
    assert_eq!(third.holder(code("00006"), base, ""), code("00070"));
    assert!(!third.exists(code("00004")) && third.existed(code("00004")));
    assert_eq!(
        third.ever(code("00004")).unwrap().full_name(),
        "Phường Ba Đình"
    );
    let trace = third.trace(code("00004"));
    let names: Vec<&str> = trace.iter().map(|at| at.name.as_str()).collect();
    assert_eq!(names, ["Phường Trúc Bạch", "Phường Ba Đình"]);
    assert_eq!(trace[1].to, [code("00008")]);
    assert_eq!(trace[1].change, Some(Change::Merged));
    assert!(third.trace(code("99999")).is_empty());
    assert_eq!(third.edition_at(CommitSeq::new(15)), second.edition());
    assert!(third.leads_to(code("00004"), code("00025")));
    assert!(!third.leads_to(code("00025"), code("00004")));
    // What was dissolved is never used again.
    let again = read("00025,00004,whole,1,,Ba Đình,Phường,01\n", &third);
    assert_eq!(again.unwrap_err(), ["decree_code_reused"]);
}

#[test]
fn a_decree_that_only_names_anew_moves_nobody() {
    let units = Units::built_in();
    let named = after(
        units,
        "09832,09832,whole,1,,Mới,Phường,01\n,11,,,,,,\n"
            .split(",11")
            .next()
            .unwrap(),
        3,
    );
    let commune = named.commune(code("09832")).unwrap();
    assert_eq!(commune.full_name(), "Phường Mới");
    assert_eq!(
        named.holder(code("09832"), Edition::SINCE_JULY_2025, ""),
        code("09832")
    );
    assert!(named.issued()[1].decree.leaves_alone(code("09832")));
    let issued = &named.issued()[1];
    assert_eq!(named.change(issued, code("09832")), Change::Renamed);
    assert_eq!(named.change(issued, code("00004")), Change::Kept);
    let new = after(units, ",99001,,,,Đảo Mới,Đặc khu,31\n", 3);
    assert_eq!(
        new.commune(code("99001")).unwrap().full_name(),
        "Đặc khu Đảo Mới"
    );
    assert_eq!(new.communes().len(), 3322);
}

#[test]
fn a_decree_makes_and_renames_provinces() {
    let units = Units::built_in();
    let province = |units: &Units, number: &str| {
        let code = number.parse().unwrap();
        let province = units.province(code);
        province.map(|province| province.name.to_string())
    };
    assert_eq!(province(units, "01").as_deref(), Some("Hà Nội"));
    let named = after(units, ",,,,,Thăng Long,Thành phố,01\n", 1);
    assert_eq!(province(&named, "01").as_deref(), Some("Thăng Long"));
    let home = named.commune(code("00004")).unwrap();
    assert_eq!(home.full_name(), "Phường Ba Đình");
    let issued = &named.issued()[1];
    assert_eq!(named.change(issued, code("00004")), Change::Kept);
    // What was before is still told as it was.
    let trace = named.trace(code("00004"));
    let names: Vec<&str> = trace.iter().map(|at| at.province.as_str()).collect();
    assert_eq!(names[names.len() - 2..], ["Hà Nội", "Thăng Long"]);
    // A new one gets communes of others; a commune that a later decree puts there needs no row again.
    let made = after(
        &named,
        "00004,00004,whole,1,,Ba Đình,Phường,90\n,,,,,Ba Đình,Thành phố,90\n",
        2,
    );
    assert_eq!(province(&made, "90").as_deref(), Some("Ba Đình"));
    let owner = Jurisdiction::Province("90".parse().unwrap());
    assert_eq!(owner.words_in(&made).en, "reviewers of Ba Đình");
    assert_eq!(made.provinces().len(), 35);
    assert_eq!(made.pin_prefix(code("00004")), Some(90));
    let issued = &made.issued()[2];
    assert_eq!(made.change(issued, code("00004")), Change::Reclassed);
    let more = after(&made, "00008,00008,whole,1,,Hoàn Kiếm,Phường,90\n", 3);
    let new = "90".parse().unwrap();
    assert_eq!(more.communes_of(new).count(), 2);
    // One that has no commune any more is gone, and known as one that was.
    let gone = after(
        &more,
        "00004,00004,whole,1,,Ba Đình,Phường,01\n00008,00008,whole,1,,Hoàn Kiếm,Phường,01\n",
        4,
    );
    assert_eq!((province(&gone, "90"), gone.provinces().len()), (None, 34));
    assert!(gone.was_province(new) && !units.was_province(new));
    let back = after(&gone, "00004,00004,whole,1,,Ba Đình,Phường,01\n", 5);
    assert!(back.exists(code("00004")));
}

#[test]
fn whatever_is_wrong_with_a_file_is_told_with_its_line() {
    let units = Units::built_in();
    let faults = |rows: &str| read(rows, units).unwrap_err();
    assert!(read("00004,00008,whole,1,,,,\n", units).is_ok());
    for (rows, expected) in [
        ("99999,00008,whole,1,,,,\n", "decree_unknown_commune"),
        ("00001,00008,whole,1,,,,\n", "decree_unknown_commune"),
        ("00004,00008,whole,0,,,,\n", "decree_default_missing"),
        ("00004,00008,part,1,,,,\n", "decree_part_alone"),
        (
            "00004,00008,part,1,,,,\n00004,00025,part,1,,,,\n",
            "decree_default_missing",
        ),
        (
            "00004,00008,whole,1,,,,\n00004,00025,part,0,,,,\n",
            "decree_whole_twice",
        ),
        (
            "00004,00008,part,1,,,,\n00004,00008,part,0,,,,\n",
            "decree_row_twice",
        ),
        ("00004,00008,most,1,,,,\n", "decree_share"),
        ("00004,00008,whole,yes,,,,\n", "decree_default"),
        ("4,00008,whole,1,,,,\n", "decree_code"),
        ("00004,99001,whole,1,,,,\n", "decree_unnamed"),
        ("00004,99001,whole,1,,A,Thôn,01\n", "decree_kind"),
        ("00004,99001,whole,1,,A,Xã,9\n", "decree_province"),
        ("00004,99001,whole,1,,A,Xã,90\n", "decree_province_unknown"),
        (",,,,,Mới,Tỉnh,90\n", "decree_province_empty"),
        (",,,,,Mới,Tỉnh,\n", "decree_province"),
        (",,,,,,Tỉnh,90\n", "decree_row_idle"),
        (
            ",,,,,Mới,Tỉnh,01\n,,,,,Khác,Tỉnh,01\n",
            "decree_province_twice",
        ),
        ("00004,00001,whole,1,,A,Xã,01\n", "decree_code_reused"),
        (",99001,,,,,,\n", "decree_row_idle"),
        ("", "decree_empty"),
    ] {
        assert_eq!(faults(rows), [expected], "{rows}");
    }
    assert_eq!(
        faults("00004,00008,whole,1,,,,\n00008,00025,whole,1,,,,\n"),
        ["decree_code_taken"]
    );
    assert_eq!(
        faults("00004,00008,whole,1,,,,\n00008,00004,whole,1,,,,\n"),
        ["decree_cycle", "decree_cycle"]
    );
    // All lines are told at once.
    let error = Decree::read(
        "old_code,new_code,share,default\n1,00008,whole,1\n00004,2,whole,1\n",
        day(),
        units,
    );
    let lines: Vec<u64> = error
        .unwrap_err()
        .0
        .iter()
        .map(|fault| fault.line)
        .collect();
    assert_eq!(lines, [2, 3]);
    let no_column = Decree::read("old_code,new_code\n", day(), units).unwrap_err();
    assert_eq!(no_column.code(), "decree_column");
    assert!(no_column.to_string().contains("share"), "{no_column}");
}
