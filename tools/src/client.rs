//! HTTP with JSON to a daemon on this machine: bounded in time and size, and every failure in
//! words. Which daemon and with whose token is told by [`crate::central`] and [`crate::demo`].

use std::fs;
use std::path::Path;
use std::time::Duration;

use registry::told;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;

/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest wait for the answer to a file: a bundle may hold weeks of an office's work.
const TIMEOUT_OF_FILE: Duration = Duration::from_secs(600);
/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Largest answer that is read: the lag of 3,321 offices is some 2 MB.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// What a daemon writes beside its data for the programs of the same machine.
#[derive(Debug, Deserialize)]
pub(crate) struct ApiFile {
    /// Where it listens.
    pub(crate) address: String,
    /// What it asks for.
    pub(crate) token: String,
}

impl ApiFile {
    /// Reads `api.json` of a data folder.
    pub(crate) fn read(data: &Path) -> Result<ApiFile, Failure> {
        let path = data.join("api.json");
        let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, &error))?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::file(&path, &told::words(&error.to_string())))
    }
}

/// A daemon's API.
#[derive(Clone)]
pub(crate) struct Api {
    agent: ureq::Agent,
    what: &'static str,
    base: String,
    token: String,
    advice: String,
}

impl Api {
    /// The API of `what` at `address` (`127.0.0.1:7401` or `http://127.0.0.1:7401`).
    pub(crate) fn new(what: &'static str, address: &str, token: &str) -> Result<Api, Failure> {
        let address = address.trim_end_matches('/');
        if address.starts_with("https://") {
            return Err(Failure::Usage(format!(
                "{address}: the API listens on this machine without TLS; for another machine open a tunnel (ssh -L 7401:127.0.0.1:7401) and give http://127.0.0.1:7401"
            )));
        }
        let base = if address.starts_with("http://") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        let advice = "Look at its log, and at the address with --central.".to_owned();
        Ok(Api {
            agent,
            what,
            base,
            token: token.to_owned(),
            advice,
        })
    }

    /// The same daemon for another person.
    #[must_use]
    pub(crate) fn with_token(&self, token: &str) -> Api {
        Api {
            token: token.trim().to_owned(),
            ..self.clone()
        }
    }

    /// Where it is.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The answer to a question.
    pub(crate) fn get(&self, path: &str) -> Result<Value, Failure> {
        let answer = self
            .agent
            .get(self.url(path))
            .header("authorization", self.bearer())
            .call();
        self.read(answer)
    }

    /// The answer as it stands: a file.
    pub(crate) fn get_bytes(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let answer = self
            .agent
            .get(self.url(path))
            .header("authorization", self.bearer())
            .call();
        match answer {
            Ok(mut answer) if answer.status().is_success() => answer
                .body_mut()
                .with_config()
                .limit(ANSWER_BYTES_MAX)
                .read_to_vec()
                .map_err(|error| self.unreachable(&error)),
            other => Err(match self.read(other) {
                Ok(_) => Failure::Strange {
                    what: self.what,
                    reason: "no file came".to_owned(),
                },
                Err(failure) => failure,
            }),
        }
    }

    /// The answer as a type.
    pub(crate) fn get_as<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.typed(self.get(path)?)
    }

    /// The answer to an order.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        let request = self
            .agent
            .post(self.url(path))
            .header("authorization", self.bearer());
        self.read(request.send_json(body))
    }

    /// The answer to a file.
    pub(crate) fn post_bytes(&self, path: &str, content: &[u8]) -> Result<Value, Failure> {
        let request = self
            .agent
            .post(self.url(path))
            .config()
            .timeout_global(Some(TIMEOUT_OF_FILE))
            .build()
            .header("content-type", "application/octet-stream")
            .header("authorization", self.bearer());
        self.read(request.send(content))
    }

    /// A value as a type.
    pub(crate) fn typed<T: DeserializeOwned>(&self, value: Value) -> Result<T, Failure> {
        serde_json::from_value(value).map_err(|error| Failure::Strange {
            what: self.what,
            reason: told::words(&error.to_string()),
        })
    }

    /// Whether it answers that it is ready.
    pub(crate) fn is_ready(&self) -> bool {
        self.agent
            .get(self.url("/readyz"))
            .call()
            .is_ok_and(|answer| answer.status() == 200)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn read(
        &self,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Value, Failure> {
        let mut answer = answer.map_err(|error| self.unreachable(&error))?;
        let status = answer.status().as_u16();
        let text = answer
            .body_mut()
            .with_config()
            .limit(ANSWER_BYTES_MAX)
            .read_to_string()
            .map_err(|error| self.unreachable(&error))?;
        if (200..300).contains(&status) {
            if text.trim().is_empty() {
                return Ok(Value::Null);
            }
            return serde_json::from_str(&text).map_err(|error| Failure::Strange {
                what: self.what,
                reason: told::words(&error.to_string()),
            });
        }
        Err(refusal(self.what, status, &text))
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        Failure::Unreachable {
            what: self.what,
            address: self.base.clone(),
            reason: error.to_string(),
            advice: self.advice.clone(),
        }
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorWords,
}

#[derive(Deserialize)]
struct ErrorWords {
    #[serde(default)]
    source: Option<String>,
    code: String,
    #[serde(default)]
    field: Option<String>,
    words: String,
    #[serde(default, rename = "do")]
    advice: Option<String>,
}

/// A daemon's "no" in its own words.
fn refusal(what: &'static str, status: u16, text: &str) -> Failure {
    match serde_json::from_str::<ErrorBody>(text) {
        Ok(ErrorBody { error }) => {
            let field = error.field.filter(|field| !field.is_empty());
            let words = match field {
                Some(field) if !error.words.starts_with(&field) => {
                    format!("{field}: {}", error.words)
                }
                _ => error.words,
            };
            let words = match error.source {
                Some(source) => format!("{words} ({source})"),
                None => words,
            };
            Failure::Answer {
                status,
                code: error.code,
                words,
                advice: error.advice.unwrap_or_default(),
            }
        }
        Err(_) => Failure::Answer {
            status,
            code: format!("http_{status}"),
            words: format!("{what} answered with status {status}"),
            advice: String::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_code_field_words_and_advice() {
        let text = r#"{"error":{"code":"input_missing","field":"date","words":"is needed","do":"give it"}}"#;
        let Failure::Answer {
            status,
            code,
            words,
            advice,
        } = refusal("x", 400, text)
        else {
            panic!("another failure");
        };
        assert_eq!((status, code.as_str()), (400, "input_missing"));
        assert_eq!(
            (words.as_str(), advice.as_str()),
            ("date: is needed", "give it")
        );
    }

    #[test]
    fn an_answer_that_is_not_ours_is_told_by_its_status() {
        assert_eq!(refusal("the centre", 502, "<html>").code(), "http_502");
    }

    #[test]
    fn a_daemon_that_does_not_run_is_unreachable_and_tls_is_explained() {
        let api = Api::new("the centre", "127.0.0.1:1", "t").unwrap();
        assert_eq!(
            api.get("/x").unwrap_err().exit_code(),
            crate::failure::UNREACHABLE
        );
        assert!(Api::new("the centre", "https://x", "t").is_err());
    }
}
