//! Names by the shares of `names.csv`, and the common given names below the published ranks.

use std::sync::LazyLock;

use super::draw::Draw;
use crate::code::Sex;

/// Words with their weights, in hundredths.
type Weighted = Vec<(&'static str, u32)>;

/// The shares of words.
struct Book {
    surnames: Weighted,
    middle: [Weighted; 2],
    given: [Weighted; 2],
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let rows = || {
        include_str!("../../data/names.csv")
            .lines()
            .skip(1)
            .filter_map(row)
    };
    let words = |kind: &str, sex: &str| -> Weighted {
        let fitting = rows().filter(|row| row.0 == kind && row.1 == sex);
        fitting.map(|row| (row.2, row.3)).collect()
    };
    let given = |sex, more: &[&'static str]| {
        let mut names = words("given", sex);
        names.extend(more.iter().map(|name| (*name, 90)));
        names
    };
    Book {
        surnames: words("surname", ""),
        middle: [words("middle", "M"), words("middle", "F")],
        given: [given("M", MORE_MALE), given("F", MORE_FEMALE)],
    }
});

/// Given names below the published ranks, about 0.9 in a hundred each.
const MORE_MALE: &[&str] = &[
    "An", "Bảo", "Bách", "Bình", "Chiến", "Chính", "Công", "Cảnh", "Danh", "Duy", "Dương", "Giang",
    "Hà", "Hải", "Hào", "Hậu", "Hiển", "Hiệp", "Hoan", "Học", "Hưng", "Hữu", "Khải", "Khang",
    "Khánh", "Khoa", "Khôi", "Kiên", "Kiệt", "Lâm", "Lộc", "Lợi", "Luân", "Lực", "Mạnh", "Minh",
    "Nghĩa", "Nguyên", "Nhân", "Nhật", "Phát", "Phong", "Phú", "Phúc", "Phước", "Quang", "Quân",
    "Quyền", "Sang", "Sỹ", "Tài", "Tâm", "Tân", "Thái", "Thắng", "Thiện", "Thịnh", "Thọ", "Thuận",
    "Tiến", "Tín", "Toàn", "Trọng", "Tùng", "Việt", "Vinh", "Vũ", "Vương",
];
const MORE_FEMALE: &[&str] = &[
    "An",
    "Ánh",
    "Bích",
    "Bình",
    "Châu",
    "Chi",
    "Cúc",
    "Diễm",
    "Diệp",
    "Dung",
    "Duyên",
    "Đào",
    "Giang",
    "Hà",
    "Hạnh",
    "Hảo",
    "Hậu",
    "Hiệp",
    "Hoa",
    "Hoài",
    "Hồng",
    "Huệ",
    "Khánh",
    "Kiều",
    "Lan",
    "Lành",
    "Liên",
    "Liễu",
    "Loan",
    "Lệ",
    "Lý",
    "Mai",
    "Mận",
    "Mến",
    "Mơ",
    "Mỹ",
    "My",
    "Nga",
    "Nghĩa",
    "Nguyệt",
    "Nhàn",
    "Nhung",
    "Như",
    "Nương",
    "Oanh",
    "Phúc",
    "Phượng",
    "Quyên",
    "Quỳnh",
    "Tâm",
    "Thắm",
    "Thanh",
    "Thoa",
    "Thơ",
    "Thu",
    "Thương",
    "Tình",
    "Trâm",
    "Trinh",
    "Tú",
    "Tuyết",
    "Vân",
    "Xuân",
    "Yến",
];

fn row(line: &'static str) -> Option<(&'static str, &'static str, &'static str, u32)> {
    let mut fields = line.split(',');
    let (kind, sex, name) = (fields.next()?, fields.next()?, fields.next()?);
    let weight = fields.next()?;
    let (whole, part) = weight.split_once('.').unwrap_or((weight, "0"));
    // "2.7" and "0.86" are 270 and 86 hundredths.
    let tenth = if part.len() == 1 { 10 } else { 1 };
    Some((
        kind,
        sex,
        name,
        whole.parse::<u32>().ok()? * 100 + part.parse::<u32>().ok()? * tenth,
    ))
}

fn draw_word(draw: &mut Draw, words: &Weighted) -> &'static str {
    let place = draw.weighted(words.iter().map(|(_, weight)| *weight));
    words.get(place).map_or("", |(word, _)| *word)
}

fn of_sex(lists: &[Weighted; 2], sex: Sex) -> &Weighted {
    let [male, female] = lists;
    if sex == Sex::Female { female } else { male }
}

/// A surname of the majority.
pub(super) fn surname(draw: &mut Draw) -> &'static str {
    draw_word(draw, &BOOK.surnames)
}

/// A given name.
pub(super) fn given(draw: &mut Draw, sex: Sex) -> &'static str {
    draw_word(draw, of_sex(&BOOK.given, sex))
}

/// Everything behind the surname, for a person born in `born`: mostly one middle word for men and
/// two for women; `Văn` and `Thị` are what the elder have.
pub(super) fn rest_of_name(draw: &mut Draw, sex: Sex, born: u16) -> String {
    let female = sex == Sex::Female;
    let middles = match (female, draw.below(10_000)) {
        (false, ..=92) | (true, ..=19) => 0,
        (false, ..=7_367) | (true, ..=3_489) => 1,
        (false, ..=9_982) | (true, ..=9_950) => 2,
        _ => 3,
    };
    let given = given(draw, sex);
    let mut words: Vec<&str> = Vec::with_capacity(4);
    for place in 0..middles {
        let usual = if female { "Thị" } else { "Văn" };
        let word = if place == 0 && born < 1985 && draw.chance(550) {
            usual
        } else if place == 0 {
            draw_word(draw, of_sex(&BOOK.middle, sex))
        } else {
            self::given(draw, sex)
        };
        if word != given && !words.contains(&word) {
            words.push(word);
        }
    }
    words.push(given);
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(BOOK.surnames.len(), 31);
        assert_eq!(BOOK.middle.each_ref().map(Vec::len), [10, 8]);
        assert_eq!(BOOK.surnames.first(), Some(&("Nguyễn", 3100)));
        assert!(BOOK.surnames.contains(&("Cao", 86)));
        for (name, weight) in BOOK.given.iter().flatten() {
            assert!(*weight > 0);
            assert!(crate::name::PersonName::parse(name).is_ok());
        }
    }
}
