//! Every place where bytes from outside are read, as functions that must survive any bytes.
//!
//! A function here is a *target*: it is given bytes as a peer, a disk or a person might give them,
//! reads them as the programs do, and asserts what holds for whatever was read. It panics when
//! something is wrong and says nothing otherwise. `fuzz/` drives each target with libFuzzer;
//! `tests/tests/corpora.rs` drives each with the committed corpora and with mutations of them.
//!
//! Not here: where inputs come from ([`mutation`] apart).
// A failing assertion is what these functions are for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod acts;
mod attachments;
mod bundles;
mod cards;
mod decrees;
mod files;
mod joining;
mod line;
mod mine;
pub mod mutation;
mod office;
mod pictures;
mod receipts;
mod records;
mod session;
mod store;
mod texts;
mod wire;

use std::sync::{Mutex, Once, PoisonError};

/// One place where bytes are read.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name: of the fuzz target, and of the folder of its corpus.
    pub name: &'static str,
    /// Reads the bytes.
    pub run: fn(&[u8]),
    /// Most memory that reading may take at any moment, whatever the bytes.
    pub peak_bytes_max: usize,
}

const MIB: usize = 1 << 20;

/// All of them.
pub const TARGETS: &[Target] = &[
    target("wire_stream", wire::stream, MIB + MIB / 2),
    target("wire_frame", wire::frame, 24 * MIB),
    target("wire_payload", wire::payload, 24 * MIB),
    target("session", session::sequence, 48 * MIB),
    target("act", acts::body, 24 * MIB),
    target("act_json", acts::json, 24 * MIB),
    target("attachment", attachments::attachment, 24 * MIB),
    target("picture", pictures::photograph, 320 * MIB),
    target("page", records::page, 64 * MIB),
    target("record", records::record, 64 * MIB),
    target("document", records::document, 64 * MIB),
    target("feed_entry", records::feed_entry, 64 * MIB),
    target("import_rows", files::rows, 24 * MIB),
    target("import_xml", files::xml, 24 * MIB),
    target("import_map", files::map, 8 * MIB),
    target("decree", decrees::decree, 8 * MIB),
    target("join_token", joining::token, 4 * MIB),
    target("join_messages", joining::messages, 4 * MIB),
    target("certificate", joining::certificate, 4 * MIB),
    target("store_files", store::files, 64 * MIB),
    target("store_content", store::content, 64 * MIB),
    target("bundle", bundles::bundle, 24 * MIB),
    target("receipt", receipts::text, MIB),
    target("card_qr", cards::code, MIB),
    target("card_mrz", cards::lines, MIB),
    target("text", texts::text, 8 * MIB),
    target("search", texts::search, 16 * MIB),
];

const fn target(name: &'static str, run: fn(&[u8]), peak_bytes_max: usize) -> Target {
    Target {
        name,
        run,
        peak_bytes_max,
    }
}

/// The target of this name.
pub fn find(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Runs the target of this name; for the one-line programs in `fuzz/`. A panic that the programs
/// themselves catch is no failure, so the fuzzer's own hook, which ends at any panic, is replaced.
pub fn run(name: &str, bytes: &[u8]) {
    static LAST: Mutex<String> = Mutex::new(String::new());
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            *LAST.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
        }));
    });
    let target = find(name).expect("a target of this name");
    if let Err(panic) = std::panic::catch_unwind(|| (target.run)(bytes)) {
        eprintln!("{}", LAST.lock().unwrap_or_else(PoisonError::into_inner));
        std::panic::resume_unwind(panic);
    }
}

pub use mine::good_inputs;
