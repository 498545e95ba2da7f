//! `registryctl units`: the editions of the units, what became of a code, and decrees.

use std::cmp::Reverse;
use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use crate::central;
use crate::cli::{Global, UnitsAction, UnitsApplyArguments, UnitsArguments};
use crate::client::Api;
use crate::duration::now_s;
use crate::failure::Failure;
use crate::lag::ago;
use crate::output::{Format, Tone, cell, print_json, print_line, table};
use crate::population::bar;

/// How often the progress of a decree is asked for.
const POLL: Duration = Duration::from_millis(300);
/// Offices that a plan shows for people; programs get all.
const OFFICES_SHOWN: usize = 40;
/// Nodes that it lists for people; programs get all.
const NODES_SHOWN: usize = 40;

/// Runs the command.
pub(crate) fn run(arguments: &UnitsArguments, global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    match &arguments.action {
        None => list(&api, global),
        Some(UnitsAction::Show { code }) => show(&api, global, &code.to_string()),
        Some(UnitsAction::Apply(arguments)) => apply(&api, global, arguments),
    }
}

fn list(api: &Api, global: &Global) -> Result<(), Failure> {
    let answer = api.get("/api/v1/units")?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let mut shown = table(&["edition", "holds from", "communes", "provinces", "decree"]);
    let in_force = number(&answer, "edition");
    for edition in rows(&answer, "editions") {
        let this = number(edition, "edition");
        let tone = if this == in_force {
            Tone::Good
        } else {
            Tone::Plain
        };
        let decree = match (number(edition, "rows"), number(edition, "commit")) {
            (0, _) => "-".to_owned(),
            (rows, 0) => format!("{rows} rows, before this registry began"),
            (rows, commit) => format!("{rows} rows, in force since commit {commit}"),
        };
        shown.add_row([
            cell(this, tone),
            cell(text(edition, "effective"), tone),
            cell(number(edition, "communes"), Tone::Plain),
            cell(number(edition, "provinces"), Tone::Plain),
            cell(decree, Tone::Plain),
        ]);
    }
    print_line(shown)?;
    match answer
        .get("progress")
        .filter(|progress| !progress.is_null())
    {
        Some(progress) if text(progress, "phase") != "done" => print_line(format!(
            "edition {} is being carried out: {}",
            number(progress, "edition"),
            words_of(progress)
        )),
        _ => Ok(()),
    }
}

fn show(api: &Api, global: &Global, code: &str) -> Result<(), Failure> {
    let answer = api.get(&format!("/api/v1/units/{code}"))?;
    if global.format == Format::Json {
        return print_json(&answer);
    }
    let mut shown = table(&[
        "edition",
        "holds from",
        "name",
        "province",
        "of",
        "then",
        "into",
    ]);
    for at in answer.as_array().into_iter().flatten() {
        let tone = if at.get("change").is_none_or(Value::is_null) {
            Tone::Good
        } else {
            Tone::Plain
        };
        shown.add_row([
            cell(number(at, "edition"), tone),
            cell(text(at, "since"), tone),
            cell(text(at, "name"), tone),
            cell(text(at, "province"), Tone::Plain),
            cell(codes(at, "from"), Tone::Plain),
            cell(text(at, "change"), Tone::Plain),
            cell(codes(at, "to"), Tone::Plain),
        ]);
    }
    print_line(shown)
}

fn apply(api: &Api, global: &Global, arguments: &UnitsApplyArguments) -> Result<(), Failure> {
    let file = fs::read_to_string(&arguments.file)
        .map_err(|error| Failure::file(&arguments.file, &error))?;
    let body = json!({
        "decree": file,
        "effective": arguments.effective.map(|date| date.to_civil().to_string()),
        "dry_run": arguments.dry_run,
    });
    let answer = api.post("/api/v1/units", &body)?;
    if arguments.dry_run {
        if global.format == Format::Json {
            return print_json(&answer);
        }
        return plan(&answer);
    }
    let done = follow(api)?;
    if global.format == Format::Json {
        return print_json(&done);
    }
    print_line(format!(
        "edition {} is in force; {} records changed hands, and every office was told",
        number(&done, "edition"),
        number(&done, "moved"),
    ))
}

