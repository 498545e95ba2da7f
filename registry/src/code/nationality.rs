//! How somebody becomes, or ceases to be, a citizen of Viet Nam (Law on Vietnamese Nationality
//! 24/2008), and which nationalities each way leaves possible.

use super::*;

code_list! {
    /// By which decision a nationality changes.
    NationalityGround, "ground of a change of nationality",
    "gained, regained, renounced, deprived, annulled or foreign",
    "nationality_ground_unknown_value";
    /// Naturalized (nhập quốc tịch).
    Gained = 0, "gained";
    /// Vietnamese again (trở lại quốc tịch).
    Regained = 1, "regained";
    /// Given up (thôi quốc tịch).
    Renounced = 2, "renounced";
    /// Taken away (tước quốc tịch).
    Deprived = 3, "deprived";
    /// The naturalization was annulled (hủy bỏ quyết định cho nhập quốc tịch).
    Annulled = 4, "annulled";
    /// Another State's nationality was gained or lost; whether Vietnamese stays as it was.
    Foreign = 5, "foreign";
}

/// What the law asks of a ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NationalityRule {
    /// The paper that it rests on, as the file calls it.
    pub paper: &'static str,
    /// The article by which it is decided.
    pub law: &'static str,
}

const fn by(paper: &'static str, law: &'static str) -> NationalityRule {
    NationalityRule { paper, law }
}

impl NationalityGround {
    /// Its rule.
    pub const fn rule(self) -> NationalityRule {
        match self {
            NationalityGround::Gained => by(
                "quyết định của Chủ tịch nước cho nhập quốc tịch Việt Nam",
                "Law on Vietnamese Nationality 24/2008, Art. 21",
            ),
            NationalityGround::Regained => by(
                "quyết định của Chủ tịch nước cho trở lại quốc tịch Việt Nam",
                "Law on Vietnamese Nationality 24/2008, Art. 25",
            ),
            NationalityGround::Renounced => by(
                "quyết định của Chủ tịch nước cho thôi quốc tịch Việt Nam",
                "Law on Vietnamese Nationality 24/2008, Art. 29",
            ),
            NationalityGround::Deprived => by(
                "quyết định của Chủ tịch nước tước quốc tịch Việt Nam",
                "Law on Vietnamese Nationality 24/2008, Art. 32",
            ),
            NationalityGround::Annulled => by(
                "quyết định của Chủ tịch nước hủy bỏ quyết định cho nhập quốc tịch Việt Nam",
                "Law on Vietnamese Nationality 24/2008, Art. 34",
            ),
            NationalityGround::Foreign => by(
                "giấy tờ về quốc tịch nước ngoài",
                "Law on Identification 26/2023, Art. 9",
            ),
        }
    }

    /// Whether the person is Vietnamese before it and after it; `None` where it says nothing.
    const fn vietnamese(self) -> (Option<bool>, Option<bool>) {
        match self {
            NationalityGround::Gained | NationalityGround::Regained => (Some(false), Some(true)),
            NationalityGround::Renounced
            | NationalityGround::Deprived
            | NationalityGround::Annulled => (Some(true), Some(false)),
            NationalityGround::Foreign => (None, None),
        }
    }

    /// Whether it leads from these nationalities to those. A record that tells none may have been
    /// anything; whoever has none left after a loss is stateless.
    pub fn leads(self, before: Option<&[Country]>, after: &[Country]) -> bool {
        let vietnamese = |list: &[Country]| list.contains(&Country::VIET_NAM);
        let (was, is) = self.vietnamese();
        let was_fits = match (was, before) {
            (Some(was), Some(before)) => vietnamese(before) == was,
            _ => true,
        };
        let is_fits = match (is, before) {
            (Some(is), _) => vietnamese(after) == is,
            (None, Some(before)) => vietnamese(after) == vietnamese(before),
            // Vietnamese by such a decision nobody becomes.
            (None, None) => !vietnamese(after),
        };
        was_fits && is_fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ground_leads_only_where_its_decision_does() {
        let of = |text: &str| -> Vec<Country> {
            let codes = text.split(',').filter(|code| !code.is_empty());
            codes.map(|code| code.parse().unwrap()).collect()
        };
        for (ground, before, after, leads) in [
            ("gained", "LA", "VN", true),
            ("gained", "LA", "LA,VN", true),
            ("gained", "", "VN", true),
            ("gained", "VN", "VN,LA", false),
            ("gained", "LA", "LA", false),
            ("regained", "US", "VN", true),
            ("renounced", "VN", "DE", true),
            ("renounced", "VN,DE", "DE", true),
            ("renounced", "VN", "", true),
            ("renounced", "DE", "DE", false),
            ("renounced", "VN", "VN,DE", false),
            ("deprived", "VN", "US", true),
            ("annulled", "VN", "", true),
            ("foreign", "VN", "VN,DE", true),
            ("foreign", "VN,DE", "VN", true),
            ("foreign", "VN", "DE", false),
            ("foreign", "DE", "VN", false),
        ] {
            let ground: NationalityGround = ground.parse().unwrap();
            let (before, after) = (of(before), of(after));
            assert_eq!(
                ground.leads(Some(&before), &after),
                leads,
                "{ground:?} {before:?}"
            );
            let rule = ground.rule();
            assert!(rule.law.contains("Art.") && !rule.paper.is_empty());
        }
        assert!(NationalityGround::Renounced.leads(None, &of("DE")));
        assert!(!NationalityGround::Renounced.leads(None, &of("VN")));
        // Of whom a record tells nothing, another State's word makes no citizen of this one.
        assert!(NationalityGround::Foreign.leads(None, &of("DE")));
        assert!(!NationalityGround::Foreign.leads(None, &of("DE,VN")));
        assert!(NationalityGround::Gained.leads(None, &of("DE,VN")));
    }
}
