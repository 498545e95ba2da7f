//! The folder in which everything of a daemon lies.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Makes a folder, and those above it that are missing, so that a power cut does not take them: a
/// folder whose name was not synced takes with it all that was synced in it.
///
/// One that is there is synced as well, since an earlier start may have made it and not come to
/// this.
///
/// # Errors
/// When it cannot be made, or the folder above it cannot be synced.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let above = path.parent().filter(|above| *above != Path::new(""));
    let above = above.unwrap_or(Path::new("."));
    let is_there = path.is_dir();
    if !is_there {
        if !above.is_dir() {
            make_folder(above)?;
        }
        match fs::create_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
            made => made?,
        }
    }
    match File::open(above) {
        Ok(above) => above.sync_all(),
        // Whoever may not look into the folder above did not make this one: who did saw to it.
        Err(error) if is_there && error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_made_with_those_above_them_and_again_is_no_fault() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("a/b/c");
        for _ in 0..2 {
            make_folder(&deep).unwrap();
            assert!(deep.is_dir());
        }
        fs::write(dir.path().join("file"), b"").unwrap();
        make_folder(&dir.path().join("file")).unwrap_err();
        make_folder(&dir.path().join("file/below")).unwrap_err();
        make_folder(Path::new("/")).unwrap();
    }
}
