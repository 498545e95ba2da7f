//! Clerks: acts such as offices file, on few people and with few values, so that they clash.
//! What they ask for goes through the real procedures, which refuse much of it, as they should.

use commune_node::office::Office;
use registry::RecordId;
use registry::person::Person;
use registry::procedure::{Filing, Slice};
use registry::schema::RecordKind;
use serde_json::{Value, json};

use crate::dice::Dice;
use crate::people::{People, Someone};
use crate::plan::Procedure;

mod additions;
mod books;
mod identity;
mod papers;

/// What a clerk has to look at.
pub(crate) struct Desk<'a> {
    pub(crate) office: &'a Office,
    pub(crate) people: &'a People,
    /// People and households that came into being in this run, and acts of this office.
    pub(crate) made: &'a [RecordId],
    pub(crate) own_acts: &'a [String],
    /// The day.
    pub(crate) today: String,
}

/// People whom every clerk has to do with.
const HOT: usize = 5;
const NAMES: [&str; 4] = [
    "Nguyễn Thị Thúy",
    "Nguyễn Thị Thuý Hà",
    "Trần Văn An",
    "Lê Văn Bảo",
];
const CHILDREN: [&str; 3] = ["Nguyễn Minh Khôi", "Nguyễn Minh Anh", "Trần Bảo Ngọc"];
const BIRTHS: [&str; 3] = ["1971-05-06", "1972", "1971-05"];
const DATES: [&str; 3] = ["2026-11-02", "2026-11-12", "2026-11"];
const PAPERS: [&str; 4] = ["GCS-1", "GCS-2", "GCS-3", "GCS-4"];

/// The act that a clerk files now; nothing if there is nobody to file it for.
pub(crate) fn filing(desk: &Desk<'_>, procedure: Procedure, salt: u64) -> Option<Filing> {
    let mut dice = Dice::new(salt, "clerk", 0);
    let dice = &mut dice;
    let value = match procedure {
        Procedure::Birth => birth(desk, dice)?,
        Procedure::Death => json!({"act": "death", "person": desk.reference(dice)?,
            "date": dice.pick(&DATES)?, "ground": "giấy báo tử",
            "evidence": [{"kind": "giấy báo tử"}]}),
        Procedure::Marriage => marriage(desk, dice)?,
        Procedure::Correction => correction(desk, dice)?,
        // Dice of its own: what else is drawn from this salt is as it was before there were portraits.
        Procedure::RegistryCorrection if Dice::new(salt, "portrait", 0).percent(50) => {
            json!({"act": "portrait", "person": desk.held(dice)?.to_string()})
        }
        Procedure::RegistryCorrection => json!({"act": "registry_correction",
            "person": desk.held(dice)?.to_string(),
            "fields": [{"field": "blood", "value": {"blood": dice.pick(&["a", "b", "ab", "o"])?}}],
            "evidence": [{"kind": "phiếu xét nghiệm"}]}),
        Procedure::PermanentRegistration => permanent(desk, dice)?,
        Procedure::TemporaryRegistration => json!({"act": "temporary_registration",
            "person": desk.reference(dice)?, "address": "ký túc xá", "from": desk.today,
            "to": "2027-10-31", "ground": "học tập", "evidence": [{"kind": "CT01"}]}),
        Procedure::StayNotification => json!({"act": "stay_notification",
            "person": desk.reference(dice)?, "place": "nhà nghỉ", "from": desk.today}),
        Procedure::Contact => json!({"act": "contact", "person": desk.held(dice)?.to_string(),
            "phone": format!("09123456{:02}", dice.below(3))}),
        Procedure::HouseholdSplit => {
            let (household, members) = desk.household(dice)?;
            let leaving: Vec<String> = members
                .iter()
                .skip(1)
                .take(2)
                .map(ToString::to_string)
                .collect();
            json!({"act": "household_split", "household": household.to_string(),
                "new_head": leaving.first()?, "leaving": leaving,
                "evidence": [{"kind": "văn bản đồng ý"}]})
        }
        Procedure::ChangeOfHead => {
            let (household, members) = desk.household(dice)?;
            json!({"act": "change_of_head", "household": household.to_string(),
                "new_head": dice.pick(&members)?.to_string(), "agreed": desk.today,
                "evidence": [{"kind": "văn bản đồng ý"}]})
        }
        Procedure::Collection => collection(desk, dice)?,
        Procedure::Withdraw => json!({"act": "withdraw", "of": dice.pick(desk.own_acts)?,
            "reason": "nhập nhầm hồ sơ"}),
        Procedure::Email => json!({"act": "contact", "person": desk.held(dice)?.to_string(),
            "email": dice.pick(&["lan@example.vn", "an.tran@example.vn"])?}),
        Procedure::AddEvidence => additions::papers(desk, dice)?,
        Procedure::AnswerCase => additions::answer(desk, dice)?,
        Procedure::CardApplication
        | Procedure::ChildPinRequest
        | Procedure::EidLevel1
        | Procedure::EidLevel2
        | Procedure::OtherNames => identity::filing(desk, procedure, dice)?,
        Procedure::LateBirth
        | Procedure::MaritalConfirmation
        | Procedure::MarriageNumber
        | Procedure::MarriageAnnulled
        | Procedure::DeathRevoked
        | Procedure::GuardianshipEnd => books::filing(desk, procedure, dice)?,
        other => papers::filing(desk, other, dice)?,
    };
    serde_json::from_value(value).ok()
}

fn birth(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    let mother = desk.someone(dice, |person| person.female)?;
    let father = desk.someone(dice, |person| !person.female)?;
    Some(json!({"act": "birth",
        "child": {"name": dice.pick(&CHILDREN)?, "birth_date": dice.pick(&DATES[..2])?,
            "sex": dice.pick(&["male", "female"])?},
        "certificate": dice.pick(&PAPERS)?, "birth_order": dice.below(3),
        "father": {"pin": father.pin}, "mother": {"pin": mother.pin},
        "joins_household": dice.percent(60), "evidence": [{"kind": "giấy chứng sinh"}]}))
}

