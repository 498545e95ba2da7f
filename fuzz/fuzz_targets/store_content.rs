//! Any bytes to `store_content` of `hostile_inputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile_inputs::run("store_content", bytes));
