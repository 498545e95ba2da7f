//! Join tokens: one node, one commune, one use, until a day. One line of text, or a QR code.
//!
//! ```text
//! text   := "NPDJOIN1." groups          (see `group_text`)
//! bytes  := body (postcard) ‖ signature (64 bytes, Ed25519 by the issuing key
//!           over "npd join token 1\0" ‖ body)
//! ```
//!
//! The node cannot verify the signature, because it does not yet know the authority: it believes
//! the person who gave it the token. What protects it is the fingerprint: the node talks only to
//! a server that presents a root with this fingerprint and whose certificate ends in that root.
//! Central verifies the signature. **A token is a secret until it is used.**

use std::fmt;

use ed25519_dalek::{Signature, VerifyingKey};
use registry::{OfficeCode, OfficerId};
use serde::{Deserialize, Serialize};

use crate::authority::Issuer;
use crate::error::{AuthorityError, TokenError};
use crate::group_text;

const PREFIX: &str = "NPDJOIN1.";
const CONTEXT: &[u8] = b"npd join token 1\0";
const SIGNATURE_BYTES: usize = 64;
/// Longest text that is looked at: a token is pasted by people, and sent by strangers.
const TEXT_BYTES_MAX: usize = 8192;
/// Addresses of central in one token.
const ADDRESSES_MAX: usize = 8;
/// Roles of one officer.
const ROLES_MAX: usize = 16;
/// Longest text in a token, bytes.
const FIELD_BYTES_MAX: usize = 255;

/// Which token; central remembers those that were used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenId([u8; 16]);

impl TokenId {
    /// The identifier with these bytes, which must be random.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({self})")
    }
}

/// The officer who sets the node up; the others come through the feed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstOfficer {
    /// Account name.
    pub id: OfficerId,
    /// Name as it is shown.
    pub display_name: String,
    /// Names of roles; their meaning is central's.
    pub roles: Vec<String>,
}

impl fmt::Debug for FirstOfficer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstOfficer")
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// What is to stand in a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Sixteen random bytes.
    pub id: TokenId,
    /// The commune for which a node may join.
    pub office: OfficeCode,
    /// Until when, Unix seconds.
    pub expires_at: i64,
    /// Where central is dialled, `host:port`, the best first.
    pub addresses: Vec<String>,
    /// The name in central's certificate.
    pub server_name: String,
    /// Who sets the node up.
    pub officer: FirstOfficer,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    id: TokenId,
    office: OfficeCode,
    expires_at: i64,
    addresses: Vec<String>,
    server_name: String,
    root_fingerprint: [u8; 32],
    officer: FirstOfficer,
}

/// A token that was read but not verified: it can be followed by the node, not relied on by
/// central.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinToken {
    body: Body,
    signed: Vec<u8>,
    signature: [u8; SIGNATURE_BYTES],
}

/// A token that this authority issued and that has not expired.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedToken(Body);

impl JoinToken {
    /// Issues a token.
    pub fn issue(issuer: &Issuer, new: NewToken) -> Result<Self, IssueError> {
        check_fields(&new)?;
        let body = Body {
            id: new.id,
            office: new.office,
            expires_at: new.expires_at,
            addresses: new.addresses,
            server_name: new.server_name,
            root_fingerprint: issuer.root_fingerprint(),
            officer: new.officer,
        };
        let signed = postcard::to_stdvec(&body).map_err(|_| TokenError::Unreadable)?;
        let signature = issuer.sign(&[CONTEXT, &signed].concat())?;
        Ok(Self {
            body,
            signed,
            signature,
        })
    }

