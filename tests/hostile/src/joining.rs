//! What somebody without a certificate may send, and what is read of a certificate.

use std::sync::OnceLock;

use provisioning::{
    Authority, JoinRequest, JoinResponse, JoinToken, NodeKey, NodeName, Root, answer,
};

/// When everything in here happens, Unix seconds.
pub(crate) const NOW: i64 = 1_790_000_000;

/// An authority that issued no token that an input holds.
pub(crate) fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| Authority::create(NOW).expect("an authority"))
}

/// A join token as it is typed.
pub(crate) fn token(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(token) = JoinToken::parse(&text) else {
        return;
    };
    let again = JoinToken::parse(&token.to_text()).expect("what was read is read again");
    assert!(again == token);
    let forged = token.verify(authority().issuer.public_key(), NOW);
    assert!(forged.is_err(), "nobody has that authority's key");
}

/// A request at the centre, and an answer at the node.
pub(crate) fn messages(bytes: &[u8]) {
    if let Some(request) = JoinRequest::decode(bytes) {
        assert!(JoinRequest::decode(&request.encode()) == Some(request));
    }
    if let Some(response) = JoinResponse::decode(bytes) {
        assert!(JoinResponse::decode(&response.encode()) == Some(response));
    }
    let answered = answer(&authority().issuer, bytes, NOW, 90, |_| None);
    assert!(answered.is_err(), "nobody has that authority's key");
    // Behind the token stands a request for a certificate: as if the token had been good.
    let validity = provisioning::Validity::from_now(NOW, 90).expect("a validity");
    if let Some(JoinRequest::V1 { request, .. }) = JoinRequest::decode(bytes) {
        let here = crate::office::here();
        if let Ok(made) = authority().issuer.certify_node(&request, here, validity) {
            assert_eq!(
                made.name.office, here,
                "the office is the token's, not the request's"
            );
        }
    }
    if let Some(JoinRequest::Screens(asked)) = JoinRequest::decode(bytes) {
        let offices = [crate::office::here()];
        let issuer = &authority().screens.issuer;
        if let Ok(made) = issuer.certify(&asked, &offices, validity) {
            assert!((1..=provisioning::NAMES_MAX).contains(&made.names.len()));
        }
    }
}

/// A certificate in DER, and keys and certificates in PEM.
pub(crate) fn certificate(bytes: &[u8]) {
    if let Ok(name) = NodeName::from_certificate(bytes) {
        assert_eq!(name.node, provisioning::node_id_of(&name.public_key));
        let _ = (name.uri(), name.renew_at());
    }
    if let Ok(pem) = std::str::from_utf8(bytes) {
        if let Ok(key) = NodeKey::from_pem(pem) {
            let _ = key.node_id();
        }
        let _ = Root::from_pem(pem, pem);
    }
}
