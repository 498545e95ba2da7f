//! `status`: first what a clerk or an operator asks first, in one block.

use serde_json::Value;

use super::client::Client;
use super::words::{count, moment, size, span};
use super::{Cli, Exit, Failure, table};

pub(super) fn status(cli: &Cli) -> Result<Exit, Failure> {
    let answer = Client::new(&cli.data, cli.officer.as_ref())?.get("/api/v1/status", &[])?;
    table::show(cli, &answer, |status| table::block(&lines(status)));
    Ok(Exit::Done)
}

fn lines(status: &Value) -> Vec<(&'static str, String)> {
    let status = View(status);
    let mut lines = vec![(
        "office",
        format!("{} {}", status.text("office"), status.text("office_name")),
    )];
    let former = status.former();
    if !former.is_empty() {
        lines.push(("formerly", former));
    }
    lines.push(("line", status.line()));
    lines.push(("unsent", status.unsent()));
    if let Some(on_stick) = status.0.get("on_stick").filter(|it| it.is_object()) {
        lines.push(("stick", View(on_stick).stick()));
    }
    if status.count("attachments_unsent") > 0 {
        lines.push(("papers", status.papers()));
    }
    if status.number("needs_upgrade_at").is_some() {
        let words = "the feed waits for a newer release of this program: upgrade it";
        lines.push(("upgrade", words.to_owned()));
    }
    lines.push(("came back", status.came_back()));
    lines.push(("cases", status.cases()));
    lines.push(("records", status.records()));
    if status.count("thumbnails_missing") > 0 {
        lines.push(("faces", status.faces()));
    }
    lines.push(("feed", status.feed()));
    lines.push(("clock", status.clock()));
    let traffic = format!(
        "{} sent, {} received since the start",
        size(status.count("bytes_up")),
        size(status.count("bytes_down"))
    );
    lines.push(("traffic", traffic));
    let mut machine = format!("{} free on the disk", size(status.count("disk_free_bytes")));
    if let Some(bytes) = status.number("resident_bytes") {
        machine = format!("{machine}, {} of memory used", size(bytes.unsigned_abs()));
    }
    lines.push(("machine", machine));
    if let Some(lan) = status.0.get("lan").filter(|lan| !lan.is_null()) {
        lines.push(("lan", View(lan).lan()));
    }
    let program = format!(
        "{}; node {}, life {}",
        status.text("version"),
        status.text("node"),
        status.count("incarnation")
    );
    lines.push(("program", program));
    lines
}

/// The answer of the daemon.
struct View<'a>(&'a Value);

