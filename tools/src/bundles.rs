//! `registryctl bundle`: taking in what an office without a line sends on a stick, and writing the
//! answer for the same stick.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::central;
use crate::cli::{BundleAction, BundleArguments, BundleImportArguments, Global};
use crate::client::Api;
use crate::duration::moment;
use crate::failure::Failure;
use crate::output::{Format, Tone, cell, print_json, print_line, table};

/// No bundle is larger, bytes: more is not read from a stick. The centre says what is wrong with it.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// Runs the command.
pub(crate) fn run(arguments: &BundleArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    match &arguments.action {
        BundleAction::Import(arguments) => import(&api, arguments, global),
        BundleAction::List { limit } => list(&api, *limit, global),
        BundleAction::Fetch { bundle, out } => fetch(&api, bundle, out, global),
        BundleAction::NewKey => new_key(&api, global),
    }
}

fn import(api: &Api, arguments: &BundleImportArguments, global: &Global) -> Result<(), Failure> {
    let api = central::speaking_as(api.clone(), arguments.as_person.as_deref())?;
    let mut content = Vec::new();
    File::open(&arguments.file)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut content))
        .map_err(|error| Failure::file(&arguments.file, &error))?;
    // The place for the answer first: what cannot be written must not be found out afterwards.
    let place = arguments
        .answer
        .as_deref()
        .map(NewFile::create)
        .transpose()?;
    let path = format!("/api/v1/bundles?dry_run={}", arguments.dry_run);
    let mut taken = api.post_bytes(&path, &content)?;
    let Some(place) = place else {
        return show(&taken, global, None);
    };
    let answer = taken
        .pointer_mut("/answer/content")
        .map(Value::take)
        .unwrap_or_default();
    let strange = |reason: &str| Failure::Strange {
        what: "the central registry",
        reason: reason.to_owned(),
    };
    let text = answer.as_str().ok_or_else(|| strange("no answer came"))?;
    let file = BASE64.decode(text.as_bytes());
    let file = file.map_err(|_| strange("the answer is no base64"))?;
    let path = place.finish(&file)?;
    if let Some(answer) = taken.get_mut("answer").and_then(Value::as_object_mut) {
        answer.remove("content");
        answer.insert("file".to_owned(), json!(path.display().to_string()));
        answer.insert("bytes".to_owned(), json!(file.len()));
    }
    show(&taken, global, Some(path.as_path()))
}

fn show(taken: &Value, global: &Global, answer: Option<&Path>) -> Result<(), Failure> {
    if global.format == Format::Json {
        return print_json(taken);
    }
    print_line(words(taken, answer).trim_end())
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or(0)
}

fn time(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_i64)
        .map_or_else(|| "-".to_owned(), moment)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or("-")
}

/// What came of a bundle, for people.
fn words(taken: &Value, answer: Option<&Path>) -> String {
    let (acts, new) = (number(taken, "acts"), number(taken, "acts_new"));
    let known = acts.saturating_sub(new);
    let mut words = format!(
        "bundle {} of office {} (node {}, life {})\nmade {}, good until {}\n",
        text(taken, "bundle"),
        text(taken, "office"),
        text(taken, "node"),
        number(taken, "incarnation"),
        time(taken, "made_s"),
        time(taken, "expires_s"),
    );
    words.push_str(&match (acts, taken.get("dry_run") == Some(&Value::Bool(true))) {
        (0, _) => "no acts in it: the office asks for its feed\n".to_owned(),
        (_, true) => format!(
            "acts {} to {}: {new} would be taken in, {known} are here already; nothing was changed\n",
            number(taken, "first"),
            number(taken, "last"),
        ),
        (_, false) => format!(
            "acts {} to {}: {new} taken in, {known} were here already\n",
            number(taken, "first"),
            number(taken, "last"),
        ),
    });
    let Some(given) = taken.get("answer").filter(|answer| answer.is_object()) else {
        return words;
    };
    if let Some(path) = answer {
        words.push_str(&format!(
            "answer: {} ({} bytes), {} entries of the feed with the receipts; good until {}\n",
            path.display(),
            number(given, "bytes"),
            number(given, "entries"),
            time(given, "expires_s"),
        ));
    }
    if given.get("needs_line") == Some(&Value::Bool(true)) {
        words.push_str(
            "the office was away for too long: its slice comes by line; the receipts with it\n",
        );
    } else if number(given, "left") > 0 {
        words.push_str(&format!(
            "{} entries did not fit: they come with the office's next bundle, or by line\n",
            number(given, "left")
        ));
    }
    words.push_str(
        "take the stick back to the office: Link page, or `commune-node bundle import`\n",
    );
    words
}

