//! QCVN 109:2017/BTTTT: a person's row as the elements of a `CongDan`, and back.
//!
//! Element names come from published examples of messages; the schema itself could not be had, so
//! reading is tolerant: an element that is not in the table becomes an item without a column, under
//! `qcvn:` and its path, and is written again where it was. What a row has and the regulation does
//! not (the first day of residence, a phone) stands in items of a namespace of our own.
//!
//! Taking XML apart is the reader's business; here are only paths and texts.

use super::{Column, Row};
use crate::code::Relation;
use crate::date::PartialDate;
use crate::unit::Units;

/// Namespace of the regulation.
pub const NAMESPACE: &str = "http://www.mic.gov.vn/dancu/1.0";
/// Namespace of the items that the regulation does not have.
pub const OWN_NAMESPACE: &str = "urn:vn:commune-registry:exchange:1";
/// Root of a message.
pub const COLLECTION: &str = "CongdanCollection";
/// How many people the message has, an attribute of its root.
pub const PEOPLE: &str = "SoCongDan";
/// A note on the message, an attribute of its root.
pub const NOTE: &str = "GhiChu";
/// One person.
pub const CITIZEN: &str = "CongDan";
/// An item of our own namespace; its name is the attribute `name`.
pub const OWN_ITEM: &str = "item";
/// What leads the path of such an item.
pub const OWN_LEAD: &str = "own:";
/// What leads the name of an element that is in no table.
const ELEMENT_LEAD: &str = "qcvn:";
const PROVINCE: &str = "/MaTinhThanh";
/// Deepest path of an element within a person.
pub const DEPTH_MAX: usize = 6;

/// How an element carries its column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is.
    Text,
    /// One element for each value.
    Several,
    /// A name in one text or in three parts.
    Name,
    /// A unit by its commune's code, with the province beside it.
    Unit,
    /// A date of birth: the year apart, so that it may be known alone.
    Birth,
    /// A relation, if the word is one of ours.
    Relation,
}

/// An element under `CongDan`, the column that it fills, and how; in the order of a message.
const ELEMENTS: &[(&str, Column, Form)] = &[
    ("SoDinhDanh", Column::Pin, Form::Text),
    ("SoCMND", Column::OldNumbers, Form::Several),
    ("HoVaTen", Column::Name, Form::Name),
    ("GioiTinh", Column::Sex, Form::Text),
    ("DanToc", Column::Ethnic, Form::Text),
    ("TonGiao", Column::Religion, Form::Text),
    ("TinhTrangHonNhan", Column::MaritalStatus, Form::Text),
    ("NhomMau", Column::Blood, Form::Text),
    ("NgayThangNamSinh", Column::BirthDate, Form::Birth),
    (
        "NoiDangKyKhaiSinh",
        Column::BirthRegistrationUnit,
        Form::Unit,
    ),
    (
        "NoiDangKyKhaiSinh/ChiTiet",
        Column::BirthRegistrationText,
        Form::Text,
    ),
    (
        "NoiDangKyKhaiSinh/QuocGia",
        Column::BirthRegistrationCountry,
        Form::Text,
    ),
    ("QuocTich", Column::Nationality, Form::Several),
    ("QueQuan", Column::NativeUnit, Form::Unit),
    ("QueQuan/ChiTiet", Column::NativeText, Form::Text),
    ("QueQuan/QuocGia", Column::NativeCountry, Form::Text),
    ("ThuongTru", Column::ResidenceUnit, Form::Unit),
    ("ThuongTru/ChiTiet", Column::ResidenceAddress, Form::Text),
    ("NoiOHienTai", Column::CurrentUnit, Form::Unit),
    ("NoiOHienTai/ChiTiet", Column::CurrentText, Form::Text),
    ("Cha/SoDinhDanh", Column::FatherPin, Form::Text),
    ("Cha/HoVaTen", Column::FatherName, Form::Name),
    ("Me/SoDinhDanh", Column::MotherPin, Form::Text),
    ("Me/HoVaTen", Column::MotherName, Form::Name),
    ("VoChong/SoDinhDanh", Column::SpousePin, Form::Text),
    ("VoChong/HoVaTen", Column::SpouseName, Form::Name),
    (
        "NguoiDaiDien/SoDinhDanh",
        Column::RepresentativePin,
        Form::Text,
    ),
    (
        "NguoiDaiDien/HoVaTen",
        Column::RepresentativeName,
        Form::Name,
    ),
    ("ChuHo/QuanHe", Column::Relation, Form::Relation),
    ("SoSoHoKhau", Column::HouseholdFile, Form::Text),
];

