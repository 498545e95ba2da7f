//! What each decision of a case would do.

use registry::case::Case;
use registry::dispute::Matter;

/// What each outcome would do, for this matter.
pub(super) fn what_decisions_do(case: &Case) -> String {
    let number = case.number;
    if case.is_in_force() {
        return format!(
            "If that was wrong:\n  registryctl case {number} reverse --reason TEXT    takes back all that it brought about; it is decided anew"
        );
    }
    if !case.is_open() {
        return String::new();
    }
    let mut lines = vec!["What a decision does:".to_owned()];
    let mut line = |flag: &str, does: &str| {
        lines.push(format!(
            "  registryctl case {number} decide {flag:<16} {does}"
        ));
    };
    match case.dispute.matter {
        Matter::SamePerson => {
            line(
                "--combine I",
                "one person: claim I's record takes what it lacks, the other is revoked",
            );
            line(
                "--keep I",
                "one person: claim I's record stays as it is, the other is revoked",
            );
            line("--not-a-conflict", "two people; never asked again");
        }
        Matter::Life => {
            line(
                "--keep I",
                "what claim I says stands; what speaks against it is taken back",
            );
            line(
                "--not-a-conflict",
                "both stand; the record is no longer frozen",
            );
        }
        Matter::Field(_) => {
            line(
                "--keep I",
                "claim I's value is shown everywhere, the others stay in the history",
            );
            line("--enter JSON", "none of them: this value");
        }
        Matter::Parked(_) => {
            line(
                "--keep 0",
                "what is asked for is carried out, as if it had come in time",
            );
            line(
                "--decline",
                "nothing is changed; the act goes back to its office with your reason",
            );
        }
        Matter::MovedOut => {
            line(
                "--combine I",
                "I is the move: those who were added follow the household",
            );
            line("--keep I", "claim I stands, the other side is taken back");
            line("--not-a-conflict", "both stand; never asked again");
        }
        Matter::HeadLeft => {
            line("--keep I", "claim I stands, the other side is taken back");
            line(
                "--enter JSON",
                "both stand, and this member is the head: {\"head\": RECORD}",
            );
        }
        Matter::HeadGone => {
            line("--keep I", "claim I's member is the head; the move stands");
            line(
                "--enter JSON",
                "another member is the head: {\"head\": RECORD}",
            );
        }
        Matter::TwoHeads => {
            line(
                "--keep I",
                "claim I's member is the head; the others stay in the household as members",
            );
            line(
                "--enter JSON",
                "none of them, this member is the head: {\"head\": RECORD}",
            );
        }
        Matter::BookNumber(_) => {
            line(
                "--keep I",
                "the number is claim I's; the others stand without a number",
            );
            line(
                "--not-a-conflict",
                "two books have that number; never asked again",
            );
        }
        Matter::Divided(_) => line(
            "--keep I",
            "the address lies in claim I's commune, and the record goes to its office",
        ),
        Matter::Consent | Matter::Deletion | Matter::Divorce | Matter::Application => {
            line("--keep I", "claim I stands, the other side is taken back");
            line("--not-a-conflict", "both stand; never asked again");
        }
        Matter::Contested(_) => {
            line("--keep 0", "the act stands");
            line(
                "--keep 1",
                "the act was wrong: all that it wrote is taken back, on every record",
            );
        }
        _ => line("--keep I", "claim I stands, the others are taken back"),
    }
    line(
        "--ask OFFICE",
        "an office is asked for its papers (--question); the case stays open",
    );
    if case.appeal.is_some() {
        lines.push("  Who decided below does not decide here.".into());
    }
    if case.dispute.harm >= 5 {
        lines.push(
            "  Harm 5: a second reviewer must decide the same before it takes effect.".into(),
        );
    }
    lines.join("\n")
}
