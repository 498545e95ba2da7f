//! Both sides of a case beside each other: who, where, when and by which papers; then what each
//! claims, part by part, with the words marked in which they differ.

use registry::case::{CaseNotice, Party};
use registry::dispute::{Claim, Matter};
use registry::schema::Field;
use registry::value::Value;
use registry::{OfficeCode, RecordId};

use super::super::shown::{Shown, joined, moment};
use super::super::words::Words;
use super::said;
use crate::api::Api;
use crate::clock;
use crate::office::{FieldView, OfficeError, PersonView};

/// Sides that are shown beside each other; a dispute of more has the first of them.
const SIDES_MAX: usize = 6;

/// What two records of perhaps one person are compared by.
const COMPARED: [Field; 11] = [
    Field::Name,
    Field::OtherNames,
    Field::BirthDate,
    Field::Sex,
    Field::Pin,
    Field::OldNumbers,
    Field::NativePlace,
    Field::BirthRegistration,
    Field::Father,
    Field::Mother,
    Field::Permanent,
];

/// The head of a column.
pub(super) struct Side {
    pub(super) title: String,
    pub(super) own: bool,
}

/// Words that stand together, marked where the other sides do not have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) text: String,
    pub(super) differs: bool,
}

/// What one side says in a row.
pub(super) struct Cell {
    pub(super) side: String,
    pub(super) stretches: Vec<Stretch>,
    pub(super) href: Option<String>,
}

/// A row of the table.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) cells: Vec<Cell>,
    pub(super) differs: bool,
}

/// Both sides.
pub(super) struct Sides {
    pub(super) heads: Vec<Side>,
    pub(super) rows: Vec<Row>,
    /// Records that were read for it, and are held here.
    pub(super) read: Vec<RecordId>,
}

struct Column<'n> {
    claim: &'n Claim,
    party: Option<&'n Party>,
    title: String,
    record: Option<PersonView>,
    /// What is said of a claim that no act makes.
    without_act: &'static str,
}

/// What the sides say, as a table.
pub(super) fn sides_of(
    api: &Api,
    notice: &CaseNotice,
    shown: &Shown<'_>,
    words: &Words,
) -> Result<Sides, OfficeError> {
    let own = api.office.code();
    let same_person = notice.case.dispute.matter == Matter::SamePerson;
    let mut columns = Vec::new();
    for (claim, place) in notice.case.dispute.claims.iter().zip(1_u8..) {
        if columns.len() >= SIDES_MAX {
            break;
        }
        let record = match claim.record.filter(|_| same_person) {
            Some(id) => api.office.person_view(&id, clock::device_s())?,
            None => None,
        };
        columns.push(Column {
            claim,
            party: party_of(notice, claim),
            title: words.n("case-side", place),
            record,
            without_act: match notice.case.dispute.matter {
                Matter::Contested(_) => "case-paper-against",
                Matter::HeadGone => "case-stays",
                _ => "case-from-making",
            },
        });
    }
    let read = columns
        .iter()
        .filter_map(|column| column.record.as_ref().map(|view| view.id))
        .collect();
    let mut rows = facts(api, &columns, shown, words)?;
    rows.extend(values(&columns, shown, words));
    if same_person {
        rows.extend(records(&columns, shown, words));
    }
    Ok(Sides {
        heads: columns.iter().map(|column| head(column, own)).collect(),
        rows,
        read,
    })
}

fn head(column: &Column<'_>, own: OfficeCode) -> Side {
    Side {
        title: column.title.clone(),
        own: column.party.and_then(|party| party.office) == Some(own),
    }
}

/// Who makes a claim: by the act; what a record had from its making is nobody's.
fn party_of<'n>(notice: &'n CaseNotice, claim: &Claim) -> Option<&'n Party> {
    let act = claim.act?;
    let mut parties = notice.parties.iter();
    parties.find(|party| party.act == Some(act))
}

