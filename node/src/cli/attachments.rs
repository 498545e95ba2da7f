//! Photographs and scanned papers: attaching them to an act, and how they are on their way.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use registry::attachment::{ATTACHMENT_BYTES_MAX, Attachment, AttachmentId};
use serde_json::{Map, Value, json};

use super::client::Client;
use super::table::{self, Rows};
use super::words::{moment, size};
use super::{AttachmentWanted, AttachmentsArguments, Cli, Exit, Failure};

/// A file to attach, and perhaps to which paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachArgument {
    paper: Option<String>,
    file: PathBuf,
}

impl FromStr for AttachArgument {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<AttachArgument, Self::Err> {
        Ok(match text.split_once('=') {
            // A file that is there is meant as it is written.
            Some((paper, file)) if !Path::new(text).exists() => AttachArgument {
                paper: Some(paper.trim().to_owned()),
                file: PathBuf::from(file),
            },
            _ => AttachArgument {
                paper: None,
                file: PathBuf::from(text),
            },
        })
    }
}

/// Hands the files to the daemon and names them in the act. All of them are read and placed before
/// the first is handed over, so that a mistake leaves nothing behind; none is if they are only to be
/// looked over. The photograph of a portrait is no paper: it stands in the act itself.
pub(super) fn attach(
    client: &Client,
    act: &mut Value,
    files: &[AttachArgument],
    only_check: bool,
) -> Result<(), Failure> {
    let mut placed = Vec::new();
    for argument in files {
        if is_photograph(act, argument) {
            // It belongs to the act itself, so it is handed over to be looked over, too.
            let content = read(&argument.file)?;
            let taken = client.post_bytes("/api/v1/attachments", &content)?;
            if let Some(act) = act.as_object_mut() {
                act.insert("photo".to_owned(), taken);
            }
            continue;
        }
        let place = place_of(act, argument)?;
        placed.push((place, read(&argument.file)?));
    }
    if only_check {
        return Ok(());
    }
    for (place, content) in placed {
        let taken = client.post_bytes("/api/v1/attachments", &content)?;
        if let Some(list) = act.pointer_mut(&format!("/evidence/{place}/attachments"))
            && let Some(list) = list.as_array_mut()
        {
            list.push(taken);
        }
    }
    Ok(())
}

/// Whether a file is the photograph of a portrait: the first that is said to be no paper.
fn is_photograph(act: &Value, argument: &AttachArgument) -> bool {
    let of_portrait = act.get("act").and_then(Value::as_str) == Some("portrait");
    of_portrait && argument.paper.is_none() && act.get("photo").is_none()
}

/// The place of the paper in the act's evidence; it has a list of attachments then.
fn place_of(act: &mut Value, argument: &AttachArgument) -> Result<usize, Failure> {
    let usage = |words: String| Failure::new(Exit::Usage, "attach_to_which", &words);
    let object = act.as_object_mut();
    let object = object.ok_or_else(|| usage("the act is no JSON object".to_owned()))?;
    let evidence = object.entry("evidence").or_insert_with(|| json!([]));
    let Some(papers) = evidence.as_array_mut() else {
        return Err(usage("`evidence` of the act is no list".to_owned()));
    };
    let kind = |paper: &Value| paper.get("kind").and_then(Value::as_str).map(str::to_owned);
    let place = match &argument.paper {
        Some(wanted) => {
            let mut kinds = papers.iter().map(kind);
            let found = kinds.position(|kind| kind.as_deref() == Some(wanted));
            found.unwrap_or_else(|| {
                papers.push(json!({ "kind": wanted }));
                papers.len().saturating_sub(1)
            })
        }
        None if papers.len() == 1 => 0,
        None => {
            let kinds: Vec<String> = papers.iter().filter_map(kind).collect();
            let file = argument.file.display();
            return Err(usage(format!(
                "say which paper {file} is, as --attach 'KIND={file}'; the act names {}: {}",
                papers.len(),
                kinds.join(", ")
            )));
        }
    };
    let paper = papers.get_mut(place).and_then(Value::as_object_mut);
    let paper = paper.ok_or_else(|| usage("a paper in `evidence` is no object".to_owned()))?;
    let list = paper.entry("attachments").or_insert_with(|| json!([]));
    if list.is_array() {
        Ok(place)
    } else {
        Err(usage("`attachments` of a paper is no list".to_owned()))
    }
}

/// What is in the file, looked over before anything is sent.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let limit = u64::try_from(ATTACHMENT_BYTES_MAX).unwrap_or(u64::MAX);
    std::fs::File::open(path)
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut content))
        .map_err(|error| Failure::system(&format!("read {}", path.display()), &error))?;
    match Attachment::of(&content) {
        Ok(_) => Ok(content),
        Err(error) => {
            let words = format!("{}: {error}", path.display());
            Err(Failure::new(Exit::Refused, error.code(), &words))
        }
    }
}

