//! Reading the segments of the journal, and telling a torn end from damage. Writing is in `journal`,
//! the bytes of a frame in `frame`.
//!
//! ```text
//!   0  112  header (see `header`); it was durable before the file got its name
//! 112    …  frames, one for each sync (see `frame`)
//! ```

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::error::OpenError;
use crate::frame::{self, FRAME_HEAD_BYTES, FrameHead};
use crate::header::{BadHeader, HEADER_BYTES, Header, SEGMENT_MAGIC, Vault};
use crate::key::DataKey;
use crate::limits::FRAME_BYTES_MAX;
use crate::store::Position;

/// A segment whose header was found good.
pub(crate) struct Segment {
    pub(crate) header: Header,
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) bytes: u64,
}

/// What reading a segment to its end found.
pub(crate) struct Walked {
    /// The position after its last whole frame.
    pub(crate) next: u64,
    /// Where whole frames end.
    pub(crate) whole_bytes: u64,
    /// Where the last whole frame begins.
    pub(crate) last_frame: Option<u64>,
}

/// A frame that was read whole.
pub(crate) struct Group {
    pub(crate) first: u64,
    pub(crate) batches: u32,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn name(number: u64) -> String {
    format!("{number:08}.log")
}

/// All segments in their order. Whether they follow each other is for the caller to see.
pub(crate) fn list(dir: &Path, key: &DataKey, format_max: u32) -> Result<Vec<Segment>, OpenError> {
    let mut segments = Vec::new();
    for (number, path) in numbered(dir, "log").map_err(OpenError::io("list", dir))? {
        segments.push(Segment::read(number, path, key, format_max)?);
    }
    Ok(segments)
}

/// Files of a directory that are named by a number, in its order.
pub(crate) fn numbered(dir: &Path, ending: &str) -> io::Result<Vec<(u64, PathBuf)>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let right = path.extension().is_some_and(|found| found == ending);
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        if let (true, Some(Ok(number))) = (right, stem.map(str::parse)) {
            found.push((number, path));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Reads and checks the header of a file.
pub(crate) fn read_header(
    path: &Path,
    name: &str,
    magic: [u8; 8],
    key: &DataKey,
    format_max: u32,
) -> Result<Header, OpenError> {
    let mut bytes = [0; HEADER_BYTES];
    let corrupt = |what| OpenError::Corrupt {
        file: name.to_owned(),
        position: Position::NONE,
        what,
    };
    match File::open(path).and_then(|mut file| file.read_exact(&mut bytes)) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(corrupt("it is shorter than its header"));
        }
        other => other.map_err(OpenError::io("read", path))?,
    }
    let header = Header::decode(&bytes, magic, key).map_err(|bad| match bad {
        BadHeader::Damaged => corrupt("its header does not have its checksum"),
        BadHeader::WrongKey => OpenError::WrongKey {
            file: name.to_owned(),
        },
        BadHeader::NewerLayout(found) => OpenError::Newer {
            found,
            supported: format_max,
        },
    })?;
    if header.identity.format > format_max {
        return Err(OpenError::Newer {
            found: header.identity.format,
            supported: format_max,
        });
    }
    Ok(header)
}

impl Segment {
    fn read(number: u64, path: PathBuf, key: &DataKey, format_max: u32) -> Result<Self, OpenError> {
        let name = format!("journal/{}", name(number));
        let header = read_header(&path, &name, SEGMENT_MAGIC, key, format_max)?;
        let bytes = fs::metadata(&path)
            .map_err(OpenError::io("read", &path))?
            .len();
        let segment = Self {
            header,
            path,
            name,
            bytes,
        };
        if segment.header.number != number {
            return Err(segment.corrupt(0, "it has the name of another segment"));
        }
        Ok(segment)
    }

    pub(crate) fn corrupt(&self, next: u64, what: &'static str) -> OpenError {
        OpenError::Corrupt {
            file: self.name.clone(),
            position: Position(next.saturating_sub(1)),
            what,
        }
    }