/// A text of a message with the path of its element under `CongDan`, such as `HoVaTen/Ten`; items
/// of our own namespace are led by [`OWN_LEAD`].
pub type Leaf = (String, String);

/// Fills `row` with what the elements of a person say. `data_time` is the date of the message.
pub fn read(leaves: &[Leaf], data_time: Option<&str>, units: &Units, row: &mut Row) {
    row.clear();
    let mut provinces = Vec::new();
    for (path, text) in leaves {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if let Some(name) = path.strip_prefix(OWN_LEAD) {
            match Column::from_key(name) {
                Some(Column::Others) => row.add(Column::Others, text),
                Some(column) => row.set(column, text),
                None => row.add_other(name, text),
            }
            continue;
        }
        let path = path.replace("/MaDonViHanhChinh", "");
        if path.ends_with(PROVINCE) {
            provinces.push((path, text));
            continue;
        }
        if !take(&path, text, row) {
            row.add_other(&format!("{ELEMENT_LEAD}{path}"), text);
        }
    }
    for (path, text) in provinces {
        // Said by the commune's code, as far as a table of units has it.
        if province_at(&path, units, row).is_none_or(|province| province != text) {
            row.add_other(&format!("{ELEMENT_LEAD}{path}"), text);
        }
    }
    let spouse = [Column::SpousePin, Column::SpouseName];
    if row.text(Column::MarriageDate).is_empty() {
        // A marriage without its date is none that a record can hold.
        for (column, path) in spouse
            .into_iter()
            .zip(["VoChong/SoDinhDanh", "VoChong/HoVaTen"])
        {
            let text = row.text(column).to_owned();
            if !text.is_empty() {
                row.add_other(&format!("{ELEMENT_LEAD}{path}"), &text);
                row.set(column, "");
            }
        }
    }
    if row.text(Column::ResidenceFrom).is_empty()
        && let Some(data_time) = data_time
    {
        row.set(Column::ResidenceFrom, data_time);
        row.residence_from_assumed = true;
    }
}

/// The province of the commune beside an element of a province.
fn province_at(path: &str, units: &Units, row: &Row) -> Option<String> {
    let place = path.strip_suffix(PROVINCE)?;
    let of_place = |(element, _, form): &&(&str, Column, Form)| {
        *element == place && matches!(form, Form::Unit)
    };
    let (_, column, _) = ELEMENTS.iter().find(of_place)?;
    province_of(row.text(*column), units)
}

/// The province of the commune with this code, now or when it last had one.
fn province_of(unit: &str, units: &Units) -> Option<String> {
    Some(units.ever(unit.parse().ok()?)?.province.to_string())
}

/// Whether an element of the table says this.
fn take(path: &str, text: &str, row: &mut Row) -> bool {
    for (element, column, form) in ELEMENTS {
        let rest = path.strip_prefix(element);
        match (form, rest) {
            (Form::Text, Some("")) => row.set(*column, text),
            (Form::Several, Some("")) => row.add(*column, text),
            (Form::Relation, Some("")) if text.parse::<Relation>().is_ok() => {
                row.set(*column, text);
            }
            (Form::Name, Some("" | "/Ho" | "/ChuDem" | "/Ten")) => {
                let before = row.text(*column);
                let space = if before.is_empty() { "" } else { " " };
                let name = format!("{before}{space}{text}");
                row.set(*column, &name);
            }
            (Form::Unit, Some("" | "/MaPhuongXa")) => row.set(*column, text),
            (Form::Birth, Some("/Nam")) => {
                if row.text(*column).is_empty() {
                    row.set(*column, text);
                }
            }
            (Form::Birth, Some("" | "/NgayThangNam")) => row.set(*column, text),
            _ => continue,
        }
        return true;
    }
    false
}

/// Appends the person to a message, as a `CongDan` with the prefix of neither namespace: the
/// collection declares the regulation's as the default and ours as `r`.
pub fn write(row: &Row, units: &Units, out: &mut String) {
    let mut person = Node::new(CITIZEN);
    for (path, column, form) in ELEMENTS {
        let text = row.text(*column);
        if !text.is_empty() {
            put(&mut person, path, text, *form, units);
        }
    }
    let mut own = vec![];
    let others = row.others().unwrap_or_default();
    let mut kept = Row::default();
    for (name, text) in &others {
        match name.strip_prefix(ELEMENT_LEAD) {
            Some(path) if is_path(path) => person.put(path, text, true),
            _ => kept.add_other(name, text),
        }
    }
    for column in Column::ALL {
        let text = match column {
            Column::Others => kept.text(Column::Others),
            other => row.text(*other),
        };
        if !text.is_empty() && !is_carried(*column, text) {
            own.push((column.key(), text));
        }
    }
    person.write(out, &own);
}

