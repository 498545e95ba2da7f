//! What can go wrong in a session, ordered by who is to blame.
//!
//! Every variant has a stable [`code`](SessionError::code) and words that say what to do. Nothing
//! of what a frame contains is ever repeated in them, so no citizen's data can reach a log.

use crate::class::Class;

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// Bytes that are no frame of this protocol.
    Unreadable,
    /// A readable frame that breaks a rule.
    Peer,
    /// Both are right, and their versions do not meet.
    Version,
    /// The program around this session used it wrongly: our own bug.
    Caller,
}

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// The frame cannot be read.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
    /// The peer broke a rule.
    #[error(transparent)]
    Peer(#[from] Violation),
    /// The versions do not meet.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// The caller broke the contract of this crate.
    #[error(transparent)]
    Caller(#[from] Misuse),
}

impl SessionError {
    /// A stable name for metrics, logs and the peer.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(error) => error.code(),
            Self::Peer(error) => error.code(),
            Self::Version(error) => error.code(),
            Self::Caller(error) => error.code(),
        }
    }
    /// Who has to act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Unreadable(_) => Blame::Unreadable,
            Self::Peer(_) => Blame::Peer,
            Self::Version(_) => Blame::Version,
            Self::Caller(_) => Blame::Caller,
        }
    }
}

