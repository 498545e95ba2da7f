//! From what was typed to the JSON of an act. Nothing is judged here: what cannot be read goes on as
//! it was typed, and the act's own reader says what is wrong with it, at its path.

use registry::schema::Field;
use serde_json::{Map, Value, json};

use super::attached;
use super::spec::{Ask, Form, Widget};
use super::typed::{ROWS_MAX, Typed};

/// The JSON of an act.
pub(super) fn act_json(form: &Form, typed: &Typed) -> Value {
    let mut act = Map::new();
    act.insert("act".to_owned(), json!(form.act));
    for ask in form.steps.iter().flat_map(|step| step.asks) {
        if let Some(value) = value_of(ask, typed) {
            put(&mut act, ask.path, value);
        }
    }
    Value::Object(act)
}

/// Puts a value at a path of names.
fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = object
                .entry(first.to_owned())
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

fn value_of(ask: &Ask, typed: &Typed) -> Option<Value> {
    let path = ask.path;
    match ask.by {
        Widget::Text | Widget::Commune | Widget::Code(_) => text(typed, path),
        Widget::Long => text(typed, path).map(|value| match value {
            Value::String(text) => json!(text.split_whitespace().collect::<Vec<_>>().join(" ")),
            other => other,
        }),
        Widget::Number => {
            text(typed, path).map(|value| match value.as_str().map(str::parse::<u64>) {
                Some(Ok(number)) => json!(number),
                _ => value,
            })
        }
        Widget::Date => date(typed, path),
        Widget::Birth => birth(typed, path),
        Widget::Several(_) => several(typed, path),
        Widget::Check => (!typed.at(path).is_empty()).then_some(Value::Bool(true)),
        Widget::Somebody => somebody(typed, path),
        Widget::Held | Widget::Household => text(typed, &format!("{path}.id")),
        Widget::Link => link(typed, path),
        Widget::Place => place(typed, path),
        Widget::Countries => countries(typed, path),
        Widget::Movers => rows(typed, path, |row| {
            let person = somebody(typed, &format!("{row}.person"))?;
            let mut mover = json!({ "person": person });
            add(
                &mut mover,
                "relation",
                text(typed, &format!("{row}.relation")),
            );
            Some(mover)
        }),
        Widget::People => rows(typed, path, |row| text(typed, &format!("{row}.id"))),
        Widget::Relations => rows(typed, path, |row| {
            let mut member = json!({ "person": text(typed, &format!("{row}.person.id"))? });
            add(
                &mut member,
                "relation",
                text(typed, &format!("{row}.relation")),
            );
            Some(member)
        }),
        Widget::Adjusted => rows(typed, path, |row| {
            let mut person = json!({ "person": text(typed, &format!("{row}.person.id"))? });
            for key in ["permanent_address", "temporary_address", "relation"] {
                add(&mut person, key, text(typed, &format!("{row}.{key}")));
            }
            Some(person)
        }),
        Widget::Houses => rows(typed, path, |row| {
            let mut house = json!({ "household": text(typed, &format!("{row}.household.id"))? });
            add(
                &mut house,
                "address",
                text(typed, &format!("{row}.address")),
            );
            Some(house)
        }),
        Widget::Changes(_) => rows(typed, path, |row| change(typed, row)),
        Widget::Photo => attached::photo_json(typed, path),
        Widget::Papers => rows(typed, path, |row| {
            typed.any(row).then(|| {
                let mut paper = json!({ "kind": typed.at(&format!("{row}.kind")) });
                add(&mut paper, "number", text(typed, &format!("{row}.number")));
                add(&mut paper, "date", date(typed, &format!("{row}.date")));
                add(&mut paper, "attachments", attached::json_of(typed, row));
                paper
            })
        }),
    }
}

fn add(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Value::Object(object), Some(value)) = (object, value) {
        object.insert(key.to_owned(), value);
    }
}

fn text(typed: &Typed, path: &str) -> Option<Value> {
    let text = typed.at(path);
    (!text.is_empty()).then(|| json!(text))
}

fn date(typed: &Typed, path: &str) -> Option<Value> {
    let text = typed.at(path);
    (!text.is_empty()).then(|| json!(iso(text)))
}

