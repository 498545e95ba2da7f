//! Identity cards as scanners give them: what is read, what is doubted, what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use proptest::prelude::*;
use registry::card::{CARD_BYTES_MAX, CardError, CardRead, Part, Source, Why, read};
use registry::code::Sex;
use registry::date::Date;
use unicode_normalization::UnicodeNormalization;

const OLD: &str = "008185000017||Lò Thị Mẫu|12031985|Nữ|Bản Mẫu, Xã Lâm Bình, Tuyên Quang|20072021";
const NEW: &str = "079087001234|023456789|Nguyễn Văn Mẫu|01011987|Nam|Số 1 Đường Mẫu, Phường Mẫu, TP. Hồ Chí Minh|15082024|Nguyễn Văn Cha|Trần Thị Mẹ|";
const MRZ: &str = "IDVNM1850000176008185000017<<4\n8503127F4503129VNM<<<<<<<<<<<6\nLO<<THI<MAU<<<<<<<<<<<<<<<<<<<";

fn today() -> Date {
    Date::from_ymd(2026, 11, 21).unwrap()
}

fn card(text: &str) -> CardRead {
    read(text, today()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn doubts(card: &CardRead) -> Vec<(Part, Why)> {
    card.doubts.iter().map(|d| (d.part, d.why)).collect()
}

fn birth(card: &CardRead) -> String {
    card.birth.as_ref().unwrap().shown()
}

/// Name, birth, sex and number of the old card are there without a doubt.
fn assert_is_old_card(text: &str) {
    let card = card(text);
    assert_eq!(card.pin.digits(), "008185000017", "{text:?}");
    assert_eq!(
        card.name.as_ref().unwrap().as_str(),
        "Lò Thị Mẫu",
        "{text:?}"
    );
    assert_eq!(birth(&card), "12/03/1985", "{text:?}");
    assert_eq!(card.sex, Some(Sex::Female), "{text:?}");
    assert_eq!(card.source, Source::Qr2021, "{text:?}");
    assert_eq!(card.old_number, None, "{text:?}");
    assert_eq!(card.issued, Some(Date::from_ymd(2021, 7, 20).unwrap()));
    assert_eq!(doubts(&card), [], "{text:?}");
    assert_eq!(card.warnings(), [], "{text:?}");
}

#[test]
fn what_is_undone_for_certain_leaves_no_doubt() {
    let nfd: String = OLD.nfd().collect();
    let wide: String = OLD
        .chars()
        .map(|c| match c {
            '0'..='9' | '|' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
            other => other,
        })
        .collect();
    // UTF-8 that a program on the way took for Windows-1252, as far as that has characters.
    let windows: String = OLD
        .bytes()
        .map(|byte| match byte {
            0x83 => 'ƒ',
            0x8d => '\u{8d}',
            0x90 => '\u{90}',
            0x99 => '™',
            0x9b => '›',
            byte => char::from(byte),
        })
        .collect();
    for text in [
        OLD.to_owned(),
        format!("\u{feff}{OLD}"),
        format!("{OLD}\r\n"),
        format!("{OLD}\n"),
        format!("{OLD}\t"),
        format!("\u{2}{OLD}\u{3}"),
        format!("]Q1{OLD}"),
        format!("\"{OLD}\""),
        nfd,
        wide,
        windows,
        OLD.replace("Thị", "Th\u{200b}ị"),
        OLD.replace(' ', "\u{a0}"),
        OLD.replace('|', "~"),
        OLD.replace('|', "\\"),
        OLD.replace('|', "¦"),
        OLD.replace('|', "\t"),
        OLD.replace('|', "\n"),
        OLD.replace('|', "\r\n"),
        OLD.replace('|', "}"),
        OLD.replace('|', " | "),
        OLD.replace("Lò Thị Mẫu", "LÒ THỊ MẪU"),
        OLD.replace("Lò Thị Mẫu", "lò thị mẫu"),
        OLD.replace("Lò Thị Mẫu", "lÒ tHỊ mẪU"),
        OLD.replace("Lò Thị Mẫu", "  Lò   Thị Mẫu "),
        OLD.replace("Nữ", "nữ"),
        OLD.replace("12031985", "12/03/1985"),
        OLD.replace("20072021", "20-07-2021"),
    ] {
        assert_is_old_card(&text);
    }
}

#[test]
fn a_card_of_july_2024_keeps_what_it_says_besides() {
    let card = card(NEW);
    assert_eq!(card.source, Source::Qr2024);
    assert_eq!(card.old_number.as_ref().unwrap().as_str(), "023456789");
    let extra: Vec<&str> = card.extra.iter().map(|line| line.as_str()).collect();
    assert_eq!(extra, ["Nguyễn Văn Cha", "Trần Thị Mẹ"]);
    assert_eq!(
        card.address.as_ref().unwrap().as_str(),
        "Số 1 Đường Mẫu, Phường Mẫu, TP. Hồ Chí Minh"
    );
    assert_eq!(doubts(&card), []);
    let many = format!("{NEW}{}", "x|".repeat(60));
    assert_eq!(self::card(&many).extra.len(), 16);
}

/// What a card's text turns into, and what is in doubt then.
#[test]
fn what_may_be_wrong_is_told_item_by_item() {
    use Part as P;
    use Why as W;
    let ascii = |text: &str| text.replace("Thị", "Thi").replace("Bản", "Ban");
    let no_marks =
        "008185000017||Lo Thi Mau|12031985|Nu|Ban Mau, Xa Lam Binh, Tuyen Quang|20072021";
    let marks_lost = vec![(P::Name, W::MarksLost), (P::Address, W::MarksLost)];
    let keys = vec![(P::Name, W::KeysUndone), (P::Address, W::MarksLost)];
    let telex = no_marks
        .replace("Lo Thi Mau", "Lof Thij Maaux")
        .replace("|Nu|", "|Nuwx|");
    let vni = no_marks
        .replace("Lo Thi Mau", "Lo2 Thi5 Ma6u4")
        .replace("|Nu|", "|Nu74|");
    for (text, name, expected) in [
        (no_marks.to_owned(), Some("Lo Thi Mau"), marks_lost),
        (telex, Some("Lò Thị Mẫu"), keys.clone()),
        (vni, Some("Lò Thị Mẫu"), keys),
        (ascii(OLD), Some("Lò Thi Mẫu"), vec![]),
        (
            OLD.replace("Mẫu|", "Mâẫu|"),
            Some("Lò Thị Mẫu"),
            vec![(P::Name, W::MarksDoubled)],
        ),
        (
            OLD.replace("Lò", "Lo\u{300}\u{300}"),
            Some("Lò Thị Mẫu"),
            vec![(P::Name, W::MarksDoubled)],
        ),
        (
            OLD.replace("Bản", "Baản"),
            Some("Lò Thị Mẫu"),
            vec![(P::Address, W::MarksDoubled)],
        ),
        (
            OLD.replace("Lò Thị Mẫu", "L? Th? M?u"),
            None,
            vec![(P::Name, W::Unreadable)],
        ),
        (
            OLD.replace("Lò", "L\u{fffd}"),
            None,
            vec![(P::Name, W::Unreadable)],
        ),
        (
            OLD.replace("Lò Thị Mẫu", ""),
            None,
            vec![(P::Name, W::Unreadable)],
        ),
        (
            OLD.replace("12031985", "30021985"),
            Some("Lò Thị Mẫu"),
            vec![(P::BirthDate, W::NoSuchDay)],
        ),
        (
            OLD.replace("12031985", "1203198"),
            Some("Lò Thị Mẫu"),
            vec![(P::BirthDate, W::Unreadable)],
        ),
        (
            OLD.replace("12031985", "12032985"),
            Some("Lò Thị Mẫu"),
            vec![(P::BirthDate, W::Unreadable)],
        ),
        (
            OLD.replace("|Nữ|", "|N?|"),
            Some("Lò Thị Mẫu"),
            vec![(P::Sex, W::Unreadable)],
        ),
        (
            OLD.replace("20072021", "20072031"),
            Some("Lò Thị Mẫu"),
            vec![(P::Issued, W::Unreadable)],
        ),
        (
            OLD.replace("||", "|12345678|"),
            Some("Lò Thị Mẫu"),
            vec![(P::OldNumber, W::Unreadable)],
        ),
        (
            OLD.replace("Bản Mẫu, Xã Lâm Bình, Tuyên Quang", ""),
            Some("Lò Thị Mẫu"),
            vec![(P::Address, W::Unreadable)],
        ),
    ] {
        let card = card(&text);
        assert_eq!(
            card.name.as_ref().map(|name| name.as_str()),
            name,
            "{text:?}"
        );
        assert_eq!(doubts(&card), expected, "{text:?}");
        assert_eq!(card.pin.digits(), "008185000017");
        for (part, _) in expected {
            assert!(card.is_doubtful(part) && !card.is_doubtful(P::Pin));
        }
    }
    // The day that no calendar has stays in view.
    assert_eq!(
        birth(&card(&OLD.replace("12031985", "30021985"))),
        "30/02/1985"
    );
    // A year alone is all that some people know.
    for year in ["1985", "00001985", "--/--/1985"] {
        assert_eq!(birth(&card(&OLD.replace("12031985", year))), "1985");
    }
}

#[test]
fn names_that_have_two_letters_alike_or_no_accent_are_left_alone() {
    for name in [
        "Boóng Coóc",
        "Cao Minh Khoa",
        "H'Hen Niê",
        "Y Moan Ênuôl",
        "Ksor Bơm",
    ] {
        let card = card(&OLD.replace("Lò Thị Mẫu", name));
        assert_eq!(card.name.as_ref().unwrap().as_str(), name);
        assert_eq!(doubts(&card), [], "{name}");
    }
    let card = card(&OLD.replace("Lò Thị Mẫu", "Y BHÔM BYĂ"));
    assert_eq!(card.name.as_ref().unwrap().as_str(), "Y Bhôm Byă");
}

#[test]
fn what_is_no_card_is_refused_with_the_reason() {
    for (text, code) in [
        ("", "card_empty"),
        (" \u{feff}\r\n", "card_empty"),
        ("https://example.vn/?id=1", "card_unknown"),
        ("Lò Thị Mẫu", "card_unknown"),
        ("008185000017", "card_unknown"),
        ("008185000017,,a,b,c,d,e", "card_unknown"),
        ("008185000017||Lò Thị Mẫu|12031985", "card_parts_missing"),
        ("08185000017||a|12031985|Nam|b|20072021", "pin_zero_dropped"),
        ("012345678||a|12031985|Nam|b|20072021", "pin_old_number"),
        ("00818500001x||a|12031985|Nam|b|20072021", "pin_not_digits"),
        ("||a|12031985|Nam|b|20072021", "pin_length"),
        (
            "008385000017||a|12031985|Nam|b|20072021",
            "pin_future_birth",
        ),
        ("IDVNM1850000176", "card_line"),
        (
            "IDVNM1850000176008185000017<<4\n8503127F4503129VNM\n",
            "card_line",
        ),
        (
            "IDLAO1850000176008185000017<<4\n8503127F4503129LAO<<<<<<<<<<<6\nLO<<THI<MAU",
            "card_other_country",
        ),
        (
            "IDVNM1850000176X08185000017<<4\n8503127F4503129VNM<<<<<<<<<<<6\nLO<<THI<MAU",
            "pin_not_digits",
        ),
    ] {
        let error = read(text, today()).unwrap_err();
        assert_eq!(error.code(), code, "{text:?}");
        assert!(!error.to_string().contains("008185"), "no number in words");
    }
    let long = "1".repeat(CARD_BYTES_MAX + 1);
    assert!(matches!(
        read(&long, today()),
        Err(CardError::TooLong { .. })
    ));
}

#[test]
fn three_lines_are_read_however_they_came() {
    let spaces = MRZ.replace('<', " ");
    for text in [
        MRZ.to_owned(),
        MRZ.to_lowercase(),
        MRZ.replace('\n', "\r\n"),
        MRZ.replace('\n', ""),
        MRZ.replace('\n', " \n ").replace("\n ", "\n"),
        format!("\u{feff}{MRZ}\n\n"),
        spaces.clone(),
        // A program that makes one space of many, and one that drops those at the end.
        spaces
            .split('\n')
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("\n"),
        MRZ.trim_end_matches('<').to_owned(),
        MRZ.replace("<<", "«"),
        // O, I and their like for digits, and the other way.
        MRZ.replace("1850000176008185000017", "I85OOOOI76OO8I85O0OOI7"),
        MRZ.replace("IDVNM", "1DVNM")
            .replace("8503127F", "BS03I27F"),
        MRZ.replace("LO<<", "L0<<"),
        // Broken elsewhere.
        format!(
            "{}\n{}\n{}",
            &MRZ.replace('\n', "")[..40],
            &MRZ.replace('\n', "")[40..70],
            &MRZ.replace('\n', "")[70..]
        ),
        // The last nine digits misread; the whole number has its own check digit.
        MRZ.replace("IDVNM1850000176", "IDVNM1850000178"),
        // The whole number misread; the last nine digits have theirs.
        MRZ.replace("008185000017<<4", "008185000071<<4"),
    ] {
        let card = card(&text);
        assert_eq!(card.source, Source::Mrz);
        assert_eq!(card.pin.digits(), "008185000017", "{text:?}");
        assert_eq!(birth(&card), "12/03/1985", "{text:?}");
        assert_eq!(card.sex, Some(Sex::Female));
        assert_eq!(card.expires, Some(Date::from_ymd(2045, 3, 12).unwrap()));
        assert_eq!(card.name.as_ref().unwrap().as_str(), "Lo Thi Mau");
        assert_eq!(doubts(&card), [(Part::Name, Why::MarksLost)], "{text:?}");
    }
}

#[test]
fn a_check_digit_that_does_not_fit_is_told_with_its_item() {
    let name = (Part::Name, Why::MarksLost);
    for (from, to, expected) in [
        (
            "008185000017<<4",
            "008185000017<<5",
            (Part::Pin, Why::CheckDigit),
        ),
        ("8503127F", "8503117F", (Part::BirthDate, Why::CheckDigit)),
        ("F4503129", "F4503119", (Part::Expires, Why::CheckDigit)),
        ("<<6\n", "<<7\n", (Part::Card, Why::CheckDigit)),
        ("127F45", "127H45", (Part::Sex, Why::Unreadable)),
        // Both numbers with a check digit that fits: one is of another card.
        (
            "IDVNM1850000176",
            "IDVNM1850000246",
            (Part::Pin, Why::TwoReadings),
        ),
    ] {
        let text = MRZ.replace(from, to);
        assert_ne!(text, MRZ);
        let card = card(&text);
        assert!(
            doubts(&card).contains(&expected),
            "{to}: {:?}",
            doubts(&card)
        );
        assert!(doubts(&card).contains(&name));
    }
    let full = MRZ.replace(
        "LO<<THI<MAU<<<<<<<<<<<<<<<<<<<",
        "LO<<THI<MAU<KHONG<HET<DONG<NAY",
    );
    assert!(doubts(&card(&full)).contains(&(Part::Name, Why::Cut)));
}

/// A number with its three lines, for any holder.
fn lines_of(pin: &str, birth: &str, sex: char, name: &str) -> String {
    fn check(text: &str) -> u32 {
        let weights = [7, 3, 1].into_iter().cycle();
        let value = |c: char| if c == '<' { 0 } else { c.to_digit(36).unwrap() };
        text.chars()
            .zip(weights)
            .map(|(c, w)| value(c) * w)
            .sum::<u32>()
            % 10
    }
    let short = &pin[3..];
    let optional = format!("{pin}<<");
    let first = format!("{short}{}{optional}{}", check(short), check(&optional));
    let birth = format!("{birth}{}", check(birth));
    let expiry = format!("450312{}", check("450312"));
    let all = check(&format!("{first}{birth}{expiry}{}", "<".repeat(11)));
    format!(
        "IDVNM{first}\n{birth}{sex}{expiry}VNM{}{all}\n{name:<<30}",
        "<".repeat(11)
    )
}

#[test]
fn the_lines_of_the_tests_are_those_of_a_card() {
    assert_eq!(lines_of("008185000017", "850312", 'F', "LO<<THI<MAU"), MRZ);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = read(&text, today());
    }

    #[test]
    fn any_text_of_signs_of_a_card_is_read_or_refused(
        text in "[0-9A-Zđễ|<~\n ]{0,120}", prefix in prop_oneof![Just(""), Just("IDVNM"), Just("008185000017|")]
    ) {
        let _ = read(&format!("{prefix}{text}"), today());
    }

    /// Whatever one character of the number or the birth becomes, it is set right, told, or refused:
    /// never another value without a doubt.
    #[test]
    fn a_misread_character_of_the_lines_never_goes_unnoticed(
        random in 0u32..1_000_000, at in 5usize..30, wrong in "[0-9A-Z<]"
    ) {
        let pin = format!("008185{random:06}");
        let lines = lines_of(&pin, "850312", 'F', "LO<<THI<MAU");
        let mut misread: Vec<char> = lines.chars().collect();
        misread[at] = wrong.chars().next().unwrap();
        let misread: String = misread.into_iter().collect();
        if let Ok(card) = read(&misread, today()) {
            let told = card.doubts.iter().any(|doubt| {
                matches!(doubt.part, Part::Pin | Part::Card)
            });
            prop_assert!(told || card.pin.digits() == pin);
        }
    }

    #[test]
    fn a_written_code_is_read_as_it_was_written(
        random in 0u32..1_000_000, day in 1u8..29, month in 1u8..13, male in any::<bool>(),
        sign in prop_oneof![Just('|'), Just('~'), Just('\t'), Just('\\'), Just('^'), Just('§')],
    ) {
        let (head, sex) = if male { ("001090", "Nam") } else { ("001190", "Nữ") };
        let text = format!("{head}{random:06}||Đặng Thu Hà|{day:02}{month:02}1990|{sex}|Thôn 3, xã Ba Bể|01022022")
            .replace('|', &sign.to_string());
        let card = read(&text, today()).unwrap();
        prop_assert_eq!(card.pin.digits(), format!("{head}{random:06}"));
        prop_assert_eq!(card.birth.as_ref().unwrap().shown(), format!("{day:02}/{month:02}/1990"));
        prop_assert!(card.doubts.is_empty() && card.warnings().is_empty());
    }
}
