//! What can go wrong when certificates and tokens are made, read or used. Nothing here holds a key
//! or the name of a person.

use registry::OfficeCode;

use crate::group_text::Mistyped;
use crate::screens::{NAMES_MAX, ScreensName};

/// Why keys or certificates could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The PEM text of a key cannot be used.
    #[error("cannot read the {what} key: it must be an Ed25519 key as PKCS#8 PEM")]
    Key {
        /// Which key.
        what: &'static str,
    },
    /// The PEM text of a key of screens cannot be used.
    #[error("cannot read the {what} key: it must be a P-256 key as PKCS#8 PEM")]
    ScreensKey {
        /// Which key.
        what: &'static str,
    },
    /// The PEM text of a certificate cannot be used.
    #[error("cannot read the {what} certificate: it must be PEM")]
    Certificate {
        /// Which certificate.
        what: &'static str,
    },
    /// A key does not belong to its certificate.
    #[error("the {what} key does not belong to the {what} certificate: files were mixed up")]
    Mismatch {
        /// Which pair.
        what: &'static str,
    },
    /// A certificate request cannot be used.
    #[error("the certificate request is not one of a node: it needs an Ed25519 key and its proof")]
    Request,
    /// A server name or address cannot stand in a certificate.
    #[error("`{name}` is neither a DNS name nor an IP address")]
    ServerName {
        /// What was given.
        name: String,
    },
    /// A time is outside what a certificate can hold, or ends before it begins.
    #[error("the validity is not possible: check this computer's clock and the number of days")]
    Validity,
    /// The cryptographic library failed.
    #[error("the certificate could not be made")]
    Library(#[source] rcgen::Error),
}

impl AuthorityError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Key { .. } | Self::ScreensKey { .. } => "key_unreadable",
            Self::Certificate { .. } => "certificate_unreadable",
            Self::Mismatch { .. } => "key_certificate_mismatch",
            Self::Request => "request_unusable",
            Self::ServerName { .. } => "server_name",
            Self::Validity => "validity_impossible",
            Self::Library(_) => "certificate_not_made",
        }
    }
}

/// Why a certificate is not that of a node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It is not an X.509 certificate.
    #[error("this is not a certificate")]
    Unreadable,
    /// Its key is not Ed25519.
    #[error("the certificate's key is not Ed25519")]
    KeyKind,
    /// It has no name of the form `npd://commune/00004/node/<32 hex>`, or more than one.
    #[error("the certificate does not name one node of one commune")]
    NotANode,
    /// The name does not follow from the key.
    #[error("the certificate's name does not follow from its key")]
    NotItsKey,
}

impl NameError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "certificate_unreadable",
            Self::KeyKind => "certificate_key_kind",
            Self::NotANode => "certificate_not_a_node",
            Self::NotItsKey => "certificate_name_not_its_key",
        }
    }
}

/// Why a join token cannot be made or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The text is not a join token at all.
    #[error("this is not a join token: it starts with NPDJOIN1. and was issued by `provision`")]
    NotAToken,
    /// The text was damaged on its way.
    #[error("the join token was mistyped or cut: {0}")]
    Mistyped(#[from] Mistyped),
    /// The text is whole, but its content is not that of a token of this version.
    #[error("the join token cannot be read: it is from another version of the software")]
    Unreadable,
    /// It was not issued by this authority.
    #[error("the join token was not issued by this authority: ask for a new one")]
    WrongSignature,
    /// Its time is over.
    #[error("the join token has expired: ask for a new one")]
    Expired {
        /// When it expired, Unix seconds.
        expired_at: i64,
    },
    /// It is for another commune.
    #[error("the join token is for commune {token}, not for {here}")]
    OtherOffice {
        /// The commune in the token.
        token: OfficeCode,
        /// The commune that was expected.
        here: OfficeCode,
    },
    /// A field is empty or too long.
    #[error("a join token cannot hold this {field}: it is empty, too long or too many")]
    Field {
        /// Which field.
        field: &'static str,
    },
}

impl TokenError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAToken => "token_not_a_token",
            Self::Mistyped(_) => "token_mistyped",
            Self::Unreadable => "token_unreadable",
            Self::WrongSignature => "token_wrong_signature",
            Self::Expired { .. } => "token_expired",
            Self::OtherOffice { .. } => "token_other_office",
            Self::Field { .. } => "token_field",
        }
    }
}

/// Why central lets a node not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinRefusal {
    /// The request cannot be read.
    #[error("the join request cannot be read: both sides need the same version")]
    Unreadable,
    /// The token is not good.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The token has served another node.
    #[error("the join token was already used by another device: ask for a new one")]
    Used,
    /// The certificate could not be issued.
    #[error(transparent)]
    Certificate(#[from] AuthorityError),
}

impl JoinRefusal {
    /// Stable name of the refusal, as it goes to the node.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "join_unreadable",
            Self::Token(error) => error.code(),
            Self::Used => "token_used",
            Self::Certificate(error) => error.code(),
        }
    }
}

/// Why there is no certificate for an office's screens.
#[derive(Debug, thiserror::Error)]
pub enum ScreensRefused {
    /// A name that no office's screens can have.
    #[error(
        "`{name}` cannot be a name of an office's screens: give a name under office-CODE.office.internal, or a private address (10.…, 172.16–31.…, 192.168.…, fd…)"
    )]
    Name {
        /// What was given.
        name: String,
    },
    /// A name of another office.
    #[error("`{name}` is a name of another office: give one under this office's own code")]
    OtherOffice {
        /// What was given.
        name: ScreensName,
    },
    /// None, or too many.
    #[error("a certificate of screens has at least one name and at most {NAMES_MAX}")]
    Names,
    /// The request is not one of the node that it names.
    #[error("the request for a certificate of screens cannot be used: compare the releases")]
    Request,
    /// The centre has no key to sign with.
    #[error(
        "the centre has no issuing key for screens: `provision screens` makes one beside its other keys; then start the centre again"
    )]
    NoIssuer,
    /// The certificate could not be issued.
    #[error(transparent)]
    Certificate(#[from] AuthorityError),
}

impl ScreensRefused {
    /// Stable name of the refusal, as it goes to the node.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "screens_name",
            Self::OtherOffice { .. } => "screens_name_of_other",
            Self::Names => "screens_names",
            Self::Request => "screens_request",
            Self::NoIssuer => "screens_no_issuer",
            Self::Certificate(error) => error.code(),
        }
    }
}
