//! The folder on a disk and in memory: the same behaviour, and what a disk may do to it.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::*;

fn content(bytes: usize, seed: u8) -> Vec<u8> {
    let mut content = b"%PDF-1.7 a scanned page".to_vec();
    let noise = (0u32..).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8 ^ seed);
    content.extend(noise.take(bytes.saturating_sub(content.len())));
    content
}

fn key() -> DataKey {
    DataKey::from_bytes([9; 32])
}

fn both(test: impl Fn(&Folder)) {
    test(&Folder::in_memory());
    let dir = tempfile::tempdir().unwrap();
    test(&Folder::open(dir.path(), &key(), 0).unwrap());
}

fn outline_of(content: &[u8]) -> Outline {
    Outline::of(Attachment::of(content).unwrap(), content).unwrap()
}

fn add(folder: &Folder, content: &[u8], from: u16, to: u16) {
    let outline = outline_of(content);
    for (piece, index) in content.chunks(PIECE_BYTES).zip(0u16..) {
        if (from..to).contains(&index) {
            folder.add(&outline, index, piece).unwrap();
        }
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let shelves = std::fs::read_dir(dir).unwrap();
    shelves
        .flat_map(|shelf| std::fs::read_dir(shelf.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect()
}

#[test]
fn content_comes_back_whole_and_piece_by_piece() {
    both(|folder| {
        for bytes in [30, PIECE_BYTES, PIECE_BYTES + 1, 100_000] {
            let content = content(bytes, 1);
            let attachment = folder.put(&content).unwrap();
            let hash = attachment.hash();
            assert!(folder.holds(&hash));
            assert_eq!(folder.read(&hash).unwrap().unwrap(), content);
            let second = content.chunks(PIECE_BYTES).nth(1).map(<[u8]>::to_vec);
            if second.is_some() {
                assert_eq!(folder.piece(&hash, 1).unwrap(), second);
            }
            // Once more is the same.
            assert_eq!(folder.put(&content).unwrap(), attachment);
            folder.remove(&hash).unwrap();
            assert!(!folder.holds(&hash));
            assert_eq!(folder.read(&hash).unwrap(), None);
        }
        assert_eq!(folder.put(b"MZ").unwrap_err().code(), "attachment_kind");
    });
}

#[test]
fn a_part_grows_in_order_and_is_whole_only_when_it_is_finished() {
    both(|folder| {
        let content = content(70_000, 2);
        let outline = outline_of(&content);
        let attachment = outline.attachment();
        let pieces: Vec<&[u8]> = content.chunks(PIECE_BYTES).collect();
        assert_eq!(
            folder.add(&outline, 1, pieces[1]).unwrap_err().code(),
            "attachment_order"
        );
        assert_eq!(
            folder.add(&outline, 0, pieces[1]).unwrap_err().code(),
            "attachment_order"
        );
        add(folder, &content, 0, 2);
        // A piece that comes again changes nothing.
        add(folder, &content, 0, 2);
        let part = folder.part(&attachment.hash()).unwrap().unwrap();
        assert_eq!((part.pieces, &part.outline), (2, &outline));
        assert!(!folder.holds(&attachment.hash()));
        assert_eq!(
            folder.finish(&attachment).unwrap_err().code(),
            "attachment_order"
        );
        add(folder, &content, 2, 5);
        folder.finish(&attachment).unwrap();
        folder.finish(&attachment).unwrap();
        assert_eq!(folder.part(&attachment.hash()).unwrap(), None);
        assert_eq!(folder.read(&attachment.hash()).unwrap().unwrap(), content);
    });
}

#[test]
fn what_nobody_knows_is_swept_and_nothing_else() {
    both(|folder| {
        let known = folder.put(&content(50_000, 3)).unwrap().hash();
        let forgotten = folder.put(&content(50_000, 4)).unwrap().hash();
        add(folder, &content(50_000, 5), 0, 2);
        assert_eq!(folder.sweep(&BTreeSet::from([known])).unwrap(), 2);
        assert!(folder.holds(&known));
        assert!(!folder.holds(&forgotten));
    });
}

#[test]
fn neither_content_nor_its_name_stands_on_the_disk_in_clear() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path(), &key(), 0).unwrap();
    let content = content(40_000, 6);
    let hash = folder.put(&content).unwrap().hash();
    let files = files(dir.path());
    assert_eq!(files.len(), 1);
    let bytes = std::fs::read(&files[0]).unwrap();
    for clear in [
        &content[..16],
        &hash.as_bytes()[..8],
        &content[20_000..20_016],
    ] {
        assert!(!bytes.windows(clear.len()).any(|window| window == clear));
    }
    let name: String = hash.to_string().chars().take(8).collect();
    assert!(!files[0].to_str().unwrap().contains(&name));
    let other = Folder::open(dir.path(), &DataKey::from_bytes([8; 32]), 0).unwrap();
    assert!(!other.holds(&hash));
}

#[test]
fn a_part_that_a_power_cut_tore_goes_on_after_its_last_good_piece() {
    let dir = tempfile::tempdir().unwrap();
    let content = content(100_000, 7);
    let hash = AttachmentId::of(&content);
    let pieces_max = outline_of(&content).attachment().pieces();
    let open = || Folder::open(dir.path(), &key(), 0).unwrap();
    add(&open(), &content, 0, 4);
    let path = files(dir.path()).remove(0);
    let length = std::fs::metadata(&path).unwrap().len();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    // The length reached the disk and the end of the content did not.
    file.write_all_at(&[0; 5_000], length - 5_000).unwrap();
    let part = open().part(&hash).unwrap().unwrap();
    assert_eq!(part.pieces, 3);
    file.set_len(length - 30_000).unwrap();
    let folder = open();
    assert_eq!(folder.part(&hash).unwrap().unwrap().pieces, 2);
    add(&folder, &content, 2, pieces_max);
    folder.finish(&Attachment::of(&content).unwrap()).unwrap();
    assert_eq!(open().read(&hash).unwrap().unwrap(), content);
}

#[test]
fn damage_to_a_whole_file_is_told_and_attaching_it_again_mends_it() {
    let dir = tempfile::tempdir().unwrap();
    let content = content(60_000, 8);
    let folder = Folder::open(dir.path(), &key(), 0).unwrap();
    let hash = folder.put(&content).unwrap().hash();
    let path = files(dir.path()).remove(0);
    let length = std::fs::metadata(&path).unwrap().len();
    for place in [5, 30, 46, 60, length - 100] {
        let file = OpenOptions::new()
            .write(true)
            .read(true)
            .open(&path)
            .unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, place).unwrap();
        file.write_all_at(&[byte[0] ^ 1], place).unwrap();
        assert_eq!(
            folder.read(&hash).unwrap_err().code(),
            "attachment_damaged",
            "{place}"
        );
        folder.put(&content).unwrap();
        assert_eq!(folder.read(&hash).unwrap().unwrap(), content);
    }
}

#[test]
fn a_nearly_full_disk_takes_no_attachment_and_still_gives_them() {
    let dir = tempfile::tempdir().unwrap();
    let hash = Folder::open(dir.path(), &key(), 0)
        .unwrap()
        .put(&content(40_000, 9))
        .unwrap()
        .hash();
    let full = Folder::open(dir.path(), &key(), u64::MAX).unwrap();
    assert_eq!(
        full.put(&content(40_000, 10)).unwrap_err().code(),
        "disk_full"
    );
    assert!(full.read(&hash).unwrap().is_some());
}
