//! QCVN 109:2017/BTTTT: a person's row as the elements of a `CongDan`, and back.
//!
//! Written are the elements of the regulation's own examples (annex Đ). Services answer with others
//! (`DanToc` with the code in it, a place by `MaTinhThanh` and `MaPhuongXa`), so both are read, and an
//! element that is not in the table becomes an item without a column, under `qcvn:` and its path, and
//! is written again where it was. What a row has and the regulation does not (the first day of
//! residence, a phone) stands in items of a namespace of our own.
//!
//! Taking XML apart is the reader's business; here are only paths and texts.

use std::borrow::Cow;
use std::io::{self, Seek, SeekFrom, Write};

use super::{Column, Row};
use crate::code::{Country, Relation, Religion};
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
const VIET_NAM: &str = "VN";
const PROVINCE: &str = "/MaTinhThanh";
/// The code of a place: in the regulation's examples a commune's, a district's or a province's.
const UNIT: &str = "/MaDonViHanhChinh";
/// Elements that hold the code of what they stand in, which services write without them.
const CODES: [&str; 3] = [UNIT, "/MaDanToc", "/MaTonGiao"];
/// Deepest path of an element within a person.
pub const DEPTH_MAX: usize = 6;

/// How an element carries its column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is.
    Text,
    /// A code in an element of this name.
    Code(&'static str),
    /// The code of a religion in such an element, if the list has it.
    Religion(&'static str),
    /// One element for each value.
    Several,
    /// A name in one text or in three parts.
    Name,
    /// A unit by its commune's code.
    Unit,
    /// The country of a place, written also where it is Viet Nam.
    Country,
    /// The same of a place with this unit, which is in Viet Nam by law.
    VietNam,
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
    ("DanToc", Column::Ethnic, Form::Code("MaDanToc")),
    ("TonGiao", Column::Religion, Form::Religion("MaTonGiao")),
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
        Form::Country,
    ),
    ("QuocTich", Column::Nationality, Form::Several),
    ("QueQuan", Column::NativeUnit, Form::Unit),
    ("QueQuan/ChiTiet", Column::NativeText, Form::Text),
    ("QueQuan/QuocGia", Column::NativeCountry, Form::Country),
    ("ThuongTru", Column::ResidenceUnit, Form::Unit),
    ("ThuongTru/ChiTiet", Column::ResidenceAddress, Form::Text),
    ("ThuongTru/QuocGia", Column::ResidenceUnit, Form::VietNam),
    ("NoiOHienTai", Column::CurrentUnit, Form::Unit),
    ("NoiOHienTai/ChiTiet", Column::CurrentText, Form::Text),
    ("NoiOHienTai/QuocGia", Column::CurrentUnit, Form::VietNam),
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

/// Elements within others, in the order of the regulation's examples.
const INNER: &[&str] = &[
    "SoDinhDanh",
    "SoCMND",
    "QuocTich",
    "HoVaTen",
    "Ho",
    "ChuDem",
    "Ten",
    "MaDonViHanhChinh",
    "MaTinhThanh",
    "MaQuanHuyen",
    "MaPhuongXa",
    "ChiTiet",
    "QuocGia",
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
        let bare = without_code(path);
        if bare.ends_with(PROVINCE) {
            provinces.push((bare, text));
        } else if is_above_commune(path, text) || !take(&bare, text, row) {
            let is_code = CODES.iter().any(|code| path.ends_with(code));
            let path = if is_code { path } else { bare.as_ref() };
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

/// A path without the element that only holds the code of its parent.
fn without_code(path: &str) -> Cow<'_, str> {
    for code in CODES {
        if let Some((before, after)) = path.split_once(code)
            && (after.is_empty() || after.starts_with('/'))
        {
            return match after {
                "" => Cow::Borrowed(before),
                after => Cow::Owned(format!("{before}{after}")),
            };
        }
    }
    Cow::Borrowed(path)
}

/// Whether this is the code of a district or a province, where a person may come from. Nobody
/// resides in one without residing in a commune of it.
fn is_above_commune(path: &str, text: &str) -> bool {
    let place = path.strip_suffix(UNIT);
    place.is_some_and(|place| place != "ThuongTru")
        && matches!(text.len(), 2 | 3)
        && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// The column whose commune a message tells only as a district or province, by the name of the
/// item that keeps it.
pub fn above_commune(item: &str) -> Option<Column> {
    let place = item.strip_prefix(ELEMENT_LEAD)?.strip_suffix(UNIT)?;
    let of_place = |(element, _, form): &&(&str, Column, Form)| {
        *element == place && matches!(form, Form::Unit)
    };
    ELEMENTS.iter().find(of_place).map(|(_, column, _)| *column)
}

/// Whether the item of this name keeps a religion that the list does not have.
pub fn is_unlisted_religion(item: &str) -> bool {
    item.strip_prefix(ELEMENT_LEAD)
        .is_some_and(|path| without_code(path) == "TonGiao")
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
            (Form::Text | Form::Code(_) | Form::Country, Some("")) => row.set(*column, text),
            (Form::Religion(_), Some("")) if text.parse::<Religion>().is_ok() => {
                row.set(*column, text);
            }
            (Form::VietNam, Some("")) if text.parse() == Ok(Country::VIET_NAM) => {}
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
pub fn write(row: &Row, out: &mut String) {
    let mut person = Node::new(CITIZEN);
    for (path, column, form) in ELEMENTS {
        // A place without a country is in Viet Nam.
        let is_place = || {
            person
                .children
                .iter()
                .any(|child| path.starts_with(&child.name))
        };
        let text = match (form, row.text(*column)) {
            (Form::Country, "") if is_place() => VIET_NAM,
            (Form::VietNam, unit) if !unit.is_empty() => VIET_NAM,
            (_, text) => text,
        };
        if !text.is_empty() {
            put(&mut person, path, text, *form);
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
    person.sort();
    person.write(out, &own);
}

/// Whether the regulation's own elements say all of it.
fn is_carried(column: Column, text: &str) -> bool {
    match column {
        Column::BirthDate => text
            .parse::<PartialDate>()
            .is_ok_and(|date| date.month().is_some() == date.day().is_some()),
        // The table of an ethnic code is not told; it is that of 1979.
        Column::EthnicTable => text == "1979",
        other => ELEMENTS.iter().any(|(_, of, _)| *of == other),
    }
}

fn put(person: &mut Node, path: &str, text: &str, form: Form) {
    match form {
        Form::Text | Form::Relation | Form::Country | Form::VietNam => {
            person.put(path, text, false);
        }
        Form::Code(code) | Form::Religion(code) => {
            person.put(&format!("{path}/{code}"), text, false);
        }
        Form::Several => {
            for one in text.split(';') {
                person.put(path, one, true);
            }
        }
        Form::Unit => person.put(&format!("{path}{UNIT}"), text, false),
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
            // The whole day, or the year; a month alone stands in an item of our own.
            let (part, text) = match date.day() {
                Some(_) => ("NgayThangNam", date.to_iso()),
                None => ("Nam", format!("{:04}", date.year())),
            };
            person.put(&format!("{path}/{part}"), &text, false);
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

    /// Brings a person's elements, and what stands in them, into the order of a message: items stand
    /// among them, and not at the end.
    fn sort(&mut self) {
        let order = |name: &str| {
            let of = |(path, _, _): &(&str, Column, Form)| {
                path.strip_prefix(name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            ELEMENTS.iter().position(of).unwrap_or(usize::MAX)
        };
        self.children.sort_by_key(|child| order(&child.name));
        for child in &mut self.children {
            let order = |name: &str| INNER.iter().position(|inner| *inner == name);
            child
                .children
                .sort_by_key(|inner| order(&inner.name).unwrap_or(usize::MAX));
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

/// What opens a message whose data are of a day, `yyyy-mm-dd`. The number of its people is said where
/// it is known: a number that is wrong would be worse than none. With a number an opening has one
/// length, whatever the number.
pub fn opening(people: Option<u64>, day: &str) -> String {
    let count = people.map(|people| format!(" {PEOPLE}=\"{people:012}\""));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{COLLECTION} xmlns=\"{NAMESPACE}\" xmlns:r=\"{OWN_NAMESPACE}\" \
         ThoiDiemDuLieu=\"{day}T00:00:00\"{}>\n",
        count.unwrap_or_default()
    )
}

/// Says in a file that began with an opening with a number how many people it has.
pub fn say_people(file: &mut (impl Write + Seek), people: u64, day: &str) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(opening(Some(people), day).as_bytes())?;
    file.seek(SeekFrom::End(0)).map(|_| ())
}

/// What closes it.
pub fn closing() -> String {
    format!("</{COLLECTION}>\n")
}
