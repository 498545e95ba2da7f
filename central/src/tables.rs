//! The central tables: which there are, how their keys are made, and the rows that are not
//! domain types. Keys hold no citizen data: a number is found by a hash of it.
//!
//! Every table is keyed by a record, a commune or an act, so that a store which shards can shard
//! each by the beginning of its key.

use registry::act::Act;
use registry::attachment::{Attachment, AttachmentId};
use registry::date::Date;
use registry::feed::{ActOutcome, UnitsChange};
use registry::reading::ReadReason;
use registry::record::{Record, Version};
use registry::unit::Edition;
use registry::value::Line;
use registry::{
    ActId, ActNumber, CaseId, CommitSeq, FeedSeq, Incarnation, NodeId, OfficeCode, OfficerId,
    PaperId, RecordId,
};
use registry_store::Table;
use serde::{Deserialize, Serialize};
use sync_proto::Digest;
use sync_proto::bundle::BundleId;

/// Counters and the registry's own identity, by name.
pub const META: Table = Table(1);
/// [`Kept`] by record.
pub const RECORDS: Table = Table(2);
/// Version by commune and record: the slices.
pub const SLICES: Table = Table(3);
/// Record by [`registry::rules::pin_point`].
pub const NUMBERS: Table = Table(4);
/// Nothing, by meeting point and record.
pub const MEETINGS: Table = Table(5);
/// [`KeptAct`] by act.
pub const ACTS: Table = Table(6);
/// Nothing, by record, commit and act.
pub const ACTS_OF: Table = Table(7);
/// [`KeptEntry`] by commune and place.
pub const FEEDS: Table = Table(8);
/// [`OfficeRow`] by commune.
pub const OFFICES: Table = Table(9);
/// [`NodeRow`] by commune and node.
pub const NODES: Table = Table(10);
/// [`registry::case::Case`] by case.
pub const CASES: Table = Table(11);
/// Case by its number.
pub const CASE_NUMBERS: Table = Table(12);
/// Nothing, by record and case.
pub const CASES_OF: Table = Table(13);
/// Generation (u32) by the id of the first case about a matter.
pub const MATTERS: Table = Table(14);
/// [`ReturnedRow`] by commit and act.
pub const RETURNED: Table = Table(15);
/// The bytes of acts that cannot be read, by act.
pub const QUARANTINE: Table = Table(16);
/// Officers by commune.
pub const OFFICERS: Table = Table(17);
/// [`AuditRow`] by commit.
pub const AUDIT: Table = Table(18);
/// When a join token was used (seconds since 1970), by token.
pub const TOKENS: Table = Table(19);
/// Operators of the centre, by name.
pub const OPERATORS: Table = Table(20);
/// [`DecreeRow`] by the edition that it makes.
pub const DECREES: Table = Table(21);
/// What decrees leave beside nodes and records: [`FormerRow`] by node, under [`node_mark`]; the
/// edition in which a record was imported, if it is not the first, under [`record_mark`]; the
/// edition in which a person said where a household is, under [`address_mark`].
pub const FORMER: Table = Table(22);
/// [`crate::ledger::LedgerRow`] by [`registry::rules::pin_point`] and place in the ledger.
pub const LEDGER: Table = Table(23);
/// Nothing, by an act, the commit and the act that added papers to it.
pub const PAPERS_OF: Table = Table(24);
/// [`registry::rules::household::Step`] by household, commit, act and person.
pub const HOUSEHOLD_STEPS: Table = Table(31);
/// Nothing, by person and each household that the person ever belonged to.
pub const HOUSEHOLDS_OF: Table = Table(32);
/// [`registry::rules::waiting::Closing`] by commune and officer.
pub const CLOSINGS: Table = Table(33);
/// [`crate::attachments::AttachmentRow`] by attachment: its name, its size, what it is.
pub const ATTACHMENTS: Table = Table(37);
/// Nothing, by the name of an attachment and an act that names it.
pub const ATTACHMENTS_OF: Table = Table(38);
/// [`crate::attachments::DueRow`] by commune and attachment: what is awaited from whom.
pub const ATTACHMENTS_DUE: Table = Table(39);
/// [`crate::blocks::BlockRow`] by commune, node, year, sex and block.
pub const BLOCKS: Table = Table(36);
/// Nothing, by number in an office's book ([`registry::paper`]) and the act that entered it.
pub const BOOK_NUMBERS: Table = Table(40);

