//! A node joins: the token is verified and used up, the node and its first officer registered, all
//! durable before the answer goes out.

use std::net::SocketAddr;

use bytes::Bytes;
use provisioning::{
    CERTIFICATE_DAYS_NODE, FirstOfficer, Issuer, JoinRefusal, JoinResponse, NodeName,
};
use registry::code::Role;
use registry::feed::Officer;
use registry::value::Line;
use sync_proto::Class;
use sync_quic::Link;
use tokio::sync::watch;

use super::desk::Desk;
use crate::limits;
use crate::registrar::{Grew, JoinError, Joining, Registrar};

/// Why a node may not join, for it to read.
struct Refused {
    code: String,
    words: String,
}

/// Decides on a request. Runs on the registrar's thread.
pub(super) fn answer(
    registrar: &Registrar,
    issuer: &Issuer,
    request: &[u8],
    now_s: i64,
) -> (JoinResponse, Grew) {
    match decide(registrar, issuer, request, now_s) {
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

const STORE_WORDS: &str = "the central registry cannot store it now: try again later";

fn is_known(registrar: &Registrar, joining: &Joining) -> Result<bool, Refused> {
    let state = registrar
        .node_state(joining.office, &joining.node)
        .map_err(|error| refused(error.code(), STORE_WORDS))?;
    Ok(state.is_some_and(|state| state.row.active && state.row.public_key == joining.public_key))
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
