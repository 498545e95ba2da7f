//! Everything that may be asked of the writer, as one closed list.

use registry::attachment::{Attachment, AttachmentId};
use registry::feed::Officer;
use registry::password::Verifier;
use registry::procedure::Filing;
use registry::reading::ReadReason;
use registry::{ActId, ActNumber, CaseId, FeedSeq, Incarnation, OfficeCode, OfficerId, RecordId};
use sync_proto::bundle::{AnswerStands, BundleId};
use sync_proto::{AttachmentOutcome, Digest, FeedEntry, NodeState};
use tokio::sync::oneshot;

use super::WriteError;
use crate::office::{
    Credential, Draft, DraftId, FeedDone, Filed, FillPage, LifeBegun, Office, Try,
};
use crate::tables::BundleRow;

/// Where the answer goes.
pub type Reply<T> = oneshot::Sender<Result<T, WriteError>>;

/// What may be asked of the writer. No `Debug`: it carries people's data and tokens.
pub enum Command {
    /// An officer files an act.
    File {
        /// What.
        filing: Box<Filing>,
        /// Who.
        officer: Officer,
        /// The act, once it is durable.
        reply: Reply<Filed>,
    },
    /// An officer files the act of a draft.
    FileDraft {
        /// What.
        filing: Box<Filing>,
        /// Who.
        officer: Officer,
        /// The draft's name.
        id: DraftId,
        /// What was typed.
        form: Box<Draft>,
        /// The act, once it is durable; the one of before if the draft was filed already.
        reply: Reply<ActId>,
    },
    /// An act that came back is not filed again.
    PutAside {
        /// Which.
        act: ActId,
        /// Who says so.
        officer: OfficerId,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// An officer opens a record.
    Reading {
        /// Who.
        officer: OfficerId,
        /// Which.
        record: RecordId,
        /// Why.
        reason: ReadReason,
        /// Once it is written down.
        reply: Reply<()>,
    },
    /// The feed brings entries.
    Feed {
        /// Number of the first.
        first: FeedSeq,
        /// The entries.
        entries: Vec<FeedEntry>,
        /// How far they were taken.
        reply: Reply<FeedDone>,
    },
    /// A page of the first fill.
    Page {
        /// The page.
        page: FillPage,
        /// The digest of what is filled.
        reply: Reply<Digest>,
    },
    /// A patch of a repair.
    Repair {
        /// Records to replace.
        replace: bytes::Bytes,
        /// Records to drop.
        drop: Vec<RecordId>,
        /// The digest afterwards.
        reply: Reply<Digest>,
    },
    /// A connection begins.
    Connect {
        /// What its session starts from.
        reply: Reply<NodeState>,
    },
    /// The centre showed its key.
    Trust {
        /// The key.
        key: [u8; 32],
        /// Once it is remembered.
        reply: Reply<()>,
    },
    /// The centre told its key for bundles.
    LearnBundleKey {
        /// The key.
        key: [u8; 32],
        /// Once it is remembered.
        reply: Reply<()>,
    },
    /// A bundle is to be given out.
    BundleMade {
        /// Its name.
        id: BundleId,
        /// What is remembered of it.
        row: Box<BundleRow>,
        /// Once it is remembered.
        reply: Reply<()>,
    },
    /// A stick brings entries of the feed.
    FeedOfStick {
        /// The office whose feed it is.
        office: OfficeCode,
        /// Number of the first.
        first: FeedSeq,
        /// The entries.
        entries: Vec<FeedEntry>,
        /// How far they were taken; nothing while the slice is being filled, or if this office
        /// has become another.
        reply: Reply<Option<FeedDone>>,
    },
    /// The answer to a bundle was taken in.
    BundleAnswered {
        /// The name of the bundle.
        id: BundleId,
        /// The office of which it speaks.
        office: OfficeCode,
        /// What it told.
        stands: AnswerStands,
        /// Who took it in.
        officer: OfficerId,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// The centre answered.
    Contact {
        /// Its time.
        central_ms: u64,
        /// By how much our clock is behind.
        clock_offset_ms: i64,
        /// The end of its feed.
        feed_head: FeedSeq,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// The centre was heard.
    Heard {
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// The centre has acts up to here.
    Taken {
        /// The last.
        up_to: ActNumber,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// The centre has seen a connection with a higher epoch.
    RaiseEpoch {
        /// The highest that it has seen.
        above: u64,
        /// Once it is remembered.
        reply: Reply<()>,
    },
    /// This life is over.
    NewLife {
        /// The next is above this one.
        above: Incarnation,
        /// The centre has acts of this life up to here; none if that is not known.
        taken: Option<ActNumber>,
        /// What became of unanswered acts.
        reply: Reply<LifeBegun>,
    },
    /// Content was put into the folder of attachments: note it.
    Attach {
        /// What.
        attachment: Attachment,
        /// Who.
        officer: OfficerId,
        /// Once it is noted, and may be promised.
        reply: Reply<()>,
    },
    /// An officer looks at an attachment.
    ReadAttachment {
        /// Who.
        officer: OfficerId,
        /// Which.
        hash: AttachmentId,
        /// Why.
        reason: String,
        /// Once it is written down.
        reply: Reply<()>,
    },
    /// The line is done with an attachment that it offered.
    AttachmentSettled {
        /// Which.
        attachment: Attachment,
        /// How.
        outcome: AttachmentOutcome,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// An attachment was fetched and is in the folder, whole.
    AttachmentFetched {
        /// Which.
        attachment: Attachment,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// The file of an attachment that should be here is gone, or spoilt.
    AttachmentGone {
        /// Which.
        hash: AttachmentId,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// Clear away what need not be here any more.
    TidyAttachments {
        /// How many were cleared away.
        reply: Reply<usize>,
    },
    /// An officer cuts or restores the line.
    SwitchLine {
        /// Whether it is cut.
        cut: bool,
        /// Who.
        officer: OfficerId,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// What an officer has typed and not filed.
    KeepDraft {
        /// Who.
        officer: OfficerId,
        /// Its name.
        id: DraftId,
        /// What was typed.
        draft: Box<Draft>,
        /// Once it is kept.
        reply: Reply<()>,
    },
    /// A draft is no longer wanted.
    DropDraft {
        /// Whose.
        officer: OfficerId,
        /// Its name.
        id: DraftId,
        /// Once it is gone.
        reply: Reply<()>,
    },
    /// An officer has looked at a case.
    CaseSeen {
        /// Which.
        case: CaseId,
        /// Once it is written down.
        reply: Reply<()>,
    },
    /// An officer gets a token.
    GiveCredential {
        /// Who.
        officer: OfficerId,
        /// The token.
        credential: Credential,
        /// Once its hash is kept.
        reply: Reply<()>,
    },
    /// The centre has readings.
    ReadingsSent {
        /// Up to this entry of the audit chain.
        up_to: u64,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// Somebody tries to sign in.
    CountTry {
        /// The name that was typed.
        name: String,
        /// What it is to be held against, once it is counted.
        reply: Reply<Try>,
    },
    /// A try was right.
    ForgetTries {
        /// Whose.
        officer: OfficerId,
        /// Whether it began a session.
        entered: bool,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// An account may try again at once.
    LiftWait {
        /// Which.
        officer: OfficerId,
        /// Who says so; nobody for the device itself.
        by: Option<OfficerId>,
        /// Once it is noted.
        reply: Reply<()>,
    },
    /// An officer gets another password.
    SetPassword {
        /// Who.
        officer: OfficerId,
        /// What it is held against.
        password: Verifier,
        /// Whether it is good for one sign-in.
        once: bool,
        /// Who sets it; nobody for the device itself.
        by: Option<OfficerId>,
        /// Once it is kept.
        reply: Reply<()>,
    },
    /// An officer sets a quick PIN, or takes it away.
    SetPin {
        /// Who.
        officer: OfficerId,
        /// What it is held against.
        pin: Option<Verifier>,
        /// Once it is kept.
        reply: Reply<()>,
    },
}

/// An answer that waits for the sync.
pub type Answer = Box<dyn FnOnce(Result<(), &'static str>)>;

/// Does what is asked, visibly; the answer is given when it is durable. `now_ms` is the device's
/// time, milliseconds since 1970.
pub fn stage(office: &Office, command: Command, now_ms: u64) -> Answer {
    let now_s = i64::try_from(now_ms / 1000).unwrap_or(i64::MAX);
    match command {
        Command::File {
            filing,
            officer,
            reply,
        } => later(reply, office.file_act(&filing, &officer, now_s)),
        Command::FileDraft {
            filing,
            officer,
            id,
            form,
            reply,
        } => later(
            reply,
            office.file_draft(&filing, &officer, &id, &form, now_s),
        ),
        Command::PutAside {
            act,
            officer,
            reply,
        } => later(reply, office.put_aside(&act, &officer, now_s)),
        Command::Reading {
            officer,
            record,
            reason,
            reply,
        } => later(reply, office.note_reading(&officer, record, reason, now_s)),
        Command::Feed {
            first,
            entries,
            reply,
        } => later(
            reply,
            Ok::<_, WriteError>(office.apply_feed(first, &entries, now_s)),
        ),
        Command::Page { page, reply } => later(reply, office.apply_page(page)),
        Command::Repair {
            replace,
            drop,
            reply,
        } => later(reply, office.apply_repair(&replace, &drop)),
        Command::Connect { reply } => later(reply, office.begin_connection(now_ms)),
        Command::Trust { key, reply } => later(reply, office.trust_central(key)),
        Command::LearnBundleKey { key, reply } => later(reply, office.learn_bundle_key(key)),
        Command::BundleMade { id, row, reply } => later(reply, office.note_bundle(id, &row)),
        Command::FeedOfStick {
            office: of,
            first,
            entries,
            reply,
        } => later(
            reply,
            Ok::<_, WriteError>(office.apply_feed_of_stick((of, first), &entries, now_s)),
        ),
        Command::BundleAnswered {
            id,
            office: of,
            stands,
            officer,
            reply,
        } => later(
            reply,
            office.note_bundle_answered((id, of), &stands, &officer, now_s),
        ),
        Command::Contact {
            central_ms,
            clock_offset_ms,
            feed_head,
            reply,
        } => later(
            reply,
            office.note_contact(central_ms, clock_offset_ms, feed_head, now_s),
        ),
        Command::Heard { reply } => later(reply, office.note_heard(now_s)),
        Command::Taken { up_to, reply } => later(reply, office.note_taken(up_to)),
        Command::RaiseEpoch { above, reply } => later(reply, office.raise_epoch(above)),
        Command::NewLife {
            above,
            taken,
            reply,
        } => later(reply, office.begin_life(above, taken, now_s)),
        Command::Attach {
            attachment,
            officer,
            reply,
        } => later(reply, office.note_attached(attachment, &officer, now_s)),
        Command::ReadAttachment {
            officer,
            hash,
            reason,
            reply,
        } => later(
            reply,
            office.note_attachment_read(&officer, hash, &reason, now_s),
        ),
        Command::AttachmentSettled {
            attachment,
            outcome,
            reply,
        } => later(
            reply,
            office.note_attachment_settled(&attachment, outcome, now_s),
        ),
        Command::AttachmentFetched { attachment, reply } => {
            later(reply, office.note_attachment_fetched(attachment, now_s))
        }
        Command::AttachmentGone { hash, reply } => later(reply, office.note_attachment_gone(&hash)),
        Command::TidyAttachments { reply } => later(reply, office.tidy_attachments(now_s)),
        Command::SwitchLine {
            cut,
            officer,
            reply,
        } => later(reply, office.switch_line(cut, &officer, now_s)),
        Command::KeepDraft {
            officer,
            id,
            draft,
            reply,
        } => later(reply, office.keep_draft(&officer, &id, &draft)),
        Command::DropDraft { officer, id, reply } => later(reply, office.drop_draft(&officer, &id)),
        Command::CaseSeen { case, reply } => later(reply, office.note_case_seen(&case)),
        Command::GiveCredential {
            officer,
            credential,
            reply,
        } => later(reply, office.give_credential(&officer, &credential, now_s)),
        Command::ReadingsSent { up_to, reply } => later(reply, office.note_readings_sent(up_to)),
        Command::CountTry { name, reply } => later(reply, office.count_try(&name, now_s)),
        Command::ForgetTries {
            officer,
            entered,
            reply,
        } => later(reply, office.forget_tries(&officer, entered, now_s)),
        Command::LiftWait { officer, by, reply } => {
            later(reply, office.lift_wait(&officer, by.as_ref(), now_s))
        }
        Command::SetPassword {
            officer,
            password,
            once,
            by,
            reply,
        } => {
            let by = by.as_ref();
            later(
                reply,
                office.set_password(&officer, password, once, by, now_s),
            )
        }
        Command::SetPin {
            officer,
            pin,
            reply,
        } => later(reply, office.set_pin(&officer, pin, now_s)),
    }
}

fn later<T, E>(reply: Reply<T>, result: Result<T, E>) -> Answer
where
    T: 'static,
    E: Into<WriteError>,
{
    let result = result.map_err(Into::into);
    Box::new(move |synced| {
        let result = match (result, synced) {
            (Ok(_), Err(reason)) => Err(WriteError::NotDurable { reason }),
            (result, _) => result,
        };
        // Whoever asked may have gone; what was done stays done.
        let _ = reply.send(result);
    })
}
