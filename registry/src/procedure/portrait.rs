//! The portrait of a person: one photograph of the face, attached before. Its thumbnail is made
//! where the act is filed, because making it takes reading a picture; here the two are named, the
//! thumbnail first, so that whoever holds the record has a face to look at before the photograph
//! has come.

use serde::{Deserialize, Serialize};

use crate::RecordId;
use crate::act::{EVIDENCE_MAX, Evidence};
use crate::attachment::{ATTACHMENTS_MAX, Attachment};
use crate::edit::Edit;
use crate::portrait::{PORTRAIT_PAPER, Portrait, is_picture};
use crate::procedure::{Draft, Refusal};
use crate::schema::Field;
use crate::value::{Line, Value};
use crate::words::words;

/// A photograph of a person's face.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PortraitInput {
    /// Whose.
    pub person: RecordId,
    /// The photograph, as it was attached.
    #[serde(default)]
    pub photo: Option<Attachment>,
    /// The thumbnail of it; no clerk and no program names it, the office makes it.
    #[serde(skip)]
    pub thumbnail: Option<Attachment>,
}

pub(super) fn portrait(draft: &mut Draft<'_>, input: &PortraitInput) -> Result<(), Refusal> {
    let field = "photo";
    let held = draft.living("person", &input.person)?;
    let photo = input.photo.ok_or(Refusal::Missing { field })?;
    if !is_picture(&photo) {
        return Err(Refusal::Invalid {
            field,
            words: words(
                "ảnh chân dung là ảnh chụp, tệp JPEG hoặc PNG; tệp PDF là văn bản nhiều trang",
                "a portrait is a photograph, JPEG or PNG; a PDF is a document of pages",
            ),
        });
    }
    let attached = draft.filing.evidence.iter();
    let attached: usize = attached.map(|paper| paper.attachments.len()).sum();
    if draft.filing.evidence.len() >= EVIDENCE_MAX || attached >= ATTACHMENTS_MAX {
        return Err(Refusal::TooMuch { field: "evidence" });
    }
    let thumbnail = input.thumbnail.ok_or(Refusal::Missing { field })?;
    let portrait = Portrait::new(photo, thumbnail).ok_or(Refusal::Invalid {
        field,
        words: words(
            "ảnh thu nhỏ không phải tệp JPEG nhỏ",
            "its thumbnail is no small JPEG",
        ),
    })?;
    let value = Value::Portrait(Box::new(portrait));
    if held.fields().single(Field::Portrait) == Some(&value) {
        return Err(Refusal::NothingChanges);
    }
    draft.paper = Some(Evidence {
        kind: Line::parse(PORTRAIT_PAPER).unwrap_or_default(),
        number: Line::default(),
        date: None,
        attachments: vec![thumbnail, photo],
    });
    draft.change_held(&held, vec![Edit::Put(Field::Portrait, value)])
}
