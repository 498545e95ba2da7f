//! Any bytes to `decree` of `hostile_inputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile_inputs::run("decree", bytes));
