//! The clashes of the story: what two offices enter without knowing of one another while their
//! lines are cut, and what a reviewer then decides.

use registry::case::{CaseNotice, Outcome};
use registry::dispute::Matter;
use registry::schema::Field;
use registry::value::Value as FieldValue;
use registry::{ActId, RecordId};
use serde_json::{Value as Json, json};

use super::cast::Player;
use super::fleet::Office;
use super::office_work::{self as work, Ledger, at, held};
use crate::failure::Failure;

/// Which clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Row 4: permanent residence in two communes.
    TwoHomes,
    /// Row 22: two corrections of the name.
    TwoNames,
    /// Row 22: two corrections of the blood type.
    TwoBloodTypes,
    /// Row 1: one birth entered by the father's and by the mother's commune.
    TwoBirths,
    /// Row 6: a death and a later act.
    DeathAndLife,
}

impl Kind {
    /// Every one, in the order of the story.
    pub(crate) const ALL: [Kind; 5] = [
        Kind::TwoHomes,
        Kind::TwoNames,
        Kind::TwoBloodTypes,
        Kind::TwoBirths,
        Kind::DeathAndLife,
    ];

    /// In words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Kind::TwoHomes => "one person moved into two communes",
            Kind::TwoNames => "one name corrected in two ways",
            Kind::TwoBloodTypes => "one blood type entered in two ways",
            Kind::TwoBirths => "one birth entered twice",
            Kind::DeathAndLife => "a death and a later act on the same person",
        }
    }

    /// The row of the clash table and the harm that a case of it must have.
    pub(crate) const fn row_and_harm(self) -> (u8, u8) {
        match self {
            Kind::TwoHomes => (4, 4),
            Kind::TwoNames => (22, 4),
            Kind::TwoBloodTypes => (22, 3),
            Kind::TwoBirths => (1, 5),
            Kind::DeathAndLife => (6, 5),
        }
    }

    /// Whether a case's matter is this clash.
    pub(crate) fn is(self, matter: &Matter) -> bool {
        match self {
            Kind::TwoHomes => *matter == Matter::Residence(Field::Permanent),
            Kind::TwoNames => *matter == Matter::Field(Field::Name),
            Kind::TwoBloodTypes => *matter == Matter::Field(Field::Blood),
            Kind::TwoBirths => *matter == Matter::SamePerson,
            Kind::DeathAndLife => *matter == Matter::Life,
        }
    }

    /// The field whose dispute the offices show; none where whole records are compared.
    pub(crate) const fn field(self) -> Option<&'static str> {
        match self {
            Kind::TwoHomes => Some("permanent"),
            Kind::TwoNames => Some("name"),
            Kind::TwoBloodTypes => Some("blood"),
            Kind::TwoBirths | Kind::DeathAndLife => None,
        }
    }
}

/// A clash that was entered.
pub(crate) struct Clash {
    pub(crate) kind: Kind,
    /// The record in dispute; for two births the one of the first office.
    pub(crate) record: String,
    /// The other office's record, for two births.
    pub(crate) other: Option<String>,
    /// The act of the office whose claim is to hold.
    pub(crate) kept: String,
}

/// Who plays in the clashes.
pub(crate) struct Players {
    pub(crate) moves_twice: Player,
    pub(crate) renamed: Player,
    pub(crate) bled: Player,
    pub(crate) father: Player,
    pub(crate) mother: Player,
    pub(crate) presumed_dead: Player,
}

/// The two offices of the clashes: places in the fleet.
const B: usize = 1;
const C: usize = 2;

/// Whose entry is to hold in the end.
enum Holds {
    Home,
    Away,
}

/// The two cut offices while they enter their halves.
struct Pair<'a> {
    offices: &'a [Office],
    ledger: &'a mut Ledger,
}

impl Pair<'_> {
    /// The record of a person whom both offices hold.
    fn shared(&self, player: &Player) -> Result<String, Failure> {
        held(at(self.offices, C)?, player)?;
        held(at(self.offices, B)?, player)
    }

    /// Each office enters its half. Without a record it is the one that the first half makes.
    fn enter(
        &mut self,
        kind: Kind,
        record: Option<String>,
        home: &(&str, Json),
        away: &(&str, Json),
        holds: &Holds,
    ) -> Result<Clash, Failure> {
        let home = self.ledger.file(self.offices, B, home.0, &home.1)?;
        let away = self.ledger.file(self.offices, C, away.0, &away.1)?;
        Ok(Clash {
            kind,
            record: record
                .or_else(|| home.made.first().cloned())
                .unwrap_or_default(),
            other: away.made.first().cloned(),
            kept: match holds {
                Holds::Home => home.act,
                Holds::Away => away.act,
            },
        })
    }
}

