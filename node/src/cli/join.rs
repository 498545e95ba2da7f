//! `join`: a directory becomes a node.

use std::path::Path;
use std::time::Duration;

use provisioning::{
    Accepted, JoinRequest, JoinResponse, JoinToken, NodeKey, NodeName, fingerprint, pem_of,
};
use registry::password::OncePassword;
use sync_proto::Class;
use sync_quic::{Dialer, Link, Purpose, Trust, Tuning};

use super::officer::set_once_password;
use super::{Exit, Failure};
use crate::api::new_credential;
use crate::clock;
use crate::device::{self, DeviceError, Joined};
use crate::office::Office;

/// Where a token comes from.
const WHERE_FROM: &str = "give the file that `provision token --out FILE` wrote, or its text, which begins with NPDJOIN1. The provisioning authority issues it";
/// How long the centre may take to answer.
const ANSWER: Duration = Duration::from_secs(30);

pub(super) fn join(data: &Path, token: &str) -> Result<Exit, Failure> {
    let text = match token.starts_with("NPDJOIN") {
        true => token.to_owned(),
        false => device::read(Path::new(token)).map_err(|error| not_a_token(token, &error))?,
    };
    let given = token;
    let token = JoinToken::parse(&text).map_err(|error| {
        let words = match text.starts_with("NPDJOIN") {
            true => error.to_string(),
            false => format!("{given} holds no join token; {WHERE_FROM}"),
        };
        Failure::new(Exit::Usage, error.code(), &words)
    })?;
    let key = device::key_to_join_with(data)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::system("start", &error))?;
    let accepted = runtime.block_on(ask(&token, &text, &key))?;
    let joined = check(&token, &key, &accepted)?;
    let credential = new_credential().ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            "random_failed",
            "the system gives no random numbers",
        )
    })?;
    let once = enrol(data, &joined, &credential)?;
    let der = |bytes: &[u8]| pem_of(&bytes.to_vec().into());
    let chain: String = accepted
        .chain
        .iter()
        .map(|certificate| der(certificate))
        .collect();
    device::keep_joined(
        data,
        &joined,
        &chain,
        &der(&accepted.root),
        credential.reveal(),
    )?;
    println!("joined: office={} node={}", joined.office, joined.node);
    println!(
        "token of the officer {}: {}",
        joined.officer.id,
        device::token_path(data, &joined.officer.id).display()
    );
    println!(
        "password of the officer {} for the first sign-in within 30 days: {}",
        joined.officer.id,
        once.reveal()
    );
    println!("next: commune-node run --data {}", data.display());
    Ok(Exit::Done)
}

/// A token was to be read from a file.
fn not_a_token(given: &str, error: &DeviceError) -> Failure {
    let words = format!("no join token can be read from {given}; {WHERE_FROM}");
    Failure::new(Exit::Usage, error.code(), &words)
}

/// Asks the centre, at each of its addresses until one answers.
async fn ask(token: &JoinToken, text: &str, key: &NodeKey) -> Result<Accepted, Failure> {
    let failed = |code: &str, words: String| Failure::new(Exit::Failed, code, &words);
    let trust = Trust::Fingerprint(*token.root_fingerprint());
    let dialer = Dialer::new(([0, 0, 0, 0], 0).into(), None, &trust, Tuning::default())
        .map_err(|error| failed(error.code(), error.to_string()))?;
    let request = key
        .request()
        .map_err(|error| failed(error.code(), error.to_string()))?;
    let request = JoinRequest::V1 {
        token: text.trim().to_owned(),
        request,
    }
    .encode();
    let mut last = failed(
        "no_address",
        "the token names no address of the centre".to_owned(),
    );
    for address in token.addresses() {
        match dialer
            .connect(address, token.server_name(), Purpose::Join)
            .await
        {
            Ok(link) => return exchange(&link, request).await,
            Err(error) => {
                last = Failure::new(
                    Exit::Unreachable,
                    error.code(),
                    &format!("the centre at {address} cannot be reached: {error}"),
                );
            }
        }
    }
    Err(last)
}

/// How long the line may take to end after the answer.
const CLOSING: Duration = Duration::from_secs(2);

async fn exchange(link: &Link, request: Vec<u8>) -> Result<Accepted, Failure> {
    let lost = |code: &str, words: String| {
        Failure::new(
            Exit::Unreachable,
            code,
            &format!("{words}; run the same command again"),
        )
    };
    let conversation = async {
        link.send(Class::Control, request.into()).await?;
        link.recv().await
    };
    let frame = tokio::time::timeout(ANSWER, conversation)
        .await
        .map_err(|_| lost("no_answer", "the centre did not answer in time".to_owned()))?
        .map_err(|error| lost(error.code(), error.to_string()))?;
    let answer = frame.and_then(|(_, bytes)| JoinResponse::decode(&bytes));
    // The centre closes the line once it knows that its answer came. A process that ends before
    // leaves the centre waiting for a peer that is gone.
    let _ = tokio::time::timeout(CLOSING, link.ended()).await;
    match answer {
        Some(JoinResponse::Accepted(accepted)) => Ok(accepted),
        Some(JoinResponse::Refused { code, words }) => Err(Failure::new(
            Exit::Refused,
            &code,
            &format!("the centre refused: {words}"),
        )),
        Some(JoinResponse::Renewed(_) | JoinResponse::Screens { .. }) | None => Err(lost(
            "answer_unreadable",
            "the centre's answer cannot be read".to_owned(),
        )),
    }
}

/// What was accepted is what was asked for: this key, this office, this root.
fn check(token: &JoinToken, key: &NodeKey, accepted: &Accepted) -> Result<Joined, Failure> {
    let wrong = || {
        let words = "the centre's answer is not for this node; call the provisioning authority";
        Failure::new(Exit::Failed, "answer_wrong", words)
    };
    let leaf = accepted.chain.first().ok_or_else(wrong)?;
    let name = NodeName::from_certificate(leaf).map_err(|_| wrong())?;
    let right = fingerprint(&accepted.root) == *token.root_fingerprint()
        && accepted.office == token.office()
        && accepted.node == key.node_id()
        && (name.office, name.node) == (accepted.office, accepted.node)
        && name.public_key == *key.public_key();
    if !right {
        return Err(wrong());
    }
    Ok(Joined {
        office: accepted.office,
        node: accepted.node,
        addresses: token.addresses().to_vec(),
        server_name: token.server_name().to_owned(),
        officer: device::officer_of(&accepted.officer),
    })
}

/// Makes the store, with the first officer in it, what their token and their first password are held
/// against; gives that password.
fn enrol(
    data: &Path,
    joined: &Joined,
    credential: &crate::office::Credential,
) -> Result<OncePassword, Failure> {
    let (store, _) = device::open_store(data)?;
    let failed = |error: crate::office::OfficeError| {
        Failure::new(Exit::Store, error.code(), &error.to_string())
    };
    let office = Office::open(store, joined.office, joined.node).map_err(failed)?;
    office.enrol_first(&joined.officer).map_err(failed)?;
    office
        .give_credential(&joined.officer.id, credential, clock::device_s())
        .map_err(failed)?;
    let once = set_once_password(&office, &joined.officer.id)?;
    office
        .store()
        .sync()
        .map_err(|error| failed(error.into()))?;
    Ok(once)
}