/// [`ReadingRow`] by commune, time and mark: which records were opened at offices.
pub const READINGS: Table = Table(43);
/// [`registry::password::PasswordSet`] by commune and officer.
pub const PASSWORDS: Table = Table(44);

/// [`BundleKeyRow`] by the name of the key.
pub const BUNDLE_KEYS: Table = Table(46);
/// [`BundleRow`] by bundle; and, by bundle and a mark behind it, the file of one that is kept for
/// people to look at.
pub const BUNDLES: Table = Table(47);

/// The [`crate::applications::OpenApplication`]s of a record, by record.
pub const APPLICATIONS: Table = Table(48);

/// The record that stays, by a registration that a decision revoked because both are one person's.
pub const STAYS: Table = Table(49);

/// Whom an act told to be the head of a household, by household, commit, act and person.
pub const HEADS_TOLD: Table = Table(50);

/// Whoever is or ever was a member of a household, by household and person; whether they still are,
/// their record tells.
pub const MEMBERS_OF: Table = Table(51);

/// People whom an act has made and whom nobody has compared yet: nothing, by record.
pub const NEWCOMERS: Table = Table(52);

/// [`STAYS`] the other way round: nothing, by a record that stays and a registration that was revoked
/// for it.
pub const REVOKED_FOR: Table = Table(53);

/// A key to which offices seal bundles. No `Debug`: it holds its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleKeyRow {
    /// Counts the keys from 1; offices are told the greatest.
    pub number: u64,
    /// What offices are told.
    pub public: [u8; 32],
    /// What opens.
    pub secret: [u8; 32],
    /// When it was made, seconds since 1970.
    pub made_s: i64,
}

/// What became of a bundle on a stick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleRow {
    /// When it was taken in, or kept, seconds since 1970.
    pub at_s: i64,
    /// By whom.
    pub by: OfficerId,
    /// The office that made it.
    pub office: OfficeCode,
    /// Its device.
    pub node: NodeId,
    /// The life of that.
    pub incarnation: Incarnation,
    /// When it was made, by the device's clock.
    pub made_s: i64,
    /// The first act in it.
    pub first: ActNumber,
    /// The last; the one before the first if there is none.
    pub last: ActNumber,
    /// Acts that were not here before.
    pub acts_new: u64,
    /// Whether nothing of it was taken, and its file is kept for people to look at.
    pub quarantined: bool,
}

/// Key of a bundle, or of its file.
pub fn bundle_key(id: BundleId, file: bool) -> Vec<u8> {
    let mark: &[u8] = if file { b"f" } else { b"" };
    key(&[&id.0, mark])
}

/// A record that was opened at an office; when, stands in its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingRow {
    /// Who.
    pub officer: OfficerId,
    /// Which record.
    pub record: RecordId,
    /// Why.
    pub reason: ReadReason,
    /// At which device.
    pub node: NodeId,
    /// Its place in that device's audit chain.
    pub place: u64,
    /// When the centre learned of it, seconds since 1970.
    pub taken_s: i64,
}

/// Key of a reading: sending it twice writes it once.
pub fn reading_key(office: OfficeCode, at_s: i64, mark: &[u8; 16]) -> Vec<u8> {
    let at_s = u64::try_from(at_s).unwrap_or(0);
    key(&[&office.to_be_bytes(), &at_s.to_be_bytes(), mark])
}

/// [`ImportRow`] by [`ImportId`].
pub const IMPORTS: Table = Table(28);
/// Nothing, by import and place in its file: rows whose number somebody else has.
pub const IMPORT_TAKEN: Table = Table(29);

/// Which file, read in which way, an import is of.
pub type ImportId = [u8; 16];

/// How far an import of a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportRow {
    /// So many rows of people are dealt with.
    pub rows: u64,
    /// The line of the last of them.
    pub line: u64,
    /// People that are new.
    pub people: u64,
    /// People that were there already.
    pub people_known: u64,
    /// Households that are new.
    pub households: u64,
    /// When it came so far, seconds since 1970.
    pub at_s: i64,
    /// Whether the file is at its end.
    pub done: bool,
}

