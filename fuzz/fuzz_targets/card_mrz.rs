//! Any bytes to `card_mrz` of `hostile_inputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile_inputs::run("card_mrz", bytes));
