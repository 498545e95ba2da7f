//! Why a procedure is refused: the field, the trouble in words of both languages, what to do, and
//! a stable code.

use std::fmt;

use crate::act::ActKind;
use crate::words::{Said, Tells, Words, words};
use crate::{ActId, CaseId, OfficeCode};

/// A refusal. Its words are for the clerk, in both languages; they hold no citizen's data. `Display`
/// is the line of the command and the log: the field's key and the English words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // each is told by its words below; a field is the key of an input
pub enum Refusal {
    NotYourAct {
        kind: ActKind,
    },
    NotHeld {
        field: &'static str,
    },
    WrongKind {
        field: &'static str,
    },
    Frozen {
        field: &'static str,
        case: CaseId,
    },
    Dead {
        field: &'static str,
    },
    Gone {
        field: &'static str,
    },
    Revoked {
        field: &'static str,
    },
    InDispute {
        field: &'static str,
    },
    Future {
        field: &'static str,
    },
    UnknownCommune {
        field: &'static str,
        code: OfficeCode,
    },
    Missing {
        field: &'static str,
    },
    /// What the rule of the procedure asks for.
    Unmet {
        lack: Lack,
        field: &'static str,
        rule: &'static str,
    },
    Invalid {
        field: &'static str,
        words: Words,
    },
    AgainstRule {
        field: &'static str,
        words: Words,
        rule: &'static str,
    },
    /// The paper that proves `what` is not named.
    NoPaper {
        what: Words,
        rule: &'static str,
    },
    TooSoon {
        field: &'static str,
        months: u8,
        rule: &'static str,
    },
    CertificateUsed {
        act: ActId,
    },
    NumberUsed {
        act: ActId,
    },
    OfAnotherBook {
        field: &'static str,
    },
    Married {
        field: &'static str,
    },
    MarriedThen {
        field: &'static str,
    },
    BeforeHome {
        field: &'static str,
    },
    UnderAge {
        field: &'static str,
    },
    CentralOnly {
        field: &'static str,
    },
    OtherRoleField {
        field: &'static str,
    },
    NothingChanges,
    TooMuch {
        field: &'static str,
    },
    OfAnotherOffice,
    AlreadyFinal,
    Damaged,
    /// None of the papers, which the words name with their law, is there.
    Evidence {
        papers: Words,
    },
    NotMarried {
        field: &'static str,
    },
    ParentStands {
        field: &'static str,
    },
    RepresentativeStands {
        field: &'static str,
    },
    NotDead {
        field: &'static str,
    },
}

/// What stands against every procedure alike, so that the procedure's rule is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// An item was left out ([`Refusal::Missing`]).
    Item,
    /// The date has not come ([`Refusal::Future`]).
    Date,
}

impl Lack {
    /// The same without a rule: a procedure without one is refused so.
    const fn plain(self, field: &'static str) -> Refusal {
        match self {
            Lack::Item => Refusal::Missing { field },
            Lack::Date => Refusal::Future { field },
        }
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let en = self.said().en;
        match self.field() {
            Some(field) => write!(f, "{field}: {en}"),
            None => f.write_str(&en),
        }
    }
}

impl Tells for Refusal {
    fn said(&self) -> Said {
        let told = |vi: String, en: String| Said { vi, en };
        match self {
            Refusal::NotYourAct { kind } => {
                let (vi, en) = (kind.rule().label_vi, kind.rule().label_en);
                told(
                    format!("vai trò của bạn không làm thủ tục “{vi}”; nhờ đồng nghiệp có vai trò đó"),
                    format!("an officer with your role may not perform “{en}”; ask a colleague who may"),
                )
            }
            Refusal::Frozen { case, .. } => told(
                format!("vụ việc về cái chết của người này chưa được giải quyết ({case}); trả lời vụ việc trước"),
                format!("a case about this person's death is open ({case}); answer the case first"),
            ),
            Refusal::UnknownCommune { code, .. } => told(
                format!("không có xã, phường nào mang mã {code} trong danh mục; xem lại 5 chữ số"),
                format!("{code} is not a commune of the official list; check the five digits"),
            ),
            Refusal::Invalid { words, .. } => (*words).into(),
            Refusal::Unmet { lack, field, rule } => {
                Said::from(lack.plain(field).fixed()).by_law(rule)
            }
            Refusal::Dead { .. } => Said::from(self.fixed()).by_law(DEATH_RULE),
            Refusal::Married { .. } | Refusal::MarriedThen { .. } => {
                Said::from(self.fixed()).by_law(MARRIED_RULE)
            }
            Refusal::AgainstRule { words, rule, .. } => Said::from(*words).by_law(rule),
            Refusal::NoPaper { what, rule } => told(
                format!("cần giấy tờ chứng minh: {}; ghi loại, số và ngày của giấy tờ", what.vi),
                format!("a paper is needed that proves: {}; name it with its kind, number and date", what.en),
            )
            .by_law(rule),
            Refusal::Evidence { papers } => told(
                format!("cần giấy tờ: {}; ghi loại, số và ngày của giấy tờ", papers.vi),
                format!("this act rests on papers; name {}", papers.en),
            ),
            Refusal::TooSoon { months, rule, .. } => told(
                format!("căn cứ này chỉ tính khi đã đủ {months} tháng; ghi ngày bắt đầu, hoặc chờ cho đủ"),
                format!("this ground counts only after {months} months; give the day on which it began, or wait"),
            )
            .by_law(rule),
            Refusal::CertificateUsed { act } => told(
                format!("số giấy chứng sinh này đã được nhập (hồ sơ {act}); sinh đôi thì ghi số giấy của từng cháu hoặc thứ tự sinh"),
                format!("this birth-certificate number was entered already (act {act}); for twins give each child's own number or the order of birth"),
            ),
            Refusal::NumberUsed { act } => told(
                format!("trong sổ của cơ quan đã có việc khác mang số này (hồ sơ {act}); xem lại cả hai giấy tờ rồi ghi đúng số"),
                format!("your office's book has another entry under this number (act {act}); look at both papers and enter the right number"),
            ),
            fixed => fixed.fixed().into(),
        }
    }
}

