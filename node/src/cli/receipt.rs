//! `receipt`: what a citizen takes home. `verify`: whether it is to be believed; `verification-page`:
//! the same for a telephone.

use std::io::Read;
use std::path::Path;

use provisioning::{ReceiptRefused, Verified, verify_receipt};
use registry::ActId;
use registry::receipt::{TEXT_CHARS_MAX, tracking_code};
use serde_json::{Value, json};

use super::client::Client;
use super::table;
use super::words::{moment, span};
use super::{Cli, Exit, Failure};
use crate::clock;
use crate::device;
use crate::receipt::receipt_blocks;
use crate::screens::verification_page as verification_page_of;

pub(super) fn receipt(cli: &Cli, act: &ActId, qr: bool) -> Result<Exit, Failure> {
    let client = Client::new(&cli.data, cli.officer.as_ref())?;
    let answer = client.get(&format!("/api/v1/acts/{act}/receipt"), &[])?;
    let text = answer
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let blocks = match qr {
        true => receipt_blocks(text)
            .map_err(|error| Failure::new(Exit::Failed, error.code(), &error.to_string()))?,
        false => text.to_owned(),
    };
    table::show(cli, &answer, |answer| {
        let shown = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default();
        format!("{}  {}\n{blocks}\n", shown("tracking"), shown("standing"))
    });
    Ok(Exit::Done)
}

pub(super) fn verify(cli: &Cli, text: &str, root: Option<&Path>) -> Result<Exit, Failure> {
    let root = root_of(cli, root)?;
    let text = match text {
        "-" => typed()?,
        text => text.to_owned(),
    };
    let verified = verify_receipt(&text, &root, clock::device_s())
        .map_err(|error| Failure::new(Exit::Refused, error.code(), &error.to_string()))?;
    table::show(cli, &as_json(&verified), |_| as_text(&verified));
    Ok(Exit::Done)
}

/// Writes the page to standard output, and what to do with it to standard error.
pub(super) fn verification_page(cli: &Cli, root: Option<&Path>) -> Result<Exit, Failure> {
    let root = root_of(cli, root)?;
    let page = verification_page_of(&root).ok_or_else(|| {
        let error = ReceiptRefused::Root;
        Failure::new(Exit::Usage, error.code(), &error.to_string())
    })?;
    print!("{page}");
    eprintln!(
        "{} kB. Bring the file to the telephone and open it with its browser; it works without a line.",
        page.len().div_ceil(1000)
    );
    Ok(Exit::Done)
}

/// The root that is named, or that of the node's directory.
fn root_of(cli: &Cli, root: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let path = root.map_or_else(|| cli.data.join("root.pem"), Path::to_owned);
    device::root_certificate(&path).map_err(|error| {
        let words = format!("{error}; give the authority's root with --root FILE");
        Failure::new(Exit::Usage, error.code(), &words)
    })
}

fn typed() -> Result<String, Failure> {
    let mut text = String::new();
    let most = u64::try_from(TEXT_CHARS_MAX).unwrap_or(u64::MAX) + 2;
    std::io::stdin()
        .take(most)
        .read_to_string(&mut text)
        .map_err(|error| Failure::system("read the receipt", &error))?;
    Ok(text)
}

fn as_json(verified: &Verified) -> Value {
    let content = &verified.content;
    json!({
        "act": content.act,
        "tracking": tracking_code(content.office, &content.act),
        "kind": content.kind.key(),
        "office": content.office,
        "device": verified.device.node,
        "incarnation": content.incarnation,
        "number": content.number,
        "entered_s": content.entered.at_s,
        "error_s": content.entered.error_s,
        "act_hash": data_encoding::HEXLOWER.encode(&content.act_hash),
        "standing": content.standing.key(),
        "printed_s": content.printed_s,
        "doubts": verified.doubts.iter().map(|doubt| doubt.words()).collect::<Vec<_>>(),
    })
}

fn as_text(verified: &Verified) -> String {
    let content = &verified.content;
    let rule = content.kind.rule();
    let entered = match content.entered.error_s {
        u32::MAX => moment(content.entered.at_s),
        error_s => format!(
            "{} ± {}",
            moment(content.entered.at_s),
            span(error_s.into())
        ),
    };
    let mut lines = vec![
        ("receipt", tracking_code(content.office, &content.act)),
        ("act", format!("{} ({})", rule.label_vi, rule.label_en)),
        ("office", content.office.to_string()),
        ("entered", entered),
        ("printed", moment(content.printed_s)),
        ("then", content.standing.words_en().to_owned()),
        (
            "number",
            format!("{} of device {}", content.number, verified.device.node),
        ),
        ("content", data_encoding::HEXLOWER.encode(&content.act_hash)),
    ];
    lines.extend(
        verified
            .doubts
            .iter()
            .map(|doubt| ("doubt", doubt.words().to_owned())),
    );
    let mut text = table::block(&lines);
    text.push_str(
        "\nsigned by a device of the authority. Whether the act is final, and whether the device was\n\
         shut out since, the centre alone knows\n",
    );
    text
}
