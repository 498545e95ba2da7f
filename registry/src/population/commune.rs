//! One commune: its hamlets, its peoples, and its households one after the other.

use super::draw::Draw;
use super::numbers::Numbers;
use super::peoples::{KINH, People, of_province};
use super::{SyntheticHousehold, plan, resident};
use crate::id::OfficeCode;
use crate::text::Line;
use crate::unit::{Province, Units};

/// Names of hamlets in the mountains and on the high plains.
const VILLAGES: &[&str] = &[
    "Nà Pồ",
    "Huổi Lếch",
    "Pá Khoang",
    "Nậm Cắn",
    "Khe Trằng",
    "Phiêng Lơi",
    "Nà Tấu",
    "Lũng Mười",
    "Tả Phìn",
    "Háng Đồng",
    "Keo Lôm",
    "Pù Nhi",
    "Co Mạ",
    "Tà Xùa",
    "Mường Than",
    "Sín Chải",
];
const BUON: &[&str] = &[
    "Ky",
    "Akŏ Dhông",
    "Trăp",
    "Drai",
    "Kõ Sia",
    "Ea Nuôl",
    "Dhă",
    "Kli",
    "Mblớt",
    "Ju",
    "Tơng Jŭ",
];

/// A commune that is being drawn.
#[derive(Debug)]
pub(super) struct Commune {
    pub(super) draw: Draw,
    pub(super) numbers: Numbers,
    pub(super) office: OfficeCode,
    /// The name with its kind.
    pub(super) name: String,
    pub(super) province: &'static Province,
    peoples: &'static [&'static People],
    /// Thousandths of the households that are not of the majority.
    minority: u32,
    hamlets: Vec<String>,
    households: u32,
    left: u32,
}

impl Commune {
    /// The commune with `people` people to come; `None` if the table of units does not have it.
    pub(super) fn new(seed: u64, office: OfficeCode, people: u32) -> Option<Self> {
        let units = Units::built_in();
        let unit = units.commune(office)?;
        let province = units.province(unit.province)?;
        let mut draw = Draw::new(seed, office.get());
        let peoples = of_province(province.code.get());
        let town = unit.kind == "Phường";
        let shares: &[u32] = if town {
            &[30, 80]
        } else {
            &[100, 300, 650, 900]
        };
        let minority = draw
            .pick(shares)
            .copied()
            .filter(|_| !peoples.is_empty())
            .unwrap_or(0);
        let highland = matches!(province.code.get(), 52 | 66);
        let hamlets = (1..=(people / 1200).clamp(3, 40)).map(|number| match number as usize {
            _ if town => format!("Tổ {number}"),
            place if minority > 250 && highland => village("Buôn", BUON, place),
            place if minority > 250 => village("Bản", VILLAGES, place),
            _ => format!("Thôn {number}"),
        });
        Some(Self {
            hamlets: hamlets.collect(),
            numbers: Numbers::new(seed, office, province.code),
            draw,
            office,
            name: unit.full_name(),
            province,
            peoples,
            minority,
            households: 0,
            left: people,
        })
    }

    /// The next household; the last one is cut so that the number of people is met.
    pub(super) fn next_household(&mut self) -> Option<SyntheticHousehold> {
        if self.left == 0 {
            return None;
        }
        let mut plan = plan::household(&mut self.draw);
        plan.truncate(self.left as usize);
        let size = u32::try_from(plan.len()).unwrap_or(u32::MAX);
        self.left -= size.min(self.left);
        self.households += 1;

        let people = if self.draw.chance(self.minority) {
            // The first people of a province is the most numerous.
            let place = self
                .draw
                .weighted([60, 25, 15].into_iter().take(self.peoples.len()));
            self.peoples.get(place).copied().unwrap_or(&KINH)
        } else {
            &KINH
        };
        let hamlet = self.draw.pick(&self.hamlets).cloned().unwrap_or_default();
        let house = self.draw.below(400) + 1;
        let address = if self.draw.chance(500) {
            format!("Số {house}, {hamlet}")
        } else {
            hamlet.clone()
        };
        let file = format!("{}-{:06}", self.office, self.households);
        Some(SyntheticHousehold {
            unit: self.office,
            members: resident::members(self, people, &plan)?,
            file,
            hamlet: Line::parse(&hamlet).unwrap_or_default(),
            address: Line::parse(&address).unwrap_or_default(),
        })
    }
}

fn village(kind: &str, names: &[&str], place: usize) -> String {
    let round = (place - 1) / names.len();
    let name = names
        .get((place - 1) % names.len())
        .copied()
        .unwrap_or_default();
    if round == 0 {
        format!("{kind} {name}")
    } else {
        format!("{kind} {name} {}", round + 1)
    }
}
