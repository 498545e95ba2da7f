//! The folder in which everything of a daemon lies.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Makes a folder, and those above it that are missing, so that a power cut does not take them: a
/// folder whose name was not synced takes with it all that was synced in it.
///
/// Every name is synced before the next folder is made below it. So wherever an earlier start was
/// broken off, of the folders that are there the lowest alone can lack a safe name: that is synced
/// first, at every start.
///
/// # Errors
/// When it cannot be made, or the folder above it cannot be synced.
pub fn make_folder(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path
        .ancestors()
        .take_while(|folder| !here(folder).is_dir())
        .collect();
    let lowest = path.ancestors().nth(missing.len());
    if let Some(parent) = lowest.and_then(above) {
        match File::open(parent).and_then(|parent| parent.sync_all()) {
            Err(error) if !is_of_others(&error) => return Err(error),
            _ => {}
        }
    }
    for folder in missing.into_iter().rev() {
        // Tried first: where no name can be made safe, no folder is made.
        let parent = File::open(above(folder).unwrap_or(folder))?;
        parent.sync_all()?;
        match fs::create_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            made => made?,
        }
        File::open(folder)?.sync_all()?;
        parent.sync_all()?;
    }
    Ok(())
}

/// The folder in which a name stands; a root stands in none.
pub(crate) fn above(path: &Path) -> Option<&Path> {
    path.parent().map(here)
}

/// An empty path is where the process is.
fn here(path: &Path) -> &Path {
    match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    }
}

/// Whether a folder that is there was made by others, who saw to its name, as the refusal to sync
/// the folder above it shows: that may not be opened by us (as under systemd, which makes a
/// service's folder), or it is on a file system that knows no sync (an image that is only read,
/// with a disk mounted there). In neither place does [`make_folder`] make one. A disk that fails is
/// another thing.
fn is_of_others(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput
    )
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
        // A root, where the process is, and a name alone.
        for there in ["/", "", ".", "src"] {
            make_folder(Path::new(there)).unwrap();
        }
    }

    #[test]
    fn a_folder_of_others_is_left_to_them_and_a_failing_disk_is_not() {
        // What lies in it knows no sync.
        make_folder(Path::new("/proc/self")).unwrap();
        make_folder(Path::new("/proc/self/none")).unwrap_err();
        let kinds = [io::ErrorKind::PermissionDenied, io::ErrorKind::InvalidInput];
        assert!(kinds.iter().all(|kind| is_of_others(&(*kind).into())));
        assert!(!is_of_others(&io::Error::from_raw_os_error(5)), "EIO");
    }

    #[test]
    fn a_name_stands_in_the_folder_above_it() {
        let above =
            |path: &str| above(Path::new(path)).map(|path| path.to_str().unwrap().to_owned());
        assert_eq!(above("/var/lib/npd").as_deref(), Some("/var/lib"));
        assert_eq!(above("npd").as_deref(), Some("."));
        assert_eq!(above("/"), None);
    }
}