/// With death the capacity for rights and duties ends.
const DEATH_RULE: &str = "Civil Code 91/2015, Art. 16(3)";
/// Whoever has a spouse does not marry another.
const MARRIED_RULE: &str = "Law on Marriage and Family 52/2014, Art. 5(2)(c)";

impl Refusal {
    /// Where the rule stands by which an input of this procedure is refused, if the words do not name
    /// it: as the law is cited in English. Nothing where the register itself stands against the act.
    pub fn source(&self, kind: ActKind) -> Option<&'static str> {
        if let Refusal::Invalid { words, .. } = self
            && crate::law::is_named_in(words.vi)
        {
            return None;
        }
        let is_of_input = matches!(
            self,
            Refusal::Missing { .. }
                | Refusal::BeforeHome { .. }
                | Refusal::Future { .. }
                | Refusal::Invalid { .. }
                | Refusal::TooMuch { .. }
                | Refusal::UnknownCommune { .. }
                | Refusal::CertificateUsed { .. }
                | Refusal::NumberUsed { .. }
                | Refusal::CentralOnly { .. }
                | Refusal::OtherRoleField { .. }
                | Refusal::NotMarried { .. }
                | Refusal::NotDead { .. }
        );
        let rule = || match self.field() {
            Some(field) => crate::law::of_input(Some(kind), field),
            None => crate::law::of_procedure(kind),
        };
        is_of_input.then(rule).flatten()
    }

    /// What is said of it, with the rule in this procedure.
    pub fn said_in(&self, kind: ActKind) -> Said {
        match self.source(kind) {
            Some(rule) => self.said().by_law(rule),
            None => self.said(),
        }
    }

    /// The same with the rule of the procedure, where it is one that any procedure may give.
    pub(super) fn in_procedure(self, kind: ActKind) -> Refusal {
        let (lack, field) = match self {
            Refusal::Missing { field } => (Lack::Item, field),
            Refusal::Future { field } => (Lack::Date, field),
            other => return other,
        };
        match kind.rule().deadline {
            Some(deadline) => Refusal::Unmet {
                lack,
                field,
                rule: deadline.result.source,
            },
            None => lack.plain(field),
        }
    }

    /// The words of a refusal that has nothing else to tell.
    const fn fixed(&self) -> Words {
        match self {
            Refusal::NotHeld { .. } => words(
                "cơ quan không giữ bản ghi này; tìm lại người đó, hoặc nhập số định danh, họ tên, ngày sinh theo thẻ",
                "this record is not held by your office; find the person first, or give number, name and birth date from the card",
            ),
            Refusal::WrongKind { .. } => words(
                "bản ghi này không đúng loại (người hay hộ gia đình); chọn bản ghi khác",
                "this record is of another kind (person or household); choose another",
            ),
            Refusal::Dead { .. } => words(
                "người này đã được đăng ký khai tử; nếu đăng ký sai, trước hết làm thủ tục “Hủy đăng ký khai tử, tuyên bố chết hoặc mất tích”",
                "this person is registered as dead; if that is wrong, the death is revoked first, by the act “Death revoked”",
            ),
            Refusal::Gone { .. } => words(
                "tòa án đã tuyên bố người này mất tích; nếu người đó đã trở về, trước hết ghi quyết định hủy tuyên bố của tòa án (Bộ luật Dân sự 91/2015, Điều 70)",
                "a court declared this person missing; if they are back, the court's decision that takes it back is entered first, by the act “Death revoked” (Civil Code 91/2015, Art. 70)",
            ),
            Refusal::Revoked { .. } => words(
                "đăng ký này đã bị hủy; xem lịch sử của bản ghi, không nộp gì thêm vào đó",
                "this registration was revoked; look at the record's history, nothing is filed on it",
            ),
            Refusal::InDispute { .. } => words(
                "hai cơ quan đã ghi hai giá trị khác nhau và vụ việc chưa được giải quyết; trả lời vụ việc, không ghi giá trị thứ ba",
                "two offices entered different values and a case is open; answer the case instead",
            ),
            Refusal::Future { .. } => words(
                "ngày này chưa đến; xem lại ngày, tháng, năm",
                "the date lies in the future; check day, month and year",
            ),
            Refusal::Missing { .. } => words(
                "thủ tục này bắt buộc có mục này; hãy nhập",
                "this is needed for this act; fill it in",
            ),
            Refusal::OfAnotherBook { .. } => words(
                "cuộc hôn nhân này nằm trong sổ của cơ quan khác, hoặc có sẵn từ dữ liệu ban đầu; cơ quan giữ sổ ghi số (Luật Hộ tịch 60/2014, Điều 12)",
                "this marriage stands in the book of another office, or came with the register; the office that keeps the book enters its number (Civil Status Law 60/2014, Art. 12)",
            ),
            Refusal::Married { .. } => words(
                "người này đang có vợ hoặc chồng theo bản ghi; ghi ly hôn hoặc khai tử trước",
                "this person has a marriage that stands; enter the divorce or death first",
            ),
            Refusal::MarriedThen { .. } => words(
                "theo bản ghi, vào ngày này một trong hai người còn trong hôn nhân trước, chấm dứt sau đó; so ngày kết hôn với ngày ly hôn trên giấy tờ",
                "by the register one of the two was still married on this day; compare it with the day on which the earlier marriage ended",
            ),
            Refusal::BeforeHome { .. } => words(
                "ngày này ở trước ngày bắt đầu của nơi ở đang có hiệu lực trong bản ghi; ghi ngày chuyển đến thật; nếu ngày trong bản ghi sai thì hỏi cơ quan đã đăng ký nơi ở đó",
                "this day lies before the first day of the residence that stands in the register; enter the true day of the move; where the register's day is wrong, ask the office that registered that residence",
            ),
            Refusal::UnderAge { .. } => words(
                "người này chưa đủ tuổi kết hôn: nam từ đủ 20 tuổi, nữ từ đủ 18 tuổi (Luật Hôn nhân và gia đình 52/2014, Điều 8); xem lại ngày sinh",
                "the person is under the age for marriage: men 20, women 18 (Law on Marriage and Family 52/2014, Art. 8); check the birth date",
            ),
            Refusal::CentralOnly { .. } => words(
                "mục này chỉ trung tâm được ghi; bỏ mục này ra",
                "only the central registry changes this item; leave it out",
            ),
            Refusal::OtherRoleField { .. } => words(
                "mục này do vai trò khác quản lý; nhờ đồng nghiệp có vai trò đó",
                "another role keeps this item; ask a colleague who has it",
            ),
            Refusal::TooMuch { .. } => words(
                "quá nhiều cho một hồ sơ; nộp thành nhiều hồ sơ",
                "too much for one act; file it in parts",
            ),
            Refusal::OfAnotherOffice => words(
                "hồ sơ này không phải của cơ quan bạn; xem lại mã, hoặc nhờ cơ quan đã nộp",
                "the act is not one of your office; check its code, or ask the office that filed it",
            ),
            Refusal::AlreadyFinal => words(
                "hồ sơ đã chính thức; chỉ thay đổi được bằng thủ tục khác",
                "the act is final; it can only be changed by another act",
            ),
            Refusal::Damaged => words(
                "bản ghi bị hỏng trên thiết bị này; báo người quản trị thiết bị khôi phục bản sao lưu gần nhất",
                "the record's document is damaged; have your administrator restore the last backup",
            ),
            Refusal::NotMarried { .. } => words(
                "dữ liệu không có cuộc hôn nhân đang tồn tại giữa hai người; xem lại hai bản ghi và ngày; nếu số định danh của một người đã đổi, ghi số cũ có trong bản ghi của người kia",
                "no marriage between the two stands in the register; look at both records, and at the date; of somebody whose number was changed give the one that the other's record names",
            ),
            Refusal::ParentStands { .. } => words(
                "bản ghi đã có cha hoặc mẹ, không ai có hai; tòa án quyết định trước, rồi cải chính để xóa trống mục này (Luật Hộ tịch 60/2014, Điều 25)",
                "one stands in the register already, and nobody has two; a court decides, then a correction empties the item (Civil Status Law 60/2014, Art. 25)",
            ),
            Refusal::RepresentativeStands { .. } => words(
                "bản ghi đã có người giám hộ; trước hết ghi chấm dứt việc giám hộ đó (Luật Hộ tịch 60/2014, Điều 22)",
                "a guardian stands in the register already; note the end of that guardianship first (Civil Status Law 60/2014, Art. 22)",
            ),
            Refusal::NotDead { .. } => words(
                "bản ghi không có khai tử để hủy; xem lại có đúng người không",
                "no death stands on this record; look whether it is the right person",
            ),
            // The others are told with what they hold.
            Refusal::NothingChanges
            | Refusal::NotYourAct { .. }
            | Refusal::Frozen { .. }
            | Refusal::UnknownCommune { .. }
            | Refusal::Invalid { .. }
            | Refusal::Unmet { .. }
            | Refusal::AgainstRule { .. }
            | Refusal::NoPaper { .. }
            | Refusal::Evidence { .. }
            | Refusal::TooSoon { .. }
            | Refusal::CertificateUsed { .. }
            | Refusal::NumberUsed { .. } => words(
                "không có gì thay đổi: dữ liệu đã đúng như vậy; xem lại có đúng người không",
                "the act would change nothing: the values stand there already",
            ),
        }
    }

    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::NotYourAct { .. } => "role_missing",
            Refusal::NotHeld { .. } => "record_not_held",
            Refusal::WrongKind { .. } => "record_of_other_kind",
            Refusal::Frozen { .. } => "record_frozen",
            Refusal::Dead { .. } => "person_dead",
            Refusal::Gone { .. } => "person_missing",
            Refusal::Revoked { .. } => "registration_revoked",
            Refusal::InDispute { .. } => "field_in_dispute",
            Refusal::Future { .. } => "date_in_future",
            Refusal::UnknownCommune { .. } => "commune_unknown",
            Refusal::Missing { .. } => "input_missing",
            Refusal::Unmet { lack, field, .. } => lack.plain(field).code(),
            Refusal::Invalid { .. } => "input_invalid",
            Refusal::AgainstRule { .. } => "rule_not_met",
            Refusal::NoPaper { .. } => "evidence_missing",
            Refusal::TooSoon { .. } => "ground_too_soon",
            Refusal::CertificateUsed { .. } => "certificate_used",
            Refusal::NumberUsed { .. } => "book_number_used",
            Refusal::OfAnotherBook { .. } => "book_of_another_office",
            Refusal::Married { .. } => "person_married",
            Refusal::MarriedThen { .. } => "married_then",
            Refusal::BeforeHome { .. } => "before_home",
            Refusal::UnderAge { .. } => "under_age",
            Refusal::CentralOnly { .. } => "field_central_only",
            Refusal::OtherRoleField { .. } => "field_of_other_role",
            Refusal::NothingChanges => "nothing_changes",
            Refusal::TooMuch { .. } => "act_too_large",
            Refusal::OfAnotherOffice => "act_not_yours",
            Refusal::AlreadyFinal => "act_final",
            Refusal::Damaged => "document_unreadable",
            Refusal::Evidence { .. } => "evidence_missing",
            Refusal::NotMarried { .. } => "person_not_married",
            Refusal::ParentStands { .. } => "parent_stands",
            Refusal::RepresentativeStands { .. } => "representative_stands",
            Refusal::NotDead { .. } => "person_not_dead",
        }
    }

    /// The input that it is about, if it is about one.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::NotHeld { field }
            | Refusal::WrongKind { field }
            | Refusal::Frozen { field, .. }
            | Refusal::Dead { field }
            | Refusal::Gone { field }
            | Refusal::Revoked { field }
            | Refusal::InDispute { field }
            | Refusal::Future { field }
            | Refusal::UnknownCommune { field, .. }
            | Refusal::Missing { field }
            | Refusal::Unmet { field, .. }
            | Refusal::Invalid { field, .. }
            | Refusal::AgainstRule { field, .. }
            | Refusal::TooSoon { field, .. }
            | Refusal::OfAnotherBook { field }
            | Refusal::Married { field }
            | Refusal::MarriedThen { field }
            | Refusal::BeforeHome { field }
            | Refusal::UnderAge { field }
            | Refusal::CentralOnly { field }
            | Refusal::OtherRoleField { field }
            | Refusal::NotMarried { field }
            | Refusal::ParentStands { field }
            | Refusal::RepresentativeStands { field }
            | Refusal::NotDead { field }
            | Refusal::TooMuch { field } => Some(field),
            Refusal::Evidence { .. } => Some("evidence"),
            Refusal::CertificateUsed { .. } | Refusal::NumberUsed { .. } => Some("certificate"),
            Refusal::NoPaper { .. } => Some("evidence"),
            _ => None,
        }
    }
}
