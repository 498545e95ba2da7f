//! The line beside the table: no clash of two acts, but a person's question.

use super::{Clash, Class, Harm, words};

/// Row of a case that no rule opened: a person asked whether two records are one person.
pub const ASKED_ROW: u8 = 34;

/// Its words.
pub(super) const LINES: &[Clash] = &[Clash {
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
}];