    /// Reads every frame. Only the last segment may end in a torn frame; its caller cuts it.
    pub(crate) fn walk(
        &self,
        key: &DataKey,
        is_last: bool,
        visit: &mut dyn FnMut(Group) -> Result<(), OpenError>,
    ) -> Result<Walked, OpenError> {
        let failed = || OpenError::io("read", &self.path);
        let vault = self.header.vault(key).map_err(failed())?;
        let mut file = BufReader::new(File::open(&self.path).map_err(failed())?);
        let mut walked = Walked {
            next: self.header.position,
            whole_bytes: HEADER_BYTES as u64,
            last_frame: None,
        };
        file.seek(SeekFrom::Start(walked.whole_bytes))
            .map_err(failed())?;
        while walked.whole_bytes < self.bytes {
            let rest = self.bytes.saturating_sub(walked.whole_bytes);
            let offset = walked.whole_bytes;
            let read = read_frame(&mut file, offset, rest, &vault).map_err(failed())?;
            let Some((head, group)) = read else {
                self.judge(&walked, is_last, &vault)?;
                break;
            };
            if head.first != walked.next || head.batches == 0 {
                return Err(self.corrupt(walked.next, "a frame is out of order"));
            }
            walked.next = head.first.saturating_add(u64::from(head.batches));
            walked.whole_bytes = offset.saturating_add(head.frame_bytes());
            walked.last_frame = Some(offset);
            visit(Group {
                first: head.first,
                batches: head.batches,
                bytes: group,
            })?;
        }
        Ok(walked)
    }

    /// Whether a frame that cannot be read is a torn end (then nothing is wrong) or damage.
    fn judge(&self, walked: &Walked, is_last: bool, vault: &Vault) -> Result<(), OpenError> {
        let damaged = |what| Err(self.corrupt(walked.next, what));
        if !is_last {
            return damaged("a frame cannot be read, and later segments follow");
        }
        let rest = self.bytes.saturating_sub(walked.whole_bytes);
        if rest > (FRAME_BYTES_MAX + FRAME_HEAD_BYTES) as u64 {
            return damaged("more follows an unreadable frame than one write can leave");
        }
        let tail = self
            .read_from(walked.whole_bytes)
            .map_err(OpenError::io("read", &self.path))?;
        let head = tail
            .first_chunk()
            .and_then(|head| FrameHead::decode(head, walked.whole_bytes, vault).ok());
        if head.is_some_and(|head| head.frame_bytes() < rest) {
            return damaged("a frame cannot be read, and more follows it");
        }
        if frame::begins_within(&tail, walked.whole_bytes, vault) {
            return damaged("the head of a frame cannot be read, and a frame follows it");
        }
        Ok(())
    }

    /// Everything from an offset on: one frame at most.
    pub(crate) fn read_from(&self, offset: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take((FRAME_BYTES_MAX + FRAME_HEAD_BYTES) as u64)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The frame at the reader's place, or nothing if there is no whole frame in the `rest`.
fn read_frame(
    file: &mut impl Read,
    offset: u64,
    rest: u64,
    vault: &Vault,
) -> io::Result<Option<(FrameHead, Vec<u8>)>> {
    let mut head = [0; FRAME_HEAD_BYTES];
    if rest < FRAME_HEAD_BYTES as u64 {
        return Ok(None);
    }
    file.read_exact(&mut head)?;
    let Ok(head) = FrameHead::decode(&head, offset, vault) else {
        return Ok(None);
    };
    if head.frame_bytes() > rest {
        return Ok(None);
    }
    let mut payload = vec![0; usize::try_from(head.payload_bytes).unwrap_or(0)];
    file.read_exact(&mut payload)?;
    Ok(head.open(vault, payload).ok().map(|group| (head, group)))
}
