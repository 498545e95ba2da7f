//! A commune office's API, as its clerks use it, and the centre's, as far as the story needs them.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::Api;
use crate::failure::Failure;

/// The text at a pointer (`/a/b`).
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// How an office stands.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub(crate) node: Option<Value>,
    pub(crate) linked: bool,
    pub(crate) line: Value,
    pub(crate) unsent: u64,
    pub(crate) feed_applied: u64,
    pub(crate) feed_head: u64,
    pub(crate) records: Records,
    pub(crate) slice_digest: Value,
    pub(crate) filled: bool,
    pub(crate) bytes_up: u64,
    pub(crate) bytes_down: u64,
    pub(crate) resident_bytes: u64,
}

/// How many records an office holds.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Records {
    pub(crate) people: u64,
    pub(crate) households: u64,
}

impl Records {
    /// Both kinds.
    pub(crate) const fn all(self) -> u64 {
        self.people.saturating_add(self.households)
    }
}

/// An act that an office has accepted.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Filed {
    pub(crate) act: String,
    #[serde(default)]
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) made: Vec<String>,
    #[serde(default)]
    pub(crate) local_file: Option<String>,
}

/// An office's API.
#[derive(Clone)]
pub(crate) struct Desk {
    clerk: Api,
    device: Api,
}

impl Desk {
    /// An office where a clerk works (`clerk`) and the device itself is looked after (`device`).
    pub(crate) const fn new(clerk: Api, device: Api) -> Desk {
        Desk { clerk, device }
    }

    /// Where it listens.
    pub(crate) fn base(&self) -> &str {
        self.device.base()
    }

    /// Files an act.
    pub(crate) fn file(&self, filing: &Value) -> Result<Filed, Failure> {
        let answer = self.clerk.post("/api/v1/acts", filing)?;
        self.clerk.typed(answer)
    }

    /// How many people it holds who may be the one that an act would make; nothing is filed.
    pub(crate) fn check(&self, filing: &Value) -> Result<usize, Failure> {
        let answer = self.clerk.post("/api/v1/acts/check", filing)?;
        let found = answer.get("duplicates").and_then(Value::as_array);
        Ok(found.map_or(0, Vec::len))
    }

    /// How it stands.
    pub(crate) fn status(&self) -> Result<Status, Failure> {
        self.device.get_as("/api/v1/status")
    }

    /// Where its screens are served to other machines; nothing if they are not.
    pub(crate) fn https(&self) -> Vec<String> {
        let status = self.device.get("/api/v1/status").unwrap_or_default();
        let urls = status.pointer("/lan/urls").and_then(Value::as_array);
        let urls = urls.into_iter().flatten().filter_map(Value::as_str);
        urls.map(str::to_owned).collect()
    }

    /// An act.
    pub(crate) fn act(&self, act: &str) -> Result<Value, Failure> {
        self.clerk.get(&format!("/api/v1/acts/{act}"))
    }

    /// The acts in a state.
    pub(crate) fn acts_in(&self, state: &str) -> Result<Vec<Value>, Failure> {
        self.clerk
            .get_as(&format!("/api/v1/acts?state={state}&limit=1000"))
    }

    /// The record of the person with this number, if the office holds it.
    pub(crate) fn by_pin(&self, pin: &str) -> Result<Option<String>, Failure> {
        let found: Vec<Value> = self
            .clerk
            .get_as(&format!("/api/v1/people?q={pin}&limit=2"))?;
        Ok(found
            .first()
            .and_then(|person| text(person, "/id"))
            .map(str::to_owned))
    }

    /// How many people a search finds.
    pub(crate) fn find(&self, query: &str) -> Result<usize, Failure> {
        let query: String = query.bytes().map(percent).collect();
        let found: Vec<Value> = self
            .clerk
            .get_as(&format!("/api/v1/people?q={query}&limit=20"))?;
        Ok(found.len())
    }

    /// A person's record; `None` if the office does not hold it.
    pub(crate) fn person(&self, id: &str) -> Result<Option<Value>, Failure> {
        match self.clerk.get(&format!("/api/v1/people/{id}")) {
            Ok(person) => Ok(Some(person)),
            Err(Failure::Answer { status: 404, .. }) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// What the office is told of cases.
    pub(crate) fn cases(&self) -> Result<Vec<Value>, Failure> {
        self.clerk.get_as("/api/v1/cases")
    }

    /// Cuts or restores the line.
    pub(crate) fn line(&self, state: &str) -> Result<(), Failure> {
        self.device
            .post("/api/v1/line", &json!({"state": state}))
            .map(|_| ())
    }

    /// Whether it is ready.
    pub(crate) fn is_ready(&self) -> bool {
        self.device.is_ready()
    }
}

fn percent(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    }
}

/// A field of a person as the API gives it.
pub(crate) fn field<'a>(person: &'a Value, key: &str) -> Option<&'a Value> {
    person
        .pointer("/fields")
        .and_then(|fields| fields.get(key))
        .filter(|value| !value.is_null())
}

/// Whether a field of a person is in dispute.
pub(crate) fn is_disputed(person: &Value, key: &str) -> bool {
    let of_field = |slot: &Value| text(slot, "/field") == Some(key);
    disputes(person).iter().any(|dispute| {
        let slots = dispute.get("slots").and_then(Value::as_array);
        slots.is_some_and(|slots| slots.iter().any(of_field))
    })
}

/// Whether anything of a person is in dispute, or the record is frozen by a case.
pub(crate) fn has_disputes(person: &Value) -> bool {
    !disputes(person).is_empty() || person.get("frozen_by").is_some_and(|case| !case.is_null())
}

fn disputes(person: &Value) -> &[Value] {
    person
        .get("disputed")
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_disputed_if_a_dispute_is_about_its_place() {
        let person = json!({"disputed": [{"slots": [{"field": "blood", "entry": null}]}]});
        assert!(is_disputed(&person, "blood") && has_disputes(&person));
        assert!(!is_disputed(&person, "name"));
        assert!(!has_disputes(&json!({"disputed": [], "frozen_by": null})));
        assert!(has_disputes(&json!({"disputed": [], "frozen_by": "ab"})));
    }

    #[test]
    fn a_query_is_written_so_that_it_survives_an_address() {
        let encoded: String = "Đỗ 1".bytes().map(percent).collect();
        assert_eq!(encoded, "%C4%90%E1%BB%97%201");
    }
}
