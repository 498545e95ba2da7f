//! A daemon's interface, as a program uses it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

/// How long an answer may take before the daemon counts as gone.
const ANSWER: Duration = Duration::from_secs(30);

/// An answer: its status and its JSON (null where there is none).
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// The body.
    pub body: Value,
    /// The same as it came.
    pub raw: String,
}

impl Answer {
    /// The text at a pointer, empty if there is none.
    pub fn text(&self, pointer: &str) -> &str {
        self.body
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
    /// The stable code of an error.
    pub fn code(&self) -> &str {
        self.text("/error/code")
    }
}

/// An interface with a token.
#[derive(Clone)]
pub struct Api {
    agent: Agent,
    base: String,
    token: String,
}

impl Api {
    /// The interface at `address` (`host:port`).
    pub fn new(address: &str, token: &str) -> Api {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER))
            // A connection for each request: one that is kept may be closed by the daemon at any
            // time, which would look like an office that does not answer.
            .max_idle_connections(0)
            .build();
        Api {
            agent: config.new_agent(),
            base: format!("http://{address}"),
            token: token.trim().to_owned(),
        }
    }

    /// What a daemon has written into its `api.json`, once it is there and whole.
    pub fn of(data: &Path) -> Option<Api> {
        let text = fs::read_to_string(data.join("api.json")).ok()?;
        let json: Value = serde_json::from_str(&text).ok()?;
        Some(Api::new(json["address"].as_str()?, json["token"].as_str()?))
    }

    /// The same interface with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Api {
        Api {
            token: token.trim().to_owned(),
            ..self.clone()
        }
    }

    /// Where it is, as a browser writes it.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Asks; `None` if nobody answered.
    pub fn get(&self, path: &str) -> Option<Answer> {
        let request = self.agent.get(format!("{}{path}", self.base));
        read(
            request
                .header("Authorization", format!("Bearer {}", self.token))
                .call(),
        )
    }

    /// Asks for a text that is no JSON; `None` if nobody answered.
    pub fn text(&self, path: &str) -> Option<String> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let mut answer = request.call().ok()?;
        answer.body_mut().read_to_string().ok()
    }

    /// Asks for a file: its status and its bytes; `None` if nobody answered.
    pub fn get_bytes(&self, path: &str) -> Option<(u16, Vec<u8>)> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let bearer = format!("Bearer {}", self.token);
        let mut answer = request.header("Authorization", bearer).call().ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.body_mut().read_to_vec().ok()?))
    }

    /// Sends JSON; `None` if nobody answered.
    pub fn post(&self, path: &str, body: &Value) -> Option<Answer> {
        self.post_text(path, &body.to_string())
    }

    /// Sends a text as it is; `None` if nobody answered.
    pub fn post_text(&self, path: &str, body: &str) -> Option<Answer> {
        let request = self.agent.post(format!("{}{path}", self.base));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        read(
            request
                .header("Content-Type", "application/json")
                .send(body),
        )
    }

    /// Whether the daemon says that it is ready.
    pub fn is_ready(&self) -> bool {
        self.get("/readyz")
            .is_some_and(|answer| answer.status == 200)
    }
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut answer = answer.ok()?;
    let status = answer.status().as_u16();
    // An answer that was cut off is no answer.
    let text = answer.body_mut().read_to_string().ok()?;
    Some(Answer {
        status,
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        raw: text,
    })
}
