//! Lines beside the table: no clash of two acts, but a person's question.

use super::{Clash, Class, Harm, words};

/// Row of a case that no rule opened: a person asked whether two records are one person.
pub const ASKED_ROW: u8 = 34;

/// Row of a case that no rule opened: a reviewer says that an act which took effect is wrong.
pub const CONTESTED_ROW: u8 = 39;

/// Their words.
pub(super) const LINES: &[Clash] = &[
    Clash {
        row: ASKED_ROW,
        one: words("Một hồ sơ", "One record"),
        other: words(
            "Một hồ sơ khác giống như cùng một người",
            "Another record that looks like the same person",
        ),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "",
        clerk: words(
            "Người duyệt hỏi hai hồ sơ có phải của một người hay không. Gửi thêm giấy tờ nếu có; không hồ sơ nào bị thay đổi trước khi quyết định.",
            "A reviewer asks whether two records are one person. Add papers if you have any; neither record changes before the decision.",
        ),
        reviewer: words(
            "Điểm số chỉ là gợi ý. So sánh cha mẹ, số cũ, giấy tờ và nơi ở; hỏi cơ quan nếu thiếu. Chỉ hợp nhất khi chắc chắn là một người.",
            "A score is only a hint. Compare parents, old numbers, papers and homes; ask the office for what is missing. Combine them only if they are certainly one person.",
        ),
    },
    Clash {
        row: CONTESTED_ROW,
        one: words("Một thủ tục đã có hiệu lực", "An act that took effect"),
        other: words(
            "Văn bản cho biết việc đăng ký đó sai",
            "A paper by which that registration is wrong",
        ),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "Civil Status Law 60/2014, Art. 70",
        clerk: words(
            "Người duyệt xem lại một thủ tục đã có hiệu lực vì có văn bản cho rằng nó sai. Thủ tục vẫn đứng cho đến khi có quyết định; gửi thêm giấy tờ nếu có, chưa cấp bản sao.",
            "A reviewer looks again at an act that took effect, because a paper says that it is wrong. It stands until it is decided; add papers if you have any, and issue no copy meanwhile.",
        ),
        reviewer: words(
            "Đọc văn bản và giấy tờ của thủ tục. Thủ tục đúng: --keep 0. Thủ tục sai: --keep 1, mọi điều nó đã ghi được thu hồi trên mọi hồ sơ.",
            "Read the paper and those of the act. The act is right: --keep 0. It is wrong: --keep 1, and all that it wrote is taken back on every record.",
        ),
    },
];
