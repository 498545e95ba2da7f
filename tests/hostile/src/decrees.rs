//! The file of a decree, as an operator brings it: which commune becomes which.

use std::sync::Arc;

use registry::CommitSeq;
use registry::date::Date;
use registry::unit::{Decree, Units};

/// Reads a decree against the units in force. One that is read can be laid upon them: every commune
/// that was there has somebody who holds what was written about it, and its code is known for ever.
pub(crate) fn decree(bytes: &[u8]) {
    let units = Units::built_in();
    let day = Date::from_ymd(2026, 12, 1).expect("a date");
    let decree = match Decree::read(&String::from_utf8_lossy(bytes), day, units) {
        Ok(decree) => decree,
        Err(error) => {
            assert!(!error.0.is_empty(), "a refusal says what is wrong");
            return;
        }
    };
    let written = postcard::to_allocvec(&decree).expect("a decree that was read");
    let again: Decree = postcard::from_bytes(&written).expect("a decree that was written");
    assert_eq!(again, decree);
    let touched: Vec<_> = decree.olds().collect();
    let after = units
        .after(Arc::new(decree), CommitSeq::new(1))
        .expect("one more edition");
    let written = units.edition();
    for old in touched {
        assert!(after.ever(old).is_some(), "an old code is known for ever");
        for address in ["", "Tổ 5, Ba Đình", "Thôn Bản Mẫu"] {
            let holder = after.holder(old, written, address);
            assert!(after.exists(holder), "{old} leads to {holder}");
        }
        assert!(after.exists(after.office(old, written)));
    }
}
