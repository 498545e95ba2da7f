//! Asking the running daemon.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::{Exit, Failure};
use crate::daemon::ApiFile;
use crate::device;

/// How long the daemon may take.
const ANSWER: Duration = Duration::from_secs(35);

/// The running daemon, as `api.json` tells of it.
pub(super) struct Client {
    agent: ureq::Agent,
    file: ApiFile,
}

impl Client {
    pub(super) fn new(data: &Path) -> Result<Client, Failure> {
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
        let file = serde_json::from_str(&text).map_err(|_| unreachable())?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER))
            .build();
        Ok(Client {
            agent: config.into(),
            file,
        })
    }

    pub(super) fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failure> {
        let mut request = self
            .agent
            .get(self.url(path))
            .header("Authorization", self.bearer());
        for (key, value) in query {
            request = request.query(*key, *value);
        }
        answer(request.call())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self
            .agent
            .post(self.url(path))
            .header("Authorization", self.bearer());
        answer(request.send_json(body))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.file.address)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.file.token)
    }
}

fn answer(
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Value, Failure> {
    let mut response = response.map_err(|error| {
        let words = format!("the daemon does not answer ({error}); is it still running?");
        Failure::new(Exit::Unreachable, "daemon_unreachable", &words)
    })?;
    let body: Value = response.body_mut().read_json().map_err(|_| {
        Failure::new(
            Exit::Failed,
            "answer_unreadable",
            "the daemon's answer cannot be read",
        )
    })?;
    let status = response.status();
    if status.is_success() {
        return Ok(body);
    }
    let error = body.get("error");
    let text = |key: &str| {
        error
            .and_then(|error| error.get(key))
            .and_then(Value::as_str)
    };
    let mut words = text("words").unwrap_or("the daemon refused").to_owned();
    if let Some(field) = text("field").filter(|field| !words.starts_with(field)) {
        words = format!("{field}: {words}");
    }
    if let Some(advice) = text("do") {
        words = format!("{words}\n  do: {advice}");
    }
    let exit = match status.as_u16() {
        400 | 404 | 409 => Exit::Refused,
        503 => Exit::Failed,
        _ => Exit::Failed,
    };
    Err(Failure::new(
        exit,
        text("code").unwrap_or("refused"),
        &words,
    ))
}
