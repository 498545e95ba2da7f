//! Lines about births, deaths, marriages, parents, and who somebody is.

use super::{Clash, Class, Harm, words};

pub(super) const LINES: &[Clash] = &[
    Clash {
        row: 1,
        one: words(
            "Khai sinh tại xã của cha",
            "Birth of a child in the father's commune",
        ),
        other: words(
            "Khai sinh cùng trẻ tại xã của mẹ, có thể khác tên",
            "The same birth in the mother's commune, perhaps with another name",
        ),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "Civil Status Law 60/2014, Art. 13",
        clerk: words(
            "Hai nơi cùng đăng ký khai sinh, có thể là một trẻ. Cả hai hồ sơ được giữ; trẻ chưa được cấp số định danh cho đến khi có quyết định.",
            "Two offices registered what may be one birth. Both registrations are kept; the child has no number until it is decided.",
        ),
        reviewer: words(
            "So sánh giấy chứng sinh, giờ sinh và số con của lần sinh. Một trẻ: --combine hoặc --keep. Hai trẻ: --not-a-conflict.",
            "Compare the hospital papers, the hour and the number of children born. One child: --combine or --keep. Two children: --not-a-conflict.",
        ),
    },
    Clash {
        row: 2,
        one: words("Khai sinh trẻ sinh đôi thứ nhất", "Birth of the first twin"),
        other: words("Khai sinh trẻ sinh đôi thứ hai", "Birth of the second twin"),
        class: Class::Never,
        harm: Harm::None,
        asked_if: None,
        law: "",
        clerk: words(
            "Hai trẻ sinh đôi: số giấy chứng sinh hoặc thứ tự sinh khác nhau, không bao giờ bị gộp.",
            "Twins: their papers have different numbers or say who was born first. They are never merged.",
        ),
        reviewer: words(
            "Không có vụ việc. Nếu sai, sửa giấy chứng sinh của từng trẻ.",
            "There is no case. If that is wrong, correct the birth paper of each child.",
        ),
    },
    Clash {
        row: 3,
        one: words("Nhập một giấy chứng sinh", "A birth certificate entered"),
        other: words(
            "Nhập lại cùng giấy chứng sinh đó trong cùng cơ quan",
            "The same certificate entered once more in the same office",
        ),
        class: Class::Idempotent,
        harm: Harm::None,
        asked_if: None,
        law: "Civil Status Law 60/2014, Art. 16",
        clerk: words(
            "Giấy chứng sinh này cơ quan đã nhập rồi; lần thứ hai không tạo thêm hồ sơ. Trẻ sinh đôi: nhập số giấy riêng hoặc thứ tự sinh.",
            "Your office entered this certificate already; the second entry makes no second child. For twins give each child's own number or the order of birth.",
        ),
        reviewer: words(
            "Không có vụ việc: lần nhập sau được trả lại nơi nhập kèm lý do.",
            "There is no case: the later entry goes back to its office with the reason.",
        ),
    },
    Clash {
        row: 6,
        one: words("Khai tử", "Death"),
        other: words(
            "Thủ tục khác của người đó có ngày sau ngày chết",
            "Any act on the person dated after it",
        ),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "Decree 154/2024, Art. 13",
        clerk: words(
            "Có giấy báo tử nhưng cũng có thủ tục sau ngày chết. Hồ sơ bị khóa cho đến khi có quyết định; hãy gặp người đó hoặc gia đình và bổ sung giấy tờ.",
            "There is a death notice, and an act dated after the death. The record is frozen until it is decided; see the person or the family and add the papers.",
        ),
        reviewer: words(
            "Bên nào cũng có thể sai. Xem giấy báo tử và giấy tờ của thủ tục sau; khi chưa chắc, hỏi cơ quan (--ask). Người sống bị coi là chết là hậu quả nặng nhất.",
            "Either may be wrong. Look at the death notice and at the papers of the later act; when in doubt ask the office (--ask). A living person taken for dead is the worst outcome.",
        ),
    },
    Clash {
        row: 7,
        one: words("Khai tử", "Death"),
        other: words(
            "Thông báo lưu trú hoặc xác minh sau ngày chết",
            "Stay notice or verification after the date of death",
        ),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "Decree 154/2024, Art. 13",
        clerk: words(
            "Người đã khai tử lại có thông báo lưu trú sau ngày chết. Thông báo được giữ; hãy xác minh ai đã lưu trú.",
            "A person registered as dead stayed somewhere afterwards. The notice is kept; verify who stayed.",
        ),
        reviewer: words(
            "Thông báo luôn được giữ. Xác minh người lưu trú có đúng là người đó không trước khi quyết định về việc chết.",
            "The notice is kept whatever is decided. Verify that the guest was this person before you decide on the death.",
        ),
    },
    Clash {
        row: 8,
        one: words("Khai tử tại một nơi", "Death in one commune"),
        other: words(
            "Khai tử tại nơi khác, ngày chết khác",
            "Death in another, with another date",
        ),
        class: Class::Review,
        harm: Harm::Fixed(3),
        asked_if: None,
        law: "Civil Status Law 60/2014, Art. 34",
        clerk: words(
            "Một người được khai tử hai lần với hai ngày khác nhau. Việc chết không bị nghi ngờ; chỉ chọn ngày.",
            "One death was entered twice with two dates. The death itself is not in doubt; the date is to be chosen.",
        ),
        reviewer: words(
            "Chọn ngày theo giấy báo tử của nơi xảy ra, hoặc nhập ngày khác bằng --enter.",
            "Choose the date by the notice of the place where it happened, or enter another with --enter.",
        ),
    },
    Clash {
        row: 9,
        one: words("Kết hôn A với B", "Marriage of A and B"),
        other: words("Kết hôn A với C", "Marriage of A and C"),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "Law on Marriage and Family 52/2014, Art. 5",
        clerk: words(
            "Một người được đăng ký kết hôn với hai người. Không cấp bản sao giấy chứng nhận kết hôn cho đến khi có quyết định.",
            "One person was married to two people. Issue no copy of either certificate until it is decided.",
        ),
        reviewer: words(
            "Hôn nhân trước theo ngày đăng ký thường có hiệu lực; hôn nhân sau bị hủy trên cả hai hồ sơ.",
            "The earlier marriage by date of registration normally stands; the other is taken back on both spouses' records.",
        ),
    },
    Clash {
        row: 10,
        one: words("Ghi chú ly hôn", "Divorce"),
        other: words(
            "Kết hôn dựa trên tình trạng hôn nhân cũ",
            "Marriage with a stale status",
        ),
        class: Class::Review,
        harm: Harm::Fixed(3),
        asked_if: None,
        law: "Law on Marriage and Family 52/2014, Art. 57",
        clerk: words(
            "Kết hôn có ngày trước khi ly hôn có hiệu lực. Kiểm tra ngày bản án và ngày đăng ký kết hôn.",
            "The new marriage is dated before the divorce took effect. Check the date of the judgment and of the marriage.",
        ),
        reviewer: words(
            "Xếp theo ngày có hiệu lực: ly hôn trước thì cả hai đứng (--not-a-conflict); kết hôn trước thì một trong hai ngày sai.",
            "Replay by effective date: with the divorce first both stand (--not-a-conflict); with the marriage first one of the two is wrong (--keep).",
        ),
    },
    Clash {
        row: 20,
        one: words("Nhận cha", "Recognition of a father"),
        other: words("Thay đổi họ", "Change of surname"),
        class: Class::Auto,
        harm: Harm::None,
        asked_if: None,
        law: "Civil Status Law 60/2014, Art. 25",
        clerk: words(
            "Cha và họ mới đều được ghi; hãy xem họ của trẻ có theo ý các bên không.",
            "The father and the new surname both stand; look whether the surname is the one that the parents want.",
        ),
        reviewer: words(
            "Không có vụ việc; lịch sử giữ cả hai thủ tục.",
            "There is no case; the history keeps both acts.",
        ),
    },
    Clash {
        row: 21,
        one: words("Người thứ nhất nhận con", "Recognition by one man"),
        other: words("Người thứ hai nhận con", "Recognition by another"),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "Law on Marriage and Family 52/2014, Art. 101",
        clerk: words(
            "Hai người cùng nhận một trẻ. Có tranh chấp thì Tòa án giải quyết; không cấp trích lục nhận cha.",
            "Two people recognised one child. A dispute is for the court; issue no extract of the recognition.",
        ),
        reviewer: words(
            "Không quyết định khi chưa có bản án hoặc văn bản rút của một bên; yêu cầu bằng --ask.",
            "Do not decide without the court's judgment or a withdrawal by one of them; ask for it with --ask.",
        ),
    },
    Clash {
        row: 27,
        one: words(
            "Thu thập người mới vì cơ quan không có hồ sơ",
            "A new person, because the slice lacks an in-migrant",
        ),
        other: words("Người đó đã có ở nơi khác", "The person exists elsewhere"),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "Decree 70/2024, Art. 6",
        clerk: words(
            "Người vừa thu thập có thể đã có hồ sơ. Hai hồ sơ được nối để xem xét, không hồ sơ nào bị ghi đè.",
            "The person collected may be in the register already. The two records are linked for review, neither is overwritten.",
        ),
        reviewer: words(
            "Không chỉ dựa vào tên và ngày sinh: xem số cũ, cha mẹ, quê quán. Một người: --combine hoặc --keep. Hai người: --not-a-conflict.",
            "Never by name and birth date alone: look at old numbers, parents, native place. One person: --combine or --keep. Two people: --not-a-conflict.",
        ),
    },
    Clash {
        row: 33,
        one: words("Một người", "One person"),
        other: words(
            "Người trùng tên, trùng ngày sinh",
            "A namesake born the same day",
        ),
        class: Class::Never,
        harm: Harm::None,
        asked_if: None,
        law: "",
        clerk: words(
            "Trùng tên và ngày sinh không làm hai người thành một.",
            "The same name and birth date do not make two people one.",
        ),
        reviewer: words(
            "Không có vụ việc: cần thêm một dữ kiện nữa mới thành cặp nghi trùng.",
            "There is no case: one more fact is needed before a pair is asked about.",
        ),
    },
];