    /// Reads a token; spaces, line breaks and small letters are forgiven.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(TokenError::NotAToken);
        }
        let text: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let groups = text.strip_prefix(PREFIX).ok_or(TokenError::NotAToken)?;
        let mut signed = group_text::decode(groups)?;
        let at = signed
            .len()
            .checked_sub(SIGNATURE_BYTES)
            .ok_or(TokenError::Unreadable)?;
        let signature = signed
            .split_off(at)
            .try_into()
            .map_err(|_| TokenError::Unreadable)?;
        let (body, rest) =
            postcard::take_from_bytes::<Body>(&signed).map_err(|_| TokenError::Unreadable)?;
        if !rest.is_empty() {
            return Err(TokenError::Unreadable);
        }
        Ok(Self {
            body,
            signed,
            signature,
        })
    }

    /// The token as one line of text.
    pub fn to_text(&self) -> String {
        let bytes = [self.signed.as_slice(), &self.signature].concat();
        format!("{PREFIX}{}", group_text::encode(&bytes))
    }

    /// Central's look at it: issued by this key, and not expired at `now` (Unix seconds).
    pub fn verify(
        &self,
        issuing_public_key: &[u8; 32],
        now: i64,
    ) -> Result<VerifiedToken, TokenError> {
        let key =
            VerifyingKey::from_bytes(issuing_public_key).map_err(|_| TokenError::WrongSignature)?;
        key.verify_strict(
            &[CONTEXT, &self.signed].concat(),
            &Signature::from_bytes(&self.signature),
        )
        .map_err(|_| TokenError::WrongSignature)?;
        self.expect_unexpired(now)?;
        Ok(VerifiedToken(self.body.clone()))
    }

    /// The node's look at it, before it dials: refused if the node was set up for another commune.
    pub fn expect_office(&self, here: OfficeCode) -> Result<(), TokenError> {
        let token = self.body.office;
        if token == here {
            Ok(())
        } else {
            Err(TokenError::OtherOffice { token, here })
        }
    }

    /// Refused if its time is over at `now` (Unix seconds).
    pub fn expect_unexpired(&self, now: i64) -> Result<(), TokenError> {
        let expired_at = self.body.expires_at;
        if now < expired_at {
            Ok(())
        } else {
            Err(TokenError::Expired { expired_at })
        }
    }

    /// The commune for which it was issued.
    pub fn office(&self) -> OfficeCode {
        self.body.office
    }
    /// Which token it is.
    pub fn id(&self) -> TokenId {
        self.body.id
    }
    /// When it expires, Unix seconds.
    pub fn expires_at(&self) -> i64 {
        self.body.expires_at
    }
    /// Where central is dialled, `host:port`, the best first.
    pub fn addresses(&self) -> &[String] {
        &self.body.addresses
    }
    /// The name in central's certificate.
    pub fn server_name(&self) -> &str {
        &self.body.server_name
    }
    /// BLAKE3 of the root in which central's certificate must end.
    pub fn root_fingerprint(&self) -> &[u8; 32] {
        &self.body.root_fingerprint
    }
    /// Who sets the node up.
    pub fn officer(&self) -> &FirstOfficer {
        &self.body.officer
    }
}

impl VerifiedToken {
    /// Which token it is.
    pub fn id(&self) -> TokenId {
        self.0.id
    }
    /// The commune for which it was issued.
    pub fn office(&self) -> OfficeCode {
        self.0.office
    }
    /// When it expires, Unix seconds.
    pub fn expires_at(&self) -> i64 {
        self.0.expires_at
    }
    /// Who sets the node up.
    pub fn officer(&self) -> &FirstOfficer {
        &self.0.officer
    }
}

impl fmt::Debug for JoinToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinToken({} for {})", self.body.id, self.body.office)
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedToken({} for {})", self.0.id, self.0.office)
    }
}

/// Why a token could not be issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// What it should hold cannot stand in a token.
    #[error(transparent)]
    Content(#[from] TokenError),
    /// It could not be signed.
    #[error(transparent)]
    Signing(#[from] AuthorityError),
}

impl IssueError {
    /// Stable name of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Content(error) => error.code(),
            Self::Signing(error) => error.code(),
        }
    }
}

fn check_fields(new: &NewToken) -> Result<(), TokenError> {
    let fits = |text: &str| {
        (1..=FIELD_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control)
    };
    let all = |texts: &[String], most: usize| {
        (1..=most).contains(&texts.len()) && texts.iter().all(|text| fits(text))
    };
    let has_port = |address: &String| {
        address.rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
        })
    };
    let refused = |field| Err(TokenError::Field { field });
    if !all(&new.addresses, ADDRESSES_MAX) || !new.addresses.iter().all(has_port) {
        return refused("list of addresses (each is host:port)");
    }
    if !fits(&new.server_name) {
        return refused("server name");
    }
    if !fits(&new.officer.display_name) {
        return refused("officer's display name");
    }
    if !all(&new.officer.roles, ROLES_MAX) {
        return refused("list of roles");
    }
    Ok(())
}