/// Declares an error enum whose variants each carry a stable code.
macro_rules! coded {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $code:literal $variant:ident $({ $($(#[$fdoc:meta])* $field:ident: $ty:ty),* $(,)? })?
            = $words:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        pub enum $name {
            $($(#[$vdoc])* #[error($words)] $variant $({ $($(#[$fdoc])* $field: $ty),* })?,)*
        }
        impl $name {
            /// A stable name for metrics, logs and the peer.
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant $({ $($field: _),* })? => $code,)* }
            }
            #[cfg(test)]
            pub(crate) const CODES: &[&str] = &[$($code),*];
        }
    };
}

pub(crate) use coded;

coded!(
    /// Bytes that are no frame of this protocol.
    DecodeError {
        /// Nothing in it.
        "frame_empty" Empty = "an empty frame came; the line or the peer's software is at fault",
        /// Longer than allowed.
        "frame_too_long" TooLong { /// Bytes that came.
            len: usize } = "a frame of {len} bytes came, the limit is 1048576",
        /// No message has this tag.
        "frame_unknown" UnknownTag { /// The tag.
            tag: u8 } = "frame {tag} is unknown; install the same release on both sides",
        /// The message belongs to another class.
        "frame_wrong_class" WrongClass { /// The tag.
            tag: u8, /// Where it came.
            class: Class } = "frame {tag} does not belong to class {class:?}",
        /// The bytes are not what the tag says.
        "frame_malformed" Malformed { /// The tag.
            tag: u8 } = "frame {tag} cannot be read; it was damaged or made by other software",
        /// Bytes were left over.
        "frame_trailing" Trailing { /// The tag.
            tag: u8 } = "frame {tag} is longer than what it says",
        /// A payload does not expand.
        "payload_damaged" Payload = "a compressed payload does not expand",
        /// A payload expands past its limit.
        "payload_too_large" PayloadTooLarge { /// The limit, bytes.
            max: usize } = "a payload expands past {max} bytes",
    }
);

coded!(
    /// A rule of the protocol that the peer broke.
    Violation {
        /// Not allowed at this moment, or from this side.
        "message_unexpected" Unexpected { /// What came.
            message: &'static str } = "{message} came when it was not allowed",
        /// More sent than was allowed unacknowledged.
        "credit_exceeded" Credit { /// Of what.
            what: &'static str } = "more {what} came than may be unacknowledged",
        /// A number beyond its limit.
        "limit_exceeded" Limit { /// Of what.
            what: &'static str, /// The limit.
            max: usize } = "{what} past the limit of {max}",
        /// A list with a hole in it.
        "gap" Gap { /// In what.
            what: &'static str, /// The number that was due.
            due: u64, /// The number that came.
            came: u64 } = "{what}: number {due} was due and {came} came",
        /// A list out of order.
        "out_of_order" Order { /// Of what.
            what: &'static str } = "{what} came out of order",
        /// Something acknowledged that was never sent.
        "acknowledged_unsent" AcknowledgedUnsent { /// Of what.
            what: &'static str } = "{what} were acknowledged that were never sent",
        /// The batch was not signed by this node's key, or was altered.
        "bad_signature" Signature = "the signature of a batch of acts is wrong; enrol the node anew if it persists",
        /// The batch follows other acts than those taken.
        "chain_broken" ChainBroken = "the chain of acts does not continue what was taken; the node needs a new incarnation",
        /// Another life of the node.
        "wrong_incarnation" Incarnation { /// The one of this session.
            due: u64, /// The one that came.
            came: u64 } = "acts of incarnation {came} came in a session of incarnation {due}",
        /// The centre no longer has acts that it acknowledged.
        "central_went_back" CentralWentBack { /// Where it stands.
            taken: u64, /// The first act that the node still has.
            kept_from: u64 } = "the centre has acts up to {taken} and this office keeps them from {kept_from}; the centre lost data: call its operator",
        /// The centre's feed is shorter than what was applied.
        "feed_went_back" FeedWentBack { /// Its head.
            head: u64, /// What was applied.
            applied: u64 } = "the feed ends at {head} and {applied} was applied; the centre lost data: call its operator",
        /// A version or dictionary that was not offered.
        "not_offered" NotOffered { /// What.
            what: &'static str } = "the peer chose a {what} that was not offered",
        /// The filled slice is not the one that was sent.
        "fill_differs" FillDiffers = "the filled slice does not match its digest; start the fill again",
        /// The list of an attachment's pieces is not that of the attachment.
        "attachment_list_wrong" PieceListWrong = "the list of an attachment's pieces does not come to its name; attach the paper again",
        /// The piece is not one of the attachment, or what the attachment was said to be.
        "attachment_piece_wrong" PieceWrong = "a piece of an attachment is not what its name says; attach the paper again",
        /// No answer in time.
        "no_answer" NoAnswer { /// To what.
            what: &'static str } = "no answer to {what} came in time; the line is tried again",
    }
);

coded!(
    /// Versions that do not meet.
    VersionError {
        /// The peer is older than what we still speak.
        "peer_too_old" PeerTooOld { /// Its newest version.
            theirs: u8, /// Our oldest.
            ours: u8 } = "the peer speaks versions up to {theirs}, the oldest spoken here is {ours}; upgrade the peer",
        /// The peer is newer than what we speak.
        "peer_too_new" PeerTooNew { /// Its oldest version.
            theirs: u8, /// Our newest.
            ours: u8 } = "the peer speaks versions from {theirs}, the newest spoken here is {ours}; upgrade this side",
        /// A payload needs a dictionary that we do not have.
        "dictionary_unknown" Dictionary { /// Its number.
            id: u32 } = "a payload needs dictionary {id}, which is not installed",
    }
);

coded!(
    /// The contract of this crate that the caller broke: our own bug.
    Misuse {
        /// Nobody asked for this.
        "misuse_unasked" Unasked { /// What was given.
            what: &'static str } = "{what} was given and not asked for",
        /// It does not continue what came before.
        "misuse_order" Order { /// What was given.
            what: &'static str } = "{what} does not continue what was given before",
        /// Too large, or empty where something is due.
        "misuse_size" Size { /// What was given.
            what: &'static str } = "{what} is empty or past its limit",
        /// The compression library refused to work.
        "misuse_codec" Codec { /// What failed.
            what: &'static str } = "{what} failed",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_snake_case() {
        let mut seen = std::collections::BTreeSet::new();
        let lists = [
            DecodeError::CODES,
            Violation::CODES,
            VersionError::CODES,
            Misuse::CODES,
            crate::bundle::BundleRefusal::CODES,
        ];
        for code in lists.concat() {
            assert!(seen.insert(code), "{code} twice");
            assert!(
                code.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            );
            assert!(code.len() <= crate::limits::CODE_BYTES_MAX);
        }
        assert!(seen.len() > 20);
    }

    #[test]
    fn the_frame_limit_in_the_words_is_the_real_one() {
        let words = DecodeError::TooLong { len: 7 }.to_string();
        assert!(words.contains(&crate::limits::FRAME_BYTES_MAX.to_string()));
    }
}