impl View<'_> {
    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }
    fn number(&self, key: &str) -> Option<i64> {
        self.0.get(key).and_then(Value::as_i64)
    }
    fn count(&self, key: &str) -> u64 {
        self.0.get(key).and_then(Value::as_u64).unwrap_or(0)
    }
    fn is(&self, key: &str) -> bool {
        self.0.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// What a decree made part of this office: papers with the old name go on coming.
    fn former(&self) -> String {
        let list = self.0.get("former").and_then(Value::as_array);
        let names = list.into_iter().flatten().map(View);
        let names: Vec<String> = names
            .map(|it| format!("{} {}", it.text("office"), it.text("office_name")))
            .collect();
        names.join(", ")
    }

    fn line(&self) -> String {
        let since = self
            .number("line_since_s")
            .map_or_else(String::new, |at_s| format!(" since {}", moment(at_s)));
        let heard = match self.number("last_heard_s") {
            Some(ago) => format!("last heard {} ago", span(ago)),
            None => "never heard".to_owned(),
        };
        if self.is("linked") {
            let step = match (self.is("filled"), self.is("in_step")) {
                (false, _) => "the first fill is under way",
                (true, true) => "in step with the centre",
                (true, false) => "catching up with the centre",
            };
            return format!("linked{since}; {heard}; {step}");
        }
        let state = match self.text("line") {
            "cut" => "cut",
            _ => "NOT LINKED",
        };
        let reason = match (self.text("reason"), self.text("reason_code")) {
            ("", _) => String::new(),
            (words, code) => format!("\n{words} [{code}]"),
        };
        format!("{state}{since}; {heard}{reason}")
    }

    /// How other machines of the office reach it.
    fn lan(&self) -> String {
        let urls = self.0.get("urls").and_then(Value::as_array);
        let urls: Vec<&str> = urls
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut lines = vec![urls.join(", ")];
        lines.push(match (self.number("certificate_ends_s"), self.is("certificate_over")) {
            (Some(ends_s), false) => format!("certificate until {}", moment(ends_s)),
            (Some(ends_s), true) => format!(
                "CERTIFICATE OVER since {}: browsers of other machines refuse it until there is a line",
                moment(ends_s)
            ),
            (None, _) => "NO CERTIFICATE YET: it comes with the first line to the centre".to_owned(),
        });
        match (self.text("reason"), self.text("reason_code")) {
            ("", _) => {}
            (words, code) => lines.push(format!("{words} [{code}]")),
        }
        match self.text("root_fingerprint") {
            "" => {}
            print => lines.push(format!(
                "root SHA-256 {print} (`commune-node root-certificate`)"
            )),
        }
        lines.join("\n")
    }

    /// Acts that are on a stick, of these unsent ones.
    fn stick(&self) -> String {
        let time = |key: &str| self.number(key).map_or_else(String::new, moment);
        format!(
            "{} of them on a stick since {}, good until {} (`commune-node bundle list`)",
            count(self.count("acts"), "act"),
            time("since_s"),
            time("expires_s"),
        )
    }

    fn papers(&self) -> String {
        format!(
            "{} on the way, {} ({} pieces) still to be sent; acts go first (`commune-node attachments`)",
            count(self.count("attachments_unsent"), "attachment"),
            size(self.count("attachments_unsent_bytes")),
            self.count("attachments_unsent_pieces")
        )
    }

    /// Faces of the slice that are not here yet.
    fn faces(&self) -> String {
        format!(
            "{} of portraits still to be fetched; everything else goes first",
            count(self.count("thumbnails_missing"), "thumbnail")
        )
    }

    fn unsent(&self) -> String {
        match (self.count("unsent"), self.number("oldest_unsent_s")) {
            (0, _) => "nothing: every act has its receipt".to_owned(),
            (unsent, oldest) => format!(
                "{} without a receipt, the oldest for {} (`commune-node pending`)",
                count(unsent, "act"),
                span(oldest.unwrap_or(0))
            ),
        }
    }

    fn came_back(&self) -> String {
        match self.count("returned") {
            0 => "none".to_owned(),
            acts => format!("{} so far (`commune-node pending`)", count(acts, "act")),
        }
    }

    fn cases(&self) -> String {
        match self.count("cases_open") {
            0 => "none open".to_owned(),
            cases => format!("{cases} open (`commune-node cases`)"),
        }
    }

    fn records(&self) -> String {
        let of = |key: &str| {
            let path = format!("/records/{key}");
            self.0.pointer(&path).and_then(Value::as_u64).unwrap_or(0)
        };
        let filled = if self.is("filled") {
            ""
        } else {
            "; the first fill is not complete"
        };
        format!(
            "{} people, {} households{filled}",
            of("people"),
            of("households")
        )
    }

    fn feed(&self) -> String {
        let (applied, head) = (self.count("feed_applied"), self.count("feed_head"));
        let digest = self.text("slice_digest");
        match head.saturating_sub(applied) {
            0 => format!("all {applied} entries applied; slice {digest}"),
            behind => format!("{behind} of {head} entries not applied; slice {digest}"),
        }
    }

    fn clock(&self) -> String {
        match self.number("clock_offset_ms") {
            None => "never compared with the centre's".to_owned(),
            Some(ms) if ms.abs() < 1_000 => "as the centre's, within a second".to_owned(),
            Some(ms) if ms > 0 => format!("{} behind the centre's: set it", span(ms / 1_000)),
            Some(ms) => format!("{} ahead of the centre's: set it", span(-ms / 1_000)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_line_comes_first_with_since_when_and_why_not() {
        let status = json!({
            "office": "00004", "office_name": "Phường Ba Đình", "linked": false, "line": "down",
            "line_since_s": 0, "last_heard_s": 750, "reason": "no answer", "reason_code": "unreachable",
            "unsent": 3, "oldest_unsent_s": 7_500, "returned": 1, "cases_open": 2, "filled": true,
            "records": {"people": 5, "households": 2}, "feed_applied": 7, "feed_head": 9,
            "clock_offset_ms": 61_000, "thumbnails_missing": 2,
        });
        let text = table::block(&lines(&status));
        let first: Vec<&str> = text.lines().take(7).collect();
        assert_eq!(
            first,
            [
                "office     00004 Phường Ba Đình",
                "line       NOT LINKED since 01/01/1970 07:00; last heard 12 min ago",
                "           no answer [unreachable]",
                "unsent     3 acts without a receipt, the oldest for 2 h 5 min (`commune-node pending`)",
                "came back  1 act so far (`commune-node pending`)",
                "cases      2 open (`commune-node cases`)",
                "records    5 people, 2 households",
            ]
        );
        assert!(text.contains("2 of 9 entries not applied"));
        assert!(text.contains("1 min behind the centre's"));
        assert!(text.contains("2 thumbnails of portraits still to be fetched"));
        let linked = json!({"linked": true, "line": "up", "in_step": true, "filled": true, "last_heard_s": 12});
        let text = table::block(&lines(&linked));
        assert!(
            text.contains("linked; last heard 12 s ago; in step"),
            "{text}"
        );
        assert!(text.contains("nothing: every act has its receipt"));
    }
}
