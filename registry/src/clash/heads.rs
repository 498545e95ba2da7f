//! Lines beside the table about the head of a household.

use super::{Clash, Class, Harm, words};

/// Row of two members of a household who are said to be its head.
pub const HEADS_ROW: u8 = 40;

/// Row of a household whose head has left it, where others stay.
pub const HEAD_GONE_ROW: u8 = 41;

/// Their words.
pub(super) const LINES: &[Clash] = &[
    Clash {
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
    },
    Clash {
        row: HEAD_GONE_ROW,
        one: words(
            "Chủ hộ đăng ký thường trú tại nơi khác",
            "The head of a household is registered elsewhere",
        ),
        other: words(
            "Những người còn lại trong hộ chưa có chủ hộ mới",
            "Those who stay in the household have no other head yet",
        ),
        class: Class::Review,
        harm: Harm::Fixed(2),
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 10 and 26",
        clerk: words(
            "Chủ hộ đã chuyển đi nơi khác. Hỏi những người còn lại ai là chủ hộ và làm thủ tục “Thay đổi chủ hộ”; vụ việc tự đóng. Việc chuyển đi vẫn có hiệu lực.",
            "The head of the household has moved away. Ask those who stay who their head is, and file a change of head; the case closes by itself. The move stands.",
        ),
        reviewer: words(
            "Mỗi bên là một thành viên còn lại: chọn theo văn bản các thành viên đề cử (--keep); nếu không có trong danh sách thì nhập (--enter {\"head\": …}). Chưa có văn bản thì hỏi cơ quan (--ask).",
            "Each claim is a member who stays: choose by the paper in which the members name the head (--keep); who is not listed is entered (--enter {\"head\": …}). Without a paper ask the office (--ask).",
        ),
    },
];
