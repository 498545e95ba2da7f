//! Any bytes to `wire_stream` of `hostile_inputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile_inputs::run("wire_stream", bytes));
