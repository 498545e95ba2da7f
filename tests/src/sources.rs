//! The repository as text: its files, and what of a file is shipped.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn folder() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .expect("the workspace around this crate")
        .to_path_buf()
}

/// Every file whose path ends with `ending`, relative to the root, in order. What is built and
/// what git keeps are left out.
pub fn files(ending: &str) -> Vec<String> {
    let root = folder();
    let mut found = Vec::new();
    let mut open = vec![root.clone()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && !matches!(name.as_str(), "target" | "node_modules") {
                    open.push(path);
                }
            } else if let Some(relative) = path.strip_prefix(&root).ok().and_then(Path::to_str)
                && relative.ends_with(ending)
            {
                found.push(relative.to_owned());
            }
        }
    }
    found.sort();
    found
}

/// A source file without its tests, which stand at its end, and without comments.
pub fn shipped(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    let code = text[..end]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}
