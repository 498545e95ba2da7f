//! Any bytes to `import_xml` of `hostile_inputs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hostile_inputs::run("import_xml", bytes));
