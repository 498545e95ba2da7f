//! A node joins: the token is verified and used up, the node and its first officer registered, all
//! durable before the answer goes out. And a node that is known gets its next certificate, and one
//! for its screens.

use std::net::SocketAddr;

use bytes::Bytes;
use provisioning::{
    AuthorityError, CERTIFICATE_DAYS_NODE, CERTIFICATE_DAYS_SCREENS, FirstOfficer, Issuer,
    JoinRefusal, JoinRequest, JoinResponse, NodeName, ScreensIssuer, ScreensRefused,
    ScreensRequest, Validity, node_id_of,
};
use registry::OfficeCode;
use registry::code::Role;
use registry::feed::Officer;
use registry::value::Line;
use sync_proto::Class;
use sync_quic::Link;
use tokio::sync::watch;

use super::desk::Desk;
use super::ending::{SHUT_OUT, UNKNOWN};
use crate::limits;
use crate::registrar::{Grew, JoinError, Joining, Registrar};
use crate::unit::UnitError;

/// Why a node may not join, for it to read.
struct Refused {
    code: String,
    words: String,
}

/// With what certificates are signed.
pub(super) struct Issuers<'a> {
    pub(super) nodes: &'a Issuer,
    pub(super) screens: Option<&'a ScreensIssuer>,
}

/// Decides on a request. Runs on the registrar's thread.
pub(super) fn answer(
    registrar: &Registrar,
    issuers: &Issuers<'_>,
    request: &[u8],
    now_s: i64,
) -> (JoinResponse, Grew) {
    let decided = match JoinRequest::decode(request) {
        Some(JoinRequest::Renewal { office, request }) => {
            renew(registrar, issuers.nodes, office, &request, now_s)
        }
        Some(JoinRequest::Screens(asked)) => {
            certify_screens(registrar, issuers.screens, &asked, now_s)
        }
        Some(JoinRequest::V1 { .. }) | None => decide(registrar, issuers.nodes, request, now_s),
    };
    match decided {
        Ok((response, grew)) => {
            metrics::counter!("central_joins_total", "result" => "accepted").increment(1);
            (response, grew)
        }
        Err(Refused { code, words }) => {
            metrics::counter!("central_joins_total", "result" => "refused").increment(1);
            (JoinResponse::Refused { code, words }, Grew::new())
        }
    }
}

fn decide(
    registrar: &Registrar,
    issuer: &Issuer,
    request: &[u8],
    now_s: i64,
) -> Result<(JoinResponse, Grew), Refused> {
    let days = CERTIFICATE_DAYS_NODE;
    // Whom a used token served is looked at below, where the node is known.
    let (response, used) = provisioning::answer(issuer, request, now_s, days, |_| None)
        .map_err(|refusal| refused(refusal.code(), &refusal.to_string()))?;
    let JoinResponse::Accepted(accepted) = &response else {
        return Ok((response, Grew::new()));
    };
    let leaf = accepted
        .chain
        .first()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let name = NodeName::from_certificate(leaf)
        .map_err(|error| refused(error.code(), &error.to_string()))?;
    let joining = Joining {
        office: used.office,
        node: used.node,
        public_key: name.public_key,
        certificate_ends_s: accepted.not_after,
        token: *used.id.as_bytes(),
        officer: Some(officer(&accepted.officer)?),
    };
    match registrar.join(now_s, &joining) {
        Ok(grew) => Ok((response, grew)),
        // A node whose answer was lost asks again with the same key, and gets it.
        Err(JoinError::TokenUsed) if is_known(registrar, &joining)? => Ok((response, Grew::new())),
        Err(JoinError::TokenUsed) => {
            let refusal = JoinRefusal::Used;
            Err(refused(refusal.code(), &refusal.to_string()))
        }
        Err(JoinError::Store(error)) => Err(refused(error.code(), STORE_WORDS)),
    }
}

/// Gives a node that is known its next certificate, also when the last one is over. The request
/// proves the key; whoever repeats it gets a certificate that only the owner of the key can use.
fn renew(
    registrar: &Registrar,
    issuer: &Issuer,
    office: OfficeCode,
    request: &[u8],
    now_s: i64,
) -> Result<(JoinResponse, Grew), Refused> {
    let unusable = |error: AuthorityError| refused(error.code(), &error.to_string());
    let validity = Validity::from_now(now_s, CERTIFICATE_DAYS_NODE).map_err(unusable)?;
    let certificate = issuer
        .certify_node(request, office, validity)
        .map_err(unusable)?;
    let unreadable = |error: UnitError| refused(error.code(), STORE_WORDS);
    // A node whose commune a decree dissolved gets its next certificate for the successor.
    let home = registrar
        .home(office, &certificate.name.node)
        .map_err(unreadable)?;
    let certificate = if home == office {
        certificate
    } else {
        issuer
            .certify_node(request, home, validity)
            .map_err(unusable)?
    };
    let office = home;
    let name = certificate.name;
    let state = registrar
        .node_state(office, &name.node)
        .map_err(|error| refused(error.code(), STORE_WORDS))?;
    let Some(row) = state.map(|state| state.row) else {
        return Err(refused(UNKNOWN.0, UNKNOWN.1));
    };
    if row.public_key != name.public_key {
        return Err(refused(UNKNOWN.0, UNKNOWN.1));
    }
    if row.shut_out.is_some() {
        return Err(refused(SHUT_OUT.0, SHUT_OUT.1));
    }
    // Asking again and again leaves no trace of its own in the store.
    if name.not_after.saturating_sub(row.certificate_ends_s) > RENEWAL_NOTED_S {
        registrar
            .renew(now_s, office, name.node, name.not_after)
            .map_err(|error| refused(error.code(), STORE_WORDS))?;
    }
    Ok((JoinResponse::Renewed(certificate.chain), Grew::new()))
}

