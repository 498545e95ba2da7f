//! Attachments: content, lists of pieces, pieces and files, whatever bytes they are; and both ends
//! of a line with one scan.

use std::fs;
use std::sync::{Arc, OnceLock};

use registry::attachment::{Attachment, AttachmentId, Outline, PIECE_BYTES};
use registry_store::{DataKey, Folder, Part};
use sync_proto::{
    AttachmentRefusal, CentreAttachmentInput, CentreAttachmentOutput, OfferStanding,
    OfficeAttachmentInput, OfficeAttachmentOutput, PieceCame, PieceWanted, Resume,
};

/// A scan of three pieces.
pub(crate) fn scan() -> &'static [u8] {
    static SCAN: OnceLock<Vec<u8>> = OnceLock::new();
    SCAN.get_or_init(|| {
        let mut content = b"%PDF-1.7 ".to_vec();
        content
            .extend((0..40_000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8));
        content
    })
}

/// The bytes as content, as a list of pieces with a piece behind it, and as a file.
pub(crate) fn attachment(bytes: &[u8]) {
    as_content(bytes);
    as_list(bytes);
    as_file(bytes);
}

fn as_content(bytes: &[u8]) {
    let Ok(attachment) = Attachment::of(bytes) else {
        return;
    };
    let outline = Outline::of(attachment, bytes).expect("its own outline");
    let sent = Outline::read(attachment, outline.values().to_vec());
    assert_eq!(sent.as_ref(), Ok(&outline));
    for (index, piece) in (0..).zip(bytes.chunks(PIECE_BYTES)) {
        assert!(outline.proves(index, piece));
        assert!(!outline.proves(index + 1, piece));
    }
}

fn as_list(bytes: &[u8]) {
    type Told = (Attachment, Vec<[u8; 32]>);
    let Ok(((attachment, values), piece)) = postcard::take_from_bytes::<Told>(bytes) else {
        return;
    };
    let Ok(outline) = Outline::read(attachment, values) else {
        return;
    };
    let proved = (0..attachment.pieces()).filter(|index| outline.proves(*index, piece));
    for index in proved {
        assert_eq!(piece.len(), attachment.piece_bytes(index));
    }
}

/// The only file of a folder that holds a part is made to hold the bytes.
fn as_file(bytes: &[u8]) {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = Folder::open(dir.path(), &DataKey::from_bytes([3; 32]), 0).expect("a folder");
    let attachment = Attachment::of(scan()).expect("a scan");
    let outline = Outline::of(attachment, scan()).expect("its outline");
    let first = scan().chunks(PIECE_BYTES).next().expect("a piece");
    folder.add(&outline, 0, first).expect("room");
    let shelf = fs::read_dir(dir.path()).expect("a shelf").next();
    let shelf = shelf.expect("a shelf").expect("a shelf").path();
    let file = fs::read_dir(shelf).expect("a file").next();
    let path = file.expect("a file").expect("a file").path();
    let mut spoilt = fs::read(&path).expect("a file");
    // The bytes lie over the end of the file, and over its beginning if there are many.
    let at = spoilt.len().saturating_sub(bytes.len());
    spoilt.truncate(at);
    spoilt.extend_from_slice(bytes);
    fs::write(&path, &spoilt).expect("room");
    let part = folder.part(&attachment.hash()).expect("a readable disk");
    let there = part.map_or(0, |part| part.pieces);
    assert!(there <= 1, "{there} pieces of nothing");
    for (index, piece) in (0..).zip(scan().chunks(PIECE_BYTES)) {
        folder.add(&outline, index, piece).expect("room");
    }
    folder.finish(&attachment).expect("all pieces");
    let read = folder.read(&attachment.hash()).expect("a readable disk");
    assert!(read.as_deref() == Some(scan()));
}

/// Good inputs.
pub(crate) fn good() -> Vec<Vec<u8>> {
    let attachment = Attachment::of(scan()).expect("a scan");
    let outline = Outline::of(attachment, scan()).expect("its outline");
    let mut list = postcard::to_stdvec(&(attachment, outline.values())).expect("a list");
    list.extend_from_slice(&scan()[..PIECE_BYTES]);
    vec![
        b"%PDF-1.7 a page".to_vec(),
        b"\xff\xd8\xff\xe0 a face".to_vec(),
        scan()[..PIECE_BYTES + 7].to_vec(),
        list,
        vec![7; 300],
    ]
}