/// [`crate::registrar::SurveyRow`] by commune.
pub const SURVEYS: Table = Table(34);
/// Nothing, by commune and act: births and deaths that its office registered.
pub const VITAL_ACTS: Table = Table(35);
/// Where people meet who may be registered twice: nothing, by key, finer marks and record. Under
/// the key 0 what the pass knows of each person.
pub const MATCH_KEYS: Table = Table(25);
/// [`crate::duplicates::PairRow`] by the two records, the lower first.
pub const PAIRS: Table = Table(26);
/// The two records by the number of their pair.
pub const PAIR_NUMBERS: Table = Table(27);

/// A record with what is derived from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The record.
    pub record: Record,
    /// Its fingerprint.
    pub version: Version,
    /// The communes that hold it, sorted.
    pub offices: Vec<OfficeCode>,
}

/// An act as it was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAct {
    /// The act; people of other communes are placed.
    pub act: Act,
    /// The commit that took it in.
    pub commit: CommitSeq,
    /// When, central's time, seconds since 1970.
    pub at_s: i64,
    /// What became of it.
    pub outcome: ActOutcome,
    /// Whether its author or a decision took it back.
    pub taken_back: bool,
}

/// An entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEntry {
    /// Kind on the wire.
    pub kind: u8,
    /// When it was committed, seconds since 1970.
    pub at_s: i64,
    /// The entry.
    pub payload: Vec<u8>,
}

/// What stands for a commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeRow {
    /// The last entry of its feed.
    pub head: FeedSeq,
    /// The feed can be served after this entry.
    pub floor: FeedSeq,
    /// The digest of its slice.
    pub digest: Digest,
    /// The commit of the last receipts in its feed: no office can have heard of a later one.
    pub answered: CommitSeq,
}

impl Default for OfficeRow {
    fn default() -> Self {
        OfficeRow {
            head: FeedSeq::new(0),
            floor: FeedSeq::new(0),
            digest: Digest::EMPTY,
            answered: CommitSeq::new(0),
        }
    }
}

/// What stands for a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRow {
    /// Its key.
    pub public_key: [u8; 32],
    /// Set if it may not connect.
    pub shut_out: Option<Exclusion>,
    /// When it joined, seconds since 1970.
    pub joined_s: i64,
    /// Its latest life.
    pub incarnation: Incarnation,
    /// Its acts are taken up to this one.
    pub taken: ActNumber,
    /// The chain over them.
    pub chain: [u8; 32],
    /// The highest connection epoch.
    pub epoch: u64,
    /// The last feed entry that it acknowledged.
    pub applied: FeedSeq,
    /// The last contact, seconds since 1970; 0 if never.
    pub contact_s: i64,
    /// Its software.
    pub software: String,
    /// By how much its clock is behind, milliseconds.
    pub clock_offset_ms: i64,
    /// The last act in its outbox, by its own word.
    pub outbox_last: ActNumber,
    /// When its certificate ends, seconds since 1970.
    pub certificate_ends_s: i64,
}

/// Who shut a node out, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// When, seconds since 1970.
    pub at_s: i64,
    /// The operator.
    pub by: OfficerId,
    /// Why; compulsory.
    pub reason: Line,
}

/// A refused act, for the list of returned acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedRow {
    /// Where it came from.
    pub office: OfficeCode,
    /// Its place in the outbox.
    pub number: ActNumber,
    /// The procedure, by name.
    pub kind: String,
    /// Stable code.
    pub code: String,
    /// The reason in words.
    pub words: String,
    /// When, seconds since 1970.
    pub at_s: i64,
}

/// A link of central's audit chain: what each commit did, in outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When, seconds since 1970.
    pub at_s: i64,
    /// What: `batch`, `decision`, `join`, `import`.
    pub what: String,
    /// The commune, if it is about one.
    pub office: Option<OfficeCode>,
    /// The node, if it is about one.
    pub node: Option<NodeId>,
    /// First and last act, or counts.
    pub numbers: (u64, u64),
    /// BLAKE3 over the link before and this row without its link.
    pub link: [u8; 32],
}

/// A decree, and how far it is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecreeRow {
    /// What it maps.
    pub change: UnitsChange,
    /// From when it holds.
    pub effective: Date,
    /// The commit with which it came into force.
    pub commit: CommitSeq,
    /// When, seconds since 1970.
    pub at_s: i64,
    /// How far the slices follow it.
    pub phase: DecreePhase,
}

