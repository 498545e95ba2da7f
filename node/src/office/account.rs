//! Officers and their tokens, and the chain of what was done.

use registry::OfficerId;
use registry::code::Role;
use registry::feed::Officer;
use std::fmt;

use super::live::LiveChange;
use super::{Office, OfficeError};
use crate::tables::AuditEvent;

/// Longest reason for looking at an attachment, characters.
const REASON_CHARS_MAX: usize = 100;

/// A token with which an officer uses the interface. The store keeps its hash only.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    /// A token from random bytes.
    pub fn from_random(bytes: &[u8; 32]) -> Credential {
        Credential(format!("npd_{}", data_encoding::HEXLOWER.encode(bytes)))
    }
    /// The token as it came.
    pub fn from_text(text: &str) -> Credential {
        Credential(text.trim().to_owned())
    }
    /// The token: a secret.
    pub fn reveal(&self) -> &str {
        &self.0
    }
    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        blake3::derive_key("npd 2026 token of an officer", self.0.as_bytes())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

/// An officer who has shown a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account(Officer);

impl Account {
    #[cfg(test)]
    pub(crate) const fn for_tests(officer: Officer) -> Account {
        Account(officer)
    }
    /// The officer.
    pub const fn officer(&self) -> &Officer {
        &self.0
    }
    /// The account's name.
    pub const fn id(&self) -> &OfficerId {
        &self.0.id
    }
    /// Whether the officer has a role.
    pub fn has(&self, role: Role) -> bool {
        self.0.roles.contains(&role)
    }
}

impl Office {
    /// The officer whose token this is, if the account is open.
    pub fn account(&self, credential: &Credential) -> Option<Account> {
        let live = self.live();
        let id = live.credentials.get(&credential.hash())?;
        let officer = live.officers.get(id).filter(|officer| officer.active)?;
        Some(Account(officer.clone()))
    }

    /// The account of an officer who has come in otherwise than by a token.
    pub(crate) fn account_of(&self, id: &OfficerId) -> Option<Account> {
        self.officer(id).map(Account)
    }

    /// An officer by name, if the account is open.
    pub fn officer(&self, id: &OfficerId) -> Option<Officer> {
        self.live()
            .officers
            .get(id)
            .filter(|officer| officer.active)
            .cloned()
    }

    /// The officers.
    pub fn officers(&self) -> Vec<Officer> {
        self.live().officers.values().cloned().collect()
    }

    /// Makes an officer known who is not known yet: the one who sets the node up.
    pub fn enrol_first(&self, officer: &Officer) -> Result<(), OfficeError> {
        let _writing = self.writing();
        let mut officers = self.officers();
        if officers.iter().any(|known| known.id == officer.id) {
            return Ok(());
        }
        let mut work = self.finishing_work();
        work.rows.put_officer(officer)?;
        officers.push(officer.clone());
        work.also(LiveChange::Officers(officers));
        work.finish()?;
        Ok(())
    }

    /// From now on this token stands for the officer.
    pub fn give_credential(
        &self,
        officer: &OfficerId,
        credential: &Credential,
        device_s: i64,
    ) -> Result<(), OfficeError> {
        let _writing = self.writing();
        if self.officer(officer).is_none() {
            return Err(OfficeError::OfficerUnknown);
        }
        let mut work = self.finishing_work();
        let hash = credential.hash();
        work.rows.put_credential(&hash, officer)?;
        work.also(LiveChange::Credential {
            hash,
            officer: officer.clone(),
        });
        let at_s = work.meta.corrected_s(device_s);
        let event = AuditEvent::CredentialGiven {
            officer: officer.clone(),
        };
        work.audit(at_s, None, event)?;
        work.finish()?;
        Ok(())
    }

    /// Like [`Office::give_credential`], until the process ends.
    pub fn lend_credential(&self, officer: &OfficerId, credential: &Credential) {
        let change = LiveChange::Credential {
            hash: credential.hash(),
            officer: officer.clone(),
        };
        let mut live = self.live.change();
        live.lent = Some(credential.hash());
        live.change(change);
    }

    /// Whether this is the token that was lent: whoever shows it can read this device's secrets.
    pub fn is_lent(&self, credential: &Credential) -> bool {
        self.live().lent == Some(credential.hash())
    }

    /// Walks the audit chain from its beginning: the first place where it is broken, or `None`.
    pub fn verify_audit(&self) -> Result<Option<u64>, OfficeError> {
        let meta = self.meta();
        let mut link = crate::tables::Meta::new(meta.office, meta.node).audit_link;
        for position in 1..=meta.audit_entries {
            match self.rows.audit(position)? {
                Some(entry) if entry.before == link => link = entry.link(position),
                _ => return Ok(Some(position)),
            }
        }
        Ok((link != meta.audit_link).then_some(meta.audit_entries))
    }
}

/// A reason as it is kept: short, and on one line.
pub(super) fn plain(reason: &str) -> String {
    let letters = reason.chars().filter(|c| !c.is_control());
    letters.take(REASON_CHARS_MAX).collect()
}
