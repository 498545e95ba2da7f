//! `bundle`: what an office without a line writes onto a stick, and the answer that comes back.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use clap::Subcommand;
use data_encoding::BASE64;
use serde_json::{Value, json};

use super::client::Client;
use super::table::{self, Rows};
use super::words::{count, moment, size};
use super::{Cli, Exit, Failure};

/// No bundle is larger, bytes: more is not read from a stick. The daemon says what is wrong with it.
const FILE_BYTES_MAX: u64 = 8 << 20;

pub(super) const EXAMPLES: &str = "\
Examples:
  commune-node bundle export /media/stick/00004.bundle     then take the stick to the centre
  commune-node bundle import /media/stick/00004.answer     what the centre gave back on it
  commune-node bundle list

How a stick travels:
  1. export here: everything unsent, sealed so that only the centre can read it
  2. at the centre: registryctl bundle import 00004.bundle --answer 00004.answer
  3. import here: receipts, and what changed elsewhere

Acts stay unsent until their receipts come, by stick or by line, whichever is first. A stick that is
lost, late or taken in twice does no harm; export again as often as you like. A bundle is good for 30
days. Scanned papers do not go on a stick: they wait for a line.";

/// What is wanted of bundles.
#[derive(Debug, Subcommand)]
pub enum BundleCommand {
    /// Write what is unsent, and where the feed stands, onto a stick for the centre.
    #[command(after_help = EXAMPLES)]
    Export {
        /// The file; it must not be there yet.
        file: std::path::PathBuf,
    },
    /// Take the centre's answer in: receipts, and what changed elsewhere.
    #[command(after_help = EXAMPLES)]
    Import {
        /// The file that the centre wrote.
        file: std::path::PathBuf,
    },
    /// The bundles that were made, and whether their answers came.
    List,
}

pub(super) fn bundle(cli: &Cli, command: &BundleCommand) -> Result<Exit, Failure> {
    match command {
        BundleCommand::Export { file } => export(cli, file),
        BundleCommand::Import { file } => import(cli, file),
        BundleCommand::List => {
            let answer = client(cli)?.get("/api/v1/bundles", &[])?;
            table::show(cli, &answer, list);
            Ok(Exit::Done)
        }
    }
}

fn client(cli: &Cli) -> Result<Client, Failure> {
    Client::new(&cli.data, cli.officer.as_ref())
}

fn export(cli: &Cli, path: &Path) -> Result<Exit, Failure> {
    let client = client(cli)?;
    let failed = |error| Failure::system(&format!("write {}", path.display()), &error);
    // The place first: what cannot be written must not be found out afterwards.
    let mut file = create(path)?;
    let written = client
        .post("/api/v1/bundles", &json!({}))
        .and_then(|mut made| {
            let content = made.get_mut("content").map(Value::take).unwrap_or_default();
            let content = BASE64.decode(content.as_str().unwrap_or_default().as_bytes());
            let content = content.map_err(|_| {
                let words = "the daemon's answer cannot be read; is another program on its port?";
                Failure::new(Exit::Failed, "answer_unreadable", words)
            })?;
            file.write_all(&content)
                .and_then(|()| file.sync_all())
                .and_then(|()| sync_folder(path))
                .map_err(failed)?;
            Ok((made, content.len()))
        });
    let (mut made, bytes) = match written {
        Ok(written) => written,
        Err(failure) => {
            drop(file);
            let _ = std::fs::remove_file(path);
            return Err(failure);
        }
    };
    if let Some(made) = made.as_object_mut() {
        made.remove("content");
        made.insert("file".to_owned(), json!(path.display().to_string()));
        made.insert("bytes".to_owned(), json!(bytes));
    }
    table::show(cli, &made, exported);
    Ok(Exit::Done)
}

/// A file that was not there before, for its owner alone.
fn create(path: &Path) -> Result<File, Failure> {
    let opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    opened.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            let words = format!(
                "{} is there already and is not written over; give another name",
                path.display()
            );
            Failure::new(Exit::Usage, "file_exists", &words)
        }
        _ => Failure::system(&format!("write {}", path.display()), &error),
    })
}

/// The name of a file is safe on the stick only when its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn import(cli: &Cli, path: &Path) -> Result<Exit, Failure> {
    let mut content = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX).read_to_end(&mut content))
        .map_err(|error| Failure::system(&format!("read {}", path.display()), &error))?;
    let answer = client(cli)?.post_bytes("/api/v1/bundles/answer", &content)?;
    table::show(cli, &answer, imported);
    Ok(Exit::Done)
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or(0)
}