/// How far the slices follow a decree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DecreePhase {
    /// Records are given to the slices where they belong now.
    Moving {
        /// The slice that is gone through; none before the first.
        office: Option<OfficeCode>,
        /// The last of its records that was looked at.
        after: Option<RecordId>,
        /// Records that changed hands so far.
        moved: u64,
    },
    /// Offices are told, in the order of their codes, and become those of their successors.
    Telling {
        /// The last commune whose office was told.
        office: Option<OfficeCode>,
        /// Records that changed hands.
        moved: u64,
    },
    /// It is carried out.
    Done {
        /// Records that changed hands.
        moved: u64,
        /// When it was, seconds since 1970.
        at_s: i64,
    },
}

/// What a node was before decrees made it the node of another commune's office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerRow {
    /// The communes, each with the edition that ended it, the oldest first.
    pub offices: Vec<(OfficeCode, Edition)>,
    /// The commune whose office it is of now.
    pub home: OfficeCode,
}

/// A key of parts, one after the other.
pub fn key(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Key of a record in a slice.
pub fn slice_key(office: OfficeCode, record: &RecordId) -> Vec<u8> {
    key(&[&office.to_be_bytes(), record.as_bytes()])
}

/// Key of a feed entry.
pub fn feed_key(office: OfficeCode, seq: FeedSeq) -> Vec<u8> {
    key(&[&office.to_be_bytes(), &seq.get().to_be_bytes()])
}

/// Key of a node.
pub fn node_key(office: OfficeCode, node: &NodeId) -> Vec<u8> {
    key(&[&office.to_be_bytes(), node.as_bytes()])
}

/// Key of what is left beside a node.
pub fn node_mark(node: &NodeId) -> Vec<u8> {
    key(&[b"n", node.as_bytes()])
}

/// Key of what is left beside a record.
pub fn record_mark(record: &RecordId) -> Vec<u8> {
    key(&[b"r", record.as_bytes()])
}

/// Key of the edition in which it was decided where a household is.
pub fn address_mark(record: &RecordId) -> Vec<u8> {
    key(&[b"a", record.as_bytes()])
}

/// Key of an act of a record.
pub fn act_of_key(record: &RecordId, commit: CommitSeq, act: &ActId) -> Vec<u8> {
    key(&[
        record.as_bytes(),
        &commit.get().to_be_bytes(),
        act.as_bytes(),
    ])
}

/// Key of an act about another one.
pub fn act_about_key(of: &ActId, commit: CommitSeq, act: &ActId) -> Vec<u8> {
    key(&[of.as_bytes(), &commit.get().to_be_bytes(), act.as_bytes()])
}

/// Key of what an act did to a person's belonging to a household.
pub fn household_step_key(
    household: &RecordId,
    commit: CommitSeq,
    act: &ActId,
    person: &RecordId,
) -> Vec<u8> {
    key(&[
        household.as_bytes(),
        &commit.get().to_be_bytes(),
        act.as_bytes(),
        person.as_bytes(),
    ])
}

/// Key of a number in a book.
pub fn book_number_key(paper: &PaperId, act: &ActId) -> Vec<u8> {
    key(&[paper.as_bytes(), act.as_bytes()])
}

/// Key of an attachment. Somebody may name content of another size or kind than it has; that
/// never arrives, and does not stand in the way of what does.
pub fn attachment_key(attachment: &Attachment) -> Vec<u8> {
    key(&[
        attachment.hash().as_bytes(),
        &attachment.bytes().to_be_bytes(),
        &[attachment.kind() as u8],
    ])
}

/// Key of an attachment that an act names.
pub fn attachment_of_key(hash: &AttachmentId, act: &ActId) -> Vec<u8> {
    key(&[hash.as_bytes(), act.as_bytes()])
}

/// Key of an attachment that is awaited from an office.
pub fn attachment_due_key(office: OfficeCode, attachment: &Attachment) -> Vec<u8> {
    key(&[&office.to_be_bytes(), &attachment_key(attachment)])
}

/// Key of an officer.
pub fn officer_key(office: OfficeCode, officer: &OfficerId) -> Vec<u8> {
    key(&[&office.to_be_bytes(), officer.as_str().as_bytes()])
}

/// Key of a registration that was revoked for another.
pub fn revoked_for_key(stays: &RecordId, revoked: &RecordId) -> Vec<u8> {
    key(&[stays.as_bytes(), revoked.as_bytes()])
}

/// Key of a case of a record.
pub fn case_of_key(record: &RecordId, case: &CaseId) -> Vec<u8> {
    key(&[record.as_bytes(), case.as_bytes()])
}
