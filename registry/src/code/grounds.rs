//! On which grounds a permanent or temporary residence is deleted, as the law lists them. Data,
//! because laws change: how long a fact must have lasted and whether a paper is needed stand here,
//! and nowhere else. Whether a ground holds for a person is looked at in
//! [`crate::procedure`].

use super::*;
use crate::value::Residence;

code_list! {
    /// Why a residence is deleted. The text is what a closed residence keeps as its ground.
    DeletionGround, "ground of deletion",
    "death, settled_abroad, registration_cancelled, absent, nationality_lost, rental_ended, dwelling_transferred, consent_withdrawn, dwelling_gone or permanent_here",
    "ground_unknown_value";
    /// Dead, or found dead or missing by a court.
    Death = 0, "death";
    /// Settled abroad.
    SettledAbroad = 1, "settled_abroad";
    /// The registration was cancelled by a decision.
    RegistrationCancelled = 2, "registration_cancelled";
    /// Away without declaring it and without registering elsewhere.
    Absent = 3, "absent" | "absent_12_months" | "absent_6_months";
    /// No longer a citizen.
    NationalityLost = 4, "nationality_lost";
    /// The dwelling was rented or borrowed, and that has ended.
    RentalEnded = 5, "rental_ended";
    /// The dwelling has another owner.
    DwellingTransferred = 6, "dwelling_transferred";
    /// Whoever owns the dwelling does not agree to the registration.
    ConsentWithdrawn = 7, "consent_withdrawn";
    /// The dwelling was pulled down or seized.
    DwellingGone = 8, "dwelling_gone";
    /// The person has permanent residence at this very place.
    PermanentHere = 9, "permanent_here";
}

/// What the law asks of a ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clause {
    /// Where it stands.
    pub rule: &'static str,
    /// For how many months the fact must have lasted; 0 if it counts at once.
    pub months: u8,
    /// Whether a paper or the minutes of the police must be named.
    pub papers: bool,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct GroundRule {
    /// The ground.
    pub ground: DeletionGround,
    /// In the words of the law, shortened.
    pub label_vi: &'static str,
    /// In English.
    pub label_en: &'static str,
    /// Permanent residence, if the ground ends it.
    pub permanent: Option<Clause>,
    /// Temporary residence, if the ground ends it.
    pub temporary: Option<Clause>,
}

const fn at(rule: &'static str, months: u8, papers: bool) -> Option<Clause> {
    Some(Clause {
        rule,
        months,
        papers,
    })
}

macro_rules! grounds {
    ($($ground:ident $vi:literal $en:literal $permanent:expr, $temporary:expr;)+) => {
        /// The table, in the order of codes.
        pub const GROUNDS: &[GroundRule] = &[$(GroundRule {
            ground: DeletionGround::$ground, label_vi: $vi, label_en: $en,
            permanent: $permanent, temporary: $temporary,
        },)+];

        impl DeletionGround {
            /// Its line of the table.
            pub const fn rule(self) -> &'static GroundRule {
                match self {
                    $(DeletionGround::$ground => const { &GroundRule {
                        ground: DeletionGround::$ground, label_vi: $vi, label_en: $en,
                        permanent: $permanent, temporary: $temporary,
                    } },)+
                }
            }
        }
    };
}

