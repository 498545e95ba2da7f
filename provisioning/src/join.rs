//! The joining of a node as messages: one request, one answer. They go over a line on which only
//! the server has proved who it is; who carries them is not known here.

use registry::{NodeId, OfficeCode};
use serde::{Deserialize, Serialize};

use crate::authority::Issuer;
use crate::certificate::Validity;
use crate::error::JoinRefusal;
use crate::name::NodeName;
use crate::screens::ScreensRequest;
use crate::token::{FirstOfficer, JoinToken, TokenId};

/// Longest message that is looked at, bytes.
const MESSAGE_BYTES_MAX: usize = 16 << 10;
/// Longest words of a refusal that are kept, characters.
const WORDS_CHARS_MAX: usize = 300;

/// What a node asks. A new version is a new variant at the end.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinRequest {
    /// The first version.
    V1 {
        /// The token's text.
        token: String,
        /// The certificate request (PKCS#10, DER).
        request: Vec<u8>,
    },
    /// A node that is known asks for its next certificate. Its key is what it proves itself by, so
    /// a node whose certificate ended while it was dark comes back without a person.
    Renewal {
        /// Its commune.
        office: OfficeCode,
        /// The certificate request for its key (PKCS#10, DER).
        request: Vec<u8>,
    },
    /// A node that is known asks for a certificate with which it serves its screens to the other
    /// machines of its office.
    Screens(ScreensRequest),
}

/// What central answers. A new version is a new variant at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JoinResponse {
    /// The node may sync from now on.
    Accepted(Accepted),
    /// It may not.
    Refused {
        /// Stable name of the reason.
        code: String,
        /// What a person is told.
        words: String,
    },
    /// The node's next certificate, then the issuing certificate; DER.
    Renewed(Vec<Vec<u8>>),
    /// The certificate of the screens, then the issuing one; and the root of both; DER.
    Screens {
        /// The certificates that go into a handshake.
        chain: Vec<Vec<u8>>,
        /// What clerks' machines have to trust.
        root: Vec<u8>,
    },
}

/// What a node that has joined needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Its certificate, then the issuing certificate; DER.
    pub chain: Vec<Vec<u8>>,
    /// The root, which it trusts from now on; DER.
    pub root: Vec<u8>,
    /// Its commune.
    pub office: OfficeCode,
    /// Itself.
    pub node: NodeId,
    /// When its certificate ends, Unix seconds.
    pub not_after: i64,
    /// Who sets it up.
    pub officer: FirstOfficer,
}

/// What central must store, durably, before it sends the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedToken {
    /// The token.
    pub id: TokenId,
    /// The node that used it.
    pub node: NodeId,
    /// The commune that the node serves.
    pub office: OfficeCode,
    /// Until when it must be remembered, Unix seconds.
    pub expires_at: i64,
}

impl std::fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The token is a secret until it is used.
        f.write_str(match self {
            Self::V1 { .. } => "JoinRequest::V1",
            Self::Renewal { .. } => "JoinRequest::Renewal",
            Self::Screens(_) => "JoinRequest::Screens",
        })
    }
}

impl JoinRequest {
    /// As bytes for the wire.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }
    /// From the wire; `None` if it is not a request of a version that is known.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        decode(bytes)
    }
}

impl JoinResponse {
    /// As bytes for the wire.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }
    /// From the wire; `None` if it is not an answer of a version that is known. Words of a refusal
    /// are cut and cleaned.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let response = decode(bytes)?;
        Some(match response {
            Self::Refused { code, words } => Self::Refused {
                code: clean(&code),
                words: clean(&words),
            },
            granted @ (Self::Accepted(_) | Self::Renewed(_) | Self::Screens { .. }) => granted,
        })
    }
}

impl From<&JoinRefusal> for JoinResponse {
    fn from(refusal: &JoinRefusal) -> Self {
        Self::Refused {
            code: refusal.code().to_owned(),
            words: refusal.to_string(),
        }
    }
}

/// Decides on a request. `used_by` tells which node a token has served, if any: a node whose
/// answer was lost asks again with the same key and gets another answer, another device does not.
///
/// Of the result, the [`UsedToken`] is to be stored durably before the answer is sent. A refusal
/// is sent as `JoinResponse::from(&refusal)`.
pub fn answer(
    issuer: &Issuer,
    request: &[u8],
    now: i64,
    certificate_days: u32,
    used_by: impl Fn(&TokenId) -> Option<NodeId>,
) -> Result<(JoinResponse, UsedToken), JoinRefusal> {
    let Some(JoinRequest::V1 { token, request }) = JoinRequest::decode(request) else {
        return Err(JoinRefusal::Unreadable);
    };
    let token = JoinToken::parse(&token)?.verify(issuer.public_key(), now)?;
    let validity = Validity::from_now(now, certificate_days)?;
    let certificate = issuer.certify_node(&request, token.office(), validity)?;
    let NodeName {
        office,
        node,
        not_after,
        ..
    } = certificate.name;
    if used_by(&token.id()).is_some_and(|user| user != node) {
        return Err(JoinRefusal::Used);
    }
    let response = JoinResponse::Accepted(Accepted {
        chain: certificate.chain,
        root: issuer.root().to_vec(),
        office,
        node,
        not_after,
        officer: token.officer().clone(),
    });
    let used = UsedToken {
        id: token.id(),
        node,
        office,
        expires_at: token.expires_at(),
    };
    Ok((response, used))
}

fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    if bytes.len() > MESSAGE_BYTES_MAX {
        return None;
    }
    let (message, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(message)
}

fn clean(words: &str) -> String {
    words
        .chars()
        .take(WORDS_CHARS_MAX)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