pub(super) fn attachments(cli: &Cli, wanted: &AttachmentsArguments) -> Result<Exit, Failure> {
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    if let (Some(hash), Some(out)) = (&wanted.save, &wanted.out) {
        return save(&client, hash, out);
    }
    let limit = wanted.limit.to_string();
    let mut query = vec![("limit", limit.as_str())];
    query.extend(wanted.state.map(|state| ("state", key_of(state))));
    let answer = client.get("/api/v1/attachments", &query)?;
    table::show(cli, &answer, list);
    Ok(Exit::Done)
}

const fn key_of(state: AttachmentWanted) -> &'static str {
    match state {
        AttachmentWanted::Unnamed => "unnamed",
        AttachmentWanted::OnItsWay => "on_its_way",
        AttachmentWanted::AtCentre => "at_centre",
        AttachmentWanted::NotWanted => "not_wanted",
    }
}

fn save(client: &Client, hash: &str, out: &Path) -> Result<Exit, Failure> {
    let hash: AttachmentId = hash
        .parse()
        .map_err(|error| Failure::new(Exit::Usage, "hash_malformed", &format!("{error}")))?;
    let content = client.get_bytes(&format!("/api/v1/attachments/{hash}?reason=save"))?;
    let failed = |error| Failure::system(&format!("write {}", out.display()), &error);
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(out)
        .map_err(failed)?;
    file.write_all(&content)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
    println!("saved: {} ({})", out.display(), size(bytes));
    Ok(Exit::Done)
}

fn list(answer: &Value) -> String {
    let views = answer.as_array().map_or(&[][..], Vec::as_slice);
    if views.is_empty() {
        return "no attachment is known here\n".to_owned();
    }
    let mut rows = Rows::new(&["state", "sent", "size", "kind", "since", "here", "hash"]);
    for view in views.iter().filter_map(Value::as_object) {
        rows.push(row(view));
    }
    rows.to_text()
}

fn row(view: &Map<String, Value>) -> Vec<String> {
    let text = |key: &str| view.get(key).and_then(Value::as_str).unwrap_or_default();
    let number = |key: &str| view.get(key).and_then(Value::as_u64).unwrap_or(0);
    let state = match text("state") {
        "unnamed" => "named by no act",
        "on_its_way" => "on its way",
        "at_centre" => "at the centre",
        "not_wanted" => "act took no effect",
        other => other,
    };
    let state = match text("code") {
        "" => state.to_owned(),
        code => format!("{state} [{code}]"),
    };
    let at_s = view.get("at_s").and_then(Value::as_i64);
    let here = view.get("here").and_then(Value::as_bool) == Some(true);
    vec![
        state,
        format!("{} of {}", number("pieces_sent"), number("pieces")),
        size(number("bytes")),
        text("kind").to_owned(),
        at_s.map_or_else(String::new, moment),
        if here { "yes" } else { "no" }.to_owned(),
        text("hash").to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(text: &str) -> AttachArgument {
        text.parse().unwrap()
    }

    #[test]
    fn a_file_goes_to_the_only_paper_or_to_the_one_that_is_named() {
        let mut act = json!({"act": "birth", "evidence": [{"kind": "Giấy chứng sinh"}]});
        assert_eq!(place_of(&mut act, &argument("a.pdf")).unwrap(), 0);
        assert_eq!(place_of(&mut act, &argument("CT01=b.pdf")).unwrap(), 1);
        assert_eq!(
            place_of(&mut act, &argument("Giấy chứng sinh=c.pdf")).unwrap(),
            0
        );
        assert_eq!(
            act["evidence"][1],
            json!({"kind": "CT01", "attachments": []})
        );
        let refused = place_of(&mut act, &argument("d.pdf")).unwrap_err();
        assert!(refused.words.contains("Giấy chứng sinh, CT01"));
        assert!(place_of(&mut json!([]), &argument("CT01=e.pdf")).is_err());
        assert!(place_of(&mut json!({"evidence": 3}), &argument("CT01=e.pdf")).is_err());
    }

    #[test]
    fn a_list_tells_how_far_each_is_and_why_one_does_not_go() {
        let text = list(&json!([
            {"state": "on_its_way", "pieces_sent": 3, "pieces": 19, "bytes": 300_000, "kind": "pdf",
             "here": true, "hash": "ab", "code": "attachments_full"},
            {"state": "at_centre", "pieces_sent": 2, "pieces": 2, "bytes": 20_000, "kind": "jpeg",
             "here": false, "hash": "cd"},
        ]));
        assert!(
            text.contains("on its way [attachments_full]  3 of 19"),
            "{text}"
        );
        assert!(text.contains("at the centre"), "{text}");
    }
}
