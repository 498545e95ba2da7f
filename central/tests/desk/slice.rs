//! What an office looks at while it acts: its slice with its own unsent work.

use registry::act::{Act, ActBody};
use registry::dispute::Standing;
use registry::paper::used_by;
use registry::person::Person;
use registry::pin::Pin;
use registry::procedure::{Held, Slice};
use registry::record::Record;
use registry::{ActId, PaperId, RecordId};

use registry::case::Case;

use super::Office;

impl Slice for Office {
    fn record(&self, id: &RecordId) -> Option<Held> {
        Some(Held::new(self.records.get(id)?.clone()).unwrap())
    }
    fn by_pin(&self, pin: &Pin) -> Option<RecordId> {
        // Only the slice: people with a home here.
        self.records.values().find_map(|record| {
            let standing = Standing::of(record).unwrap();
            let person = Person(&standing.fields);
            let here = person
                .open_permanent()
                .any(|(_, home)| home.unit == self.code);
            (here && person.pin() == Some(pin)).then_some(record.id)
        })
    }
    fn members(&self, household: &RecordId) -> Vec<RecordId> {
        let is_member = |record: &&Record| {
            let standing = Standing::of(record).unwrap();
            Person(&standing.fields)
                .membership()
                .is_some_and(|member| member.household == *household)
        };
        let members = self.records.values().filter(is_member);
        members.map(|record| record.id).collect()
    }
    fn paper(&self, paper: &PaperId) -> Option<ActId> {
        (1..).zip(&self.acts).find_map(|(place, bytes)| {
            let act = Act {
                author: self.author(place),
                office: Some(self.code),
                body: ActBody::decode(bytes).unwrap(),
            };
            used_by(&act).contains(paper).then(|| act.id())
        })
    }
    fn own_act(&self, id: &ActId) -> Option<(Act, bool)> {
        (1..).zip(&self.acts).find_map(|(number, bytes)| {
            let author = self.author(number);
            let body = ActBody::decode(bytes).unwrap();
            let act = Act {
                author,
                office: Some(self.code),
                body,
            };
            (author.act_id() == *id).then_some((act, false))
        })
    }
    fn case(&self, number: u64) -> Option<Case> {
        let mut cases = self.cases.iter();
        cases.find(|case| case.number == number).cloned()
    }
}
