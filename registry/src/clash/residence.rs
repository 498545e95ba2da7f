//! Lines about residence and households.

use super::{Clash, Class, Harm, words};

pub(super) const LINES: &[Clash] = &[
    Clash {
        row: 4,
        one: words(
            "Đăng ký thường trú tại một nơi",
            "Permanent residence in one commune",
        ),
        other: words(
            "Đăng ký thường trú tại nơi khác",
            "Permanent residence in another",
        ),
        class: Class::Review,
        harm: Harm::Fixed(4),
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 3",
        clerk: words(
            "Một người được đăng ký thường trú ở hai nơi. Nơi cũ còn hiển thị cho đến khi có quyết định.",
            "One person was registered permanently in two places. The former home is shown until it is decided.",
        ),
        reviewer: words(
            "Xếp theo ngày có hiệu lực và giấy tờ về chỗ ở; nơi thua phải làm việc lại với người dân.",
            "Order by effective date and by the papers on the home; the office that loses sees the person again.",
        ),
    },
    Clash {
        row: 5,
        one: words("Cả hộ chuyển đi", "A household moves out"),
        other: words(
            "Thêm thành viên hoặc trẻ mới sinh vào hộ đó",
            "A member or a newborn added to it",
        ),
        class: Class::Review,
        harm: Harm::Fixed(3),
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 22",
        clerk: words(
            "Hộ đã chuyển đi khi có người được thêm vào hộ tại chỗ cũ. Hỏi gia đình người đó sống ở đâu.",
            "The household moved out while somebody was added to it at the old place. Ask the family where that person lives.",
        ),
        reviewer: words(
            "Đi theo hộ: --combine với việc chuyển đi. Ở lại chỗ cũ: --not-a-conflict. Việc chuyển đi sai: --keep việc thêm người.",
            "They follow the household: --combine with the move. They stay where they are: --not-a-conflict. The move was wrong: --keep the addition.",
        ),
    },
    Clash {
        row: 11,
        one: words("Tách hộ", "Household split"),
        other: words(
            "Đổi chủ hộ sang người tách đi",
            "Change of head to someone who leaves",
        ),
        class: Class::Review,
        harm: Harm::Fixed(3),
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 25",
        clerk: words(
            "Người vừa thành chủ hộ lại đã tách khỏi hộ. Hộ cần một chủ hộ là thành viên.",
            "The new head of the household has left it. A household needs a head who is a member.",
        ),
        reviewer: words(
            "Giữ việc tách hộ (--keep), giữ việc đổi chủ hộ (--keep), hoặc chọn chủ hộ khác cho hộ cũ (--enter {\"head\": …}).",
            "Keep the split (--keep), keep the change of head (--keep), or name another head of the old household (--enter {\"head\": …}).",
        ),
    },
    Clash {
        row: 12,
        one: words("Chủ hộ chết", "The head of a household dies"),
        other: words(
            "Đổi chủ hộ hoặc tách hộ theo ý kiến của chủ hộ đã chết",
            "Change of head or split with the dead head's consent",
        ),
        class: Class::Review,
        harm: Harm::Fixed(4),
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 25 and 26",
        clerk: words(
            "Ý kiến đồng ý của chủ hộ có ngày sau ngày chết. Xem lại ngày trên giấy đồng ý và giấy báo tử.",
            "The head's consent is dated after the head's death. Look at the dates of the consent and of the death notice again.",
        ),
        reviewer: words(
            "So ngày đồng ý với ngày chết. Đồng ý có thật: ngày chết sai (--keep thủ tục). Không thể có: hủy thủ tục (--keep việc chết). Các thành viên vẫn đồng ý: --not-a-conflict.",
            "Compare the consent with the death. It was given: the date of death is wrong (--keep the act). It cannot have been: the act is taken back (--keep the death). The members agree all the same: --not-a-conflict.",
        ),
    },
    Clash {
        row: 13,
        one: words("Đổi chủ hộ sang một người", "Change of head to one member"),
        other: words("Đổi chủ hộ sang người khác", "Change of head to another"),
        class: Class::Review,
        harm: Harm::Fixed(2),
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 26",
        clerk: words(
            "Hộ có hai chủ hộ mới. Chủ hộ cũ còn hiển thị cho đến khi có quyết định.",
            "The household got two new heads. The former one is shown until it is decided.",
        ),
        reviewer: words(
            "Chọn theo biên bản thỏa thuận của các thành viên, hoặc nhập người khác bằng --enter.",
            "Choose by what the members agreed on in writing, or enter another person with --enter.",
        ),
    },
    Clash {
        row: 14,
        one: words(
            "Xóa thường trú do vắng mặt 12 tháng",
            "Deletion for 12 months' absence",
        ),
        other: words(
            "Khai báo tạm vắng hoặc đăng ký tạm trú nơi khác",
            "Absence declared, or temporary residence elsewhere",
        ),
        class: Class::Review,
        harm: Harm::Fixed(4),
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 24 and 31",
        clerk: words(
            "Người bị xóa thường trú đã khai báo tạm vắng hoặc đăng ký tạm trú trước đó. Xem lại ngày khai báo.",
            "The person whose residence was deleted had declared the absence, or registered elsewhere, before. Look at the day of the declaration.",
        ),
        reviewer: words(
            "Khai báo có trước thắng việc xóa: --keep khai báo. Khai báo không có thật: --keep việc xóa.",
            "A declaration made before beats the deletion: --keep the declaration. If it was never made: --keep the deletion.",
        ),
    },
    Clash {
        row: 15,
        one: words(
            "Đăng ký tạm trú tại một nơi",
            "Temporary residence in one commune",
        ),
        other: words(
            "Đăng ký tạm trú tại nơi khác",
            "Temporary residence in another",
        ),
        class: Class::Auto,
        harm: Harm::Fixed(2),
        asked_if: Some(words(
            "hai khoảng thời gian chồng nhau",
            "the two stretches of time overlap",
        )),
        law: "Law on Residence 68/2020, Art. 27",
        clerk: words(
            "Không chồng nhau thì cả hai được giữ. Chồng nhau: hỏi người đó đang ở đâu.",
            "If they do not overlap both are kept. If they do, ask the person where they live now.",
        ),
        reviewer: words(
            "Chọn nơi người đó đang ở; nơi kia kết thúc.",
            "Keep the place where the person lives now; the other one ends.",
        ),
    },
    Clash {
        row: 16,
        one: words(
            "Đăng ký tạm trú tại một xã",
            "Temporary residence in a commune",
        ),
        other: words(
            "Đăng ký thường trú tại chính xã đó",
            "Permanent residence in the same commune",
        ),
        class: Class::Auto,
        harm: Harm::None,
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 29",
        clerk: words(
            "Tạm trú kết thúc khi đã thường trú tại chính xã đó. Tạm trú tại xã khác vẫn giữ nguyên.",
            "The temporary residence ends where the person lives permanently now. In another commune it stands beside the permanent one.",
        ),
        reviewer: words("Không có vụ việc.", "There is no case."),
    },
    Clash {
        row: 19,
        one: words(
            "Trung ương chuyển đổi đơn vị hành chính",
            "The centre maps units",
        ),
        other: words(
            "Sửa địa chỉ theo mã cũ",
            "An address edited under the old code",
        ),
        class: Class::Auto,
        harm: Harm::Fixed(3),
        asked_if: Some(words(
            "đơn vị cũ bị chia thành nhiều đơn vị",
            "the old unit was divided among several",
        )),
        law: "",
        clerk: words(
            "Địa chỉ nhập theo mã cũ được chuyển sang mã mới. Đơn vị bị chia: hồ sơ tạm ở đơn vị mặc định cho đến khi người duyệt chọn; gửi giấy tờ cho biết thôn, đường.",
            "An address entered under the old code is led to the new one. If the unit was divided, the record is with the default part until a reviewer has chosen; send the papers that tell hamlet and street.",
        ),
        reviewer: words(
            "Sửa trước, chuyển đổi sau. Đơn vị bị chia: mỗi bên là một đơn vị mới; giữ đơn vị đúng theo thôn, đường trong địa chỉ (--keep). Chưa rõ thì hỏi cơ quan (--ask).",
            "The edit first, then the mapping. If the unit was divided each claim is one part: keep the right one by the hamlet and street of the address (--keep); when in doubt ask the office (--ask).",
        ),
    },
    Clash {
        row: 25,
        one: words("Thông báo lưu trú tại một nơi", "Stay notice in one place"),
        other: words(
            "Thông báo lưu trú cùng đêm tại nơi khác",
            "Stay notice of the same night in another",
        ),
        class: Class::Auto,
        harm: Harm::None,
        asked_if: None,
        law: "Law on Residence 68/2020, Art. 30",
        clerk: words("Cả hai thông báo được giữ.", "Both notices are kept."),
        reviewer: words("Không có vụ việc.", "There is no case."),
    },
];
