//! A snapshot: the whole content at one position, in one immutable file.
//!
//! ```text
//!   0  112  header (see `header`)
//! then pages, then one footer, and nothing after it; each is
//!   0    4  length of the sealed part, u32 little endian
//!   4    1  0: page, 1: footer
//!   5    …  packed, sealed; nonce: number of the page from 1; associated data: the 5 bytes
//! page:     rows in the order of their keys, encoded as a batch
//! footer:   the tally of all rows
//! ```
//!
//! It is written under another name, synced, read back, and only then renamed: a file that has its
//! name is whole, or damaged.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::batch::{self, Change, EncodedChange};
use crate::disk::Disk;
use crate::error::{OpenError, StoreError};
use crate::header::{HEADER_BYTES, Header, SNAPSHOT_MAGIC, Vault};
use crate::key::DataKey;
use crate::limits::{PAGE_BYTES_MAX, SEALED_PAGE_BYTES_MAX};
use crate::pack::{Packer, unpack};
use crate::segment::read_header;
use crate::store::Position;
use crate::tally::Tally;

const PAGE: u8 = 0;
const FOOTER: u8 = 1;
const LEAD_BYTES: usize = 5;

/// A snapshot whose header was found good.
pub(crate) struct Snapshot {
    pub(crate) header: Header,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    name: String,
}

/// Where and how snapshots are written.
pub(crate) struct Place<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) disk: &'a Disk,
    pub(crate) key: &'a DataKey,
    pub(crate) tally_secret: &'a [u8; 32],
}

impl Snapshot {
    pub(crate) fn read(path: PathBuf, key: &DataKey, format_max: u32) -> Result<Self, OpenError> {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("snapshot/{file}");
        let header = read_header(&path, &name, SNAPSHOT_MAGIC, key, format_max)?;
        let bytes = fs::metadata(&path)
            .map_err(OpenError::io("read", &path))?
            .len();
        Ok(Self {
            header,
            path,
            bytes,
            name,
        })
    }

    pub(crate) fn corrupt(&self, what: &'static str) -> OpenError {
        OpenError::Corrupt {
            file: self.name.clone(),
            position: Position::NONE,
            what,
        }
    }