fn marriage(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    let first = desk.someone(dice, |person| !person.female)?;
    let second = desk.someone(dice, |person| person.female)?;
    let date = dice.pick(&DATES[..2])?;
    // Whoever is of another commune brings its confirmation; of two, each does.
    let confirmed = json!({"kind": "giấy xác nhận tình trạng hôn nhân", "number": "7/2026",
        "date": date});
    Some(
        json!({"act": "marriage", "first": desk.named(first), "second": desk.named(second),
        "date": date, "certificate": dice.pick(&["88/2026", "89/2026"])?,
        "evidence": [confirmed.clone(), confirmed]}),
    )
}

fn correction(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    let field = match dice.below(6) {
        0 => json!({"field": "birth_date", "value": {"birth": dice.pick(&BIRTHS)?}}),
        1 => json!({"field": "sex", "value": {"sex": dice.pick(&["male", "female"])?}}),
        2 => json!({"field": "native_place", "value": {"place": {"unit": "00008",
            "text": dice.pick(&["Hữu Tiệp", "Ngọc Hà"])?}}}),
        3 => return death_revoked(desk, dice),
        _ => json!({"field": "name", "value": {"name": dice.pick(&NAMES)?}}),
    };
    Some(
        json!({"act": "correction", "person": desk.held(dice)?.to_string(), "fields": [field],
        "evidence": [{"kind": "trích lục khai sinh", "number": "1/1975"}]}),
    )
}

fn death_revoked(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    Some(
        json!({"act": "death_revoked", "person": {"id": desk.held(dice)?.to_string()},
        "cause": "error",
        "evidence": [{"kind": "quyết định", "number": "9/2026", "date": "2026-10-01"}]}),
    )
}

fn permanent(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    let mut people = vec![json!({"person": desk.reference(dice)?, "relation": "head"})];
    if dice.percent(40) {
        people.push(json!({"person": desk.reference(dice)?, "relation": "child"}));
    }
    Some(json!({"act": "permanent_registration", "people": people,
        "address": dice.pick(&["số 1", "số 2"])?, "from": desk.today, "ground": "nhà ở",
        "evidence": [{"kind": "CT01"}]}))
}

fn collection(desk: &Desk<'_>, dice: &mut Dice) -> Option<Value> {
    // Now and then the person is somebody whom the registry knows under another number.
    let name = if dice.percent(50) {
        desk.someone(dice, |_| true)?.name.clone()
    } else {
        "Giàng A Páo".to_owned()
    };
    Some(
        json!({"act": "collection", "evidence": [{"kind": "DC01"}], "name": name, "birth_date": dice.pick(&["1950", "1961-03-04"])?,
        "sex": "male", "old_number": dice.pick(&["060123456", "060123457"])?,
        "address": "bản Háng Gàng", "from": desk.today}),
    )
}

impl Desk<'_> {
    /// Somebody of the beginning, mostly one of those whom everybody meets.
    fn someone(&self, dice: &mut Dice, fits: impl Fn(&Someone) -> bool) -> Option<&Someone> {
        let mut people: Vec<&Someone> = self.people.people.iter().filter(|one| fits(one)).collect();
        if dice.percent(65) {
            people.truncate(HOT);
        }
        dice.pick(&people).copied()
    }

    fn holds(&self, id: &RecordId) -> bool {
        self.office.record(id).is_some()
    }

    /// A person by record if the office holds it, else by card.
    fn named(&self, person: &Someone) -> Value {
        if self.holds(&person.id) {
            json!({"id": person.id.to_string()})
        } else {
            json!({"pin": person.pin, "name": person.name, "birth_date": person.birth})
        }
    }

    fn reference(&self, dice: &mut Dice) -> Option<Value> {
        if dice.percent(15)
            && let Some(made) = dice.pick(self.made)
            && self.holds(made)
        {
            return Some(json!({"id": made.to_string()}));
        }
        self.someone(dice, |_| true)
            .map(|person| self.named(person))
    }

    /// A person whom the office holds.
    fn held(&self, dice: &mut Dice) -> Option<RecordId> {
        for _ in 0..8 {
            let id = if dice.percent(20) {
                dice.pick(self.made).copied()
            } else {
                self.someone(dice, |_| true).map(|person| person.id)
            };
            if let Some(id) = id.filter(|id| self.holds(id)) {
                return Some(id);
            }
        }
        None
    }

    /// A person whom the office holds and of whom this is so; everybody meets the same first.
    fn of_whom(&self, dice: &mut Dice, fits: impl Fn(&Person<'_>) -> bool) -> Option<RecordId> {
        let everybody = self.people.people.iter().map(|person| person.id);
        let mut ids: Vec<RecordId> = everybody.chain(self.made.iter().copied()).collect();
        ids.retain(|id| {
            let held = self.office.record(id);
            let person = held.filter(|held| held.record.kind == RecordKind::Person);
            person.is_some_and(|held| fits(&Person(held.fields())))
        });
        if dice.percent(65) {
            ids.truncate(HOT);
        }
        dice.pick(&ids).copied()
    }

    /// A household that the office holds, with its members.
    fn household(&self, dice: &mut Dice) -> Option<(RecordId, Vec<RecordId>)> {
        let held: Vec<RecordId> = self
            .people
            .households
            .iter()
            .filter(|id| self.holds(id))
            .copied()
            .collect();
        let id = *dice.pick(&held)?;
        let members = self.office.members(&id);
        (members.len() > 1).then_some((id, members))
    }
}
