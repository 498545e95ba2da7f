//! Every limit on what a peer may send or make us keep, in one place, with the threat beside it.

/// Longest frame, bytes: a peer that announces more is cut off before anything is allocated.
pub const FRAME_BYTES_MAX: usize = 1 << 20;
/// Longest compressed payload once expanded, bytes: a zip bomb ends here.
pub const PAYLOAD_BYTES_MAX: usize = 8 << 20;
