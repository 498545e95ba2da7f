//! Lines beside the table about papers, and about acts that speak of what the register does not hold
//! or holds no more.

use super::{Clash, Class, Harm, words};

/// Row of two different children who were registered by one hospital's paper.
pub const PAPER_ROW: u8 = 35;
/// Row of one number in a book of an office for two entries.
pub const NUMBER_ROW: u8 = 36;
/// Row of a divorce or annulment of a marriage that the other's record does not hold.
pub const UNMARRIED_ROW: u8 = 37;

/// Row of an act on a registration that was revoked.
pub const REVOKED_ROW: u8 = 38;

/// Their words.
pub(super) const LINES: &[Clash] = &[
    Clash {
        row: PAPER_ROW,
        one: words(
            "Khai sinh theo một giấy chứng sinh",
            "A birth registered by a hospital's paper",
        ),
        other: words(
            "Khai sinh trẻ khác theo cùng giấy chứng sinh đó",
            "The birth of another child by the same paper",
        ),
        class: Class::Review,
        harm: Harm::Fixed(5),
        asked_if: None,
        law: "Civil Status Law 60/2014, Art. 16",
        clerk: words(
            "Một giấy chứng sinh dùng cho hai trẻ khác nhau. Cả hai hồ sơ được giữ, chưa cấp số định danh cho đến khi có quyết định. Trẻ sinh đôi thì ghi thứ tự sinh; số giấy gõ sai thì gửi bản chụp giấy.",
            "One hospital paper was used for two different children. Both registrations are kept, and no number is given until it is decided. For twins give the order of birth; if the number was mistyped, send the paper.",
        ),
        reviewer: words(
            "Hỏi bệnh viện: giấy cấp cho ai, sinh mấy con. Hai trẻ thật, số gõ sai hoặc sinh đôi: --not-a-conflict. Một trẻ: --combine. Một hồ sơ không có thật: --keep hồ sơ đúng.",
            "Ask the hospital for whom the paper was made and how many were born. Two real children, a mistyped number or twins: --not-a-conflict. One child: --combine. One registration is false: --keep the true one.",
        ),
    },
    Clash {
        row: NUMBER_ROW,
        one: words(
            "Vào sổ hộ tịch với một số",
            "An entry in a civil-status book under a number",
        ),
        other: words(
            "Vào sổ khác người với cùng số, quyển, năm đó",
            "An entry of other people under the same number, book and year",
        ),
        class: Class::Review,
        harm: Harm::Fixed(3),
        asked_if: None,
        law: "Civil Status Law 60/2014, Art. 12",
        clerk: words(
            "Một số trong sổ hộ tịch của cơ quan đứng ở hai việc của những người khác nhau. Cả hai việc vẫn có hiệu lực; xem sổ và gửi bản chụp trang sổ.",
            "One number of your office's book stands on two entries of different people. Both stay in force; look into the book and send a copy of its page.",
        ),
        reviewer: words(
            "Xem trang sổ: số thuộc việc nào thì giữ việc đó (--keep); việc kia để trống số, không bị hủy. Hai sổ khác nhau: --not-a-conflict.",
            "Look at the page: keep the entry whose number it is (--keep); the other one loses only its number. Two books with one number each: --not-a-conflict.",
        ),
    },
    Clash {
        row: UNMARRIED_ROW,
        one: words(
            "Ly hôn, hủy kết hôn hoặc khai tử, một bên theo thẻ",
            "Divorce, annulment or death, the other named by card",
        ),
        other: words(
            "Hồ sơ của bên kia không có cuộc hôn nhân đó",
            "The other's record does not hold that marriage",
        ),
        class: Class::Parked,
        harm: Harm::Fixed(4),
        asked_if: None,
        law: "Law on Marriage and Family 52/2014, Art. 57",
        clerk: words(
            "Hồ sơ của người theo thẻ không có cuộc hôn nhân này. Thủ tục chờ; so thẻ với giấy tờ và giấy chứng nhận kết hôn.",
            "The record of the person named by card holds no marriage of the two. The act waits; compare the card with the papers and the marriage certificate.",
        ),
        reviewer: words(
            "Đúng người, bên kia thiếu ghi kết hôn: --keep 0. Nhầm người: --decline kèm lý do.",
            "The right person, whose record lacks the marriage: --keep 0. The wrong person: --decline with the reason.",
        ),
    },
    Clash {
        row: REVOKED_ROW,
        one: words(
            "Bản ghi bị hủy, hoặc được nhập vào bản ghi khác của cùng người",
            "A registration revoked, or another record kept for the same person",
        ),
        other: words(
            "Thủ tục chưa gửi về bản ghi đó",
            "An unsent act on that registration",
        ),
        class: Class::Parked,
        harm: Harm::Fixed(3),
        asked_if: None,
        law: "",
        clerk: words(
            "Bản ghi đã bị hủy khi thủ tục này đến. Thủ tục chờ như một đề nghị; không có gì bị mất. Từ nay làm thủ tục trên bản ghi được giữ.",
            "The registration had been revoked when this act arrived. It waits as a proposal; nothing is lost. File on the record that stays from now on.",
        ),
        reviewer: words(
            "Có bản ghi được giữ: thực hiện trên bản ghi đó (--keep 0). Không có, hoặc thủ tục không còn đúng: trả lại kèm lý do (--decline).",
            "If another record stays for the person, carry it out on that one (--keep 0). If none does, or the act is right no more: --decline with the reason.",
        ),
    },
];
