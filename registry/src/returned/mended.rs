//! Why an act comes back that its clerk puts right, or that waits for a person: with what to do.

use super::{Reason, by, by_law, same};
use crate::procedure::Refusal;
use crate::words::words;

/// The reasons that a clerk can do something about.
pub(super) const MENDED: &[Reason] = &[
    same(Some("child"), Refusal::ParentStands { field: "father" }),
    same(
        Some("ward"),
        Refusal::RepresentativeStands { field: "ward" },
    ),
    same(Some("person"), Refusal::NotDead { field: "person" }),
    same(Some("person"), Refusal::Dead { field: "person" }),
    same(Some("person"), Refusal::Revoked { field: "person" }),
    same(Some("date"), Refusal::MarriedThen { field: "date" }),
    same(Some("from"), Refusal::BeforeHome { field: "from" }),
    same(Some("date"), Refusal::UnderAge { field: "date" }),
    same(Some("of"), Refusal::OfAnotherOffice),
    same(None, Refusal::CentralOnly { field: "" }),
    same(None, Refusal::TooMuch { field: "" }),
    by(
        "person_not_found",
        Some("pin"),
        words(
            "không ai trong cả nước mang số định danh này; so lại 12 chữ số trên thẻ rồi nộp lại",
            "no person has this number; check the twelve digits on the card, then file again",
        ),
    ),
    by(
        "person_mismatch",
        Some("pin"),
        words(
            "số định danh, họ tên và ngày sinh đã nhập không thuộc về một người theo dữ liệu; so lại với thẻ rồi nộp lại; thẻ đúng thì nơi cư trú của người đó cải chính dữ liệu trước",
            "number, name and birth date do not belong to one person in the register; compare them with the card, then file again; where the card is right, that person's commune corrects the register first",
        ),
    ),
    by_law(
        "number_not_reserved",
        None,
        words(
            "số định danh của trẻ không thuộc dải đang cấp cho thiết bị này; nhập lại việc khai sinh, trẻ được số khác",
            "the child's number is not one that was set aside for this device now; enter the birth again, and the child gets another",
        ),
        "Law on Identification 26/2023, Art. 12",
    ),
    by(
        "certificate_used",
        Some("certificate"),
        words(
            "cơ quan đã nhập giấy chứng sinh mang số này; nếu việc trước sai thì cải chính việc đó; sinh đôi thì ghi số giấy của từng cháu hoặc thứ tự sinh",
            "your office entered this birth certificate already; correct that registration if it is wrong, and for twins give each child's own number or the order of birth",
        ),
    ),
    by(
        "parent_not_older",
        Some("child"),
        words(
            "theo dữ liệu, cha hoặc mẹ này không sinh trước năm sinh của con; so lại số định danh và ngày sinh của cả hai, dữ liệu sai thì cải chính trước",
            "by the register this father or mother was not born in a year before the child's; compare number and birth date of both, and where the register is wrong have it corrected first",
        ),
    ),
    by_law(
        "guardian_under_age",
        Some("guardian"),
        words(
            "theo dữ liệu, người giám hộ chưa đủ 18 tuổi; so lại với thẻ hoặc chọn người khác",
            "by the register the guardian is under 18 years old; compare with the card or choose another person",
        ),
        "Civil Code 91/2015, Art. 49",
    ),
    by_law(
        "book_of_another_office",
        Some("certificate"),
        words(
            "cuộc hôn nhân này không nằm trong sổ của cơ quan bạn; cơ quan giữ sổ ghi số",
            "this marriage is not in your office's book; the office that keeps the book enters its number",
        ),
        "Civil Status Law 60/2014, Art. 12",
    ),
    by(
        "evidence_missing",
        Some("evidence"),
        words(
            "hồ sơ bổ sung không nêu giấy tờ nào; ghi loại, số và ngày của giấy tờ",
            "no paper is named; name one with its kind, number and date",
        ),
    ),
    by(
        "application_closed",
        Some("of"),
        words(
            "trung tâm đã trả lời hồ sơ này, không rút được nữa; nếu cần thay đổi, hãy lập hồ sơ mới",
            "the centre has answered this application, so it cannot be taken back; prepare another one if something else is needed",
        ),
    ),
    by(
        "withdrawal_of_nothing",
        Some("of"),
        words(
            "không rõ rút hồ sơ nào; rút lại từ danh sách hồ sơ",
            "the withdrawal does not say which act it withdraws; withdraw it from the list of acts",
        ),
    ),
    by(
        "withdrawal_needless",
        Some("of"),
        words(
            "hồ sơ muốn rút đã không có hiệu lực; không còn gì để rút",
            "the act that is withdrawn did not take effect; nothing is left to withdraw",
        ),
    ),
    by(
        "role_missing",
        None,
        words(
            "vai trò của cán bộ không làm thủ tục này; người có vai trò đó nộp lại",
            "the officer's roles do not include this act; an officer who has the role files it again",
        ),
    ),
    by(
        "officer_unknown",
        None,
        words(
            "trung tâm không biết tài khoản của cán bộ này; đăng ký tài khoản trước rồi nộp lại",
            "the officer is not known to the central registry; register the account first, then file again",
        ),
    ),
    by(
        "officer_closed",
        None,
        words(
            "tài khoản của cán bộ đã đóng khi làm hồ sơ; cán bộ khác nộp lại",
            "the officer's account was closed when the act was made; another officer files it",
        ),
    ),
    by(
        "portrait_unnamed",
        Some("photo"),
        words(
            "giấy tờ của hồ sơ không nêu tệp ảnh chân dung; chụp lại rồi nộp lại",
            "the act puts a portrait that its papers do not name; take it again",
        ),
    ),
    by(
        "value_misfit",
        None,
        words(
            "có giá trị không đúng loại của mục; nhập lại mục đó rồi nộp lại",
            "a value is of another kind than its item; enter it again, then file again",
        ),
    ),
    by(
        "field_twice",
        None,
        words(
            "hồ sơ ghi một mục hai lần; ghi mỗi mục một lần rồi nộp lại",
            "the act writes one item twice; write each once, then file again",
        ),
    ),
    by(
        "edits_too_many",
        None,
        words(
            "quá nhiều thay đổi của một bản ghi trong một hồ sơ; nộp thành nhiều hồ sơ",
            "too many changes of one record in one act; file it in parts",
        ),
    ),
    by(
        "record_unknown",
        None,
        words(
            "không có bản ghi mà hồ sơ nêu, hoặc hồ sơ không đổi gì; tìm lại người hoặc hộ rồi nộp lại",
            "the act names a record that is not known, or changes nothing; find the person or household again, then file again",
        ),
    ),
    by(
        "record_twice",
        Some("people"),
        words(
            "một người hoặc hộ được nêu hai lần; nêu mỗi người, mỗi hộ một lần rồi nộp lại",
            "the act names one person or household twice; name each once, then file again",
        ),
    ),
    by(
        "person_not_placed",
        Some("person"),
        words(
            "trung tâm phải tìm bản ghi của người này trước; chờ trả lời",
            "the person is to be found by the central registry first; wait for the answer",
        ),
    ),
    by(
        "base_unknown",
        None,
        words(
            "hồ sơ dựa trên một hồ sơ không có hiệu lực; xem hồ sơ đó rồi nhập lại hồ sơ này",
            "it was made on an act that did not take effect; look at that act, then enter this one again",
        ),
    ),
    by(
        "case_unknown",
        Some("case"),
        words(
            "không có vụ việc mang số này; xem lại số trong danh sách vụ việc",
            "the central registry has no case with this id; look the number up in the list of cases",
        ),
    ),
    by(
        "case_not_of_office",
        Some("case"),
        words(
            "vụ việc không liên quan đến cơ quan bạn, hoặc không ai hỏi cơ quan; xem lại số vụ việc",
            "the case does not concern your office, or nobody asked it; look at its number",
        ),
    ),
    by(
        "case_closed",
        Some("case"),
        words(
            "vụ việc đã được quyết định trước khi hồ sơ này đến; xem quyết định",
            "the case was closed before this arrived; look at the decision first",
        ),
    ),
    by(
        "record_left",
        None,
        words(
            "cơ quan khác nay giữ bản ghi; hồ sơ chờ ở đó như một đề nghị, không phải làm gì thêm",
            "the record is held by another office now; the act waits there as a proposal, nothing is to be done",
        ),
    ),
    by(
        "marriage_not_held",
        Some("second"),
        words(
            "bản ghi của người nhập theo thẻ không có cuộc hôn nhân này; chờ người giải quyết, và so thẻ với giấy chứng nhận kết hôn",
            "the record of the one named by card shows no marriage of the two; a person decides: compare the card with the marriage certificate",
        ),
    ),
    by(
        "date_in_future",
        None,
        words(
            "theo đồng hồ của trung tâm, một ngày trong hồ sơ ở tương lai; chờ người giải quyết, và xem lại ngày giờ của thiết bị",
            "a date of the act lies in the future by the centre's clock; a person decides: look at the device's clock",
        ),
    ),
    by(
        "proposal_declined",
        None,
        words(
            "cơ quan giữ bản ghi đã từ chối đề nghị; hỏi cơ quan đó, hoặc để cơ quan đó làm",
            "the office that holds the record now declined the proposal; ask that office, or leave it to them",
        ),
    ),
    by(
        "not_refiled",
        None,
        words(
            "thiết bị đã được khôi phục, trung tâm có thể đã có hồ sơ này; xem bản ghi trước, còn thiếu thì nộp lại",
            "this device was restored; the centre may have the act: look first, then file it again if it is missing",
        ),
    ),
];