/// Whether the regulation's own elements say all of it.
fn is_carried(column: Column, text: &str) -> bool {
    match column {
        Column::BirthDate => text.parse::<PartialDate>().is_ok(),
        // The table of an ethnic code is not told; it is that of 1979.
        Column::EthnicTable => text == "1979",
        other => ELEMENTS.iter().any(|(_, of, _)| *of == other),
    }
}

fn put(person: &mut Node, path: &str, text: &str, form: Form, units: &Units) {
    match form {
        Form::Text | Form::Relation => person.put(path, text, false),
        Form::Several => {
            for one in text.split(';') {
                person.put(path, one, true);
            }
        }
        Form::Unit => {
            if let Some(province) = province_of(text, units) {
                person.put(&format!("{path}/MaTinhThanh"), &province, false);
            }
            person.put(&format!("{path}/MaPhuongXa"), text, false);
        }
        Form::Name => {
            let (first, last) = (text.split_once(' '), text.rsplit_once(' '));
            let (Some((surname, rest)), Some((_, given))) = (first, last) else {
                person.put(&format!("{path}/Ten"), text, false);
                return;
            };
            let middle = rest.strip_suffix(given).unwrap_or_default().trim_end();
            for (part, text) in [("Ho", surname), ("ChuDem", middle), ("Ten", given)] {
                if !text.is_empty() {
                    person.put(&format!("{path}/{part}"), text, false);
                }
            }
        }
        Form::Birth => {
            let Ok(date) = text.parse::<PartialDate>() else {
                return;
            };
            person.put(
                &format!("{path}/Nam"),
                &format!("{:04}", date.year()),
                false,
            );
            if let Some(month) = date.month() {
                let day = date.day().unwrap_or(0);
                let digits = format!("{:04}{month:02}{day:02}", date.year());
                person.put(&format!("{path}/NgayThangNam"), &digits, false);
            }
        }
    }
}

fn is_path(path: &str) -> bool {
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    path.split('/').count() <= DEPTH_MAX && path.split('/').all(is_name)
}

/// An element of the message that is being written.
struct Node {
    name: String,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            text: String::new(),
            children: Vec::new(),
        }
    }

    /// Puts a text at a path; beside one that is there if there may be several.
    fn put(&mut self, path: &str, text: &str, several: bool) {
        let (name, rest) = match path.split_once('/') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let new = rest.is_none() && several;
        let place = self.children.iter().position(|child| child.name == name);
        let place = match place.filter(|_| !new) {
            Some(place) => place,
            None => {
                self.children.push(Node::new(name));
                self.children.len().saturating_sub(1)
            }
        };
        if let Some(child) = self.children.get_mut(place) {
            match rest {
                Some(rest) => child.put(rest, text, several),
                None => text.clone_into(&mut child.text),
            }
        }
    }

    fn write(&self, out: &mut String, own: &[(&str, &str)]) {
        out.push('<');
        out.push_str(&self.name);
        out.push('>');
        escape(&self.text, out);
        for child in &self.children {
            child.write(out, &[]);
        }
        for (name, text) in own {
            out.push_str("<r:");
            out.push_str(OWN_ITEM);
            out.push_str(" name=\"");
            escape(name, out);
            out.push_str("\">");
            escape(text, out);
            out.push_str("</r:");
            out.push_str(OWN_ITEM);
            out.push('>');
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // No XML may have them, not even as a number.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => {}
            c => out.push(c),
        }
    }
}

/// What opens a message. The number of its people is said where it is known before the first of
/// them is written: a number that is wrong would be worse than none. `data_time` is
/// `yyyy-mm-ddThh:mm:ss`.
pub fn opening(people: Option<u64>, data_time: &str) -> String {
    let count = people.map(|people| format!(" {PEOPLE}=\"{people}\""));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{COLLECTION} xmlns=\"{NAMESPACE}\" xmlns:r=\"{OWN_NAMESPACE}\" \
         ThoiDiemDuLieu=\"{data_time}\"{}>\n",
        count.unwrap_or_default()
    )
}

/// What closes it.
pub fn closing() -> String {
    format!("</{COLLECTION}>\n")
}
