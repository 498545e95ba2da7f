//! Which peoples live where, and how they are named. Shares are invented; names are common words
//! of each people's naming, combined by chance.

use super::draw::Draw;
use super::names;
use crate::code::Sex;

/// How names of a people are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// Surname, a middle word, a given name; children bear the father's surname.
    Surname,
    /// `Y Moan Niê`, `H'Hen Niê`: sex, given name, clan; children bear the mother's clan.
    Clan,
    /// `K'Brôi`, `Ka Thoan`: sex and given name alone.
    Alone,
}

/// A people as it is named.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct People {
    /// Code in the table of 1979.
    pub(super) code: u8,
    naming: Naming,
    families: &'static [&'static str],
    male: &'static [&'static str],
    female: &'static [&'static str],
}

/// The majority, whose names go by the published shares.
pub(super) const KINH: People = People {
    code: 1,
    naming: Naming::Surname,
    families: &[],
    male: &[],
    female: &[],
};

const TAY: People = surnamed(2, &["Nông", "Hoàng", "Lương", "Ma", "Lý", "Bế"], &[], &[]);
const THAI: People = surnamed(
    3,
    &["Lò", "Quàng", "Cà", "Lường", "Vì", "Vi", "Lô"],
    &["Pâng", "Ín", "Xôm", "Hặc", "Thoong", "Pánh"],
    &["Pỏm", "Ính", "Xuân", "Hiêng", "Lả", "Inh"],
);
const KHMER: People = surnamed(
    5,
    &["Thạch", "Sơn", "Kim", "Danh", "Châu", "Lâm"],
    &["Sóc", "Rinh", "Phol", "Đara", "Thươl", "Sà Rươne"],
    &["Sà Rêne", "Sô Phia", "Đa Ni", "Thị Sa Ry", "Rây"],
);
const MUONG: People = surnamed(6, &["Bùi", "Đinh", "Quách", "Hà", "Phùng"], &[], &[]);
const HMONG: People = surnamed(
    8,
    &["Lầu", "Xồng", "Giàng", "Vàng", "Sùng", "Thào", "Mùa", "Và"],
    &[
        "A Páo",
        "Bá Chớ",
        "A Dơ",
        "Mí Sính",
        "A Sử",
        "Nhia Pó",
        "Seo Chư",
    ],
    &["Thị Mỷ", "Y Dở", "Thị Dợ", "Thị Súa", "Y Mái", "Thị Chở"],
);
const DAO: People = surnamed(
    9,
    &["Triệu", "Bàn", "Phàn", "Chảo", "Đặng", "Tẩn"],
    &["Tòn Sểnh", "Mùi Phin", "Láo Tả", "Quầy Sinh"],
    &["Mùi Nái", "Tả Mẩy", "Lở Mẩy", "Mùi Pham"],
);
const GIA_RAI: People = People {
    code: 10,
    naming: Naming::Clan,
    families: &["Siu", "Ksor", "Kpă", "Rơ Châm", "Rmah", "Nay"],
    male: &["Thut", "Bluk", "Hrin", "Kơk", "Jŭ", "Blơm"],
    female: &["Bluen", "Chăm", "Nhil", "Phiên", "Lim"],
};
const EDE: People = People {
    code: 12,
    naming: Naming::Clan,
    families: &[
        "Niê", "Êban", "Mlô", "Ayŭn", "Byă", "Kbuôr", "Ênuôl", "Hđơk",
    ],
    male: &[
        "Moan", "Wang", "Thuăt", "Bliă", "Čĕ", "Krông", "Tĭn", "Nguôl",
    ],
    female: &["Hen", "Bia", "Yar", "Ñĭ", "Wuăn", "Luin", "Blĭnh"],
};
const CO_HO: People = People {
    code: 16,
    naming: Naming::Alone,
    families: &[],
    male: &["Brôi", "Tham", "Brẹo", "Gioi", "Tếu", "Krajan Plin"],
    female: &["Thoan", "Hoan", "Să", "Brỡi", "Diệp", "Mhem"],
};
const CHAM: People = surnamed(
    17,
    &["Bá", "Đàng", "Quảng", "Lưu", "Thiên", "Châu"],
    &["Trung Nghiệp", "Năng Chạn", "Xuân Phước"],
    &["Thị Mỹ Sa", "Nữ Mương", "Thị Hời"],
);
const KHO_MU: People = surnamed(
    29,
    &["Moong", "Cụt", "Lữ", "Ốc", "Xeo"],
    &["Văn Ót", "Phò Khăm", "Văn Nghệ"],
    &["Thị Lan", "Mẹ Chon", "Thị Piêng"],
);

const fn surnamed(
    code: u8,
    families: &'static [&'static str],
    male: &'static [&'static str],
    female: &'static [&'static str],
) -> People {
    People {
        code,
        naming: Naming::Surname,
        families,
        male,
        female,
    }
}

/// The peoples of a province besides the majority, the most numerous first.
pub(super) fn of_province(province: u8) -> &'static [&'static People] {
    match province {
        4 | 20 => &[&TAY, &DAO, &HMONG],
        8 | 15 => &[&HMONG, &TAY, &DAO],
        11 | 12 | 14 => &[&THAI, &HMONG, &KHO_MU],
        19 | 22 => &[&TAY, &DAO],
        25 => &[&MUONG, &THAI],
        38 => &[&MUONG, &THAI, &HMONG],
        40 => &[&THAI, &KHO_MU, &HMONG],
        52 => &[&GIA_RAI],
        56 => &[&CHAM],
        66 => &[&EDE, &GIA_RAI],
        68 => &[&CO_HO, &EDE],
        86 | 91 | 92 | 96 => &[&KHMER],
        _ => &[],
    }
}

impl People {
    /// The word that a family shares.
    pub(super) fn family(&self, draw: &mut Draw) -> &'static str {
        draw.pick(self.families)
            .copied()
            .unwrap_or_else(|| names::surname(draw))
    }
    /// Whether children bear the mother's family, not the father's.
    pub(super) fn by_mother(&self) -> bool {
        self.naming == Naming::Clan
    }
    /// The name of a member of `family`.
    pub(super) fn name(&self, draw: &mut Draw, family: &str, sex: Sex, born: u16) -> String {
        let female = sex == Sex::Female;
        let own = draw
            .pick(if female { self.female } else { self.male })
            .copied();
        let given = own.unwrap_or_else(|| names::given(draw, sex));
        match self.naming {
            Naming::Clan if female => format!("H'{given} {family}"),
            Naming::Clan => format!("Y {given} {family}"),
            Naming::Alone if female => format!("Ka {given}"),
            Naming::Alone => format!("K'{given}"),
            // Names of the majority are common among the young of every people.
            Naming::Surname
                if own.is_some() && draw.chance(if born < 1995 { 800 } else { 400 }) =>
            {
                format!("{family} {given}")
            }
            Naming::Surname => format!("{family} {}", names::rest_of_name(draw, sex, born)),
        }
    }
}
