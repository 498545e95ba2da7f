//! Files in and out: what is imported comes out again, as CSV and as a QCVN 109 message, and the one
//! gives the same records as the other. Hostile and foreign messages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use central_registry::export::{self, Exported, FileForm, Scope, Wanted};
use central_registry::import::{
    self, Column, ColumnMap, Form, ImportError, Plan, Portion, RegistryKey, SourceError, Stored,
    Summary,
};
use central_registry::registrar::{Config, Registrar};
use central_registry::unit::UnitError;
use proptest::prelude::*;
use registry::NodeId;
use registry::population::{Population, write_csv, write_qcvn, write_qcvn_file};
use registry::unit::Decree;
use registry_store::{KeyRange, MemoryStore, Row, Store, Table};

const NOW: i64 = 1_795_000_000;
const DAY: &str = "2026-11-21";

struct Registry {
    store: Arc<MemoryStore>,
    registrar: Registrar,
}

impl Registry {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let config = Config {
            node: NodeId::new([1; 16]),
            draw: Box::new(|| 1),
            sign: Box::new(|_| [0; 64]),
        };
        let registrar = Registrar::open(Arc::clone(&store) as _, config);
        Self { store, registrar }
    }

    fn import(&self, form: Form, file: &[u8]) -> (Summary, String) {
        let mut rejects = Vec::new();
        let mut plan = Plan::new(form, RegistryKey([7; 16]), 2026);
        plan.units = self.registrar.units().unwrap();
        let mut job = self.registrar.begin_import([3; 16], true).unwrap();
        let summary = import::run(file, Some(&mut rejects), &plan, |portion| {
            job.store(NOW, portion)
        })
        .unwrap();
        job.finish(NOW).unwrap();
        (summary, String::from_utf8(rejects).unwrap())
    }

    fn export(&self, form: FileForm, scope: Scope) -> (String, Exported) {
        let mut out = Vec::new();
        let units = self.registrar.units().unwrap();
        let wanted = Wanted {
            store: self.store.as_ref(),
            units: &units,
            scope,
            form,
        };
        let exported = export::write(wanted, DAY, &mut out, &|_| {}).unwrap();
        (String::from_utf8(out).unwrap(), exported)
    }

    /// Records, slices, numbers and meeting points.
    fn content(&self) -> Vec<Vec<Row>> {
        let table = |table| {
            self.store
                .scan(table, &KeyRange::all(), usize::MAX)
                .unwrap()
        };
        (2..=5).map(|number| table(Table(number))).collect()
    }
}

fn csv() -> Form {
    Form::Csv(ColumnMap::default())
}

fn qcvn() -> Form {
    Form::Qcvn(BTreeMap::new())
}