grounds! {
    Death "Chết; Tòa án tuyên bố mất tích hoặc đã chết" "Dead, or found dead or missing by a court"
        at("Law on Residence 68/2020, Art. 24(1)(a)", 0, false), at("Law on Residence 68/2020, Art. 29(1)(a)", 0, false);
    SettledAbroad "Ra nước ngoài để định cư" "Settled abroad"
        at("Law on Residence 68/2020, Art. 24(1)(b)", 0, true), None;
    RegistrationCancelled "Có quyết định hủy bỏ đăng ký" "The registration was cancelled by a decision"
        at("Law on Residence 68/2020, Art. 24(1)(c)", 0, true), at("Law on Residence 68/2020, Art. 29(1)(b)", 0, true);
    Absent "Vắng mặt liên tục, không khai báo tạm vắng, không đăng ký tạm trú nơi khác" "Away without declaring it and without registering elsewhere"
        at("Law on Residence 68/2020, Art. 24(1)(d)", 12, true), at("Law on Residence 68/2020, Art. 29(1)(c)", 6, true);
    NationalityLost "Thôi, bị tước quốc tịch Việt Nam" "No longer a citizen"
        at("Law on Residence 68/2020, Art. 24(1)(đ)", 0, true), at("Law on Residence 68/2020, Art. 29(1)(d)", 0, true);
    RentalEnded "Chấm dứt thuê, mượn, ở nhờ" "The dwelling is no longer rented or borrowed"
        at("Law on Residence 68/2020, Art. 24(1)(e)", 12, true), at("Law on Residence 68/2020, Art. 29(1)(e)", 0, true);
    DwellingTransferred "Chỗ ở đã chuyển quyền sở hữu" "The dwelling has another owner"
        at("Law on Residence 68/2020, Art. 24(1)(g)", 12, true), at("Law on Residence 68/2020, Art. 29(1)(g)", 0, true);
    ConsentWithdrawn "Chủ sở hữu không đồng ý giữ đăng ký" "The owner does not agree to the registration"
        at("Law on Residence 68/2020, Art. 24(1)(h)", 0, true), None;
    DwellingGone "Chỗ ở bị phá dỡ, tịch thu" "The dwelling was pulled down or seized"
        at("Law on Residence 68/2020, Art. 24(1)(i)", 0, true), at("Law on Residence 68/2020, Art. 29(1)(h)", 0, true);
    PermanentHere "Đã đăng ký thường trú tại chính nơi tạm trú" "Permanent residence at this very place"
        None, at("Law on Residence 68/2020, Art. 29(1)(đ)", 0, false);
}

impl DeletionGround {
    /// The ground on which a residence was deleted; none if it is open or ended by a move.
    pub fn of(residence: &Residence) -> Option<DeletionGround> {
        residence.to?;
        DeletionGround::kept_as(residence.ground.as_str())
    }

    /// The ground that a deleted residence keeps as this text.
    pub fn kept_as(text: &str) -> Option<DeletionGround> {
        GROUNDS
            .iter()
            .map(|rule| rule.ground)
            .find(|ground| ground.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ground_has_one_line_and_ends_something() {
        assert_eq!(GROUNDS.len(), DeletionGround::ALL.len());
        for (rule, ground) in GROUNDS.iter().zip(DeletionGround::ALL) {
            assert_eq!(rule.ground, *ground);
            assert_eq!(ground.rule().label_en, rule.label_en);
            assert!(rule.permanent.or(rule.temporary).is_some());
        }
        // The law counts nine grounds for permanent residence and eight for temporary.
        let permanent = GROUNDS.iter().filter(|rule| rule.permanent.is_some());
        let temporary = GROUNDS.iter().filter(|rule| rule.temporary.is_some());
        assert_eq!((permanent.count(), temporary.count()), (9, 8));
    }

    #[test]
    fn a_closed_residence_tells_its_ground_and_an_open_one_none() {
        let residence = |more: serde_json::Value| -> Residence {
            let mut json = serde_json::json!({"unit": "00004", "from": "2001-01-01"});
            for (key, value) in more.as_object().unwrap() {
                json[key] = value.clone();
            }
            serde_json::from_value(json).unwrap()
        };
        let gone = residence(serde_json::json!({"to": "2026-11-01", "ground": "absent"}));
        assert_eq!(DeletionGround::of(&gone), Some(DeletionGround::Absent));
        let moved = residence(serde_json::json!({"to": "2026-11-01", "ground": "moved"}));
        assert_eq!(DeletionGround::of(&moved), None);
        let open = residence(serde_json::json!({"ground": "absent"}));
        assert_eq!(DeletionGround::of(&open), None);
    }
}