fn list(api: &Api, limit: u32, global: &Global) -> Result<(), Failure> {
    let answer = api.get(&format!("/api/v1/bundles?limit={limit}"))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let rows = answer.as_array().cloned().unwrap_or_default();
    if rows.is_empty() {
        return print_line("no bundle was taken in yet");
    }
    let mut shown = table(&[
        "bundle", "office", "made", "taken in", "by", "acts", "new", "state",
    ]);
    for row in &rows {
        let kept = row.get("quarantined") == Some(&Value::Bool(true));
        let (state, tone) = if kept {
            ("kept: device shut out", Tone::Late)
        } else {
            ("taken in", Tone::Plain)
        };
        shown.add_row([
            cell(text(row, "bundle"), Tone::Plain),
            cell(text(row, "office"), Tone::Plain),
            cell(time(row, "made_s"), Tone::Plain),
            cell(time(row, "at_s"), Tone::Plain),
            cell(text(row, "by"), Tone::Plain),
            cell(number(row, "acts"), Tone::Plain),
            cell(number(row, "acts_new"), Tone::Plain),
            cell(state, tone),
        ]);
    }
    print_line(shown)
}

fn fetch(api: &Api, bundle: &str, out: &Path, global: &Global) -> Result<(), Failure> {
    let place = NewFile::create(out)?;
    let content = api.get_bytes(&format!("/api/v1/bundles/{bundle}"))?;
    place.finish(&content)?;
    if global.format == Format::Json {
        return print_json(&json!({"file": out.display().to_string(), "bytes": content.len()}));
    }
    print_line(format!(
        "{}: {} bytes, sealed as it came",
        out.display(),
        content.len()
    ))
}

fn new_key(api: &Api, global: &Global) -> Result<(), Failure> {
    let answer = api.post("/api/v1/bundles/key", &json!({}))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    print_line(format!(
        "offices seal to key {} from their next contact on; earlier keys go on opening",
        text(&answer, "key")
    ))
}

/// A file that was not there before. What is not finished is taken away again.
struct NewFile {
    path: PathBuf,
    file: Option<File>,
}

impl NewFile {
    fn create(path: &Path) -> Result<NewFile, Failure> {
        if path.exists() {
            let words = format!("{} is there already; give another file", path.display());
            return Err(Failure::Usage(words));
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| Failure::file(path, &error))?;
        Ok(NewFile {
            path: path.to_owned(),
            file: Some(file),
        })
    }

    /// Writes it; when this returns, it is on the stick.
    fn finish(mut self, content: &[u8]) -> Result<PathBuf, Failure> {
        let failed = |error: std::io::Error| Failure::file(&self.path, &error);
        if let Some(file) = &mut self.file {
            file.write_all(content)
                .and_then(|()| file.sync_all())
                .map_err(failed)?;
        }
        let folder = self.path.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        self.file = None;
        Ok(std::mem::take(&mut self.path))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_was_taken_and_what_comes_later() {
        let mut taken = json!({
            "bundle": "ab", "office": "00004", "node": "cd", "incarnation": 1, "made_s": 0,
            "expires_s": 86_400, "first": 3, "last": 414, "acts": 412, "acts_new": 400,
            "dry_run": true, "answer": null,
        });
        let looked = words(&taken, None);
        assert!(
            looked.contains("acts 3 to 414: 400 would be taken in, 12 are here already"),
            "{looked}"
        );
        taken["dry_run"] = json!(false);
        taken["answer"] =
            json!({"entries": 500, "left": 7, "needs_line": false, "expires_s": 0, "bytes": 9});
        let words = words(&taken, Some(Path::new("x.answer")));
        assert!(
            words.contains("400 taken in, 12 were here already"),
            "{words}"
        );
        assert!(words.contains("x.answer (9 bytes), 500 entries"), "{words}");
        assert!(words.contains("7 entries did not fit"), "{words}");
    }

    #[test]
    fn a_file_is_never_written_over_and_one_that_is_not_finished_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.answer");
        drop(NewFile::create(&path).unwrap());
        assert!(!path.exists());
        NewFile::create(&path).unwrap().finish(b"one").unwrap();
        assert!(NewFile::create(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
    }
}