/// A date as Viet Nam writes it, in the form of programs; anything else as it is.
pub(in crate::screens) fn iso(text: &str) -> String {
    let parts: Vec<&str> = text
        .split(['/', '.', '-', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let digits = |part: &str, most: usize| {
        !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match parts.as_slice() {
        [day, month, year]
            if digits(day, 2) && digits(month, 2) && year.len() == 4 && digits(year, 4) =>
        {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        [month, year] if digits(month, 2) && year.len() == 4 && digits(year, 4) => {
            format!("{year}-{month:0>2}")
        }
        // A row of eight digits is what a hurried hand types.
        [one] if one.len() == 8 && digits(one, 8) => {
            let (day, rest) = one.split_at_checked(2).unwrap_or((one, ""));
            let (month, year) = rest.split_at_checked(2).unwrap_or((rest, ""));
            format!("{year}-{month}-{day}")
        }
        _ => text.to_owned(),
    }
}

pub(super) fn birth(typed: &Typed, path: &str) -> Option<Value> {
    let known = date(typed, path);
    let original = typed.at(&format!("{path}.original"));
    if original.is_empty() {
        known
    } else {
        let mut value = json!({ "original": original });
        add(&mut value, "date", known);
        Some(value)
    }
}

fn several(typed: &Typed, path: &str) -> Option<Value> {
    let below = format!("{path}.");
    let chosen: Vec<Value> = typed
        .pairs()
        .filter_map(|(key, _)| key.strip_prefix(&below))
        .map(|code| json!(code))
        .collect();
    (!chosen.is_empty()).then_some(Value::Array(chosen))
}

/// Somebody held here, or by card.
fn somebody(typed: &Typed, path: &str) -> Option<Value> {
    if let Some(id) = text(typed, &format!("{path}.id")) {
        return Some(json!({ "id": id }));
    }
    let pin = text(typed, &format!("{path}.pin"));
    let name = text(typed, &format!("{path}.name"));
    let birth = birth(typed, &format!("{path}.birth_date"));
    if pin.is_none() && name.is_none() && birth.is_none() {
        return None;
    }
    let mut card = json!({});
    add(&mut card, "pin", pin);
    add(&mut card, "name", name);
    add(&mut card, "birth_date", birth);
    Some(card)
}

/// Somebody as a paper names them.
pub(super) fn link(typed: &Typed, path: &str) -> Option<Value> {
    if let Some(id) = text(typed, &format!("{path}.id")) {
        return Some(json!({ "record": id }));
    }
    let pin = text(typed, &format!("{path}.pin"));
    match (text(typed, &format!("{path}.name")), pin) {
        (Some(name), pin) => Some(json!({ "named": { "name": name, "pin": pin } })),
        (None, Some(pin)) => Some(json!({ "pin": pin })),
        (None, None) => None,
    }
}

fn place(typed: &Typed, path: &str) -> Option<Value> {
    let mut place = json!({});
    for key in ["unit", "text", "country"] {
        add(&mut place, key, text(typed, &format!("{path}.{key}")));
    }
    (place != json!({})).then_some(place)
}

fn countries(typed: &Typed, path: &str) -> Option<Value> {
    let parts = typed.at(path).split([',', ';']).map(str::trim);
    let list: Vec<Value> = parts
        .filter(|part| !part.is_empty())
        .map(|part| json!(part))
        .collect();
    (!list.is_empty()).then_some(Value::Array(list))
}

/// A household joined, and since when.
fn membership(typed: &Typed, at: &str) -> Option<Value> {
    let mut member = json!({ "household": text(typed, &format!("{at}.id"))? });
    add(&mut member, "since", date(typed, &format!("{at}.since")));
    Some(member)
}

/// The rows of a list that hold something.
fn rows(typed: &Typed, path: &str, row: impl Fn(&str) -> Option<Value>) -> Option<Value> {
    let count = typed.rows(path).min(ROWS_MAX);
    let rows: Vec<Value> = (0..count)
        .filter_map(|index| row(&format!("{path}.{index}")))
        .collect();
    (!rows.is_empty()).then_some(Value::Array(rows))
}

/// An item put right: its new value by the kind of the field, or nothing to empty it.
fn change(typed: &Typed, row: &str) -> Option<Value> {
    let key = typed.at(&format!("{row}.field"));
    let field = Field::from_key(key)?;
    let at = format!("{row}.value");
    let value = if typed.at(&format!("{row}.empty")).is_empty() {
        // What was not typed empties nothing: only the tick does.
        value_by_field(typed, field, &at).unwrap_or_else(|| json!(""))
    } else {
        Value::Null
    };
    Some(json!({ "field": key, "value": value }))
}

fn value_by_field(typed: &Typed, field: Field, at: &str) -> Option<Value> {
    let tagged = |tag: &str, value: Value| json!({ tag: value });
    match field {
        Field::Name => text(typed, at).map(|value| tagged("name", value)),
        Field::BirthDate => birth(typed, at).map(|value| tagged("birth", value)),
        Field::Sex => text(typed, at).map(|value| tagged("sex", value)),
        Field::Ethnic => text(typed, at).map(|value| tagged("ethnic", value)),
        Field::Religion => text(typed, at).map(|value| tagged("religion", value)),
        Field::Blood => text(typed, at).map(|value| tagged("blood", value)),
        Field::Relation => text(typed, at).map(|value| tagged("relation", value)),
        Field::Phone => text(typed, at).map(|value| tagged("phone", value)),
        Field::Email => text(typed, at).map(|value| tagged("email", value)),
        Field::Membership => membership(typed, at).map(|value| tagged("membership", value)),
        Field::Father | Field::Mother | Field::Representative => {
            link(typed, at).map(|value| tagged("person", value))
        }
        _ => place(typed, at).map(|value| tagged("place", value)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::form_of;
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed::of(
            pairs
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned())),
        )
    }

    #[test]
    fn dates_are_read_as_they_are_typed() {
        for (typed, read) in [
            ("3/5/2024", "2024-05-03"),
            ("03.05.2024", "2024-05-03"),
            ("03052024", "2024-05-03"),
            ("5/1941", "1941-05"),
            ("1941", "1941"),
            ("2024-05-03", "2024-05-03"),
            ("hôm qua", "hôm qua"),
            ("", ""),
        ] {
            assert_eq!(iso(typed), read, "{typed}");
        }
    }

    #[test]
    fn a_birth_that_is_typed_is_the_act_of_the_documentation() {
        let form = form_of("birth").unwrap();
        let json = act_json(
            form,
            &typed(&[
                ("child.name", "Nguyễn Minh Khôi"),
                ("child.birth_date", "30/10/2026"),
                ("child.sex", "male"),
                ("child.birth_place.unit", "00004"),
                ("child.birth_place.text", "Bệnh viện"),
                ("father.pin", "001090123456"),
                ("mother.name", "Trần Thị Hòa"),
                ("joins_household", "on"),
                ("birth_order", "1"),
                ("evidence.0.kind", "giấy chứng sinh"),
                ("evidence.0.date", "30/10/2026"),
                ("evidence.2.kind", "CT01"),
            ]),
        );
        assert_eq!(
            json,
            json!({
                "act": "birth",
                "child": {
                    "name": "Nguyễn Minh Khôi", "birth_date": "2026-10-30", "sex": "male",
                    "birth_place": {"unit": "00004", "text": "Bệnh viện"}
                },
                "father": {"pin": "001090123456"},
                "mother": {"named": {"name": "Trần Thị Hòa", "pin": null}},
                "birth_order": 1,
                "joins_household": true,
                "evidence": [{"kind": "giấy chứng sinh", "date": "2026-10-30"}, {"kind": "CT01"}]
            })
        );
    }

    #[test]
    fn corrections_name_the_type_of_their_value() {
        let form = form_of("correction").unwrap();
        let json = act_json(
            form,
            &typed(&[
                ("person.id", "3f1c0a9be24d5b7788aa6d0192c3e4f5"),
                ("fields.0.field", "birth_date"),
                ("fields.0.value", "2/9/1975"),
                ("fields.1.field", "native_place"),
                ("fields.1.value.text", "làng Hữu Tiệp"),
                ("fields.2.field", "father"),
                ("fields.2.empty", "on"),
            ]),
        );
        assert_eq!(
            json.get("fields"),
            Some(&json!([
                {"field": "birth_date", "value": {"birth": "1975-09-02"}},
                {"field": "native_place", "value": {"place": {"text": "làng Hữu Tiệp"}}},
                {"field": "father", "value": null}
            ]))
        );
    }

    /// A chosen item without a value is a slip; it once emptied the item.
    #[test]
    fn an_item_is_emptied_by_its_tick_alone() {
        let form = form_of("correction").unwrap();
        let json = act_json(form, &typed(&[("fields.0.field", "sex")]));
        assert_eq!(
            json.get("fields"),
            Some(&json!([{"field": "sex", "value": ""}]))
        );
        assert!(crate::api::read_filing(json.to_string().as_bytes()).is_err());
    }

    #[test]
    fn what_is_typed_is_bounded() {
        let many = (0..10_000).map(|n| (format!("note.{n}"), "x".repeat(100)));
        let typed = Typed::of(many);
        assert!(typed.pairs().count() <= 600);
        let long = Typed::of([("note".to_owned(), "x".repeat(100_000))]);
        assert_eq!(long.pairs().count(), 0);
    }
}
