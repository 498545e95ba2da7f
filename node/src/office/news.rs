//! Decisions about acts of this office that nobody here has looked at yet: they stand in the queue
//! until an officer opens the case.

use registry::case::CaseNotice;
use registry::words::Said;
use registry::{CaseId, OfficeCode};

use super::{Office, OfficeError};

/// A decision that nobody has looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The case as it stands.
    pub notice: CaseNotice,
    /// What is left to do.
    pub task: Said,
}

impl Office {
    /// The decisions about acts of this office that nobody has looked at, the latest case first.
    pub fn news(&self) -> Result<Vec<News>, OfficeError> {
        let mut news = Vec::new();
        for id in self.rows.news()? {
            if let Some(notice) = self.rows.case(&id)?
                && let Some(task) = self.task(&notice)
            {
                news.push(News { notice, task });
            }
        }
        news.sort_by_key(|news| std::cmp::Reverse(news.notice.case.number));
        Ok(news)
    }

    /// Whether nobody has looked at this case since it was decided.
    pub fn is_news(&self, id: &CaseId) -> Result<bool, OfficeError> {
        Ok(self.rows.is_news(id)?)
    }

    /// What the decision of a case leaves this office to do, if it is about an act of it.
    pub fn task(&self, notice: &CaseNotice) -> Option<Said> {
        let live = self.live();
        notice.task(|office: OfficeCode| live.is_our_commune(office))
    }

    /// An officer has looked at the case.
    pub fn note_case_seen(&self, id: &CaseId) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut work = self.finishing_work();
        work.rows.delete_news(id)?;
        work.finish()?;
        Ok(())
    }
}
