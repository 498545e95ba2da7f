//! Forms with files that came mangled: cut anywhere, with turned bits, with parts of another.

use super::*;

/// How many mangled forms are sent.
const FORMS: usize = 300;

/// The form of a birth with one scan, as the bytes between browser and office.
fn whole(csrf: &str) -> Vec<u8> {
    let fields = [("csrf", csrf), ("do", "again")];
    let fields = fields.into_iter().chain(CHILD);
    parts(
        fields,
        &[("evidence.0.file", "scan.png", b"\x89PNG\r\n\x1a\nscan")],
    )
}

/// One of the ways to mangle it, the same at every run.
fn mangled(whole: &[u8], number: usize) -> Vec<u8> {
    // Far from one another, and in time everywhere.
    let at = number * 7919 % whole.len();
    let to = (at + number % 61).min(whole.len());
    let mut bytes = whole.to_vec();
    match number % 5 {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << (number % 8),
        2 => drop(bytes.drain(at..to)),
        3 => drop(bytes.splice(at..at, whole[at..].to_vec())),
        _ => bytes[at..to].fill(0xff),
    }
    bytes
}

/// Each is answered with a page, none ends the office or goes into its papers as an act; and the
/// same form whole is taken afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mangled_forms_are_answered_and_the_office_goes_on() {
    let mut desk = desk().await;
    let browser = &mut desk.browser;
    let (draft, csrf) = birth_form(browser).await;
    let whole = whole(&csrf);
    let mut kinds = std::collections::BTreeSet::new();
    for number in 0..FORMS {
        let kind = match number % 50 {
            49 => "multipart/form-data",
            48 => "multipart/form-data; boundary=\"\u{e9}\"",
            _ => "multipart/form-data; boundary=cut",
        };
        let body = mangled(&whole, number);
        let answer = browser.send("POST", &draft, kind, body).await;
        assert!(
            (200..500).contains(&answer.status),
            "form {number}: {}",
            answer.status
        );
        kinds.insert(answer.status);
    }
    // Both happened: forms of which enough was left, and forms that were nobody's.
    assert!(kinds.contains(&409) && kinds.contains(&422), "{kinds:?}");
    let filed = desk.running.api.office.own_acts(None, 10).unwrap();
    assert!(filed.is_empty());
    let kind = "multipart/form-data; boundary=cut";
    let answer = desk.browser.send("POST", &draft, kind, whole).await;
    assert_eq!(answer.status, 200);
    let named = answer.value("evidence.0.attachments.0");
    assert!(named.is_some(), "{}", answer.text);
    desk.running.stop().await;
}