    /// Gives every page, one in memory at a time, and checks the whole against the footer.
    pub(crate) fn pages(
        &self,
        key: &DataKey,
        tally_secret: &[u8; 32],
        visit: &mut dyn FnMut(&[EncodedChange<'_>]) -> Result<(), OpenError>,
    ) -> Result<Tally, OpenError> {
        let failed = || OpenError::io("read", &self.path);
        let vault = self.header.vault(key).map_err(failed())?;
        let mut file = BufReader::new(File::open(&self.path).map_err(failed())?);
        file.seek(SeekFrom::Start(HEADER_BYTES as u64))
            .map_err(failed())?;
        let mut tally = Tally::default();
        for number in 1.. {
            let part = read_part(&mut file, number, &vault).map_err(failed())?;
            let (kind, content) =
                part.ok_or_else(|| self.corrupt("a page is missing or cannot be read"))?;
            if kind == FOOTER {
                let footer: Option<Tally> = postcard::from_bytes(&content).ok();
                if footer != Some(tally) {
                    return Err(self.corrupt("the rows do not come to the sum in the footer"));
                }
                break;
            }
            let (rows, _) = batch::decode(&content)
                .map_err(|_| self.corrupt("the rows of a page cannot be read"))?;
            for row in &rows {
                tally.add(tally_secret, row.key, row.value.unwrap_or_default());
            }
            visit(&rows)?;
        }
        if file.read(&mut [0]).map_err(failed())? != 0 {
            return Err(self.corrupt("something follows the footer"));
        }
        Ok(tally)
    }
}

/// Writes, reads back and names a snapshot. `next_page` gives rows until it gives none; they must
/// come to the tally, or nothing is named.
pub(crate) fn write(
    place: &Place<'_>,
    header: &Header,
    tally: Tally,
    next_page: &mut dyn FnMut() -> Result<Vec<Change>, StoreError>,
) -> Result<Snapshot, StoreError> {
    let path = place.dir.join(format!("{:020}.snap", header.position));
    let draft = path.with_extension("new");
    let written = write_draft(place, header, tally, next_page, &draft);
    let bytes = written.inspect_err(|_| {
        // It would take room until the next start; that it cannot be removed changes nothing.
        fs::remove_file(&draft).unwrap_or_default();
    })?;
    place
        .disk
        .rename(&draft, &path)
        .and_then(|()| place.disk.sync_dir(place.dir))
        .map_err(StoreError::io("name the snapshot"))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Snapshot {
        header: header.clone(),
        name: format!("snapshot/{name}"),
        bytes,
        path,
    })
}

fn write_draft(
    place: &Place<'_>,
    header: &Header,
    tally: Tally,
    next_page: &mut dyn FnMut() -> Result<Vec<Change>, StoreError>,
    draft: &Path,
) -> Result<u64, StoreError> {
    let failed = || StoreError::io("write the snapshot");
    let vault = header.vault(place.key).map_err(failed())?;
    let mut file = place.disk.create(draft).map_err(failed())?;
    place
        .disk
        .write(&mut file, &header.encode(place.key))
        .map_err(failed())?;
    let mut packer = Packer::default();
    for number in 1.. {
        let rows = next_page()?;
        let (kind, content) = if rows.is_empty() {
            (FOOTER, postcard::to_stdvec(&tally))
        } else {
            (PAGE, batch::encode(&rows, Vec::new()))
        };
        let content = content.map_err(|error| failed()(io::Error::other(error)))?;
        let part = seal_part(kind, number, &mut packer, &content, &vault).map_err(failed())?;
        place.disk.write(&mut file, &part).map_err(failed())?;
        if kind == FOOTER {
            break;
        }
    }
    place.disk.sync(&file).map_err(failed())?;

    let read_back = Snapshot::read(draft.to_path_buf(), place.key, header.identity.format);
    let verified = read_back.and_then(|snapshot| {
        snapshot.pages(place.key, place.tally_secret, &mut |_| Ok(()))?;
        Ok(snapshot.bytes)
    });
    verified.map_err(|error| StoreError::Cache {
        what: format!("its content does not come to its sum: {}", error.code()),
    })
}

fn seal_part(
    kind: u8,
    number: u64,
    packer: &mut Packer,
    content: &[u8],
    vault: &Vault,
) -> io::Result<Vec<u8>> {
    const TAG_BYTES: usize = 16;
    let mut sealed = packer.pack(content)?;
    let length = u32::try_from(sealed.len() + TAG_BYTES).map_err(io::Error::other)?;
    let mut part = Vec::with_capacity(LEAD_BYTES + sealed.len() + TAG_BYTES);
    part.extend_from_slice(&length.to_le_bytes());
    part.push(kind);
    vault.seal.close(number, &part, &mut sealed)?;
    part.extend_from_slice(&sealed);
    Ok(part)
}

/// The next part, or nothing if there is none that is whole.
fn read_part(
    file: &mut impl Read,
    number: u64,
    vault: &Vault,
) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut lead = [0; LEAD_BYTES];
    let mut sealed = Vec::new();
    match file.read_exact(&mut lead) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let [a, b, c, d, kind] = lead;
    let length = u32::from_le_bytes([a, b, c, d]);
    if usize::try_from(length).is_ok_and(|length| length <= SEALED_PAGE_BYTES_MAX) {
        file.take(u64::from(length)).read_to_end(&mut sealed)?;
    }
    if vault.seal.open(number, &lead, &mut sealed).is_err() {
        return Ok(None);
    }
    let content = unpack(&sealed, PAGE_BYTES_MAX).ok();
    Ok(content.map(|content| (kind, content)))
}
