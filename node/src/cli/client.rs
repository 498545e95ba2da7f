//! Asking the running daemon.

use std::path::{Path, PathBuf};
use std::time::Duration;

use registry::OfficerId;
use serde_json::Value;

use super::{Exit, Failure};
use crate::api::FOUND_HEADER;
use crate::daemon::ApiFile;
use crate::device;

/// How long the daemon may take.
const ANSWER: Duration = Duration::from_secs(35);
/// The same for a file: the answer to a bundle may hold weeks of the feed.
const ANSWER_TO_FILE: Duration = Duration::from_secs(600);

/// The running daemon, as `api.json` tells of it.
pub(super) struct Client {
    agent: ureq::Agent,
    file: ApiFile,
    data: PathBuf,
    officer: String,
}

impl Client {
    /// Asks as the officer who is named, with their token of this directory; else as the one who
    /// set the node up.
    pub(super) fn new(data: &Path, officer: Option<&OfficerId>) -> Result<Client, Failure> {
        let unreachable = || {
            Failure::new(
                Exit::Unreachable,
                "daemon_unreachable",
                &format!(
                    "no daemon runs on {}; start it with `commune-node run --data {}`",
                    data.display(),
                    data.display()
                ),
            )
        };
        let text = device::read(&data.join("api.json")).map_err(|_| unreachable())?;
        let mut file: ApiFile = serde_json::from_str(&text).map_err(|_| unreachable())?;
        if let Some(officer) = officer {
            let token = device::read(&device::token_path(data, officer));
            token
                .map_err(|_| no_token(data, officer.as_str()))?
                .trim()
                .clone_into(&mut file.token);
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER))
            .build();
        Ok(Client {
            agent: config.into(),
            file,
            data: data.to_owned(),
            officer: officer
                .map_or("NAME", |officer| officer.as_str())
                .to_owned(),
        })
    }

    pub(super) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        Ok(self.get_found(path, query)?.0)
    }

    /// The same, with how many were found in all if the answer is a part of them.
    pub(super) fn get_found(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(Value, Option<usize>), Failure> {
        let mut request = self
            .agent
            .get(self.url(path))
            .header("Authorization", self.bearer());
        for (key, value) in query {
            request = request.query(*key, *value);
        }
        self.answer(request.call())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self
            .agent
            .post(self.url(path))
            .header("Authorization", self.bearer());
        Ok(self.answer(request.send_json(body))?.0)
    }

    /// Posts bytes as they stand.
    pub(super) fn post_bytes(&self, path: &str, bytes: &[u8]) -> Result<Value, Failure> {
        let request = self
            .agent
            .post(self.url(path))
            .config()
            .timeout_global(Some(ANSWER_TO_FILE))
            .build()
            .header("Content-Type", "application/octet-stream")
            .header("Authorization", self.bearer());
        Ok(self.answer(request.send(bytes))?.0)
    }

    /// Gets bytes as they stand.
    pub(super) fn get_bytes(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let request = self
            .agent
            .get(self.url(path))
            .header("Authorization", self.bearer());
        let mut response = request.call();
        if let Ok(response) = &mut response
            && response.status().is_success()
        {
            let bytes = response.body_mut().read_to_vec();
            return bytes.map_err(|_| {
                let words = "the daemon's answer ended before its end; try again";
                Failure::new(Exit::Failed, "answer_unreadable", words)
            });
        }
        self.answer(response)?;
        let words = "the daemon's answer cannot be read; is another program on its port?";
        Err(Failure::new(Exit::Failed, "answer_unreadable", words))
    }

    /// Posts text as it stands.
    pub(super) fn post_text(&self, path: &str, text: &str) -> Result<Value, Failure> {
        let request = self
            .agent
            .post(self.url(path))
            .header("Content-Type", "text/plain; charset=utf-8")
            .header("Authorization", self.bearer());
        Ok(self.answer(request.send(text))?.0)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.file.address)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.file.token)
    }

    fn answer(
        &self,
        response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<(Value, Option<usize>), Failure> {
        let mut response = response.map_err(|error| {
            let words = format!("the daemon does not answer ({error}); is it still running?");
            Failure::new(Exit::Unreachable, "daemon_unreachable", &words)
        })?;
        let found = response.headers().get(FOUND_HEADER);
        let found = found.and_then(|count| count.to_str().ok()?.parse().ok());
        let body: Value = response.body_mut().read_json().map_err(|_| {
            let words = "the daemon's answer cannot be read; is another program on its port?";
            Failure::new(Exit::Failed, "answer_unreadable", words)
        })?;
        match response.status().as_u16() {
            200..=299 => Ok((body, found)),
            401 => Err(no_token(&self.data, &self.officer)),
            status => Err(refused(status, &body)),
        }
    }
}

/// The node knows no token of this officer: what to do about it.
fn no_token(data: &Path, officer: &str) -> Failure {
    let words = format!(
        "this node knows no valid token of the officer, or the account is closed\n  do: `commune-node officer token {officer} --data {}` on this machine gives a new one; `officer list` tells the names",
        data.display()
    );
    Failure::new(Exit::Failed, "token_missing_or_wrong", &words)
}

/// What the daemon said of a request that it did not carry out.
fn refused(status: u16, body: &Value) -> Failure {
    let error = body.get("error");
    let text = |key: &str| error.and_then(|error| error.get(key)?.as_str());
    let mut words = text("words").unwrap_or("the daemon refused").to_owned();
    if let Some(field) = text("field").filter(|field| !words.starts_with(field)) {
        words = format!("{field}: {words}");
    }
    if let Some(source) = text("source") {
        words = format!("{words}\n  rule: {source}");
    }
    if let Some(advice) = text("do") {
        words = format!("{words}\n  do: {advice}");
    }
    let exit = match status {
        400 | 404 | 409 => Exit::Refused,
        _ => Exit::Failed,
    };
    Failure::new(exit, text("code").unwrap_or("refused"), &words)
}
