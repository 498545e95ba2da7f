//! Lines beside the table about the head of a household.

use super::{Clash, Class, Harm, words};

/// Row of two members of a household who are said to be its head.
pub const HEADS_ROW: u8 = 40;

/// Their words.
pub(super) const LINES: &[Clash] = &[Clash {
    row: HEADS_ROW,
    one: words(
        "Ghi một thành viên là chủ hộ",
        "A member of a household is told to be its head",
    ),
    other: words(
        "Ghi thành viên khác của hộ đó là chủ hộ",
        "Another member of it is told to be its head",
    ),
    class: Class::Review,
    harm: Harm::Fixed(3),
    asked_if: None,
    law: "Law on Residence 68/2020, Art. 10",
    clerk: words(
        "Hộ có hai thành viên cùng ghi là chủ hộ. Hỏi các thành viên ai là chủ hộ và gửi văn bản của họ; làm thủ tục “Thay đổi chủ hộ” thì vụ việc tự đóng.",
        "Two members of the household are said to be its head. Ask the members who it is and send their paper; if you file a change of head, the case closes by itself.",
    ),
    reviewer: words(
        "Chọn theo văn bản các thành viên hộ đề cử: chủ hộ là người của một bên (--keep), hoặc thành viên khác (--enter {\"head\": …}). Người kia ở lại hộ, không còn ghi là chủ hộ.",
        "Choose by the paper in which the members name the head: the member of one claim (--keep), or another member (--enter {\"head\": …}). The others stay in the household and are its head no more.",
    ),
}];
