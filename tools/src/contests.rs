//! `registryctl act ACT contest`: opens the case about an act that took effect and is wrong, or
//! shows what its decision would change.

use registry::edit::Edit;
use registry::{ActId, RecordId};
use serde::Deserialize;
use serde_json::json;

use crate::central;
use crate::cli::{ContestArguments, Global};
use crate::failure::Failure;
use crate::output::{Format, print_json, print_line};
use crate::words;

/// What the registry answers.
#[derive(Debug, Deserialize)]
struct Contested {
    case: Option<u64>,
    changes: Vec<Change>,
}

/// What is changed of one record.
#[derive(Debug, Deserialize)]
struct Change {
    record: RecordId,
    edits: Vec<Edit>,
}

/// Runs the command.
pub(crate) fn contest(
    act: &ActId,
    wanted: &ContestArguments,
    global: &Global,
) -> Result<(), Failure> {
    let api = central::connect(global)?;
    let api = central::speaking_as(api, wanted.as_person.as_deref())?;
    let body = json!({
        "paper": wanted.paper.as_deref().unwrap_or_default().trim(),
        "reason": wanted.reason.as_deref().unwrap_or_default().trim(),
        "dry_run": wanted.dry_run,
    });
    let answer = api.post(&format!("/api/v1/acts/{act}/contest"), &body)?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let contested: Contested = serde_json::from_value(answer)
        .map_err(|_| Failure::Usage("the registry's answer is of another version".into()))?;
    print_line(said(&contested).trim_end())
}

fn said(contested: &Contested) -> String {
    let mut text = match contested.case {
        Some(case) => format!(
            "Case {case} is open; two reviewers decide it: registryctl case {case} show\nTaking the act back would write:\n"
        ),
        None => "Taking the act back would write the following; nothing was changed:\n".to_owned(),
    };
    for change in &contested.changes {
        text.push_str(&format!("  record {}\n", change.record));
        for edit in &change.edits {
            text.push_str(&format!("    {}\n", words::edit(edit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_only_looked_at_says_so_and_an_open_case_says_where_it_is_decided() {
        let changes =
            json!([{"record": "02".repeat(16), "makes": false, "edits": [{"clear": "death"}]}]);
        let looked: Contested =
            serde_json::from_value(json!({"case": null, "changes": changes})).unwrap();
        let looked = said(&looked);
        assert!(looked.contains("nothing was changed") && looked.contains(&"02".repeat(16)));
        let opened: Contested =
            serde_json::from_value(json!({"case": 31, "changes": changes})).unwrap();
        assert!(said(&opened).contains("registryctl case 31 show"));
    }
}
