//! The operators of the centre: who may look, who decides cases, who manages. Each has a token, of
//! which only the hash is kept.
//!
//! A token is 32 random bytes, so its hash needs no salt and no slowness.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};

use data_encoding::BASE32_NOPAD;
use registry::OfficerId;
use registry::case::{Jurisdiction, Reviewer};
use registry_store::{Batch, KeyRange, Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::limits;
use crate::tables;

/// What begins the text of every token, so that a leaked one is recognised.
const PREFIX: &str = "NPDOP1.";

/// What an operator may do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum OperatorRole {
    /// Manages operators.
    System,
    /// Decides cases of their province, or of the nation.
    Reviewer,
    /// Sees the fleet and the lists, and no citizen's data.
    Observer,
}

impl OperatorRole {
    /// All of them.
    pub const ALL: [OperatorRole; 3] = [Self::System, Self::Reviewer, Self::Observer];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Reviewer => "reviewer",
            Self::Observer => "observer",
        }
    }
}

impl FromStr for OperatorRole {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.name() == text);
        found.ok_or_else(|| "a role is system, reviewer or observer".to_owned())
    }
}

/// An operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Account name.
    pub name: OfficerId,
    /// What they may do.
    pub roles: Vec<OperatorRole>,
    /// Whose cases they decide.
    pub jurisdiction: Jurisdiction,
    /// Hash of the token.
    token_hash: [u8; 32],
}

/// A token in clear: shown once, never kept.
pub struct OperatorToken(String);

impl OperatorToken {
    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorToken(…)")
    }
}

/// Why an operator cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The name is taken.
    #[error("there is an operator of this name already: choose another name")]
    NameTaken,
    /// No role.
    #[error("an operator needs at least one role: system, reviewer or observer")]
    NoRole,
    /// Too many.
    #[error(
        "there are {} operators already, which is the limit",
        limits::OPERATORS_MAX
    )]
    TooMany,
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row cannot be read.
    #[error("the list of operators cannot be read: restore the registry from its backup")]
    Row,
    /// No randomness.
    #[error("the system's random source failed: restart the machine")]
    Random,
}

impl OperatorError {
    /// Stable name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NameTaken => "operator_name_taken",
            Self::NoRole => "operator_without_role",
            Self::TooMany => "operators_too_many",
            Self::Store(error) => error.code(),
            Self::Row => "store_row_unreadable",
            Self::Random => "random_failed",
        }
    }
}

impl Operator {
    /// A new operator with a new token.
    pub fn new(
        name: OfficerId,
        mut roles: Vec<OperatorRole>,
        jurisdiction: Jurisdiction,
    ) -> Result<(Operator, OperatorToken), OperatorError> {
        roles.sort_unstable();
        roles.dedup();
        if roles.is_empty() {
            return Err(OperatorError::NoRole);
        }
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|_| OperatorError::Random)?;
        let token = format!("{PREFIX}{}", BASE32_NOPAD.encode(&secret));
        let operator = Operator {
            name,
            roles,
            jurisdiction,
            token_hash: hash(&token),
        };
        Ok((operator, OperatorToken(token)))
    }

    /// Whether they have a role.
    pub fn has(&self, role: OperatorRole) -> bool {
        self.roles.contains(&role)
    }

    /// As one who decides cases.
    pub fn reviewer(&self) -> Reviewer {
        Reviewer {
            id: self.name.clone(),
            jurisdiction: self.jurisdiction,
        }
    }
}

fn hash(token: &str) -> [u8; 32] {
    blake3::derive_key("npd 2026 operator token", token.as_bytes())
}

/// The operators, in memory and in the store.
#[derive(Debug, Default)]
pub struct Operators(RwLock<Vec<Arc<Operator>>>);

impl Operators {
    /// Reads them.
    pub fn load(store: &dyn Store) -> Result<Operators, OperatorError> {
        let rows = store.scan(tables::OPERATORS, &KeyRange::all(), limits::OPERATORS_MAX)?;
        let operators = rows
            .iter()
            .map(|(_, row)| {
                postcard::from_bytes(row)
                    .map(Arc::new)
                    .map_err(|_| OperatorError::Row)
            })
            .collect::<Result<_, _>>()?;
        Ok(Operators(RwLock::new(operators)))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether there is one of this name.
    pub fn has(&self, name: &OfficerId) -> bool {
        let operators = self.0.read().unwrap_or_else(PoisonError::into_inner);
        operators.iter().any(|operator| operator.name == *name)
    }

    /// The operator with this token.
    pub fn by_token(&self, token: &str) -> Option<Arc<Operator>> {
        // Hashes are compared, so the time that it takes tells nothing of the token.
        let wanted = hash(token);
        let operators = self.0.read().unwrap_or_else(PoisonError::into_inner);
        operators
            .iter()
            .find(|operator| operator.token_hash == wanted)
            .cloned()
    }

    /// Adds one, durable when it returns. A writer of the store alone calls it.
    pub fn add(&self, store: &dyn Store, operator: Operator) -> Result<(), OperatorError> {
        let mut operators = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if operators.iter().any(|other| other.name == operator.name) {
            return Err(OperatorError::NameTaken);
        }
        if operators.len() >= limits::OPERATORS_MAX {
            return Err(OperatorError::TooMany);
        }
        let row = postcard::to_stdvec(&operator).map_err(|_| OperatorError::Row)?;
        let mut batch = Batch::new();
        batch.put(tables::OPERATORS, operator.name.as_str().as_bytes(), row);
        store.commit(batch)?;
        operators.push(Arc::new(operator));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use registry_store::MemoryStore;

    fn new(name: &str, roles: &[OperatorRole]) -> Result<(Operator, OperatorToken), OperatorError> {
        Operator::new(
            name.parse().unwrap(),
            roles.to_vec(),
            Jurisdiction::National,
        )
    }

    #[test]
    fn an_operator_is_known_by_the_token_after_a_restart_and_by_no_other() {
        let store = MemoryStore::new();
        let (lan, token) = new("lan", &[OperatorRole::Reviewer]).unwrap();
        Operators::load(&store)
            .unwrap()
            .add(&store, lan.clone())
            .unwrap();
        let operators = Operators::load(&store).unwrap();
        assert_eq!(*operators.by_token(token.text()).unwrap(), lan);
        assert!(operators.by_token("NPDOP1.AAAA").is_none());
        assert!(operators.by_token("").is_none());
        assert!(!format!("{token:?}").contains(token.text()));
        let rows = store.scan(tables::OPERATORS, &KeyRange::all(), 9).unwrap();
        let secret = token.text().strip_prefix(PREFIX).unwrap();
        assert!(!String::from_utf8_lossy(&rows[0].1).contains(secret));
    }

    #[test]
    fn a_name_is_given_once_and_a_role_is_needed() {
        let store = MemoryStore::new();
        let operators = Operators::load(&store).unwrap();
        let (one, _) = new("lan", &[OperatorRole::System]).unwrap();
        let (two, _) = new("lan", &[OperatorRole::Observer]).unwrap();
        operators.add(&store, one).unwrap();
        assert_eq!(
            operators.add(&store, two).unwrap_err().code(),
            "operator_name_taken"
        );
        assert_eq!(
            new("minh", &[]).unwrap_err().code(),
            "operator_without_role"
        );
    }
}
