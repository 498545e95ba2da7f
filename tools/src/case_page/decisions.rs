//! What each decision of a case would do.

use registry::case::Case;
use registry::dispute::Matter;

/// Of a decision: how it is asked for, and what it would do, in English and in Vietnamese.
/// Claims are entered from 0, as the columns say beside the number of the side that offices see.
type Does = (&'static str, &'static str, &'static str);

/// One side stands, the other goes.
const ONE_SIDE: Does = (
    "--keep I",
    "claim I stands, the other side is taken back",
    "claim I (bên I+1) đúng; nội dung của bên kia bị hủy",
);
/// Both sides stand.
const NO_CONFLICT: Does = (
    "--not-a-conflict",
    "both stand; never asked again",
    "cả hai đều đúng; không hỏi lại nữa",
);

/// What each outcome would do, for this matter.
pub(super) fn what_decisions_do(case: &Case) -> String {
    let number = case.number;
    if case.is_in_force() {
        let command = format!("  registryctl case {number} reverse --reason TEXT    ");
        let wide = command.chars().count();
        return format!(
            "If that was wrong:\nNếu quyết định đó sai:\n{command}takes back all that it brought about; it is decided anew\n{:wide$}hủy mọi việc đã làm theo đó; vụ việc được xem xét lại",
            ""
        );
    }
    if !case.is_open() {
        return String::new();
    }
    let mut lines = vec![
        "What a decision does:".to_owned(),
        "Mỗi quyết định làm gì:".to_owned(),
    ];
    for (flag, en, vi) in decisions(&case.dispute.matter) {
        let command = format!("  registryctl case {number} decide {flag:<16} ");
        let wide = command.chars().count();
        lines.push(format!("{command}{en}"));
        lines.push(format!("{:wide$}{vi}", ""));
    }
    if case.appeal.is_some() {
        lines.push("  Who decided below does not decide here.".into());
        lines.push("  Ai đã quyết định ở dưới không quyết định ở đây.".into());
    }
    if case.dispute.harm >= 5 {
        lines.push(
            "  Harm 5: a second reviewer must decide the same before it takes effect.".into(),
        );
        lines.push(
            "  Hậu quả rất nặng: người duyệt thứ hai phải quyết định như vậy mới có hiệu lực."
                .into(),
        );
    }
    lines.join("\n")
}

/// The decisions that a matter allows.
fn decisions(matter: &Matter) -> Vec<Does> {
    let mut all = match matter {
        Matter::SamePerson => vec![
            (
                "--combine I",
                "one person: claim I's record takes what it lacks, the other is revoked",
                "một người: bản ghi của claim I (bên I+1) nhận phần còn thiếu, bản ghi kia bị hủy",
            ),
            (
                "--keep I",
                "one person: claim I's record stays as it is, the other is revoked",
                "một người: bản ghi của claim I (bên I+1) giữ nguyên, bản ghi kia bị hủy",
            ),
            (
                "--not-a-conflict",
                "two people; never asked again",
                "hai người; không hỏi lại nữa",
            ),
        ],
        Matter::Life => vec![
            (
                "--keep I",
                "what claim I says stands; what speaks against it is taken back",
                "nội dung của claim I (bên I+1) đúng; nội dung trái với nó bị hủy",
            ),
            (
                "--not-a-conflict",
                "both stand; the record is no longer frozen",
                "cả hai đều đúng; hồ sơ không còn bị khóa",
            ),
        ],
        Matter::Field(_) => vec![
            (
                "--keep I",
                "claim I's value is shown everywhere, the others stay in the history",
                "giá trị của claim I (bên I+1) được hiển thị ở mọi nơi, các giá trị kia còn trong lịch sử",
            ),
            (
                "--enter JSON",
                "none of them: this value",
                "không bên nào đúng: ghi giá trị này",
            ),
        ],
        Matter::Parked(_) => vec![
            (
                "--keep 0",
                "what is asked for is carried out, as if it had come in time",
                "đề nghị được thực hiện như thể đến kịp",
            ),
            (
                "--decline",
                "nothing is changed; the act goes back to its office with your reason",
                "không thay đổi gì; hồ sơ được trả lại cơ quan kèm lý do của người duyệt",
            ),
        ],
        Matter::MovedOut => vec![
            (
                "--combine I",
                "claim I is the move: those who were added follow the household",
                "claim I (bên I+1) là việc chuyển đi: người được thêm vào đi theo hộ",
            ),
            ONE_SIDE,
            NO_CONFLICT,
        ],
        Matter::HeadLeft => vec![
            ONE_SIDE,
            (
                "--enter JSON",
                "both stand, and this member is the head: {\"head\": RECORD}",
                "cả hai đều đúng, thành viên này là chủ hộ: {\"head\": BẢN GHI}",
            ),
        ],
        Matter::HeadGone => vec![
            (
                "--keep I",
                "claim I's member is the head; the move stands",
                "thành viên của claim I (bên I+1) là chủ hộ; việc chuyển đi vẫn có hiệu lực",
            ),
            (
                "--enter JSON",
                "another member is the head: {\"head\": RECORD}",
                "thành viên khác là chủ hộ: {\"head\": BẢN GHI}",
            ),
        ],
        Matter::TwoHeads => vec![
            (
                "--keep I",
                "claim I's member is the head; the others stay in the household as members",
                "thành viên của claim I (bên I+1) là chủ hộ; những người kia ở lại hộ làm thành viên",
            ),
            (
                "--enter JSON",
                "none of them, this member is the head: {\"head\": RECORD}",
                "không ai trong số đó, thành viên này là chủ hộ: {\"head\": BẢN GHI}",
            ),
        ],
        Matter::BookNumber(_) => vec![
            (
                "--keep I",
                "the number is claim I's; the others stand without a number",
                "số đó là của claim I (bên I+1); việc của các bên kia vẫn có hiệu lực, để trống số",
            ),
            (
                "--not-a-conflict",
                "two books have that number; never asked again",
                "hai quyển sổ cùng có số đó; không hỏi lại nữa",
            ),
        ],
        Matter::Divided(_) => vec![(
            "--keep I",
            "the address lies in claim I's commune, and the record goes to its office",
            "địa chỉ thuộc xã của claim I (bên I+1), bản ghi chuyển về cơ quan của xã đó",
        )],
        Matter::Consent | Matter::Deletion | Matter::Divorce | Matter::Application => {
            vec![ONE_SIDE, NO_CONFLICT]
        }
        Matter::Contested(_) => vec![
            ("--keep 0", "the act stands", "thủ tục đúng, vẫn đứng"),
            (
                "--keep 1",
                "the act was wrong: all that it wrote is taken back, on every record",
                "thủ tục sai: mọi điều nó đã ghi được thu hồi trên mọi hồ sơ",
            ),
        ],
        _ => vec![(
            "--keep I",
            "claim I stands, the others are taken back",
            "claim I (bên I+1) đúng; nội dung của các bên kia bị hủy",
        )],
    };
    all.push((
        "--ask OFFICE",
        "an office is asked for its papers (--question); the case stays open",
        "hỏi một cơ quan về giấy tờ (--question); vụ việc chưa đóng",
    ));
    all
}