fn time(value: &Value, key: &str) -> String {
    let at_s = value.get(key).and_then(Value::as_i64);
    at_s.map_or_else(String::new, moment)
}

fn exported(made: &Value) -> String {
    let text = |key: &str| made.get(key).and_then(Value::as_str).unwrap_or_default();
    let acts = match number(made, "acts") {
        0 => "no acts (nothing is unsent): it asks for what changed elsewhere".to_owned(),
        acts => format!(
            "{}, from {} to {}",
            count(acts, "act"),
            number(made, "first"),
            number(made, "last")
        ),
    };
    let mut words = format!(
        "written: {} ({})\n{acts}\ngood until {}; sealed for the centre alone\n",
        text("file"),
        size(number(made, "bytes")),
        time(made, "expires_s"),
    );
    let left = number(made, "left");
    if left > 0 {
        let left = count(left, "act");
        words.push_str(&format!(
            "{left} more did not fit: export again after the answer\n"
        ));
    }
    words.push_str("the acts stay unsent here until their receipts come, by stick or by line\n");
    words
}

fn imported(taken: &Value) -> String {
    if taken.get("new_life") == Some(&Value::Bool(true)) {
        return "this device was restored or copied: the centre has other acts of it. A new life began and what was certainly not there was filed again; look at `commune-node pending`, then export a new bundle\n".to_owned();
    }
    let mut words = format!(
        "taken in: the centre has acts up to {}; {} now final, in review or returned, {} unsent\n",
        number(taken, "taken"),
        count(number(taken, "answered"), "act"),
        number(taken, "unsent"),
    );
    words.push_str(&format!(
        "{} new entries of the feed, {} were here already\n",
        number(taken, "entries_new"),
        number(taken, "entries_known"),
    ));
    let left = number(taken, "entries_left");
    let is = |what: &str| taken.get(what) == Some(&Value::Bool(true));
    if is("needs_line") {
        words.push_str("the rest needs a line: the office's records have to be sent anew\n");
    } else if is("late") {
        words.push_str(
            "it was made before this device was restored: export a new bundle for the rest\n",
        );
    } else if left > 0 {
        words.push_str(&format!(
            "{left} more entries wait at the centre: export again, or by line\n"
        ));
    }
    words
}

fn list(answer: &Value) -> String {
    let views = answer.as_array().map_or(&[][..], Vec::as_slice);
    if views.is_empty() {
        return "no bundle was made here\n".to_owned();
    }
    let mut rows = Rows::new(&[
        "made",
        "good until",
        "acts",
        "from",
        "to",
        "by",
        "answer",
        "bundle",
    ]);
    for view in views {
        let text = |key: &str| view.get(key).and_then(Value::as_str).unwrap_or_default();
        let answered = time(view, "answered_s");
        rows.push(vec![
            time(view, "made_s"),
            time(view, "expires_s"),
            number(view, "acts").to_string(),
            number(view, "first").to_string(),
            number(view, "last").to_string(),
            text("by").to_owned(),
            if answered.is_empty() {
                "none yet".to_owned()
            } else {
                answered
            },
            text("bundle").to_owned(),
        ]);
    }
    rows.to_text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_told_in_words() {
        let made = json!({"file": "/stick/a.bundle", "bytes": 30_000, "acts": 412, "first": 3,
            "last": 414, "left": 0, "expires_s": 0});
        let words = exported(&made);
        assert!(words.contains("412 acts, from 3 to 414"), "{words}");
        assert!(!words.contains("did not fit"), "{words}");
        let empty = json!({"acts": 0, "left": 2});
        let words = exported(&empty);
        assert!(words.contains("nothing is unsent"), "{words}");
        assert!(words.contains("2 acts more did not fit"), "{words}");
    }

    #[test]
    fn what_came_of_an_answer_is_told_in_words() {
        let taken = json!({"taken": 414, "answered": 412, "unsent": 0, "entries_new": 9,
            "entries_known": 1, "entries_left": 3});
        let words = imported(&taken);
        assert!(
            words.contains("acts up to 414; 412 acts now final"),
            "{words}"
        );
        assert!(
            words.contains("3 more entries wait at the centre"),
            "{words}"
        );
        assert!(imported(&json!({"new_life": true})).contains("export a new bundle"));
        assert!(imported(&json!({"needs_line": true})).contains("needs a line"));
        assert!(imported(&json!({"late": true})).contains("export a new bundle"));
    }
}
