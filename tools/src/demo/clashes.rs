//! The clashes of the story: what two offices enter without knowing of one another while their
//! lines are cut, and what a reviewer then decides.

use registry::case::{CaseNotice, Outcome};
use registry::dispute::Matter;
use registry::schema::Field;
use registry::value::Value as FieldValue;
use registry::{ActId, RecordId};
use serde_json::json;

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

/// Both offices enter their halves; `moved_record` is the record of who moves, as the office
/// that they leave knows it.
pub(crate) fn enter(
    offices: &[Office],
    ledger: &mut Ledger,
    players: &Players,
    moved_record: String,
) -> Result<Vec<Clash>, Failure> {
    let (b, c) = (at(offices, B)?, at(offices, C)?);
    let mut clashes = Vec::new();

    let kept = ledger.file(
        offices,
        B,
        "permanent registration of a person of another commune",
        &work::move_in(&players.moves_twice, "số 8, phố Ngọc Hà"),
    )?;
    ledger.file(
        offices,
        C,
        "permanent registration of the same person",
        &work::move_in(&players.moves_twice, "bản Sín Chải"),
    )?;
    clashes.push(Clash {
        kind: Kind::TwoHomes,
        record: moved_record,
        other: None,
        kept: kept.act,
    });

    let record = held(b, &players.renamed)?;
    let stem = players
        .renamed
        .name
        .rsplit_once(' ')
        .map_or("Nguyễn", |(stem, _)| stem);
    ledger.file(
        offices,
        B,
        "correction of a name",
        &work::new_name(&record, &format!("{stem} Thúy")),
    )?;
    let kept = ledger.file(
        offices,
        C,
        "another correction of the same name",
        &work::new_name(&held(c, &players.renamed)?, &format!("{stem} Thủy")),
    )?;
    clashes.push(Clash {
        kind: Kind::TwoNames,
        record,
        other: None,
        kept: kept.act,
    });

    let record = held(b, &players.bled)?;
    let kept = ledger.file(offices, B, "a blood type", &work::blood(&record, "a"))?;
    ledger.file(
        offices,
        C,
        "another blood type of the same person",
        &work::blood(&held(c, &players.bled)?, "o"),
    )?;
    clashes.push(Clash {
        kind: Kind::TwoBloodTypes,
        record,
        other: None,
        kept: kept.act,
    });

    let (father, mother) = (&players.father, &players.mother);
    let first = ledger.file(
        offices,
        B,
        "a birth, by the father's commune",
        &work::birth(father, mother, "Nguyễn Thị An", ""),
    )?;
    let second = ledger.file(
        offices,
        C,
        "the same birth, by the mother's commune, under another name",
        &work::birth(father, mother, "Nguyễn Thị Bình", ""),
    )?;
    clashes.push(Clash {
        kind: Kind::TwoBirths,
        record: first.made.first().cloned().unwrap_or_default(),
        other: second.made.first().cloned(),
        kept: first.act,
    });

    let record = held(b, &players.presumed_dead)?;
    ledger.file(offices, B, "a death", &work::death(&record, 10))?;
    let kept = ledger.file(
        offices,
        C,
        "a new phone number of the same person, dated after the death",
        &work::contact(&held(c, &players.presumed_dead)?, 901),
    )?;
    clashes.push(Clash {
        kind: Kind::DeathAndLife,
        record,
        other: None,
        kept: kept.act,
    });
    Ok(clashes)
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