/// Who, where, when, by which papers. That two offices differ in these is no news.
fn facts(
    api: &Api,
    columns: &[Column<'_>],
    shown: &Shown<'_>,
    words: &Words,
) -> Result<Vec<Row>, OfficeError> {
    let mut acts = Vec::new();
    for column in columns {
        let party = column.party;
        let label = party.and_then(|party| party.kind).map(|kind| {
            let rule = kind.rule();
            words.pick(rule.label_vi, rule.label_en).to_owned()
        });
        let known = match column.claim.act {
            Some(act) => api.office.act_view(&act)?.map(|_| format!("/acts/{act}")),
            None => None,
        };
        let text = label.unwrap_or_else(|| words.t(column.without_act));
        acts.push((text, known));
    }
    let of = |tell: &dyn Fn(&Party) -> Option<String>| -> Vec<String> {
        let tell = |column: &Column<'_>| column.party.and_then(tell).unwrap_or_default();
        columns.iter().map(tell).collect()
    };
    let office = |party: &Party| party.office.map(|office| shown.commune(office));
    let officer = |party: &Party| party.officer.as_ref().map(ToString::to_string);
    let effective = |party: &Party| party.effective.map(|date| date.to_string());
    let entered = |party: &Party| party.entered_s.map(moment);
    let clock = |party: &Party| party.clock().map(|clock| said(words, clock));
    let papers = |party: &Party| (!party.evidence.is_empty()).then(|| papers_of(party));
    let mut rows = vec![Row {
        label: words.t("act"),
        cells: columns
            .iter()
            .zip(acts)
            .map(|(column, (text, href))| Cell {
                side: column.title.clone(),
                stretches: plain(text),
                href,
            })
            .collect(),
        differs: false,
    }];
    let told: [(&str, Vec<String>); 6] = [
        ("case-office", of(&office)),
        ("officer", of(&officer)),
        ("effective", of(&effective)),
        ("entered", of(&entered)),
        ("case-clock", of(&clock)),
        ("papers", of(&papers)),
    ];
    for (key, texts) in told {
        rows.push(row(columns, words.t(key), texts, false));
    }
    Ok(rows)
}

fn papers_of(party: &Party) -> String {
    let papers = party.evidence.iter().map(|paper| {
        let date = paper.date.map(|date| date.to_string());
        joined([
            paper.kind.as_str().to_owned(),
            paper.number.as_str().to_owned(),
            date.unwrap_or_default(),
        ])
    });
    papers.collect::<Vec<_>>().join("; ")
}

/// What each side claims, part by part.
fn values(columns: &[Column<'_>], shown: &Shown<'_>, words: &Words) -> Vec<Row> {
    let mut rows = Vec::new();
    let about: Vec<String> = columns
        .iter()
        .map(|column| {
            column
                .claim
                .record
                .map(|id| shown.record(id))
                .unwrap_or_default()
        })
        .collect();
    if about.iter().any(|text| !text.is_empty()) {
        rows.push(row(columns, words.t("about"), about, false));
    }
    let parts: Vec<Vec<(&'static str, String)>> = columns
        .iter()
        .map(|column| {
            let value = column.claim.value.as_ref();
            value
                .map(|value| parts_of(value, shown))
                .unwrap_or_default()
        })
        .collect();
    let mut keys: Vec<&'static str> = Vec::new();
    for (key, _) in parts.iter().flatten() {
        if !keys.contains(key) {
            keys.push(key);
        }
    }
    for key in keys {
        let texts: Vec<String> = parts
            .iter()
            .map(|side| {
                let mut found = side.iter().filter(|(known, _)| *known == key);
                found
                    .next()
                    .map(|(_, text)| text.clone())
                    .unwrap_or_default()
            })
            .collect();
        if texts.iter().any(|text| !text.is_empty()) {
            rows.push(row(columns, words.t(key), texts, true));
        }
    }
    rows
}

/// Two records of perhaps one person, item by item; of one that is held elsewhere nothing is
/// known here, which is no difference.
fn records(columns: &[Column<'_>], shown: &Shown<'_>, words: &Words) -> Vec<Row> {
    let held: Vec<&Column<'_>> = columns
        .iter()
        .filter(|column| column.record.is_some())
        .collect();
    let text = |column: &Column<'_>, field: Field| -> String {
        let fields = column.record.as_ref().map(|view| &view.fields);
        match fields.and_then(|fields| fields.get(field.key())) {
            Some(FieldView::Single(value)) => shown.value(value),
            Some(FieldView::Entries(entries)) => {
                let values = entries.iter().rev().map(|entry| shown.value(&entry.value));
                values.collect::<Vec<_>>().join("; ")
            }
            None => String::new(),
        }
    };
    let elsewhere = words.t("case-not-held");
    COMPARED
        .iter()
        .filter_map(|field| {
            let texts: Vec<String> = held.iter().map(|column| text(column, *field)).collect();
            if texts.iter().all(String::is_empty) {
                return None;
            }
            let mut known = marked(&texts).into_iter();
            let sides = columns.iter().map(|column| match &column.record {
                Some(_) => known.next().unwrap_or_default(),
                None => plain(elsewhere.clone()),
            });
            let label = shown.label(field.rule()).to_owned();
            Some(row_of(columns, label, sides.collect()))
        })
        .collect()
}

fn row(columns: &[Column<'_>], label: String, texts: Vec<String>, compare: bool) -> Row {
    let marked = if compare {
        marked(&texts)
    } else {
        texts.into_iter().map(plain).collect()
    };
    row_of(columns, label, marked)
}

fn row_of(columns: &[Column<'_>], label: String, marked: Vec<Vec<Stretch>>) -> Row {
    Row {
        label,
        differs: marked.iter().flatten().any(|stretch| stretch.differs),
        cells: columns
            .iter()
            .zip(marked)
            .map(|(column, stretches)| Cell {
                side: column.title.clone(),
                stretches,
                href: None,
            })
            .collect(),
    }
}

fn plain(text: String) -> Vec<Stretch> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![Stretch {
        text,
        differs: false,
    }]
}

/// The parts of a value that people compare.
fn parts_of(value: &Value, shown: &Shown<'_>) -> Vec<(&'static str, String)> {
    let date = |date: Option<registry::date::PartialDate>| {
        date.map(|date| date.to_string()).unwrap_or_default()
    };
    match value {
        Value::Residence(home) => vec![
            ("part-commune", shown.commune(home.unit)),
            ("part-address", home.address.as_str().to_owned()),
            ("part-from", home.from.to_string()),
            ("part-until", date(home.until)),
            ("part-ended", date(home.to)),
            ("part-ground", home.ground.as_str().to_owned()),
        ],
        Value::Marriage(marriage) => vec![
            (
                "part-spouse",
                shown.value(&Value::Person(marriage.spouse.clone())),
            ),
            ("part-date", marriage.date.to_string()),
            ("part-certificate", marriage.certificate.as_str().to_owned()),
            ("part-ended", date(marriage.ended)),
            ("part-ground", marriage.ground.as_str().to_owned()),
        ],
        Value::Death(death) => vec![
            ("part-date", death.date.to_string()),
            (
                "part-place",
                shown.value(&Value::Place(death.place.clone())),
            ),
            ("part-ground", death.ground.as_str().to_owned()),
        ],
        Value::Membership(membership) => vec![
            ("part-household", shown.household(membership.household)),
            ("part-from", membership.since.to_string()),
        ],
        other => vec![("part-value", shown.value(other))],
    }
}

/// The texts with the words marked that not every side has. A side that says nothing is marked
/// with a dash, so that the lack is seen too.
fn marked(texts: &[String]) -> Vec<Vec<Stretch>> {
    let all_same = texts.iter().all(|text| Some(text) == texts.first());
    if all_same {
        return texts.iter().cloned().map(plain).collect();
    }
    texts
        .iter()
        .enumerate()
        .map(|(own, text)| {
            if text.is_empty() {
                return vec![Stretch {
                    text: "–".to_owned(),
                    differs: true,
                }];
            }
            let others = texts.iter().enumerate().filter(|(other, _)| *other != own);
            let stretches = marked_against(text, others.map(|(_, text)| text.as_str()));
            // The same words in another order differ as a whole, and so does nothing marked.
            if stretches.iter().any(|stretch| stretch.differs) {
                return stretches;
            }
            let shorter = texts
                .iter()
                .any(|other| other.split_whitespace().count() != text.split_whitespace().count());
            vec![Stretch {
                text: text.clone(),
                differs: !shorter,
            }]
        })
        .collect()
}

fn marked_against<'t>(text: &str, others: impl Iterator<Item = &'t str>) -> Vec<Stretch> {
    let mut left: Vec<Vec<&str>> = others
        .map(|other| other.split_whitespace().collect())
        .collect();
    let mut stretches: Vec<Stretch> = Vec::new();
    for word in text.split_whitespace() {
        let mut everywhere = true;
        for other in &mut left {
            match other.iter().position(|known| *known == word) {
                Some(place) => {
                    other.swap_remove(place);
                }
                None => everywhere = false,
            }
        }
        match stretches.last_mut() {
            Some(last) if last.differs != everywhere => {
                last.text.push(' ');
                last.text.push_str(word);
            }
            _ => stretches.push(Stretch {
                text: word.to_owned(),
                differs: !everywhere,
            }),
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(texts: &[&str]) -> Vec<String> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let show = |stretch: &Stretch| match stretch.differs {
            true => format!("[{}]", stretch.text),
            false => stretch.text.clone(),
        };
        marked(&texts)
            .iter()
            .map(|side| side.iter().map(show).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn what_only_one_side_says_is_marked_word_by_word() {
        assert_eq!(
            said(&["Nguyễn Thị Hoa", "Nguyễn Thị Hòa"]),
            ["Nguyễn Thị [Hoa]", "Nguyễn Thị [Hòa]"]
        );
        assert_eq!(said(&["12/05/1990", "12/05/1990"]), ["12/05/1990"; 2]);
        assert_eq!(said(&["Thôn 3", ""]), ["[Thôn 3]", "[–]"]);
        // A word that one side says twice is a difference too.
        assert_eq!(said(&["An An", "An"]), ["An [An]", "An"]);
        // The same words in another order.
        assert_eq!(said(&["Lê Văn", "Văn Lê"]), ["[Lê Văn]", "[Văn Lê]"]);
        assert_eq!(said(&["a b", "a c", "a b"]), ["a [b]", "a [c]", "a [b]"]);
    }
}
