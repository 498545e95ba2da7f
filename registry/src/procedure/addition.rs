//! What any officer may add to what is filed already: papers to an own act or to a case, and the
//! answer to a reviewer's question. Such an act changes no record; it refers to what it is about.

use serde::{Deserialize, Serialize};

use crate::ActId;
use crate::act::{Act, ActKind, Refers};
use crate::application::applications;
use crate::case::{Answer, Case};
use crate::dossier::DossierState;
use crate::fields::EntryId;
use crate::procedure::{Draft, Refusal};
use crate::value::Line;
use crate::words::words;

/// More papers, named in `evidence`, for an own act or for a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceInput {
    /// The act of this office.
    #[serde(default)]
    pub of: Option<ActId>,
    /// The case, by its number.
    #[serde(default)]
    pub case: Option<u64>,
}

/// The answer to what a reviewer asked this office, or its word that it agrees with the other
/// side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerInput {
    /// The case, by its number.
    pub case: u64,
    /// The answer, in a sentence; papers are named in `evidence`.
    #[serde(default)]
    pub answer: Line,
    /// The office agrees with the other side: its own act may be replaced. Any office whose act
    /// makes a claim may say so, asked or not; it decides nothing.
    #[serde(default)]
    pub agrees: bool,
}

pub(super) fn evidence(draft: &mut Draft<'_>, input: &EvidenceInput) -> Result<(), Refusal> {
    if draft.filing.evidence.is_empty() {
        return Err(Refusal::Missing { field: "evidence" });
    }
    draft.refers = match (input.of, input.case) {
        (Some(of), None) => {
            let act = draft.slice.office_act(&of);
            let act = act.ok_or(Refusal::OfAnotherOffice)?;
            if act.body.kind.is_addition() || act.body.kind == ActKind::Withdraw {
                return Err(Refusal::Invalid {
                    field: "of",
                    words: words(
                        "giấy tờ được bổ sung vào hồ sơ mà nó chứng minh, không vào việc rút hay bổ sung của hồ sơ đó; ghi mã của hồ sơ",
                        "papers are added to the act that they prove, not to what was said about it; give the code of that act",
                    ),
                });
            }
            Some(asked(draft, &act).unwrap_or(Refers::Act(of)))
        }
        (None, Some(number)) => Some(Refers::Case(open_case(draft, number)?.id)),
        _ => {
            return Err(Refusal::Invalid {
                field: "of",
                words: words(
                    "ghi giấy tờ này bổ sung cho hồ sơ nào hoặc cho vụ việc nào: chỉ một trong hai",
                    "say what the papers are for: either an act or a case, not both",
                ),
            });
        }
    };
    Ok(())
}

/// What the centre asks for, as far as the office has heard, if the act is an application that waits
/// for it.
fn asked(draft: &Draft<'_>, act: &Act) -> Option<Refers> {
    let (of, entry) = (act.id(), EntryId::Act(act.id()));
    let mut held = act.records().filter_map(|(_, id)| draft.slice.record(&id));
    held.find_map(|held| {
        let fields = held.fields();
        let (_, application) = applications(fields).find(|(known, _)| *known == entry)?;
        let standing = application.standing(entry, fields, 0);
        let place = standing.answers;
        let waits = standing.dossier.state == DossierState::SupplementAsked;
        waits.then_some(Refers::Asked { of, place })
    })
}

pub(super) fn answer(draft: &mut Draft<'_>, input: &AnswerInput) -> Result<(), Refusal> {
    if input.answer.is_empty() && !input.agrees {
        return Err(Refusal::Missing { field: "answer" });
    }
    if !draft.filing.note.is_empty() {
        return Err(Refusal::Invalid {
            field: "note",
            words: words(
                "câu trả lời đã đủ; để trống ghi chú",
                "the answer says it all; leave the remark out",
            ),
        });
    }
    let case = open_case(draft, input.case)?;
    if input.agrees {
        return agree(draft, &case, &input.answer);
    }
    if !case.asked(draft.desk.office) {
        return Err(Refusal::Invalid {
            field: "case",
            words: words(
                "trong vụ việc này không ai hỏi cơ quan bạn; chỉ bổ sung giấy tờ được",
                "nobody asks your office in this case; papers can be added to it",
            ),
        });
    }
    draft.refers = Some(Refers::Case(case.id));
    draft.note = Some(input.answer.clone());
    Ok(())
}

/// The office of a claim agrees with the other side, perhaps with a word why.
fn agree(draft: &mut Draft<'_>, case: &Case, why: &Line) -> Result<(), Refusal> {
    let mut claims = case.dispute.claims.iter().filter_map(|claim| claim.act);
    if !claims.any(|act| draft.slice.office_act(&act).is_some()) {
        return Err(Refusal::Invalid {
            field: "agrees",
            words: words(
                "chỉ cơ quan có hồ sơ trong vụ việc này mới đồng ý được; nếu biết thêm gì thì bổ sung giấy tờ",
                "an office agrees whose own act makes a claim in the case; add what you know as papers",
            ),
        });
    }
    let words = format!("{} {}", Answer::AGREES, why.as_str());
    let words = Line::parse(words.trim_end()).map_err(|_| Refusal::TooMuch { field: "answer" })?;
    draft.refers = Some(Refers::Case(case.id));
    draft.note = Some(words);
    Ok(())
}

fn open_case(draft: &Draft<'_>, number: u64) -> Result<Case, Refusal> {
    let field = "case";
    let case = draft.slice.case(number).ok_or(Refusal::Invalid {
        field,
        words: words(
            "cơ quan chưa được báo vụ việc nào mang số này; xem lại số",
            "your office was told of no case with this number; check the number",
        ),
    })?;
    if case.is_open() {
        Ok(case)
    } else {
        Err(Refusal::Invalid {
            field,
            words: words(
                "vụ việc đã đóng, không bổ sung được nữa; nếu có gì mới thì nộp hồ sơ mới",
                "the case is closed, nothing is added to it; file an act if there is something new",
            ),
        })
    }
}
