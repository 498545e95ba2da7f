//! The encoding of a file: found or told, and turned into UTF-8 as the file is read.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};

use registry::text::legacy::{Decoder, Encoding, Looks, SAMPLE_BYTES, detect};

/// Bytes read at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Why a file's encoding has to be told.
#[derive(Debug, thiserror::Error)]
pub(super) enum EncodingError {
    /// It is most like one.
    #[error(
        "the file is not plainly UTF-8; it looks like {0}: say --encoding {name} if it is, and \
         look at some names with --dry-run --reveal first", name = .0.name()
    )]
    Perhaps(Encoding),
    /// Some of it is Unicode, and some is one.
    #[error(
        "some columns of the file are Unicode, and others look like {0}: convert these to Unicode \
         first. With --encoding utf-8 the file is read as it stands, and rows whose names are in an \
         old encoding are rejected"
    )]
    Mixed(Encoding),
    /// It is like none.
    #[error(
        "the file is in no encoding that is known here: save it as UTF-8, or say which it is with \
         --encoding utf-8|utf-16|tcvn3|vni|windows-1258"
    )]
    Unknown,
}

impl EncodingError {
    /// Stable name of the error.
    const fn code(&self) -> &'static str {
        match self {
            Self::Perhaps(_) => "encoding_uncertain",
            Self::Mixed(_) => "encoding_mixed",
            Self::Unknown => "encoding_unknown",
        }
    }
}

/// An encoding, with the beginning of the file that has it.
pub(super) struct Chosen {
    pub(super) encoding: Encoding,
    pub(super) sample: Vec<u8>,
}

/// The encoding of the file: what was said, or what it surely is.
pub(super) fn choose(file: &mut File, told: Option<Encoding>) -> anyhow::Result<Chosen> {
    let mut sample = Vec::new();
    (&mut *file)
        .take(SAMPLE_BYTES as u64)
        .read_to_end(&mut sample)?;
    file.seek(SeekFrom::Start(0))?;
    if let Some(encoding) = told {
        return Ok(Chosen { encoding, sample });
    }
    match detect(&sample) {
        Looks::Surely(encoding) => {
            if encoding != Encoding::Utf8 {
                eprintln!("the file is {encoding}: it is converted while it is read");
            }
            Ok(Chosen { encoding, sample })
        }
        Looks::Perhaps(encoding) => Err(told_with_code(EncodingError::Perhaps(encoding))),
        Looks::Mixed(encoding) => Err(told_with_code(EncodingError::Mixed(encoding))),
        Looks::Unlike => Err(told_with_code(EncodingError::Unknown)),
    }
}

fn told_with_code(error: EncodingError) -> anyhow::Error {
    let code = error.code();
    anyhow::Error::new(error).context(format!("[{code}]"))
}

/// A file as UTF-8.
pub(super) struct Decoded<R> {
    input: R,
    /// None for UTF-8.
    decoder: Option<Decoder>,
    text: io::Cursor<Vec<u8>>,
    at_end: bool,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(input: R, chosen: &Chosen) -> Self {
        let decoder = Decoder::new(chosen.encoding, &chosen.sample);
        Self {
            input,
            decoder: (chosen.encoding != Encoding::Utf8).then_some(decoder),
            text: io::Cursor::default(),
            at_end: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        (&mut self.input)
            .take(PIECE_BYTES as u64)
            .read_to_end(&mut piece)?;
        let Some(decoder) = &mut self.decoder else {
            return Ok(());
        };
        let mut text = String::with_capacity(piece.len().saturating_mul(2));
        decoder.push(&piece, &mut text);
        if piece.is_empty() {
            decoder.finish(&mut text);
            self.at_end = true;
        }
        self.text = io::Cursor::new(text.into_bytes());
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.decoder.is_none() {
            // As it is: a row that is not UTF-8 is listed, and stops nothing.
            return self.input.read(buffer);
        }
        loop {
            let read = self.text.read(buffer)?;
            if read > 0 || self.at_end || buffer.is_empty() {
                return Ok(read);
            }
            self.refill()?;
        }
    }
}