/// Waits until the slices follow the decree. Whoever stops waiting stops nothing.
fn follow(api: &Api) -> Result<Value, Failure> {
    let bar = bar(1, "communes");
    loop {
        let answer = api.get("/api/v1/units")?;
        let progress = answer.get("progress").cloned().unwrap_or_default();
        if text(&progress, "phase") == "done" {
            bar.finish_and_clear();
            return Ok(progress);
        }
        let communes: Vec<u64> = rows(&progress, "communes")
            .iter()
            .filter_map(Value::as_u64)
            .collect();
        if let [done, all] = communes.as_slice() {
            bar.set_length(*all);
            bar.set_position(*done);
        }
        bar.set_message(words_of(&progress));
        std::thread::sleep(POLL);
    }
}

fn words_of(progress: &Value) -> String {
    let what = match text(progress, "phase").as_str() {
        "moving" => "records are given to their slices",
        "telling" => "offices are told",
        _ => "done",
    };
    format!("{what} ({} moved)", number(progress, "moved"))
}

/// What a decree would do, for people: the offices with unsent acts and the largest first.
fn plan(answer: &Value) -> Result<(), Failure> {
    let plan = answer.get("plan").cloned().unwrap_or_default();
    let communes: Vec<String> = rows(&plan, "communes")
        .iter()
        .map(ToString::to_string)
        .collect();
    print_line(format!(
        "edition {}, from {}: {} communes",
        number(&plan, "edition"),
        text(&plan, "effective"),
        communes.join(" become "),
    ))?;
    print_line(format!(
        "{} merged, {} divided, {} renamed, {} re-classed, {} provinces named; {} records in slices that change",
        number(&plan, "merged"),
        number(&plan, "divided"),
        number(&plan, "renamed"),
        number(&plan, "reclassed"),
        number(&plan, "provinces"),
        number(&plan, "records"),
    ))?;
    let mut offices: Vec<&Value> = rows(&plan, "offices").iter().collect();
    offices.sort_by_key(|office| Reverse((unsent(office), number(office, "records"))));
    let mut shown = table(&[
        "office",
        "name",
        "change",
        "becomes",
        "records",
        "which go to",
        "nodes",
        "unsent",
        "last contact",
    ]);
    let now = now_s();
    for office in offices.iter().take(OFFICES_SHOWN) {
        let nodes = rows(office, "nodes");
        let contact = nodes.iter().filter_map(contact).min();
        let unsent = unsent(office);
        let tone = if unsent > 0 { Tone::Late } else { Tone::Plain };
        shown.add_row([
            cell(text(office, "office"), Tone::Plain),
            cell(text(office, "name"), Tone::Plain),
            cell(text(office, "change"), Tone::Plain),
            cell(text(office, "becomes"), Tone::Plain),
            cell(number(office, "records"), Tone::Plain),
            cell(parts(office), Tone::Plain),
            cell(nodes.len(), Tone::Plain),
            cell(unsent, tone),
            cell(ago(contact, now), Tone::Plain),
        ]);
    }
    print_line(shown)?;
    if offices.len() > OFFICES_SHOWN {
        let more = offices.len() - OFFICES_SHOWN;
        print_line(format!(
            "and {more} more offices; `--format json` lists all"
        ))?;
    }
    if let Some(nodes) = nodes_told(&offices, now) {
        print_line(nodes)?;
    }
    let counted = |office: &&Value| office.get("parts").is_some_and(Value::is_object);
    if offices.iter().any(counted) {
        print_line("untold: no address tells the part, so they go to the row with default 1")?;
    }
    print_line("nothing was changed (--dry-run)")
}

