//! What is applied for with the commune police, why, and what is taken of whom: the rules of cards
//! and e-ID accounts by age and by reason, as tables (Law on Identification 26/2023; Decree
//! 69/2024). The application itself is [`crate::application`].

use super::*;
use crate::act::ActKind;
use crate::date::{BirthDate, Date, PartialDate};

code_list! {
    /// What is applied for.
    Request, "application",
    "card_issue, card_exchange, card_reissue, child_pin, eid_level_1 or eid_level_2",
    "application_unknown_value";
    /// A first card (cấp).
    CardIssue = 0, "card_issue";
    /// Another card for the one that the person has (cấp đổi).
    CardExchange = 1, "card_exchange";
    /// A card for one that is gone (cấp lại).
    CardReissue = 2, "card_reissue";
    /// A number for a child.
    ChildPin = 3, "child_pin";
    /// An e-ID account of level 1.
    EidLevel1 = 4, "eid_level_1";
    /// An e-ID account of level 2.
    EidLevel2 = 5, "eid_level_2";
}

impl Request {
    /// The procedure by which it is applied for.
    pub const fn act(self) -> ActKind {
        match self {
            Request::CardIssue | Request::CardExchange | Request::CardReissue => {
                ActKind::CardApplication
            }
            Request::ChildPin => ActKind::ChildPinRequest,
            Request::EidLevel1 => ActKind::EidLevel1,
            Request::EidLevel2 => ActKind::EidLevel2,
        }
    }
}

code_list! {
    /// Why a card is asked for.
    CardReason, "reason for a card",
    "first, age_reached, name_or_birth_changed, appearance_changed, error_on_card, units_changed, number_changed, wish, lost, damaged or nationality_regained",
    "card_reason_unknown_value";
    /// There is none yet.
    First = 0, "first";
    /// 14, 25, 40 or 60 years.
    AgeReached = 1, "age_reached";
    /// Name or birth date was changed or corrected.
    NameOrBirthChanged = 2, "name_or_birth_changed";
    /// Face or fingerprints have changed, or the sex was determined anew.
    AppearanceChanged = 3, "appearance_changed";
    /// What is printed is wrong.
    ErrorOnCard = 4, "error_on_card";
    /// Communes or provinces have other names.
    UnitsChanged = 5, "units_changed";
    /// The number was given anew.
    NumberChanged = 6, "number_changed";
    /// The holder wants it.
    Wish = 7, "wish";
    /// It was lost.
    Lost = 8, "lost";
    /// It cannot be used any more.
    Damaged = 9, "damaged";
    /// Vietnamese again.
    NationalityRegained = 10, "nationality_regained";
}

impl CardReason {
    /// What is applied for with this reason, and the rule.
    pub const fn rule(self) -> (Request, &'static str) {
        match self {
            CardReason::First => (Request::CardIssue, "Law on Identification 26/2023, Art. 19"),
            CardReason::AgeReached => (
                Request::CardExchange,
                "Law on Identification 26/2023, Art. 24(1)(a)",
            ),
            CardReason::NameOrBirthChanged => (
                Request::CardExchange,
                "Law on Identification 26/2023, Art. 24(1)(b)",
            ),
            CardReason::AppearanceChanged => (
                Request::CardExchange,
                "Law on Identification 26/2023, Art. 24(1)(c)",
            ),
            CardReason::ErrorOnCard => (
                Request::CardExchange,
                "Law on Identification 26/2023, Art. 24(1)(d)",
            ),
            CardReason::UnitsChanged => (
                Request::CardExchange,
                "Law on Identification 26/2023, Art. 24(1)(đ)",
            ),
            CardReason::NumberChanged => (
                Request::CardExchange,
                "Law on Identification 26/2023, Art. 24(1)(e)",
            ),
            CardReason::Wish => (
                Request::CardExchange,
                "Law on Identification 26/2023, Art. 24(1)(g)",
            ),
            CardReason::Lost | CardReason::Damaged => (
                Request::CardReissue,
                "Law on Identification 26/2023, Art. 24(2)(a)",
            ),
            CardReason::NationalityRegained => (
                Request::CardReissue,
                "Law on Identification 26/2023, Art. 24(2)(b)",
            ),
        }
    }
}

code_list! {
    /// What is taken of a person for a card. What was taken is never in a record.
    Capture, "what was taken", "face, fingerprints or iris", "capture_unknown_value";
    /// The face.
    Face = 0, "face";
    /// The fingerprints.
    Fingerprints = 1, "fingerprints";
    /// The iris.
    Iris = 2, "iris";
}

