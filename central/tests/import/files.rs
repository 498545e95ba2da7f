//! What an import finds wrong with a file as a whole: its header, its lines, what a message says of
//! itself.

use std::collections::BTreeMap;

use super::*;

/// Reads messages.
fn messages() -> Plan {
    Plan {
        form: Form::Qcvn(BTreeMap::new()),
        ..plan("")
    }
}

/// Why a file is not read.
fn stopped_by(plan: &Plan, file: &[u8]) -> (&'static str, String) {
    let stopped = import::run(file, None::<Vec<u8>>, plan, |portion| {
        Ok::<_, Infallible>(Kept::default().take(portion))
    });
    match stopped {
        Err(ImportError::Source(error)) => (error.code(), error.to_string()),
        other => panic!("{:?}", other.map(|summary| summary.read)),
    }
}

#[test]
fn what_stands_between_cells_is_found_by_the_header() {
    let commas =
        String::from_utf8(file(&[row(&[]), row(&[(Column::Pin, "001090000002")])])).unwrap();
    for separator in [",", ";", "\t"] {
        let text = commas.replace(',', separator);
        let (summary, rejects) = run_with(&mut Kept::default(), &plan(""), text.as_bytes());
        assert_eq!((summary.read, summary.rejected), (2, 0), "{rejects}");
    }
    // Commas in the names of columns are no separators.
    let map = plan("[columns]\npin = \"Số định danh, nếu có\"\n");
    let text = commas
        .replace(',', ";")
        .replacen("pin", "Số định danh, nếu có", 1);
    let (summary, rejects) = run_with(&mut Kept::default(), &map, text.as_bytes());
    assert_eq!((summary.read, summary.rejected), (2, 0), "{rejects}");
    // What the map says holds, whatever the header looks like.
    let said = plan("separator = \";\"");
    let refused = |csv: &[u8], plan: &Plan| {
        let stored = |_| Ok::<_, Infallible>(Stored::default());
        match import::run(csv, None::<Vec<u8>>, plan, stored) {
            Err(ImportError::Source(error)) => error.code(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(commas.as_bytes(), &said), "columns_missing");
    assert_eq!(refused(b"", &plan("")), "import_empty");
}

#[test]
fn a_fault_is_told_with_the_line_that_an_editor_shows() {
    let good = |pin| row(&[(Column::Pin, pin)]);
    let bad = || row(&[(Column::Pin, "12")]);
    let broken = |pin| {
        row(&[
            (Column::Pin, pin),
            (Column::ResidenceAddress, "số 1\nthôn Đông"),
        ])
    };
    let rows = [
        bad(),
        good("001090000001"),
        broken("001090000002"),
        bad(),
        String::new(),
        good("001090000003"),
        bad(),
    ];
    let unix = String::from_utf8(file(&rows)).unwrap();
    let windows = unix.replace('\n', "\r\n");
    let old = unix.replace('\n', "\r");
    let mixed = unix.replacen("\r\n", "\n", 3).replacen('\n', "\r\n", 4);
    let marked = format!("\u{feff}{}", windows.replace(',', ";"));
    for text in [unix, windows, old, mixed, marked] {
        let (summary, rejects) = run_with(&mut Kept::default(), &plan(""), text.as_bytes());
        assert_eq!((summary.rejected, summary.imported), (3, 3), "{rejects}");
        let lines = rejects
            .lines()
            .filter(|line| line.contains(",pin,rejected,"));
        let lines: Vec<&str> = lines.filter_map(|line| line.split(',').next()).collect();
        assert_eq!(lines, ["2", "6", "9"], "{text:?}");
    }
}

#[test]
fn a_row_that_does_not_end_stops_the_import_with_its_line() {
    let mut csv = file(&[row(&[])]);
    csv.extend_from_slice(b"\"");
    csv.extend(std::iter::repeat_n(b'a', 1 << 20));
    let error = import::run(csv.as_slice(), None::<Vec<u8>>, &plan(""), |_| {
        Ok::<_, Infallible>(Stored::default())
    })
    .unwrap_err();
    assert!(
        matches!(
            error,
            ImportError::Source(SourceError::EndlessRow { line: 3 })
        ),
        "{error}"
    );
}

#[test]
fn no_column_is_dropped_without_a_word() {
    let with = |name: &str, cell: &str| {
        let text = String::from_utf8(file(&[row(&[])])).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        format!("{header},{name}\n{},{cell}\n", rows.trim_end())
    };
    let (code, words) = stopped_by(&plan(""), with("ghi_chu", "x").as_bytes());
    assert_eq!(code, "import_columns_unknown");
    assert!(
        words.contains("\"ghi_chu\"") && words.contains("--leave"),
        "{words}"
    );
    let (code, _) = stopped_by(&plan(""), with("name", "x").as_bytes());
    assert_eq!(code, "import_column_twice");
    // A slip in one of our names is told with what was meant.
    let slip = String::from_utf8(file(&[row(&[])])).unwrap();
    let slip = slip.replacen(",religion,", ",relgion,", 1);
    let (_, words) = stopped_by(&plan(""), slip.as_bytes());
    assert!(words.contains("did you mean religion?"), "{words}");
    // Left out, it is told; so is what stands where there is no name.
    let mut kept = Kept::default();
    let leave = plan("leave = [\"ghi_chu\"]");
    let (summary, _) = run_with(&mut kept, &leave, with("ghi_chu", "x").as_bytes());
    assert_eq!(
        (summary.imported, summary.left_out),
        (1, vec!["ghi_chu".to_owned()])
    );
    let (_, rejects) = run_with(&mut Kept::default(), &plan(""), with("", "").as_bytes());
    assert!(!rejects.contains("cell_unnamed"), "{rejects}");
    let (summary, rejects) = run_with(&mut Kept::default(), &plan(""), with("", "x").as_bytes());
    assert_eq!(summary.imported, 1);
    assert!(rejects.contains("2,,warning,cell_unnamed,"), "{rejects}");
}

#[test]
fn a_slip_in_a_header_does_not_hide_what_stands_between_its_cells() {
    let text = "\u{feff}pin;name;birth_date;sex;residence_unit;residence_from;relgion\r\n\
                001090000001;Nguyễn Văn An;1990;1;00004;2015;00\r\n";
    let (code, words) = stopped_by(&plan(""), text.as_bytes());
    assert_eq!(code, "import_columns_unknown");
    assert!(words.contains("did you mean religion?"), "{words}");
    // Left out by the map; a separator behind the last cell is no column.
    let ended = text.replace("\r\n", ";\r\n");
    let leaving = plan("leave = [\"relgion\"]");
    let (summary, rejects) = run_with(&mut Kept::default(), &leaving, ended.as_bytes());
    assert_eq!((summary.read, rejects.as_str()), (1, ""));
    assert_eq!(summary.left_out, ["relgion"]);
    // What is needed is looked for first: the first row of a file without a header is not shown.
    let (code, words) = stopped_by(&plan(""), "001090000001,Nguyễn Văn An\n".as_bytes());
    assert_eq!(code, "columns_missing");
    assert!(!words.contains("Nguyễn"), "{words}");
}

#[test]
fn a_message_that_has_another_number_of_people_than_it_says_is_told() {
    let households = || Population::new(7, &[("00004".parse().unwrap(), 30)]).unwrap();
    let mut message = Vec::new();
    let people = registry::population::write_qcvn(households(), "2026-01-02", &mut message);
    let people = people.unwrap();
    let message = String::from_utf8(message).unwrap();
    let says = |attributes: &str| {
        message.replacen(
            " ThoiDiemDuLieu",
            &format!(" {attributes} ThoiDiemDuLieu"),
            1,
        )
    };
    let read = |text: &str| run_with(&mut Kept::default(), &messages(), text.as_bytes());
    for (text, told, wrong) in [
        (message.clone(), None, false),
        (
            says(&format!("SoCongDan=\"{people}\"")),
            Some(people),
            false,
        ),
        (says("SoCongDan=\"999\""), Some(999), true),
    ] {
        let (summary, rejects) = read(&text);
        assert_eq!((summary.read, summary.message_people), (people, told));
        assert_eq!(
            rejects.contains(",warning,message_count,"),
            wrong,
            "{rejects}"
        );
        assert!(!summary.message_note);
    }
    assert!(read(&says("GhiChu=\"bổ sung\"")).0.message_note);
}

#[test]
fn a_message_is_counted_by_itself_and_one_that_is_cut_is_refused() {
    let messages = messages();
    let two = "<a>\n<CongdanCollection SoCongDan=\"2\">\n<CongDan><x/></CongDan>\n\
               </CongdanCollection>\n<CongdanCollection SoCongDan=\"1\">\n<CongDan><x/></CongDan>\n\
               </CongdanCollection>\n</a>";
    let (summary, rejects) = run_with(&mut Kept::default(), &messages, two.as_bytes());
    assert_eq!((summary.read, summary.message_people), (2, Some(3)));
    assert_eq!(rejects.matches("message_count").count(), 1, "{rejects}");
    // The line of the message's beginning, and the numbers, not what stands in it.
    assert!(
        rejects
            .lines()
            .any(|line| line.starts_with("2,,warning,message_count,")
                && line.contains("2 people, and 1 ")),
        "{rejects}"
    );
    let cut = "<CongdanCollection SoCongDan=\"2\">\n<CongDan><x/></CongDan>\n";
    let (code, words) = stopped_by(&messages, cut.as_bytes());
    assert_eq!(code, "import_xml_form", "{words}");
}