/// Both offices enter their halves; `moved` is the record of who moves, as the office that they
/// leave knows it.
pub(crate) fn enter(
    offices: &[Office],
    ledger: &mut Ledger,
    players: &Players,
    moved: String,
) -> Result<Vec<Clash>, Failure> {
    let mut pair = Pair { offices, ledger };
    let two_homes = pair.enter(
        Kind::TwoHomes,
        Some(moved),
        &(
            "permanent registration",
            work::move_in(&players.moves_twice, "số 8, phố Ngọc Hà"),
        ),
        &(
            "another permanent registration",
            work::move_in(&players.moves_twice, "bản Sín Chải"),
        ),
        &Holds::Home,
    )?;
    let record = pair.shared(&players.renamed)?;
    let stem = players
        .renamed
        .name
        .rsplit_once(' ')
        .map_or("Nguyễn", |(stem, _)| stem);
    let name = |given| work::new_name(&record, &format!("{stem} {given}"));
    let two_names = pair.enter(
        Kind::TwoNames,
        Some(record.clone()),
        &("correction of a name", name("Thúy")),
        &("another correction of the name", name("Thủy")),
        &Holds::Away,
    )?;
    let record = pair.shared(&players.bled)?;
    let two_blood_types = pair.enter(
        Kind::TwoBloodTypes,
        Some(record.clone()),
        &("a blood type", work::blood(&record, "a")),
        &("another blood type", work::blood(&record, "o")),
        &Holds::Home,
    )?;
    let birth = |name| work::birth(&players.father, &players.mother, name, "");
    let two_births = pair.enter(
        Kind::TwoBirths,
        None,
        &("a birth, by the father's commune", birth("Nguyễn Thị An")),
        &(
            "the same birth, by the mother's commune",
            birth("Nguyễn Thị Bình"),
        ),
        &Holds::Home,
    )?;
    let record = pair.shared(&players.presumed_dead)?;
    let death_and_life = pair.enter(
        Kind::DeathAndLife,
        Some(record.clone()),
        &("a death", work::death(&record, 10)),
        &(
            "a phone number, dated after the death",
            work::contact(&record, 901),
        ),
        &Holds::Away,
    )?;
    Ok(vec![
        two_homes,
        two_names,
        two_blood_types,
        two_births,
        death_and_life,
    ])
}

impl Clash {
    /// Whether a case is about this clash.
    pub(crate) fn is(&self, notice: &CaseNotice) -> bool {
        let dispute = &notice.case.dispute;
        let about = |record: &String| {
            record
                .parse::<RecordId>()
                .is_ok_and(|id| dispute.records.contains(&id))
        };
        self.kind.is(&dispute.matter) && about(&self.record)
    }

    /// What the reviewer decides, and why.
    pub(crate) fn decision(&self, notice: &CaseNotice) -> Result<(Outcome, &'static str), Failure> {
        if self.kind == Kind::TwoBloodTypes {
            let value: FieldValue = serde_json::from_value(json!({"blood": "ab"}))
                .map_err(|error| Failure::Failed(error.to_string()))?;
            return Ok((
                Outcome::Enter(value),
                "a new test of the laboratory says AB",
            ));
        }
        let place = self.kept_claim(notice)?;
        Ok(match self.kind {
            Kind::TwoBirths => (
                Outcome::Combine(place),
                "one child: the hospital's book names the father's entry",
            ),
            Kind::DeathAndLife => (
                Outcome::Keep(place),
                "the person came to the office; the notice names somebody else",
            ),
            _ => (Outcome::Keep(place), "this office's paper is genuine"),
        })
    }

    /// The place of the claim that is to hold.
    fn kept_claim(&self, notice: &CaseNotice) -> Result<u8, Failure> {
        let act: Option<ActId> = self.kept.parse().ok();
        let record: Option<RecordId> = self.record.parse().ok();
        notice
            .case
            .dispute
            .claims
            .iter()
            .position(|claim| {
                (claim.act.is_some() && claim.act == act)
                    || (self.kind == Kind::TwoBirths && claim.record == record)
            })
            .and_then(|place| u8::try_from(place).ok())
            .ok_or_else(|| {
                Failure::Failed(format!(
                    "case {}: the claim that should hold is not among its claims",
                    notice.case.number
                ))
            })
    }
}
