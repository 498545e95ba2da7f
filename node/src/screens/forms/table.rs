//! The forms of all acts, as one table. The order is that in which a clerk asks; what an act needs
//! is said by the act itself when it is checked.

use registry::procedure::Whom;

use super::spec::Widget as W;
use super::spec::{Codes, Form, may, need, step};
use super::steps::{
    ANNULMENT, BIRTH, CHILD, CIVIL_FIELDS, DIVORCE, EID, PAPERS, PARENTS, POLICE_FIELDS,
};

/// Every form.
pub(super) const FORMS: &[Form] = &[
    Form {
        act: "birth",
        steps: BIRTH,
    },
    Form {
        act: "late_birth",
        steps: BIRTH,
    },
    Form {
        act: "repeated_birth",
        steps: &[
            step(
                "step-person",
                &[
                    may("person", "ask-registered-person", W::Somebody),
                    may("claimed_pin", "ask-claimed-pin", W::Text),
                ],
            ),
            CHILD,
            PARENTS,
            PAPERS,
        ],
    },
    Form {
        act: "death",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-dead", W::Somebody).of(Whom::Undead),
                    need("date", "ask-date-of-death", W::Date),
                    may("place", "ask-place-of-death", W::Place),
                    need("ground", "ask-death-paper", W::Text),
                    may("certificate", "ask-book-number", W::Text),
                    may("declared", "ask-declared", W::Code(Codes::Declared)),
                    may("spouse", "ask-spouse", W::Somebody).of(Whom::Undead),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "death_revoked",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Somebody).of(Whom::Deceased),
                    need("cause", "ask-cause", W::Code(Codes::Cause)),
                    may("date", "ask-date-of-decision", W::Date),
                    may("spouse", "ask-spouse", W::Somebody).of(Whom::Registered),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "marriage",
        steps: &[
            step(
                "step-couple",
                &[
                    need("first", "ask-first", W::Somebody),
                    need("second", "ask-second", W::Somebody),
                    may("date", "ask-date-of-marriage", W::Date),
                    may("certificate", "ask-book-number", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "marriage_number",
        steps: &[
            step(
                "step-couple",
                &[
                    need("first", "ask-first", W::Somebody).of(Whom::Registered),
                    need("second", "ask-second", W::Somebody).of(Whom::Registered),
                    need("certificate", "ask-book-number", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "divorce",
        steps: DIVORCE,
    },
    Form {
        act: "marriage_annulled",
        steps: ANNULMENT,
    },
    Form {
        act: "parent_recognition",
        steps: &[
            step(
                "step-child",
                &[
                    need("child", "ask-child", W::Somebody),
                    may("name", "ask-new-name", W::Text),
                ],
            ),
            step(
                "step-parents",
                &[
                    may("father", "ask-father", W::Somebody),
                    may("mother", "ask-mother", W::Somebody),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "guardianship",
        steps: &[
            step(
                "step-person",
                &[
                    need("ward", "ask-ward", W::Somebody),
                    need("guardian", "ask-guardian", W::Somebody),
                    may("from", "ask-from", W::Date),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "guardianship_end",
        steps: &[
            step(
                "step-person",
                &[
                    need("ward", "ask-ward", W::Somebody).of(Whom::Registered),
                    may("date", "ask-end", W::Date),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "marital_confirmation",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held),
                    need("number", "ask-paper-number", W::Text),
                    need("purpose", "ask-purpose", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "birth_revoked",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held).of(Whom::Registered),
                    need("ground", "ask-ground", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "correction",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held).of(Whom::Undead),
                    need("fields", "ask-changes", W::Changes(CIVIL_FIELDS)),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "registry_correction",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held).of(Whom::Undead),
                    may("fields", "ask-changes", W::Changes(POLICE_FIELDS)),
                    may("other_names.add", "ask-name-added", W::Text),
                    may("other_names.remove", "ask-name-removed", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "permanent_registration",
        steps: &[
            step("step-people", &[need("people", "ask-movers", W::Movers)]),
            step(
                "step-home",
                &[
                    need("address", "ask-address", W::Text),
                    may("from", "ask-from", W::Date),
                    may("household", "ask-household-joined", W::Household),
                    need("ground", "ask-home-ground", W::Text),
                    may("new_head", "ask-next-head", W::Held),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "temporary_registration",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Somebody),
                    need("address", "ask-address", W::Text),
                    need("from", "ask-from", W::Date),
                    need("to", "ask-to", W::Date),
                    need("ground", "ask-ground", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "temporary_renewal",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held),
                    need("to", "ask-to", W::Date),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "temporary_absence",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held),
                    need("from", "ask-from", W::Date),
                    need("to", "ask-to", W::Date),
                    need("destination", "ask-destination", W::Place),
                    may("declared", "ask-declared-on", W::Date),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "permanent_deletion",
        steps: &[
            step(
                "step-people",
                &[need("people", "ask-people", W::People).of(Whom::Registered)],
            ),
            step(
                "step-ground",
                &[
                    need("ground", "ask-ground", W::Code(Codes::PermanentGround)),
                    may("since", "ask-since", W::Date),
                    may("to", "ask-end", W::Date),
                    may("new_head", "ask-next-head", W::Held),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "temporary_deletion",
        steps: &[
            step(
                "step-people",
                &[need("people", "ask-people", W::People).of(Whom::Registered)],
            ),
            step(
                "step-ground",
                &[
                    need("ground", "ask-ground", W::Code(Codes::TemporaryGround)),
                    may("since", "ask-since", W::Date),
                    may("to", "ask-end", W::Date),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "stay_notification",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Somebody).of(Whom::Anybody),
                    may("place", "ask-stay-place", W::Text),
                    need("from", "ask-first-night", W::Date),
                    may("to", "ask-last-night", W::Date),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "contact",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held),
                    may("phone", "ask-phone", W::Text),
                    may("email", "ask-email", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "household_split",
        steps: &[
            step(
                "step-household",
                &[
                    need("household", "ask-household", W::Household),
                    need("leaving", "ask-leaving", W::People),
                    need("new_head", "ask-new-head", W::Held),
                    may("remaining_head", "ask-remaining-head", W::Held),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "household_merge",
        steps: &[
            step(
                "step-household",
                &[
                    need("household", "ask-household", W::Household),
                    need("into", "ask-household-into", W::Household),
                    may("relations", "ask-relations", W::Relations).of(Whom::Undead),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "change_of_head",
        steps: &[
            step(
                "step-household",
                &[
                    need("household", "ask-household", W::Household),
                    need("new_head", "ask-new-head", W::Held),
                    may("agreed", "ask-agreed", W::Date),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "residence_adjustment",
        steps: &[
            step(
                "step-people",
                &[
                    may("people", "ask-adjusted", W::Adjusted).of(Whom::Undead),
                    may("households", "ask-adjusted-houses", W::Houses),
                    may("unit", "ask-part", W::Commune),
                    need("ground", "ask-decision", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "collection",
        steps: &[
            step(
                "step-person",
                &[
                    need("name", "ask-name", W::Text),
                    need("birth_date", "ask-birth-date", W::Birth),
                    need("sex", "ask-sex", W::Code(Codes::Sex)),
                    may("claimed_pin", "ask-claimed-pin", W::Text),
                    may("old_number", "ask-old-number", W::Text),
                    may("birth_place", "ask-birth-place", W::Place),
                    may("birth_registration", "ask-birth-registration", W::Place),
                    may("native_place", "ask-native-place", W::Place),
                    may("nationality", "ask-nationality", W::Countries),
                    may("ethnic", "ask-ethnic", W::Code(Codes::Ethnic)),
                    may("religion", "ask-religion", W::Code(Codes::Religion)),
                    may("blood", "ask-blood", W::Code(Codes::Blood)),
                ],
            ),
            PARENTS,
            step(
                "step-home",
                &[
                    need("address", "ask-address", W::Text),
                    may("from", "ask-from", W::Date),
                    may("household", "ask-household-joined", W::Household),
                    may("relation", "relation", W::Code(Codes::Relation)),
                    may("phone", "ask-phone", W::Text),
                    may("email", "ask-email", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "card_application",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held),
                    need("reason", "ask-card-reason", W::Code(Codes::CardReason)),
                    may("collected", "ask-collected", W::Several(Codes::Capture)),
                    may("asked_by", "ask-asked-by", W::Link),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "portrait",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-person", W::Held),
                    need("photo", "ask-portrait", W::Photo),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "child_pin_request",
        steps: &[
            step(
                "step-person",
                &[
                    need("person", "ask-child", W::Held),
                    may("asked_by", "ask-asked-by", W::Link),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "eid_level_1",
        steps: EID,
    },
    Form {
        act: "eid_level_2",
        steps: EID,
    },
    Form {
        act: "add_evidence",
        steps: &[
            step(
                "step-what",
                &[
                    may("of", "ask-act", W::Text),
                    may("case", "ask-case", W::Number),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "answer_case",
        steps: &[
            step(
                "step-what",
                &[
                    need("case", "ask-case", W::Number),
                    may("answer", "ask-answer", W::Long),
                    may("agrees", "ask-agrees", W::Check),
                ],
            ),
            PAPERS,
        ],
    },
    Form {
        act: "withdraw",
        steps: &[
            step(
                "step-what",
                &[
                    need("of", "ask-act", W::Text),
                    need("reason", "ask-reason", W::Text),
                ],
            ),
            PAPERS,
        ],
    },
];

/// The form of an act.
pub(super) fn form_of(act: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.act == act)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use registry::act::kind::ACTS;

    use super::*;

    /// Acts of the centre and those that follow from others have no form.
    #[test]
    fn every_act_that_a_clerk_performs_has_a_form() {
        let forms: BTreeSet<&str> = FORMS.iter().map(|form| form.act).collect();
        assert_eq!(forms.len(), FORMS.len());
        let roles = [
            registry::code::Role::CivilStatus,
            registry::code::Role::Residence,
            registry::code::Role::Identification,
        ];
        let acts = ACTS.iter().filter(|rule| rule.kind.allowed_to(&roles));
        let lacking: Vec<&str> = acts
            .map(|rule| rule.key)
            .filter(|key| !forms.contains(key))
            .collect();
        assert!(lacking.is_empty(), "{lacking:?}");
    }

    /// The names that the reader of an act knows, at a path within it, as it tells them itself.
    fn known(act: &str, within: Option<&str>) -> BTreeSet<String> {
        let mut json = serde_json::json!({ "act": act });
        let strange = serde_json::json!({ "no_such_input": 1 });
        match within {
            Some(within) => json[within] = strange,
            None => json["no_such_input"] = serde_json::json!(1),
        }
        let error = crate::api::read_filing(json.to_string().as_bytes());
        let words = error.map(|_| ()).unwrap_err().words().words.clone();
        let names = words.split('`').skip(3).step_by(2);
        names.map(str::to_owned).collect()
    }

    /// Whatever an act takes, its form asks.
    #[test]
    fn every_input_of_every_act_is_asked() {
        let mut lacking = Vec::new();
        for form in FORMS {
            let asks = || form.steps.iter().flat_map(|step| step.asks);
            for name in known(form.act, None) {
                let below = format!("{name}.");
                if !asks().any(|ask| ask.path == name || ask.path.starts_with(&below)) {
                    lacking.push(format!("{}: {name}", form.act));
                }
            }
            if asks().any(|ask| ask.path.starts_with("child.")) {
                for name in known(form.act, Some("child")) {
                    let path = format!("child.{name}");
                    if !asks().any(|ask| ask.path == path) {
                        lacking.push(format!("{}: {path}", form.act));
                    }
                }
            }
        }
        assert!(known("birth", None).contains("certificate"));
        assert!(known("birth", Some("child")).contains("nationality"));
        assert!(lacking.is_empty(), "{lacking:?}");
    }
}
