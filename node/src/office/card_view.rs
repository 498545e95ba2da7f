//! What a scanned card says, ready to fill a form with, beside the record that the office holds
//! under its number.

use std::fmt;

use registry::card::{self, CardError, CardRead, Doubt};
use registry::date::{Date, PartialDate};
use registry::person::Person;
use registry::value::Line;
use registry::words::{Said, Tells};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Office, OfficeError, PersonHit};

/// The items of a card, in the form in which an act takes them.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardItems {
    /// The number.
    pub pin: String,
    /// The number of the old 9-digit card.
    pub old_number: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Date of birth, as far as it is known; with the card's words where these are no date.
    #[schema(value_type = Option<Object>)]
    pub birth_date: Option<registry::date::BirthDate>,
    /// `male` or `female`.
    pub sex: Option<String>,
    /// Address, in the naming of the day of issue.
    pub address: Option<String>,
    /// Day of issue.
    pub issued: Option<String>,
    /// Last day of validity.
    pub expires: Option<String>,
    /// What newer cards say besides, as it stands.
    pub extra: Vec<String>,
}

impl fmt::Debug for CardItems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardItems(…)")
    }
}

/// Something to look at before an item is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardDoubt {
    /// The item.
    pub part: String,
    /// Stable code.
    pub code: String,
    /// What to do, in words.
    pub words: String,
    /// The same in Vietnamese.
    pub words_vi: String,
}

impl CardDoubt {
    fn of(part: card::Part, code: &'static str, why: &Said) -> CardDoubt {
        let label = part.label();
        CardDoubt {
            part: part.key().to_owned(),
            code: code.to_owned(),
            words: format!("{}: {}", label.en, why.en),
            words_vi: format!("{}: {}", label.vi, why.vi),
        }
    }
}

/// A scanned card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardView {
    /// `qr2021`, `qr2024` or `mrz`.
    #[schema(value_type = String)]
    pub source: card::Source,
    /// Always false: a code and three lines save typing and prove nothing.
    pub proof: bool,
    /// The items.
    pub items: CardItems,
    /// What is to be compared with the card. What is not named here is as the card has it.
    pub doubts: Vec<CardDoubt>,
    /// The person with this number, if this office holds the record.
    pub record: Option<PersonHit>,
    /// Items in which the record says otherwise than the card.
    pub differs: Vec<&'static str>,
}

impl Office {
    /// Reads what a scanner gave. Nothing is written, in no log either.
    pub fn card_view(
        &self,
        scanned: &str,
        device_s: i64,
    ) -> Result<Result<CardView, CardError>, OfficeError> {
        let today = Date::in_viet_nam(self.meta().corrected_s(device_s));
        let read = match card::read(scanned, today) {
            Ok(read) => read,
            Err(error) => return Ok(Err(error)),
        };
        let mut view = view_of(&read);
        let held = self.live().index.by_pin(read.pin);
        if let Some(kept) = held.map(|id| self.rows.shown(&id)).transpose()?.flatten() {
            view.differs = differs(&read, &Person(kept.fields()));
            view.record = Some(self.hit_of(&kept)?);
        }
        Ok(Ok(view))
    }
}

fn view_of(read: &CardRead) -> CardView {
    let text = |line: &Line| line.as_str().to_owned();
    let day = |date: Date| PartialDate::from(date).to_iso();
    let items = CardItems {
        pin: read.pin.digits(),
        old_number: read.old_number.as_ref().map(text),
        name: read.name.as_ref().map(|name| name.as_str().to_owned()),
        birth_date: read.birth.clone(),
        sex: read.sex.map(|sex| sex.as_str().to_owned()),
        address: read.address.as_ref().map(text),
        issued: read.issued.map(day),
        expires: read.expires.map(day),
        extra: read.extra.iter().map(text).collect(),
    };
    let told = |Doubt { part, why }: &Doubt| CardDoubt::of(*part, why.code(), &why.said());
    let warned = |warning: registry::pin::PinWarning| {
        CardDoubt::of(card::Part::Pin, warning.code(), &warning.said())
    };
    let doubts = read.doubts.iter().map(told);
    CardView {
        source: read.source,
        proof: false,
        items,
        doubts: doubts
            .chain(read.warnings().into_iter().map(warned))
            .collect(),
        record: None,
        differs: Vec::new(),
    }
}

/// What a person is known by, where card and record both tell it and tell different things.
fn differs(read: &CardRead, person: &Person<'_>) -> Vec<&'static str> {
    let mut differs = Vec::new();
    if person.pin() != Some(&read.pin) {
        differs.push(card::Part::Pin.key());
    }
    if let (Some(card), Some(held)) = (&read.name, person.name())
        && !card.same_as(held)
        && !(read.is_doubtful(card::Part::Name)
            && registry::text::fold_base(card.as_str()) == registry::text::fold_base(held.as_str()))
    {
        differs.push(card::Part::Name.key());
    }
    if let (Some(card), Some(held)) = (&read.birth, person.birth())
        && card != held
        && !card.refines(held)
        && !held.refines(card)
    {
        differs.push(card::Part::BirthDate.key());
    }
    if let (Some(card), Some(held)) = (read.sex, person.sex())
        && card != *held
    {
        differs.push(card::Part::Sex.key());
    }
    differs
}
