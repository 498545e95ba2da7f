//! Any bytes to `picture` of `hostile_inputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile_inputs::run("picture", bytes));
