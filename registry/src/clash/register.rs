//! Lines about fields, numbers, cases and the offices themselves.

use super::{Clash, Class, Harm, words};

pub(super) const LINES: &[Clash] = &[
    Clash {
        row: 17,
        one: words(
            "Cải chính họ tên hoặc ngày sinh",
            "Correction of a name or a birth date",
        ),
        other: words(
            "Hồ sơ cấp thẻ căn cước theo thông tin cũ",
            "Card application with the old value",
        ),
        class: Class::Review,
        harm: Harm::Fixed(4),
        asked_if: None,
        law: "Law on Identification 26/2023, Art. 24",
        clerk: words(
            "Hồ sơ cấp thẻ ghi thông tin trước khi cải chính; kiểm tra lại với người dân. Nếu thẻ đã cấp theo hồ sơ này thì phải đổi thẻ.",
            "The card application holds the value from before the correction; check it with the person. If the card was issued already, it has to be exchanged.",
        ),
        reviewer: words(
            "Cải chính đúng: giữ cải chính (--keep), hồ sơ thẻ làm lại; thẻ đã cấp thì đổi. Cải chính sai: giữ hồ sơ thẻ (--keep).",
            "The correction is right: keep it (--keep), and the application is made anew; a card that was issued is exchanged. The correction is wrong: keep the application (--keep).",
        ),
    },
    Clash {
        row: 18,
        one: words(
            "Trung ương đổi số định danh",
            "The centre changes the number",
        ),
        other: words("Thủ tục theo số cũ", "An act under the old number"),
        class: Class::Auto,
        harm: Harm::None,
        asked_if: None,
        law: "Decree 70/2024, Art. 12",
        clerk: words(
            "Số cũ vẫn dẫn đến đúng người; từ nay dùng số mới.",
            "The old number still leads to the person; use the new one from now on.",
        ),
        reviewer: words("Không có vụ việc.", "There is no case."),
    },
    Clash {
        row: 22,
        one: words(
            "Sửa một trường thành một giá trị",
            "A field corrected to one value",
        ),
        other: words(
            "Sửa trường đó thành giá trị khác",
            "The same field corrected to another",
        ),
        class: Class::Review,
        harm: Harm::OfField,
        asked_if: None,
        law: "Decree 154/2024, Art. 13",
        clerk: words(
            "Hai cơ quan nhập hai giá trị khác nhau. Giá trị thống nhất sau cùng còn hiển thị; hãy bổ sung giấy tờ.",
            "Two offices entered different values. The value last agreed is shown; add your papers.",
        ),
        reviewer: words(
            "Chọn theo giấy tờ gốc (--keep) hoặc nhập giá trị khác (--enter).",
            "Choose by the original papers (--keep), or enter another value (--enter).",
        ),
    },
    Clash {
        row: 23,
        one: words("Nhập một văn bản", "A text entered"),
        other: words(
            "Cùng văn bản, khác mã ký tự, chữ hoa hoặc vị trí dấu",
            "The same text in other normal form, letter case or tone placement",
        ),
        class: Class::Auto,
        harm: Harm::None,
        asked_if: None,
        law: "",
        clerk: words(
            "Hai cách viết là một giá trị.",
            "The two writings are one value.",
        ),
        reviewer: words("Không có vụ việc.", "There is no case."),
    },
    Clash {
        row: 24,
        one: words("Cập nhật số điện thoại", "Phone"),
        other: words("Cập nhật số điện thoại khác", "Another phone"),
        class: Class::Auto,
        harm: Harm::None,
        asked_if: None,
        law: "",
        clerk: words(
            "Số nhập sau được hiển thị; số kia còn trong lịch sử.",
            "The latest is shown; the other stays in the history.",
        ),
        reviewer: words("Không có vụ việc.", "There is no case."),
    },
    Clash {
        row: 26,
        one: words("Sửa một trường", "One field changed"),
        other: words(
            "Sửa trường khác của cùng hồ sơ",
            "Another field of the same record",
        ),
        class: Class::Auto,
        harm: Harm::None,
        asked_if: None,
        law: "",
        clerk: words("Cả hai thay đổi được giữ.", "Both changes stand."),
        reviewer: words("Không có vụ việc.", "There is no case."),
    },
    Clash {
        row: 28,
        one: words(
            "Người duyệt thứ nhất quyết định",
            "A case decided by one reviewer",
        ),
        other: words(
            "Người duyệt thứ hai quyết định khác",
            "The same case decided otherwise by another",
        ),
        class: Class::Review,
        harm: Harm::OfCaseBelow,
        asked_if: None,
        law: "",
        clerk: words(
            "Hai người duyệt quyết định khác nhau; cấp trên quyết định. Quyết định đã thực hiện còn hiệu lực cho đến đó.",
            "Two reviewers decided otherwise; the level above decides. What was carried out stays in force until then.",
        ),
        reviewer: words(
            "Cùng vụ việc, cùng các bên. Ai đã quyết định ở dưới không quyết định ở đây.",
            "The same dispute with the same claims. Who decided below does not decide here.",
        ),
    },
    Clash {
        row: 29,
        one: words("Hồ sơ đã rời cơ quan", "The record has left the slice"),
        other: words(
            "Cơ quan cũ còn thủ tục chưa gửi về hồ sơ đó",
            "The node has unsent acts on it",
        ),
        class: Class::Parked,
        harm: Harm::Fixed(3),
        asked_if: None,
        law: "",
        clerk: words(
            "Hồ sơ đã chuyển nơi khác khi thủ tục này đến. Thủ tục chờ như một đề nghị; không có gì bị mất.",
            "The record had moved elsewhere when this act arrived. It waits as a proposal; nothing is lost.",
        ),
        reviewer: words(
            "Thực hiện như thể đến kịp (--keep 0), hoặc trả lại kèm lý do (--decline).",
            "Carry it out as if it had come in time (--keep 0), or send it back with the reason (--decline).",
        ),
    },
    Clash {
        row: 30,
        one: words(
            "Trung ương khóa tài khoản cán bộ",
            "An officer revoked centrally",
        ),
        other: words(
            "Cán bộ đó còn làm việc khi mất kết nối",
            "The officer goes on acting offline",
        ),
        class: Class::Review,
        harm: Harm::Fixed(3),
        asked_if: None,
        law: "",
        clerk: words(
            "Tài khoản của cán bộ bị khóa; khi làm thủ tục này cơ quan chưa thể biết. Thủ tục chờ người duyệt xem.",
            "The officer's account was closed, and the office could not know it when this act was made. It waits for a reviewer.",
        ),
        reviewer: words(
            "Xét thẩm quyền lúc làm thủ tục và lúc nhận. Còn thẩm quyền: --keep 0. Không: --decline kèm lý do.",
            "Judge the authority at the time of the act and of its receipt. It was there: --keep 0. It was not: --decline with the reason.",
        ),
    },
    Clash {
        row: 31,
        one: words(
            "Đồng hồ của máy sai nhiều tháng",
            "A node's clock is wrong by months",
        ),
        other: words("Thủ tục của các cơ quan khác", "The acts of other offices"),
        class: Class::Auto,
        harm: Harm::Fixed(3),
        asked_if: Some(words(
            "ngày trong thủ tục nằm sau ngày của trung ương",
            "dates in the act lie in the future",
        )),
        law: "",
        clerk: words(
            "Đồng hồ của máy không quyết định thứ tự. Ngày trong thủ tục nằm ở tương lai thì thủ tục chờ; hãy xem lại ngày.",
            "The device's clock decides nothing. If a date in the act lies in the future the act waits; look at the date again.",
        ),
        reviewer: words(
            "Ngày gõ sai: --decline để cơ quan nhập lại. Ngày đúng: --keep 0.",
            "A wrong date: --decline, and the office enters it again. The date is right: --keep 0.",
        ),
    },
    Clash {
        row: 32,
        one: words(
            "Máy khôi phục từ bản sao cũ",
            "A node restored from an old backup",
        ),
        other: words(
            "Thủ tục sau bản sao trở về từ trung ương",
            "The acts that it made after the backup come back from the centre",
        ),
        class: Class::Auto,
        harm: Harm::None,
        asked_if: None,
        law: "",
        clerk: words(
            "Máy bắt đầu đời mới và nhận lại việc đã gửi; không có gì hai lần.",
            "The device begins a new life and gets back what it had sent; nothing is there twice.",
        ),
        reviewer: words("Không có vụ việc.", "There is no case."),
    },
];
