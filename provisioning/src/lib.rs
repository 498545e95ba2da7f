//! Who may be a node: the root, the issuing key, certificates, join tokens, and the joining itself
//! as messages. And what a node vouches for with its key: receipts of citizens.
//!
//! Pure: time is passed in, and so is the randomness of a token; only keys are drawn here, by the
//! cryptographic library. Files are in [`files`]; sockets are nowhere in this crate.

mod authority;
pub mod bundle_key;
mod certificate;
mod error;
pub mod files;
mod group_text;
mod join;
mod name;
mod node_key;
mod screens;
mod token;
mod vouch;

pub use authority::{Authority, Issuer, Root, pem_of};
pub use certificate::{CERTIFICATE_DAYS_CENTRAL, CERTIFICATE_DAYS_NODE, NodeCertificate, Validity};
pub use error::{AuthorityError, JoinRefusal, NameError, ScreensRefused, TokenError};
pub use group_text::Mistyped;
pub use join::{Accepted, JoinRequest, JoinResponse, UsedToken, answer};
pub use name::{NodeName, node_id_of};
pub use node_key::NodeKey;
pub use screens::{
    CERTIFICATE_DAYS_SCREENS, NAMES_MAX, SUFFIX, ScreensAuthority, ScreensCertificate,
    ScreensIssuer, ScreensKey, ScreensName, ScreensRequest, ScreensRoot,
};
pub use token::{FirstOfficer, IssueError, JoinToken, NewToken, TokenId, VerifiedToken};
pub use vouch::{Doubt, ReceiptRefused, Verified, verify_receipt};

/// BLAKE3 of a certificate's DER: how a join token names the root.
pub fn fingerprint(certificate_der: &[u8]) -> [u8; 32] {
    *blake3::hash(certificate_der).as_bytes()
}