/// The nodes of the offices that a decree concerns, those with unsent acts first, then those that
/// were dark longest; none without one.
fn nodes_told(offices: &[&Value], now: i64) -> Option<String> {
    let mut nodes: Vec<(&Value, &Value)> = Vec::new();
    for office in offices {
        let of_office = rows(office, "nodes").iter();
        nodes.extend(of_office.map(|node| (*office, node)));
    }
    if nodes.is_empty() {
        return None;
    }
    // One that was never seen has no time, which comes before all times.
    nodes.sort_by_key(|(_, node)| (Reverse(number(node, "unsent")), contact(node)));
    let mut shown = table(&["node", "office", "unsent", "last contact"]);
    for (office, node) in nodes.iter().take(NODES_SHOWN) {
        let unsent = number(node, "unsent");
        let tone = if unsent > 0 { Tone::Late } else { Tone::Plain };
        shown.add_row([
            cell(text(node, "node"), Tone::Plain),
            cell(text(office, "office"), Tone::Plain),
            cell(unsent, tone),
            cell(ago(contact(node), now), Tone::Plain),
        ]);
    }
    let more = match nodes.len().saturating_sub(NODES_SHOWN) {
        0 => String::new(),
        more => format!("\nand {more} more nodes; `--format json` has all"),
    };
    Some(format!("{shown}{more}"))
}

/// How many records of a divided commune go where: `00008 1204, 00025 310; 87 untold`.
fn parts(office: &Value) -> String {
    let Some(parts) = office.get("parts").filter(|parts| !parts.is_null()) else {
        return codes(office, "to");
    };
    let part = |part: &Value| {
        let code = part
            .get(0)
            .and_then(Value::as_str)
            .unwrap_or("-")
            .to_owned();
        let records = part.get(1).and_then(Value::as_u64).unwrap_or(0);
        format!("{code} {records}")
    };
    let each: Vec<String> = rows(parts, "to").iter().map(part).collect();
    let each = each.join(", ");
    match number(parts, "by_default") {
        0 => each,
        untold => format!("{each}; {untold} untold"),
    }
}

fn unsent(office: &Value) -> u64 {
    rows(office, "nodes")
        .iter()
        .map(|node| number(node, "unsent"))
        .sum()
}

/// When a node was last heard of; none if never.
fn contact(node: &Value) -> Option<i64> {
    node.get("last_contact_s").and_then(Value::as_i64)
}

fn rows<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn number(value: &Value, key: &str) -> u64 {
    value.get(key).and_then(Value::as_u64).unwrap_or(0)
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or("-")
        .to_owned()
}

fn codes(value: &Value, key: &str) -> String {
    let codes: Vec<&str> = rows(value, key).iter().filter_map(Value::as_str).collect();
    match codes.len() {
        0 => "-".to_owned(),
        _ => codes.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nodes_that_a_decree_concerns_are_listed_as_far_as_a_page_goes() {
        let office = |code: &str, nodes: usize, unsent: u64| {
            let nodes: Vec<Value> = (0..nodes)
                .map(|at| json!({"node": format!("{code}-{at}"), "unsent": unsent}))
                .collect();
            json!({"office": code, "nodes": nodes})
        };
        let (quiet, busy) = (office("00004", NODES_SHOWN, 0), office("00008", 2, 3));
        let told = nodes_told(&[&quiet, &busy], 0).unwrap();
        for part in ["00008-0", "00008-1", "00004-0", "and 2 more nodes"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains("00004-39"), "{told}");
        let told = nodes_told(&[&busy], 0).unwrap();
        assert!(told.contains("00008-1") && !told.contains("more"), "{told}");
        let empty = office("00025", 0, 0);
        assert_eq!(nodes_told(&[&empty], 0), None);
    }

    #[test]
    fn of_nodes_with_nothing_unsent_those_that_were_dark_longest_are_listed() {
        let seen = |at: usize| {
            let node = format!("n-{at:02}");
            json!({"node": node, "unsent": 0, "last_contact_s": 1_000 - at})
        };
        let mut nodes: Vec<Value> = (0..NODES_SHOWN).map(seen).collect();
        nodes.push(json!({"node": "never", "unsent": 0, "last_contact_s": null}));
        let office = json!({"office": "00004", "nodes": nodes});
        let told = nodes_told(&[&office], 1_000).unwrap();
        let place = |node: &str| told.find(node).unwrap_or_else(|| panic!("{node}: {told}"));
        assert!(place("never") < place("n-39"), "{told}");
        assert!(place("n-39") < place("n-01"), "{told}");
        assert!(!told.contains("n-00"), "{told}");
    }
}
