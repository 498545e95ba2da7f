//! Classes of frames: what goes first on a thin line.
//!
//! Frames of one class keep their order; between classes there is none, except that nothing is
//! read before the hello, which comes on [`Class::Control`].

/// What a frame is for. Each class is a stream of its own, so a lost packet of a bulky class
/// never holds up an urgent one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Hello, acknowledgements, credits, errors, checks.
    Control,
    /// Signed batches of acts, from an office to the centre.
    Push,
    /// Entries of a commune's feed (receipts among them), from the centre to an office.
    Feed,
    /// Lists for comparing and mending a slice.
    Repair,
    /// Pages of the first fill and lists of papers, down; readings of records, up: what may wait for
    /// all else.
    Fill,
    /// Pieces of attachments, in both directions.
    Attachment,
}

impl Class {
    /// All classes, the most urgent first.
    pub const ALL: [Class; 6] = [
        Class::Control,
        Class::Push,
        Class::Feed,
        Class::Repair,
        Class::Fill,
        Class::Attachment,
    ];

    /// The byte that opens a stream of this class.
    pub const fn tag(self) -> u8 {
        match self {
            Class::Control => 1,
            Class::Push => 2,
            Class::Feed => 3,
            Class::Repair => 4,
            Class::Fill => 5,
            Class::Attachment => 6,
        }
    }

    /// The class with this tag, if there is one.
    pub fn from_tag(tag: u8) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.tag() == tag)
    }

    /// Priority of its stream: a higher one is sent first.
    pub const fn priority(self) -> i32 {
        10 - self.tag() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_unique_and_read_back() {
        for class in Class::ALL {
            assert_eq!(Class::from_tag(class.tag()), Some(class));
        }
        assert_eq!(Class::from_tag(0), None);
    }
}
