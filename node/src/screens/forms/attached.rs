//! Files of a paper, as a draft names them: one text each, at `PAPER.attachments.N`. The content
//! is in the office's folder; the text says which, and the office holds it against what it has.

use registry::attachment::{ATTACHMENTS_MAX, Attachment};
use serde_json::{Value, json};

use super::typed::Typed;

/// Where the files of a paper stand.
pub(super) fn files_of(paper: &str) -> String {
    format!("{paper}.attachments")
}

/// A file as a draft names it.
pub(super) fn written(attachment: &Attachment) -> String {
    let (hash, bytes) = (attachment.hash(), attachment.bytes());
    format!("{hash} {bytes} {}", attachment.kind().key())
}

/// What a draft names so.
pub(super) fn read(text: &str) -> Option<Attachment> {
    let mut words = text.split(' ');
    let (hash, bytes, kind) = (words.next()?, words.next()?, words.next()?);
    let bytes = bytes.parse::<u32>().ok()?;
    serde_json::from_value(json!({ "hash": hash, "bytes": bytes, "kind": kind })).ok()
}

/// The files of a paper, each with its place.
pub(super) fn of_paper(typed: &Typed, paper: &str) -> Vec<(usize, Attachment)> {
    let path = files_of(paper);
    let at = |index: usize| Some((index, read(typed.at(&format!("{path}.{index}")))?));
    (0..ATTACHMENTS_MAX).filter_map(at).collect()
}

/// Puts one more file to a paper, once; `None` if it has as many as an act may name.
pub(super) fn attach(typed: &mut Typed, paper: &str, text: &str) -> Option<()> {
    let path = files_of(paper);
    let places = || (0..ATTACHMENTS_MAX).map(|index| format!("{path}.{index}"));
    if places().any(|place| typed.at(&place) == text) {
        return Some(());
    }
    let free = places().find(|place| typed.at(place).is_empty())?;
    typed.set(&free, text);
    Some(())
}

/// The files of a paper in the JSON of an act; `None` if there are none.
pub(super) fn json_of(typed: &Typed, paper: &str) -> Option<Value> {
    let files = of_paper(typed, paper);
    let value = |(_, attachment): &(usize, Attachment)| serde_json::to_value(attachment).ok();
    let list: Vec<Value> = files.iter().filter_map(value).collect();
    (!list.is_empty()).then_some(Value::Array(list))
}

/// Of several photographs the one that was chosen last stands.
pub(super) fn keep_last(typed: &mut Typed, path: &str) {
    let files = of_paper(typed, path);
    let Some((_, last)) = files.last() else {
        return;
    };
    for (place, _) in &files {
        typed.set(&format!("{}.{place}", files_of(path)), "");
    }
    typed.set(&format!("{}.0", files_of(path)), &written(last));
}

/// The one photograph in the JSON of an act.
pub(super) fn photo_json(typed: &Typed, path: &str) -> Option<Value> {
    let files = of_paper(typed, path);
    let (_, last) = files.last()?;
    serde_json::to_value(last).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn scan(byte: u8) -> Attachment {
        Attachment::of(&[0xff, 0xd8, 0xff, byte]).unwrap()
    }

    #[test]
    fn a_draft_names_a_file_as_an_act_does() {
        let mut typed = Typed::default();
        let text = written(&scan(1));
        assert_eq!(read(&text), Some(scan(1)));
        attach(&mut typed, "evidence.0", &text).unwrap();
        attach(&mut typed, "evidence.0", &text).unwrap();
        attach(&mut typed, "evidence.0", &written(&scan(2))).unwrap();
        let json = json_of(&typed, "evidence.0").unwrap();
        let named: Vec<Attachment> = serde_json::from_value(json).unwrap();
        assert_eq!(named, [scan(1), scan(2)]);
        assert_eq!(json_of(&typed, "evidence.1"), None);
    }

    #[test]
    fn a_paper_takes_no_more_files_than_an_act_names() {
        let mut typed = Typed::default();
        for byte in 0..ATTACHMENTS_MAX {
            let text = written(&scan(u8::try_from(byte).unwrap()));
            assert_eq!(attach(&mut typed, "evidence.0", &text), Some(()));
        }
        assert_eq!(attach(&mut typed, "evidence.0", &written(&scan(99))), None);
    }

    #[test]
    fn of_several_photographs_the_last_one_stands() {
        let mut typed = Typed::default();
        keep_last(&mut typed, "photo");
        assert_eq!(photo_json(&typed, "photo"), None);
        attach(&mut typed, "photo", &written(&scan(1))).unwrap();
        attach(&mut typed, "photo", &written(&scan(2))).unwrap();
        keep_last(&mut typed, "photo");
        assert_eq!(of_paper(&typed, "photo"), [(0, scan(2))]);
        let named = photo_json(&typed, "photo").unwrap();
        assert_eq!(
            serde_json::from_value::<Attachment>(named).unwrap(),
            scan(2)
        );
    }

    #[test]
    fn a_text_that_names_no_file_is_none() {
        for text in ["", "x", "00 5 jpeg", "zz 1 jpeg", "scan.jpg"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