/// What is asked of people of an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeRule {
    /// Full years from which it holds; until the next line.
    pub from: u16,
    /// Whether a representative has to ask.
    pub represented: bool,
    /// What is taken for a card.
    pub captures: &'static [Capture],
    /// Whether there is an e-ID account of level 1, and of level 2.
    pub eid: (bool, bool),
    /// The rule for a card.
    pub card_rule: &'static str,
    /// The rule for an account.
    pub eid_rule: &'static str,
}

const ALL_CAPTURES: &[Capture] = &[Capture::Face, Capture::Fingerprints, Capture::Iris];

const YOUNGEST: AgeRule = AgeRule {
    from: 0,
    represented: true,
    captures: &[],
    eid: (true, false),
    card_rule: "Law on Identification 26/2023, Art. 23(2)(b)",
    eid_rule: "Decree 69/2024, Art. 7",
};

/// The ages, the youngest first.
pub const AGES: &[AgeRule] = &[
    YOUNGEST,
    AgeRule {
        from: 6,
        represented: true,
        captures: ALL_CAPTURES,
        eid: (true, true),
        card_rule: "Law on Identification 26/2023, Art. 23(2)(c)",
        eid_rule: "Decree 69/2024, Art. 7",
    },
    AgeRule {
        from: 14,
        represented: false,
        captures: ALL_CAPTURES,
        eid: (true, true),
        card_rule: "Law on Identification 26/2023, Art. 23(1)",
        eid_rule: "Decree 69/2024, Art. 7",
    },
];

/// What is asked of somebody of so many full years.
pub fn age_rule(years: u16) -> &'static AgeRule {
    let of_age = |rule: &&AgeRule| rule.from <= years;
    AGES.iter()
        .rev()
        .find(of_age)
        .unwrap_or(const { &YOUNGEST })
}

/// The ages at which a card is exchanged (Law on Identification 26/2023, Art. 21). One that is
/// issued within two years before such an age is valid until the next.
const EXCHANGED_AT: [u16; 4] = [14, 25, 40, 60];
/// Those two years, in months.
const BEFORE_EXCHANGE_MONTHS: u8 = 24;

/// The last day of a card issued on a day, to somebody born then; none from the last of the ages
/// on, and where the year of birth is not known. Of a birth date that is known in part, the first
/// day that it may be counts.
pub fn card_expires(born: &BirthDate, issued: Date) -> Option<PartialDate> {
    let (year, month, day) = born.date()?.first_day().ymd();
    let from = issued.add_months(BEFORE_EXCHANGE_MONTHS)?;
    EXCHANGED_AT.into_iter().find_map(|age| {
        let reached = year.checked_add(age)?;
        // Whoever was born on 29 February reaches an age on 1 March in a year without it.
        let birthday = Date::from_ymd(reached, month, day)
            .or_else(|_| Date::from_ymd(reached, 3, 1))
            .ok()?;
        (birthday > from).then(|| birthday.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_age_has_its_rule() {
        for (years, from) in [(0, 0), (5, 0), (6, 6), (13, 6), (14, 14), (101, 14)] {
            assert_eq!(age_rule(years).from, from, "{years}");
        }
        assert!(age_rule(5).captures.is_empty() && !age_rule(5).eid.1);
    }

    #[test]
    fn a_card_is_valid_until_the_next_age_that_is_more_than_two_years_off() {
        let expires = |born: &str, issued: &str| {
            let born = BirthDate::parse_legacy(born).unwrap();
            card_expires(&born, issued.parse().unwrap()).map(|date| date.to_iso())
        };
        for (born, issued, until) in [
            ("2020-05-05", "2026-11-22", Some("2034-05-05")),
            ("2013-05-05", "2026-11-22", Some("2038-05-05")),
            ("1980-05-05", "2026-11-22", Some("2040-05-05")),
            ("2004-02-29", "2026-11-22", Some("2029-03-01")),
            ("1968-11-22", "2026-11-22", None),
            ("1968-11-23", "2026-11-22", Some("2028-11-23")),
            ("1990", "2026-11-22", Some("2030-01-01")),
        ] {
            assert_eq!(expires(born, issued).as_deref(), until, "{born}");
        }
    }

    #[test]
    fn every_reason_asks_for_a_card() {
        for reason in CardReason::ALL {
            let (request, rule) = reason.rule();
            assert!(request <= Request::CardReissue && rule.contains("26/2023"));
        }
    }
}