/// What one end of a line keeps of attachments.
pub(crate) struct Papers {
    folder: Folder,
    settled: bool,
}

impl Papers {
    pub(crate) fn new(has_scan: bool) -> Papers {
        let folder = Folder::in_memory();
        if has_scan {
            folder.put(scan()).expect("a scan");
        }
        Papers {
            folder,
            settled: false,
        }
    }

    fn scan() -> AttachmentId {
        AttachmentId::of(scan())
    }

    fn there(&self) -> Option<Resume> {
        let Part { outline, pieces } = self.folder.part(&Papers::scan()).expect("memory")?;
        Some(Resume {
            outline: Arc::new(outline),
            pieces,
        })
    }

    fn read(&self, wanted: &PieceWanted) -> Option<(Option<Outline>, Vec<u8>)> {
        let hash = wanted.attachment.hash();
        let piece = self.folder.piece(&hash, wanted.index).expect("memory")?;
        let outline = self.folder.outline(&hash).expect("memory");
        Some((outline.filter(|_| wanted.listed), piece))
    }

    fn keep(&self, came: &PieceCame) -> bool {
        let kept = self.folder.add(&came.outline, came.index, &came.content);
        let attachment = came.outline.attachment();
        kept.is_ok() && (!came.last || self.folder.finish(&attachment).is_ok())
    }

    pub(crate) fn want(&self) -> OfficeAttachmentInput {
        OfficeAttachmentInput::Want {
            attachment: Attachment::of(scan()).expect("a scan"),
            there: None,
        }
    }

    pub(crate) fn at_office(
        &mut self,
        task: OfficeAttachmentOutput,
    ) -> Option<OfficeAttachmentInput> {
        Some(match task {
            OfficeAttachmentOutput::Next { taken } => {
                let waits = taken.get() > 0 && !self.settled;
                let next = waits.then(|| Attachment::of(scan()).expect("a scan"));
                OfficeAttachmentInput::Waits(next)
            }
            OfficeAttachmentOutput::ReadPiece(wanted) => match self.read(&wanted) {
                Some((outline, content)) => OfficeAttachmentInput::PieceRead {
                    wanted,
                    outline,
                    content: content.into(),
                },
                None => OfficeAttachmentInput::PieceLost(wanted.attachment),
            },
            OfficeAttachmentOutput::Settled { .. } => {
                self.settled = true;
                OfficeAttachmentInput::Noted
            }
            OfficeAttachmentOutput::TakePiece(came) => {
                let attachment = came.outline.attachment();
                let index = came.index;
                if self.keep(&came) {
                    OfficeAttachmentInput::PieceTaken { attachment, index }
                } else {
                    OfficeAttachmentInput::PieceNotTaken(attachment)
                }
            }
            OfficeAttachmentOutput::Kept { .. } | OfficeAttachmentOutput::Fetched { .. } => {
                return None;
            }
        })
    }

    pub(crate) fn at_centre(&self, task: CentreAttachmentOutput) -> CentreAttachmentInput {
        match task {
            CentreAttachmentOutput::Offered(attachment) => {
                let standing = if attachment.hash() != Papers::scan() {
                    OfferStanding::Refused(AttachmentRefusal::NotNamed)
                } else if self.folder.holds(&attachment.hash()) {
                    OfferStanding::Held
                } else {
                    OfferStanding::Wanted(self.there())
                };
                CentreAttachmentInput::Stands {
                    attachment,
                    standing,
                }
            }
            CentreAttachmentOutput::Wished(attachment) => {
                let here = Attachment::of(scan()).ok() == Some(attachment)
                    && self.folder.holds(&attachment.hash());
                let found = here.then_some(()).ok_or(AttachmentRefusal::NotHere);
                CentreAttachmentInput::Found { attachment, found }
            }
            CentreAttachmentOutput::ReadPiece(wanted) => match self.read(&wanted) {
                Some((outline, content)) => CentreAttachmentInput::PieceRead {
                    wanted,
                    outline,
                    content: content.into(),
                },
                None => CentreAttachmentInput::PieceLost(wanted.attachment),
            },
            CentreAttachmentOutput::TakePiece(came) => {
                let attachment = came.outline.attachment();
                if self.keep(&came) {
                    let index = came.index;
                    CentreAttachmentInput::PieceTaken { attachment, index }
                } else {
                    let why = AttachmentRefusal::Later;
                    CentreAttachmentInput::PieceNotTaken { attachment, why }
                }
            }
        }
    }
}
