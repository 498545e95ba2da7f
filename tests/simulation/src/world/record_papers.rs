//! Papers of records in a run: clerks ask the centre for those of a record that the office holds, and
//! look at one that is listed. Whatever is told is held against the tables of the centre.

use central_registry::registrar::Registrar;
use registry::act::papers::PapersOfRecord;
use registry::attachment::Attachment;
use registry::procedure::Slice;
use registry::{NodeId, OfficeCode, RecordId};
use sync_proto::{
    AttachmentRefusal, CentralInput, CentreAttachmentInput, CentreAttachmentOutput, NodeInput,
    OfficeAttachmentInput, PapersRefusal,
};

use super::World;
use super::centre::Slot;
use crate::check::Failure;
use crate::dice::Dice;

/// Of a hundred questions, how many come from an office that somebody took over.
const HOSTILE_PERCENT: u64 = 20;
/// Records that are drawn until the office holds one.
const TRIES: usize = 8;
/// The name of what is looked at here.
const INVARIANT: &str = "papers of a record";

impl World {
    /// A clerk asks for the papers of a record, or somebody who must not know them does.
    pub(super) fn ask_papers(&mut self, device: usize, salt: u64) -> Result<(), Failure> {
        let mut dice = Dice::new(salt, "asks for papers", 0);
        if dice.percent(HOSTILE_PERCENT) {
            return self.hostile_question(device, salt);
        }
        let Some(at) = self.devices.get(device) else {
            return Ok(());
        };
        let (Some(office), Some(line)) = (at.office.clone(), at.line) else {
            return Ok(());
        };
        let mut ids: Vec<RecordId> = self.people.people.iter().map(|one| one.id).collect();
        ids.extend(&at.made);
        let mut drawn = (0..TRIES).filter_map(|_| dice.pick(&ids).copied());
        let Some(record) = drawn.find(|id| office.record(id).is_some()) else {
            return Ok(());
        };
        self.node_give(line, NodeInput::WantPapers { record })
    }

    /// The session of an office was told, or does not ask.
    pub(super) fn papers_told(
        &mut self,
        id: u64,
        device: usize,
        record: RecordId,
        found: Result<PapersOfRecord, PapersRefusal>,
    ) -> Result<(), Failure> {
        let Some(office) = self.devices.get(device).and_then(|at| at.office.clone()) else {
            return Ok(());
        };
        let found = match found {
            Ok(found) => found,
            Err(PapersRefusal::TooMany) => return Ok(()),
            Err(why) => return Err(Failure::new(INVARIANT, why.code())),
        };
        let named = attachments(&found);
        let count = named.len();
        self.trace
            .note(|| format!("line {id}: {count} papers of record {record} are told"));
        self.tally.paper_lists += 1;
        self.tally.papers_listed += u64::try_from(count).unwrap_or(u64::MAX);
        office.learn_papers(&record, &found);
        if self.ledger.lied_to.contains(&device) {
            // Somebody else may have answered.
            return Ok(());
        }
        if let Some(registrar) = &self.centre.registrar {
            for attachment in &named {
                let stand = registrar.attachment_stand(*attachment);
                if stand.is_ok_and(|stand| stand.arrived_s.is_none()) {
                    let words = format!("{} is listed and has not arrived", attachment.hash());
                    return Err(Failure::new(INVARIANT, words));
                }
            }
        }
        let Some(attachment) = named.first().copied() else {
            return Ok(());
        };
        let hash = attachment.hash();
        if office.record(&record).is_some()
            && !matches!(office.named_attachment(&hash), Ok(Some(_)))
        {
            let words = format!("{hash} was listed and cannot be looked at");
            return Err(Failure::new(INVARIANT, words));
        }
        self.fetch_listed(id, attachment)
    }

    /// Somebody looks at what was listed, if it is not here and nothing is fetched just now.
    fn fetch_listed(&mut self, id: u64, attachment: Attachment) -> Result<(), Failure> {
        let hash = attachment.hash();
        let Some(line) = self.lines.get_mut(&id) else {
            return Ok(());
        };
        let office = self.devices.get(line.device);
        let Some(office) = office.and_then(|at| at.office.clone()) else {
            return Ok(());
        };
        if line.fetching.is_some() || office.folder().holds(&hash) {
            return Ok(());
        }
        line.fetching = Some(hash);
        let there = office.fetched_part(&hash);
        self.give_attachment(id, OfficeAttachmentInput::Want { attachment, there })
    }

    /// Answers what a session of the centre asks.
    pub(super) fn find_papers(
        &mut self,
        id: u64,
        registrar: &Registrar,
        (office, node): (OfficeCode, NodeId),
        record: RecordId,
    ) -> Result<(), Failure> {
        let offices = registrar.offices_of(office, &node).unwrap_or_default();
        let found = registrar.papers_of(&offices, &record);
        if let Ok(found) = &found {
            self.look_at_papers(registrar, &offices, &record, found)?;
        }
        if let Some(line) = self.lines.get_mut(&id) {
            line.central.answers.push_back(Slot::Waits);
        }
        let found = found.map(|found| CentralInput::PapersFound { record, found });
        self.read(id, found);
        Ok(())
    }

    /// Nothing is told of a record that the office does not hold, and whatever is listed would be
    /// given to it.
    fn look_at_papers(
        &self,
        registrar: &Registrar,
        offices: &[OfficeCode],
        record: &RecordId,
        found: &PapersOfRecord,
    ) -> Result<(), Failure> {
        let kept = registrar.kept(record).ok().flatten();
        let holds =
            kept.is_some_and(|kept| kept.offices.iter().any(|office| offices.contains(office)));
        // While slices change hands the two may differ for a moment.
        if !holds && !found.acts().is_empty() && !self.ledger.law.underway {
            let words = format!("papers of record {record} are told to who does not hold it");
            return Err(Failure::new(INVARIANT, words));
        }
        for attachment in attachments(found) {
            let question = CentreAttachmentOutput::Wished(attachment);
            if let Ok(CentreAttachmentInput::Found {
                found: Err(why), ..
            }) = registrar.answer_of_attachment(offices, question)
                && why == AttachmentRefusal::NotEntitled
            {
                let words = format!("{} is listed and not given", attachment.hash());
                return Err(Failure::new(INVARIANT, words));
            }
        }
        Ok(())
    }
}

fn attachments(found: &PapersOfRecord) -> Vec<Attachment> {
    let papers = found.acts().iter().flat_map(|act| &act.evidence);
    papers
        .flat_map(|paper| paper.attachments.iter().copied())
        .collect()
}
