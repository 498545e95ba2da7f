//! `registryctl nodes`: every office's node, with positions and certificate.

use crate::central;
use crate::cli::Global;
use crate::duration::now_s;
use crate::failure::Failure;
use crate::lag::{NodeRow, ago, count, tone_of_state};
use crate::output::{Format, Tone, cell, print_json, print_line, table};

/// From so many days left on a certificate is to be watched.
const CERTIFICATE_DAYS_LATE: i64 = 14;

/// Runs the command.
pub(crate) fn run(global: &Global) -> Result<(), Failure> {
    let api = central::connect(global)?;
    if global.format == Format::Json {
        return print_json(&api.get("/api/v1/nodes")?);
    }
    let rows: Vec<NodeRow> = api.get_as("/api/v1/nodes")?;
    let now = now_s();
    let mut shown = table(&[
        "office",
        "name",
        "node",
        "state",
        "last contact",
        "software",
        "acts",
        "feed",
        "incarnation",
        "certificate",
    ]);
    for row in &rows {
        let certificate = row.certificate_days_left;
        let tone = match certificate {
            Some(..=0) => Tone::Bad,
            Some(days) if days < CERTIFICATE_DAYS_LATE => Tone::Late,
            _ => Tone::Plain,
        };
        let feed = format!("{}/{}", count(row.feed_applied), row.feed_head);
        shown.add_row([
            cell(&row.office, Tone::Plain),
            cell(&row.office_name, Tone::Plain),
            cell(row.node.as_deref().map_or("-", short), Tone::Plain),
            cell(&row.state, tone_of_state(&row.state)),
            cell(ago(row.last_contact_s, now), Tone::Plain),
            cell(row.software.as_deref().unwrap_or("-"), Tone::Plain),
            cell(row.acts_taken, Tone::Plain),
            cell(feed, Tone::Plain),
            cell(count(row.incarnation), Tone::Plain),
            cell(
                certificate.map_or_else(|| "-".into(), |days| format!("{days} d left")),
                tone,
            ),
        ]);
    }
    print_line(shown)
}

/// The first eight characters of an id: enough to tell two nodes apart.
pub(crate) fn short(id: &str) -> &str {
    id.split_at_checked(8).map_or(id, |(start, _)| start)
}
