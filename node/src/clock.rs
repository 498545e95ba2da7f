//! The device's clock, read in one place and passed on as a number.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 by the device's clock; 0 if it stands before.
pub fn device_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Seconds since 1970 by the device's clock.
pub fn device_s() -> i64 {
    i64::try_from(device_ms() / 1000).unwrap_or(i64::MAX)
}