fn people(seed: u64, count: u32) -> Population {
    let offices = ["00004", "00008"].map(|code| (code.parse().unwrap(), count));
    Population::new(seed, &offices).unwrap()
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// The columns that the synthetic population has, of rows in the order of their numbers.
fn first_columns(text: &str) -> Vec<Vec<String>> {
    let mut file = csv::Reader::from_reader(text.as_bytes());
    let rows = file.records().map(|row| {
        let row = row.unwrap();
        row.iter().take(30).map(str::to_owned).collect()
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    rows.sort();
    rows
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 6,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_goes_in_comes_out_in_either_form(seed in any::<u64>(), count in 1..120_u32) {
        let (mut rows, mut message) = (Vec::new(), Vec::new());
        write_csv(people(seed, count), &mut rows).unwrap();
        write_qcvn(people(seed, count), DAY, &mut message).unwrap();
        let (by_csv, by_xml) = (Registry::new(), Registry::new());
        let (summary, rejects) = by_csv.import(csv(), &rows);
        prop_assert_eq!(summary.rejected, 0, "{}", rejects);
        let (summary, rejects) = by_xml.import(qcvn(), &message);
        prop_assert_eq!(summary.rejected, 0, "{}", rejects);
        prop_assert_eq!(summary.read, u64::from(count) * 2);
        prop_assert!(by_csv.content() == by_xml.content());

        let (csv_again, exported) = by_xml.export(FileForm::Csv, Scope::Nation);
        prop_assert_eq!(exported.people, u64::from(count) * 2);
        prop_assert_eq!(exported.in_part, 0);
        let rows = String::from_utf8(rows).unwrap();
        prop_assert_eq!(first_columns(&csv_again), first_columns(&rows));
        let (xml_again, _) = by_csv.export(FileForm::Qcvn, Scope::Nation);
        let message = String::from_utf8(message).unwrap();
        prop_assert_eq!(sorted(&xml_again), sorted(&message));

        let again = Registry::new();
        again.import(csv(), csv_again.as_bytes());
        // Where people would meet others depends on who was there first.
        prop_assert!(again.content().iter().take(3).eq(by_csv.content().iter().take(3)));
    }
}

/// Somebody with a past, somebody who moved away, and a newborn without a number: our columns and
/// what stands in them.
const LIVES: [&[(&str, &str)]; 3] = [
    &[
        ("pin", "001090000005"),
        ("name", "Trần Văn Hà"),
        ("birth_date", "1990-02-03"),
        ("birth_certificate", "12/GCS"),
        ("birth_order", "2"),
        ("sex", "1"),
        ("spouse_name", "Lê Thị Ba"),
        ("marriage_date", "2020-05-06"),
        ("marriage_certificate", "7/2020"),
        (
            "other_marriages",
            "Vũ Thị Lan||2012-01-02||2018-03-04|divorce",
        ),
        ("residence_unit", "00004"),
        ("residence_address", "Số 1"),
        ("residence_from", "2015"),
        ("residence_ground", "mua nhà"),
        (
            "other_residences",
            "00008|Số 2\\; Tổ 3|1990-02-03||2015|moved",
        ),
        (
            "temporary_residences",
            "00008||2021-01-01|2022-12-31||;00004|Tổ 9|2010||2011|",
        ),
        ("absences", "2023-01-01|2023-06-30||Viêng Chăn|LA"),
        ("stays", "2024-01-01|2024-01-03|00008|Nhà nghỉ 5|"),
        ("cards", "2016-07-01|Cục C06|2021-07-01;2021-07-02||2031"),
        ("death_date", "2025-10-11"),
        ("death_certificate", "9/2025"),
        ("death_place_unit", "00008"),
        ("death_place_text", "Bệnh viện"),
        ("household_file", "HK-0001"),
        ("household_local", "00004-T-9"),
        ("relation", "head"),
        ("cancelled_numbers", "001090000015;002090000016"),
        ("claimed_pin", "001090000017"),
        ("local_file", "00004-7"),
        (
            "confirmations",
            "12/XN|kết hôn \\| lần 2|1|2020-01-02|2020-07-01;13/XN||3|2019-08|2020-02",
        ),
        (
            "applications",
            "card_exchange|wish|face+iris|0912345678|||2026-02-03|accepted|Trần Văn Hạ|\
             30/02/1990|male|00ff00ff00ff00ff+0123456789abcdef;\
             eid_level_2||||Lê Thị Tư||2026-02|withdrawn|Trần Văn Hà|1990-02-03|male|",
        ),
    ],
    &[
        ("pin", "001190000006"),
        ("name", "Lý Thị Mỷ"),
        ("birth_date", "1990"),
        ("sex", "2"),
        (
            "other_residences",
            "00004||1990||2019-09|định cư ở nước ngoài",
        ),
    ],
    &[
        ("local_file", "00004-8"),
        ("name", "Trần Thị Mai"),
        ("birth_date", "2026-11-03"),
        ("sex", "2"),
        ("residence_unit", "00004"),
        ("residence_from", "2026-11-05"),
        ("household_local", "00004-T-10"),
        ("relation", "child"),
    ],
];

#[test]
fn what_somebody_had_before_comes_back_in_either_form() {
    let mut file = csv::Writer::from_writer(Vec::new());
    let header: Vec<&str> = Column::ALL.iter().map(|column| column.key()).collect();
    file.write_record(&header).unwrap();
    for life in LIVES {
        let cell = |column: &&str| {
            life.iter()
                .find(|cell| cell.0 == *column)
                .map_or("", |c| c.1)
        };
        file.write_record(header.iter().map(cell)).unwrap();
    }
    let rows = file.into_inner().unwrap();
    let one = Registry::new();
    let (summary, rejects) = one.import(csv(), &rows);
    assert_eq!((summary.imported, summary.households), (5, 2), "{rejects}");
    assert_eq!(summary.rejected, 0, "{rejects}");
    let (again, exported) = one.export(FileForm::Csv, Scope::Nation);
    assert_eq!((exported.people, exported.in_part), (3, 0));
    for (column, text) in LIVES.iter().copied().flatten() {
        let mut file = csv::Reader::from_reader(again.as_bytes());
        let place = header.iter().position(|known| known == column).unwrap();
        let mut rows = file.records().map(Result::unwrap);
        assert!(rows.any(|row| &row[place] == *text), "{column}: {again}");
    }
    let (message, _) = one.export(FileForm::Qcvn, Scope::Nation);
    for (form, file) in [(csv(), again), (qcvn(), message)] {
        let two = Registry::new();
        let (_, rejects) = two.import(form, file.as_bytes());
        assert!(
            two.content()
                .iter()
                .take(3)
                .eq(one.content().iter().take(3)),
            "{rejects}"
        );
    }
    // The control: an entry that cannot be read is told with its place and its rule.
    let bad = String::from_utf8(rows)
        .unwrap()
        .replace("2012-01-02", "2012-13-45");
    let (summary, rejects) = Registry::new().import(csv(), bad.as_bytes());
    assert_eq!((summary.imported, summary.rejected), (3, 1));
    assert!(
        rejects.contains("entry_form") && rejects.contains("entry 1, date"),
        "{rejects}"
    );
}

#[test]
fn a_cancelled_number_that_is_imported_is_taken_for_ever() {
    let row = |pin: &str, cancelled: &str| {
        format!(
            "pin,name,birth_date,sex,residence_unit,residence_from,cancelled_numbers\n\
             {pin},Trần Văn Hà,1990,1,00004,2015,{cancelled}\n"
        )
    };
    let registry = Registry::new();
    registry.import(csv(), row("001090000005", "002090000016").as_bytes());
    for (pin, cancelled) in [
        ("002090000016", ""),
        ("001090000008", "002090000016"),
        ("001090000008", "001090000005"),
    ] {
        let (summary, rejects) = registry.import(csv(), row(pin, cancelled).as_bytes());
        assert_eq!((summary.imported, summary.rejected), (0, 1), "{rejects}");
    }
    // The control: a number of nobody's.
    let (summary, _) = registry.import(csv(), row("001090000008", "002090000018").as_bytes());
    assert_eq!((summary.imported, summary.rejected), (1, 0));
    // Within one file too, and somebody without any number is told to have one.
    let both = format!(
        "{}001090000016,Trần Văn Hai,1990,1,00004,2015,\n,Trần Văn Ba,1990,1,00004,2015,\n",
        row("001090000006", "001090000016")
    );
    let (summary, rejects) = Registry::new().import(csv(), both.as_bytes());
    assert_eq!((summary.imported, summary.rejected), (1, 2));
    assert!(
        rejects.contains("pin_twice") && rejects.contains("cell_empty"),
        "{rejects}"
    );
}

#[test]
fn codes_are_read_by_the_units_in_force_and_earlier_ones_are_followed() {
    let registry = Registry::new();
    let row = |pin: &str, unit: &str, address: &str| {
        format!("{pin},Trần Văn Hà,1990,1,{unit},{address},2015\n")
    };
    let header = "pin,name,birth_date,sex,residence_unit,residence_address,residence_from\n";
    let one = |pin: &str, unit: &str, address: &str| {
        let file = format!("{header}{}", row(pin, unit, address));
        let (summary, rejects) = registry.import(csv(), file.as_bytes());
        (summary.imported, rejects)
    };
    // Before the decree: a commune that is to come is unknown, one of before July 2025 followed.
    let (imported, rejects) = one("001090000001", "40001", "");
    assert!(
        imported == 0 && rejects.contains("unit_unknown"),
        "{rejects}"
    );
    let (imported, rejects) = one("001090000002", "00001", "");
    assert!(
        imported == 1 && rejects.contains("unit_followed"),
        "{rejects}"
    );

    let decree = "old_code,new_code,share,default,hamlets,name,kind,province\n\
         00004,40001,whole,1,,Ba Đình Mới,Phường,01\n\
         00008,40002,part,1,,Ngọc Hà Một,Phường,01\n\
         00008,40003,part,0,Tổ 9,Ngọc Hà Hai,Phường,01\n";
    let units = registry.registrar.units().unwrap();
    let decree = Decree::read(decree, "2026-11-01".parse().unwrap(), &units).unwrap();
    registry.registrar.apply_decree(NOW, &decree).unwrap();
    registry.registrar.finish_decree(NOW, |_| {}).unwrap();

    let (imported, rejects) = one("001090000003", "40001", "");
    assert!(imported == 1 && !rejects.contains("unit_"), "{rejects}");
    let (imported, rejects) = one("001090000004", "00004", "");
    assert!(imported == 1 && rejects.contains("40001"), "{rejects}");
    // A divided one is followed where the address tells the part, else a person has to say.
    let (imported, rejects) = one("001090000005", "00008", "Tổ 9");
    assert!(imported == 1 && rejects.contains("40003"), "{rejects}");
    let (imported, rejects) = one("001090000006", "00008", "Số 1");
    assert_eq!(imported, 0);
    assert!(
        rejects.contains("unit_divided") && rejects.contains("40002, 40003"),
        "{rejects}"
    );

    // Out again: by the province and the communes of today, and what comes out goes in again.
    let (message, exported) =
        registry.export(FileForm::Qcvn, Scope::Province("01".parse().unwrap()));
    assert_eq!(exported.people, 4);
    assert!(message.contains("<ThuongTru><MaDonViHanhChinh>40001</MaDonViHanhChinh>"));
    let office = Scope::Office("40001".parse().unwrap());
    assert_eq!(registry.export(FileForm::Csv, office).1.people, 2);
    let (summary, rejects) = registry.import(qcvn(), message.as_bytes());
    assert_eq!(
        (summary.already_there, summary.rejected),
        (4, 0),
        "{rejects}"
    );
}

#[test]
fn an_office_and_a_province_are_exported_and_nobody_twice() {
    let mut rows = Vec::new();
    write_csv(people(3, 50), &mut rows).unwrap();
    let registry = Registry::new();
    registry.import(csv(), &rows);
    let office = Scope::Office("00004".parse().unwrap());
    assert_eq!(registry.export(FileForm::Csv, office).1.people, 50);
    let province = Scope::Province("01".parse().unwrap());
    assert_eq!(registry.export(FileForm::Csv, province).1.people, 100);
    let other = Scope::Province("79".parse().unwrap());
    assert_eq!(registry.export(FileForm::Qcvn, other).1.people, 0);
}

const FOREIGN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>
<m:CongdanCollection xmlns:m=\"http://www.mic.gov.vn/dancu/1.0\" ThoiDiemDuLieu=\"2026-01-02T03:04:05\">
<m:CongDan>
  <m:SoDinhDanh>001190000005</m:SoDinhDanh><m:SoCMND>012345678</m:SoCMND>
  <m:HoVaTen><m:Ho/><m:ChuDem/><m:Ten>TR&#x1EA6;N TH&#7882; &amp;H\u{c0}</m:Ten></m:HoVaTen>
  <m:GioiTinh>2</m:GioiTinh><m:DanToc>01</m:DanToc><m:TonGiao>00</m:TonGiao>
  <m:TinhTrangHonNhan>2</m:TinhTrangHonNhan><m:NhomMau>04</m:NhomMau>
  <m:NgayThangNamSinh><m:Nam>1990</m:Nam><m:NgayThangNam/></m:NgayThangNamSinh>
  <m:ThuongTru><m:MaTinhThanh>01</m:MaTinhThanh><m:MaQuanHuyen>001</m:MaQuanHuyen>
    <m:MaPhuongXa>00004</m:MaPhuongXa><m:ChiTiet><![CDATA[S\u{1ed1} 1 <A>]]></m:ChiTiet>
    <m:QuocGia>VN</m:QuocGia></m:ThuongTru>
  <m:Cha><m:QuocTich>VN</m:QuocTich><m:HoVaTen>TR\u{1ea6}N V\u{102}N B</m:HoVaTen></m:Cha>
  <m:VoChong><m:SoDinhDanh>001090000009</m:SoDinhDanh></m:VoChong>
  <m:TrangThai>7</m:TrangThai>
</m:CongDan>
</m:CongdanCollection></soap:Body></soap:Envelope>";

fn foreign() -> String {
    FOREIGN.replace(" &amp;", " ")
}

#[test]
fn a_message_of_a_service_is_read_and_what_has_no_field_comes_back() {
    let registry = Registry::new();
    let (summary, rejects) = registry.import(qcvn(), foreign().as_bytes());
    assert_eq!((summary.read, summary.imported), (1, 1), "{rejects}");
    for code in [
        "residence_from_assumed",
        "spouse_without_date",
        "marital_status_differs",
    ] {
        assert!(rejects.contains(code), "{rejects}");
    }
    let (message, exported) = registry.export(FileForm::Qcvn, Scope::Nation);
    assert_eq!(exported.in_part, 0);
    for part in [
        "<SoDinhDanh>001190000005</SoDinhDanh>",
        "<HoVaTen><Ho>TRẦN</Ho><ChuDem>THỊ</ChuDem><Ten>HÀ</Ten></HoVaTen>",
        "<NgayThangNamSinh><Nam>1990</Nam></NgayThangNamSinh>",
        "<ThuongTru><MaDonViHanhChinh>00004</MaDonViHanhChinh>",
        "<DanToc><MaDanToc>01</MaDanToc></DanToc><TonGiao><MaTonGiao>00</MaTonGiao></TonGiao>",
        "<ChiTiet>Số 1 &lt;A&gt;</ChiTiet>",
        "<MaQuanHuyen>001</MaQuanHuyen>",
        "<QuocGia>VN</QuocGia>",
        "<TinhTrangHonNhan>2</TinhTrangHonNhan>",
        "<VoChong><SoDinhDanh>001090000009</SoDinhDanh></VoChong>",
        "<TrangThai>7</TrangThai>",
        "<r:item name=\"residence_from\">2026-01-02</r:item>",
    ] {
        assert!(message.contains(part), "{part} is not in\n{message}");
    }
    // Once more through: the same record.
    let again = Registry::new();
    let (_, rejects) = again.import(qcvn(), message.as_bytes());
    assert!(again.content() == registry.content(), "{rejects}");
    // The start of residence may be said by a map.
    let constant = BTreeMap::from([(import::Column::ResidenceFrom, "2001".to_owned())]);
    let other = Registry::new();
    other.import(Form::Qcvn(constant), foreign().as_bytes());
    let (message, _) = other.export(FileForm::Qcvn, Scope::Nation);
    assert!(message.contains("<r:item name=\"residence_from\">2001</r:item>"));
}

/// In the elements of the regulation's annex Đ: codes in elements of their own, a native place by
/// its district, kin by their old numbers.
const REGULATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<dc:CongdanCollection GhiChu=\"\" ThoiDiemDuLieu=\"2026-01-02T00:00:00\" SoCongDan = \"1\"
  xmlns:dc=\"http://www.mic.gov.vn/dancu/1.0\">
<dc:CongDan>
  <dc:SoDinhDanh>001050000005</dc:SoDinhDanh><dc:SoCMND>012345678</dc:SoCMND>
  <dc:HoVaTen><dc:Ho>Nông</dc:Ho><dc:ChuDem>Văn</dc:ChuDem><dc:Ten>Dền</dc:Ten></dc:HoVaTen>
  <dc:GioiTinh>1</dc:GioiTinh>
  <dc:DanToc><dc:MaDanToc>02</dc:MaDanToc><dc:TenGoi>Pa Dí</dc:TenGoi></dc:DanToc>
  <dc:TonGiao><dc:MaTonGiao>99</dc:MaTonGiao></dc:TonGiao>
  <dc:TinhTrangHonNhan>1</dc:TinhTrangHonNhan><dc:NhomMau>00</dc:NhomMau>
  <dc:NgayThangNamSinh><dc:NgayThangNam>1950-02-03</dc:NgayThangNam></dc:NgayThangNamSinh>
  <dc:NoiDangKyKhaiSinh><dc:MaDonViHanhChinh>00004</dc:MaDonViHanhChinh>
    <dc:ChiTiet>Ba Đình</dc:ChiTiet><dc:QuocGia>VN</dc:QuocGia></dc:NoiDangKyKhaiSinh>
  <dc:QueQuan><dc:MaDonViHanhChinh>002</dc:MaDonViHanhChinh>
    <dc:ChiTiet>một huyện</dc:ChiTiet><dc:QuocGia>VN</dc:QuocGia></dc:QueQuan>
  <dc:ThuongTru><dc:MaDonViHanhChinh>00004</dc:MaDonViHanhChinh>
    <dc:ChiTiet>Số 1</dc:ChiTiet><dc:QuocGia>VN</dc:QuocGia></dc:ThuongTru>
  <dc:NoiOHienTai><dc:MaDonViHanhChinh>00008</dc:MaDonViHanhChinh>
    <dc:ChiTiet>Số 2</dc:ChiTiet><dc:QuocGia>VN</dc:QuocGia></dc:NoiOHienTai>
  <dc:Cha><dc:SoDinhDanh>001030000004</dc:SoDinhDanh><dc:QuocTich>VN</dc:QuocTich>
    <dc:HoVaTen><dc:Ho>Nông</dc:Ho><dc:Ten>Bảo</dc:Ten></dc:HoVaTen></dc:Cha>
  <dc:Me><dc:SoCMND>012345679</dc:SoCMND><dc:QuocTich>VN</dc:QuocTich>
    <dc:HoVaTen><dc:Ho>Lục</dc:Ho><dc:ChuDem>Thị</dc:ChuDem><dc:Ten>Ca</dc:Ten></dc:HoVaTen></dc:Me>
</dc:CongDan>
</dc:CongdanCollection>";

#[test]
fn a_message_in_the_form_of_the_regulation_is_read_and_written_again() {
    let registry = Registry::new();
    let (summary, rejects) = registry.import(qcvn(), REGULATION.as_bytes());
    assert_eq!((summary.read, summary.imported), (1, 1), "{rejects}");
    assert_eq!(summary.message_people, Some(1));
    for told in [
        "native_unit,warning,unit_above_commune",
        "religion,warning,religion_unlisted",
    ] {
        assert!(rejects.contains(told), "{rejects}");
    }
    let (rows, _) = registry.export(FileForm::Csv, Scope::Nation);
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    let row: BTreeMap<String, String> = rows.deserialize().next().unwrap().unwrap();
    for (column, text) in [
        ("ethnic", "02"),
        ("religion", ""),
        ("blood", "00"),
        ("birth_date", "1950-02-03"),
        ("birth_registration_unit", "00004"),
        ("native_unit", ""),
        ("native_text", "một huyện"),
        ("current_unit", "00008"),
        ("father_pin", "001030000004"),
        ("mother_name", "Lục Thị Ca"),
    ] {
        assert_eq!(row[column], text, "{column}");
    }
    // It comes out as it went in.
    let (message, exported) = registry.export(FileForm::Qcvn, Scope::Nation);
    assert_eq!(exported.in_part, 0);
    let person: String = REGULATION
        .replace("dc:", "")
        .lines()
        .map(str::trim)
        .collect();
    let (from, until) = (
        person.find("<SoDinhDanh>").unwrap(),
        person.find("</CongDan>").unwrap(),
    );
    assert!(message.contains(&person[from..until]), "{message}");
    let again = Registry::new();
    let (_, rejects) = again.import(qcvn(), message.as_bytes());
    assert!(again.content() == registry.content(), "{rejects}");
}

#[test]
fn who_resides_in_a_district_has_to_be_found_a_commune() {
    let message = REGULATION.replace(
        "<dc:ThuongTru><dc:MaDonViHanhChinh>00004<",
        "<dc:ThuongTru><dc:MaDonViHanhChinh>001<",
    );
    let (summary, rejects) = Registry::new().import(qcvn(), message.as_bytes());
    assert_eq!(summary.rejected, 1);
    assert!(
        rejects.contains("residence_unit,rejected,unit_form"),
        "{rejects}"
    );
}

#[test]
fn a_file_says_how_many_people_it_has_and_a_stream_does_not() {
    let registry = Registry::new();
    let mut rows = Vec::new();
    write_csv(people(5, 20), &mut rows).unwrap();
    registry.import(csv(), &rows);
    let units = registry.registrar.units().unwrap();
    let wanted = Wanted {
        store: registry.store.as_ref(),
        units: &units,
        scope: Scope::Nation,
        form: FileForm::Qcvn,
    };
    let mut file = std::io::Cursor::new(Vec::new());
    let exported = export::write_file(wanted, DAY, &mut file, &|_| {}).unwrap();
    let file = file.into_inner();
    let (stream, _) = registry.export(FileForm::Qcvn, Scope::Nation);
    let text = String::from_utf8(file.clone()).unwrap();
    assert_eq!(text.replacen(" SoCongDan=\"000000000040\"", "", 1), stream);
    let (summary, rejects) = Registry::new().import(qcvn(), &file);
    assert_eq!(summary.message_people, Some(exported.people), "{rejects}");
    // Made for an exercise, a file says it as well.
    let mut made = std::io::Cursor::new(Vec::new());
    let made_people = write_qcvn_file(people(5, 20), DAY, &mut made).unwrap();
    let (summary, _) = Registry::new().import(qcvn(), made.get_ref());
    assert_eq!(summary.message_people, Some(made_people));
}

fn refusal(message: &[u8]) -> SourceError {
    let plan = Plan::new(qcvn(), RegistryKey([7; 16]), 2026);
    let store = |_: Portion| Ok::<_, UnitError>(Stored::default());
    match import::run(message, None::<Vec<u8>>, &plan, store) {
        Err(ImportError::Source(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn hostile_and_broken_messages_are_refused_with_their_line() {
    let doctype =
        "<!DOCTYPE a [\n<!ENTITY b \"bb\">\n]>\n<CongdanCollection>&b;</CongdanCollection>";
    let deep = format!("<CongdanCollection>\n{}", "<a>".repeat(100));
    let open = "<CongdanCollection>\n<CongDan>\n<Ten>A</Ten>";
    let crossed = "<CongdanCollection>\n<CongDan></Ten></CongdanCollection>";
    let cases: [(&[u8], &str, &str); 7] = [
        (doctype.as_bytes(), "import_xml_refused", "document type"),
        (
            b"<CongdanCollection>&b;</CongdanCollection>",
            "import_xml_refused",
            "an entity",
        ),
        (
            deep.as_bytes(),
            "import_xml_refused",
            "line 2: an element so deep",
        ),
        (open.as_bytes(), "import_xml_form", "line 3"),
        (crossed.as_bytes(), "import_xml_form", "line 2"),
        (b"<a/>", "import_xml_no_collection", "CongdanCollection"),
        (
            b"pin,name\n1,2\n",
            "import_xml_no_collection",
            "CongdanCollection",
        ),
    ];
    for (message, code, words) in cases {
        let error = refusal(message);
        let shown = error.to_string();
        assert_eq!(error.code(), code, "{shown}");
        assert!(shown.contains(words), "{shown}");
    }
    let endless = [
        b"<CongdanCollection>\n<CongDan><Ten>".as_slice(),
        &[b'a'; 1 << 20],
    ]
    .concat();
    let error = refusal(&endless);
    assert!(
        matches!(error, SourceError::EndlessRow { line: 2 }),
        "{error}"
    );
    let many = format!(
        "<CongdanCollection><CongDan>{}</CongDan></CongdanCollection>",
        "<a>1</a>".repeat(1000)
    );
    let (summary, rejects) = Registry::new().import(qcvn(), many.as_bytes());
    assert_eq!((summary.read, summary.rejected), (1, 1));
    assert!(rejects.contains("row_too_deep"), "{rejects}");
}

#[test]
fn an_interrupted_import_is_remembered_with_its_numbers_that_others_have() {
    let mut rows = Vec::new();
    write_csv(people(5, 60), &mut rows).unwrap();
    let registry = Registry::new();
    // The first person's number belongs to a person of another registry's import.
    let text = String::from_utf8(rows).unwrap();
    let one: Vec<&str> = text.lines().take(2).collect();
    let other = Plan::new(csv(), RegistryKey([9; 16]), 2026);
    let mut job = registry.registrar.begin_import([1; 16], false).unwrap();
    let alone = one.join("\n");
    import::run(alone.as_bytes(), None::<Vec<u8>>, &other, |portion| {
        job.store(NOW, portion)
    })
    .unwrap();

    let plan = Plan::new(csv(), RegistryKey([7; 16]), 2026);
    let mut job = registry.registrar.begin_import([2; 16], false).unwrap();
    let mut half = text.lines().take(61).collect::<Vec<_>>().join("\n");
    half.push('\n');
    let first = import::run(half.as_bytes(), None::<Vec<u8>>, &plan, |mut portion| {
        // The power goes before the households.
        portion.arrivals.retain(|arrival| arrival.row > 0);
        job.store(NOW, portion)
    })
    .unwrap();
    assert_eq!(first.rejected, 1);
    drop(job);

    let mut job = registry.registrar.begin_import([2; 16], false).unwrap();
    assert_eq!((job.so_far().rows, job.so_far().people), (60, 59));
    let mut again = plan;
    again.done_rows = job.so_far().rows;
    again.taken_before = job.taken().unwrap();
    assert_eq!(again.taken_before, [(1, Column::Pin)]);
    let mut rejects = Vec::new();
    let rest = import::run(text.as_bytes(), Some(&mut rejects), &again, |portion| {
        job.store(NOW, portion)
    })
    .unwrap();
    assert_eq!((rest.read, rest.rejected), (120, 1));
    assert_eq!(rest.imported, 60 + rest.households);
    assert!(
        String::from_utf8(rejects)
            .unwrap()
            .contains("2,pin,rejected,pin_taken,")
    );
    job.finish(NOW).unwrap();
    // A file that was imported to its end begins at its beginning; so does a restart.
    let job = registry.registrar.begin_import([2; 16], false).unwrap();
    assert_eq!(job.so_far().rows, 0);
}
