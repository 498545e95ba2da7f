//! The papers of a record's acts, as an office that came to the record later asks the centre for
//! them: pages of a slice carry records alone.
//!
//! The list is bounded, so that it fits into one answer. An act goes in with all of its papers, or
//! not at all; what was left out is the oldest, and the list says so.

use serde::{Deserialize, Serialize};

use super::{ActKind, Evidence};
use crate::{ActId, OfficeCode};

/// Most papers of one list.
pub const LISTED_PAPERS_MAX: usize = 64;
/// Most attachments of one list: half of what an office remembers, so that no list pushes out what it
/// names itself.
pub const LISTED_ATTACHMENTS_MAX: usize = 500;
/// Most bytes of one list, encoded.
pub const LISTED_BYTES_MAX: usize = 128 << 10;

/// The papers of one act whose content is at the centre.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PapersOfAct {
    /// The act.
    pub act: ActId,
    /// The procedure.
    pub kind: ActKind,
    /// Where it was made.
    pub office: OfficeCode,
    /// When it was entered, seconds since 1970, by the clock of its device.
    pub at_s: i64,
    /// Its papers, each with those of its attachments that have arrived; at least one.
    pub evidence: Vec<Evidence>,
}

impl PapersOfAct {
    fn attachments(&self) -> usize {
        let papers = self.evidence.iter();
        papers.map(|paper| paper.attachments.len()).sum()
    }

    /// A paper without an attachment, or an act without a paper, is no news.
    fn is_of_use(&self) -> bool {
        let papers = &self.evidence;
        !papers.is_empty() && papers.iter().all(|paper| !paper.attachments.is_empty())
    }
}

/// The papers of a record's acts, the newest act first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PapersOfRecord {
    acts: Vec<PapersOfAct>,
    more: bool,
    papers: usize,
    attachments: usize,
    bytes: usize,
}

/// Why a list of papers cannot be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a list of a record's papers cannot be read")]
pub struct PapersUnreadable;

impl PapersUnreadable {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        "papers_unreadable"
    }
}

impl PapersOfRecord {
    /// Room for the number of acts before the first one.
    const COUNT_BYTES_MAX: usize = 4;

    /// The acts.
    pub fn acts(&self) -> &[PapersOfAct] {
        &self.acts
    }

    /// Whether older ones were left out.
    pub const fn more(&self) -> bool {
        self.more
    }

    /// Older ones were left out.
    pub const fn cut(&mut self) {
        self.more = true;
    }

    /// Puts the papers of the next older act behind the others; tells whether they fit. What does not
    /// fit is left out, and the list says that there is more.
    pub fn add(&mut self, act: PapersOfAct) -> bool {
        if !act.is_of_use() {
            return true;
        }
        let Ok(encoded) = postcard::to_stdvec(&act) else {
            self.more = true;
            return false;
        };
        let papers = self.papers.saturating_add(act.evidence.len());
        let attachments = self.attachments.saturating_add(act.attachments());
        let bytes = self.bytes.saturating_add(encoded.len());
        let fits = papers <= LISTED_PAPERS_MAX
            && attachments <= LISTED_ATTACHMENTS_MAX
            && bytes.saturating_add(Self::COUNT_BYTES_MAX) <= LISTED_BYTES_MAX;
        if fits {
            (self.papers, self.attachments, self.bytes) = (papers, attachments, bytes);
            self.acts.push(act);
        } else {
            self.more = true;
        }
        fits
    }

    /// The bytes of the acts, as they are sent. Whether there is more is told beside them.
    pub fn encode(&self) -> Result<Vec<u8>, PapersUnreadable> {
        postcard::to_stdvec(&self.acts).map_err(|_| PapersUnreadable)
    }

    /// Reads what somebody sent: whole, within the limits, and nothing in it without an attachment.
    pub fn decode(bytes: &[u8], more: bool) -> Result<PapersOfRecord, PapersUnreadable> {
        if bytes.len() > LISTED_BYTES_MAX {
            return Err(PapersUnreadable);
        }
        let (acts, rest) =
            postcard::take_from_bytes::<Vec<PapersOfAct>>(bytes).map_err(|_| PapersUnreadable)?;
        if !rest.is_empty() {
            return Err(PapersUnreadable);
        }
        let mut list = PapersOfRecord::default();
        for act in acts {
            if !act.is_of_use() || !list.add(act) {
                return Err(PapersUnreadable);
            }
        }
        list.more = more;
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attachment::Attachment;
    use crate::value::Line;

    fn paper(seed: usize, attachments: usize) -> Evidence {
        let named = |place: usize| {
            let content = format!("%PDF-1.7 {seed} {place}");
            Attachment::of(content.as_bytes()).unwrap()
        };
        Evidence {
            kind: Line::parse("giấy khai sinh").unwrap(),
            number: Line::default(),
            date: None,
            attachments: (0..attachments).map(named).collect(),
        }
    }

    fn act(number: u8, papers: usize, attachments: usize) -> PapersOfAct {
        PapersOfAct {
            act: ActId::new([number; 16]),
            kind: ActKind::Correction,
            office: OfficeCode::new(4).unwrap(),
            at_s: 1_795_230_000,
            evidence: (0..papers).map(|seed| paper(seed, attachments)).collect(),
        }
    }

    #[test]
    fn a_list_comes_back_as_it_was_written() {
        let mut list = PapersOfRecord::default();
        assert!(list.add(act(1, 2, 3)));
        assert!(list.add(act(2, 1, 1)));
        // An act that names nothing which is at the centre does not stand in it.
        assert!(list.add(act(3, 0, 0)) && list.add(act(4, 1, 0)));
        assert_eq!(list.acts().len(), 2);
        list.cut();
        let bytes = list.encode().unwrap();
        let back = PapersOfRecord::decode(&bytes, true).unwrap();
        assert_eq!(back, list);
        assert!(PapersOfRecord::decode(&[&bytes[..], &[0]].concat(), true).is_err());
        assert!(PapersOfRecord::decode(bytes.get(1..).unwrap(), true).is_err());
        assert_eq!(PapersOfRecord::decode(&[0], false).unwrap().acts(), []);
    }

    #[test]
    fn a_list_ends_at_its_limits_and_says_that_there_is_more() {
        let mut list = PapersOfRecord::default();
        for number in 0..4 {
            assert!(list.add(act(number, 16, 1)));
        }
        assert!(!list.more());
        assert!(!list.add(act(4, 1, 1)));
        assert!(list.more() && list.acts().len() == 4);
        assert!(list.encode().unwrap().len() <= LISTED_BYTES_MAX);

        let mut list = PapersOfRecord::default();
        let fits = (0..60).take_while(|number| list.add(act(*number, 1, 16)));
        assert_eq!(fits.count(), LISTED_ATTACHMENTS_MAX / 16);
    }

    #[test]
    fn what_a_peer_puts_past_the_limits_is_refused() {
        let refused = |acts: Vec<PapersOfAct>| {
            let bytes = postcard::to_stdvec(&acts).unwrap();
            PapersOfRecord::decode(&bytes, false).is_err()
        };
        assert!(!refused(vec![act(1, 1, 1)]));
        assert!(refused(vec![act(1, LISTED_PAPERS_MAX + 1, 1)]));
        assert!(refused(vec![act(1, 1, LISTED_ATTACHMENTS_MAX + 1)]));
        assert!(refused(vec![act(1, 0, 0)]));
        assert!(refused(vec![act(1, 1, 0)]));
        assert!(PapersOfRecord::decode(&vec![0; LISTED_BYTES_MAX + 1], false).is_err());
    }
}