/// Gives a node that is known a certificate for its office's screens. The audit chain tells that it
/// did; the names follow from the office and are not kept.
fn certify_screens(
    registrar: &Registrar,
    issuer: Option<&ScreensIssuer>,
    asked: &ScreensRequest,
    now_s: i64,
) -> Result<(JoinResponse, Grew), Refused> {
    let refuse = |error: ScreensRefused| refused(error.code(), &error.to_string());
    let issuer = issuer.ok_or_else(|| refuse(ScreensRefused::NoIssuer))?;
    let node = node_id_of(&asked.public_key);
    let unreadable = |error: UnitError| refused(error.code(), STORE_WORDS);
    let home = registrar.home(asked.office, &node).map_err(unreadable)?;
    let state = registrar
        .node_state(home, &node)
        .map_err(|error| refused(error.code(), STORE_WORDS))?;
    let row = state.map(|state| state.row);
    let Some(row) = row.filter(|row| row.public_key == asked.public_key) else {
        return Err(refused(UNKNOWN.0, UNKNOWN.1));
    };
    if row.shut_out.is_some() {
        return Err(refused(SHUT_OUT.0, SHUT_OUT.1));
    }
    let validity = Validity::from_now(now_s, CERTIFICATE_DAYS_SCREENS)
        .map_err(|error| refuse(error.into()))?;
    let made = issuer
        .certify(asked, &[home, asked.office], validity)
        .map_err(refuse)?;
    registrar
        .note_screens(now_s, home, node, validity.ends_s())
        .map_err(unreadable)?;
    tracing::info!(office = %home, %node, names = made.names.len(), "screens were certified");
    let response = JoinResponse::Screens {
        chain: made.chain,
        root: made.root,
    };
    Ok((response, Grew::new()))
}

/// A certificate that ends so little later than the one before is not written down, seconds.
const RENEWAL_NOTED_S: i64 = 86_400;
const STORE_WORDS: &str = "the central registry cannot store it now: try again later";

fn is_known(registrar: &Registrar, joining: &Joining) -> Result<bool, Refused> {
    let state = registrar
        .node_state(joining.office, &joining.node)
        .map_err(|error| refused(error.code(), STORE_WORDS))?;
    Ok(state.is_some_and(|state| {
        state.row.shut_out.is_none() && state.row.public_key == joining.public_key
    }))
}

fn officer(first: &FirstOfficer) -> Result<Officer, Refused> {
    let roles: Result<Vec<Role>, _> = first.roles.iter().map(|role| role.parse()).collect();
    let roles = roles.map_err(|error| refused(error.code(), &error.to_string()))?;
    let name = Line::parse(&first.display_name)
        .map_err(|error| refused(error.code(), &error.to_string()))?;
    Ok(Officer {
        id: first.id.clone(),
        name,
        roles,
        active: true,
    })
}

fn refused(code: &str, words: &str) -> Refused {
    Refused {
        code: code.to_owned(),
        words: words.to_owned(),
    }
}

/// Serves one line on which a node joins: one request, one answer.
pub(super) async fn serve(
    desk: &Desk,
    link: Link,
    remote: SocketAddr,
    stop: &mut watch::Receiver<bool>,
) {
    let exchange = async {
        let Ok(Some((Class::Control, request))) = link.recv().await else {
            return;
        };
        let response = match desk.join(request.to_vec()).await {
            Ok(response) => response,
            Err(error) => JoinResponse::Refused {
                code: error.code().to_owned(),
                words: STORE_WORDS.to_owned(),
            },
        };
        match &response {
            JoinResponse::Accepted(it) => {
                tracing::info!(office = %it.office, node = %it.node, %remote, "a node has joined");
            }
            JoinResponse::Renewed(_) | JoinResponse::Screens { .. } => {
                tracing::info!(%remote, "a certificate was renewed");
            }
            JoinResponse::Refused { code, .. } => {
                tracing::warn!(%remote, code, "a node may not join");
            }
        }
        if link
            .send(Class::Control, Bytes::from(response.encode()))
            .await
            .is_ok()
        {
            link.finish(sync_quic::close_code::DONE, "").await;
        }
    };
    tokio::select! {
        done = tokio::time::timeout(limits::JOIN_TIME_MAX, exchange) => {
            if done.is_err() {
                tracing::debug!(%remote, "a joining node took too long");
            }
        }
        _ = stop.wait_for(|stop| *stop) => {}
    }
}
