//! Who files what, as several lines of the table need it.

use serde_json::{Value as Json, json};

use crate::desk::play::{Play, offices};
use crate::desk::{Office, P, Q, World};

/// Two offices.
pub(crate) fn pair(world: &World, one: Json, two: Json) -> Play {
    let (mut p, mut q) = (Office::new(world, P), Office::new(world, Q));
    p.file(one);
    q.file(two);
    offices([p, q])
}

/// Two desks of one office.
pub(crate) fn desks(world: &World, one: Json, two: Json) -> Play {
    let (mut first, mut second) = (Office::new(world, P), Office::new(world, P));
    second.second_desk();
    first.file(one);
    second.file(two);
    offices([first, second])
}

/// With a decision that has a number and a date.
pub(crate) fn decided(mut filing: Json) -> Json {
    filing["evidence"] = json!([{"kind": "Quyết định", "number": "9/2026", "date": "2026-10-01"}]);
    filing
}

/// With one more item.
pub(crate) fn with(mut filing: Json, key: &str, value: &str) -> Json {
    filing[key] = json!(value);
    filing
}

/// The child of the parents of this world.
pub(crate) fn child(world: &World, name: &str, paper: &str, order: u8) -> Json {
    crate::desk::birth(name, world.father_pin(), world.mother_pin(), paper, order)
}

/// Somebody's phone.
pub(crate) fn phone(of: &str, number: &str) -> Json {
    json!({"act": "contact", "person": of, "phone": number, "effective": "2026-09-20"})
}

/// Somebody whom the office holds, by card.
pub(crate) fn by_card(card: (&str, &str, &str)) -> Json {
    json!({"pin": card.0, "name": card.1, "birth_date": card.2})
}
