//! `registryctl act` and `registryctl attachment`: an act with its papers, whether they have
//! arrived, and one of them as a file.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use serde_json::Value;

use crate::central;
use crate::cli::{ActAction, ActArguments, AttachmentArguments, Global};
use crate::contests;
use crate::duration::moment;
use crate::failure::Failure;
use crate::output::{Format, print_json, print_line};

/// Runs `registryctl act`.
pub(crate) fn act(arguments: &ActArguments, global: &Global) -> Result<(), Failure> {
    if let Some(ActAction::Contest(contest)) = &arguments.action {
        return contests::contest(&arguments.act, contest, global);
    }
    let api = central::connect(global)?;
    let api = central::speaking_as(api, arguments.as_person.as_deref())?;
    let answer = api.get(&format!("/api/v1/acts/{}", arguments.act))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    print_line(act_words(&answer).trim_end())
}

/// Runs `registryctl attachment`.
pub(crate) fn save(arguments: &AttachmentArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let api = central::speaking_as(api, arguments.as_person.as_deref())?;
    let out = &arguments.out;
    if out.exists() {
        let words = format!("{} is there already; give another file", out.display());
        return Err(Failure::Usage(words));
    }
    let content = api.get_bytes(&format!("/api/v1/attachments/{}", arguments.hash))?;
    let failed = |error| Failure::file(out, &error);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(out)
        .map_err(failed)?;
    file.write_all(&content)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    if global.format == Format::Json {
        return print_json(&serde_json::json!({
            "file": out.display().to_string(), "bytes": content.len()
        }));
    }
    let bytes = content.len();
    print_line(format!(
        "{}: {bytes} bytes; that you looked is written down",
        out.display()
    ))
}

fn act_words(act: &Value) -> String {
    let text = |key: &str| act.get(key).and_then(Value::as_str).unwrap_or("-");
    let at_s = act.get("at_s").and_then(Value::as_i64).unwrap_or(0);
    let mut words = format!(
        "Act {}: {} ({})\nOffice {}, officer {}; taken in {}\n",
        text("act"),
        text("label"),
        text("kind"),
        text("office"),
        text("officer"),
        moment(at_s),
    );
    let papers = act.get("papers").and_then(Value::as_array);
    let papers = papers.map_or(&[][..], Vec::as_slice);
    if papers.is_empty() {
        words.push_str("Papers: none\n");
    }
    for paper in papers {
        let text = |key: &str| paper.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = format!("{} {}", text("kind"), text("number"));
        words.push_str(&format!("Paper: {}\n", name.trim_end()));
        words.push_str(&scans(paper.get("attachments")));
    }
    words
}

/// Scans with how far they have arrived, a line each.
pub(crate) fn scans(list: Option<&Value>) -> String {
    let list = list.and_then(Value::as_array);
    list.into_iter().flatten().map(scan).collect()
}

fn scan(scan: &Value) -> String {
    let text = |key: &str| scan.get(key).and_then(Value::as_str).unwrap_or("-");
    let number = |key: &str| scan.get(key).and_then(Value::as_i64);
    let arrived = match number("arrived_s") {
        Some(at_s) => format!("arrived {}", moment(at_s)),
        None => format!(
            "on its way: {} of {} pieces",
            number("pieces_here").unwrap_or(0),
            number("pieces").unwrap_or(0)
        ),
    };
    let bytes = number("bytes").unwrap_or(0);
    format!(
        "  {} {bytes} bytes, {arrived}\n    {}\n",
        text("kind"),
        text("hash")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_act_tells_which_scan_has_arrived_and_how_far_another_is() {
        let words = act_words(&json!({
            "act": "aa", "kind": "birth", "label": "Đăng ký khai sinh", "office": "00004",
            "officer": "lan", "at_s": 0, "papers": [{"kind": "Giấy chứng sinh", "number": "7",
            "attachments": [
                {"hash": "h1", "bytes": 300_000, "kind": "pdf", "pieces": 19, "pieces_here": 3},
                {"hash": "h2", "bytes": 20_000, "kind": "jpeg", "pieces": 2, "pieces_here": 2,
                 "arrived_s": 0}]}]}));
        assert!(words.contains("Paper: Giấy chứng sinh 7"), "{words}");
        assert!(
            words.contains("pdf 300000 bytes, on its way: 3 of 19 pieces"),
            "{words}"
        );
        assert!(words.contains("jpeg 20000 bytes, arrived"), "{words}");
    }
}
