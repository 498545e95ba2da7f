//! Accounts of offices' officers: opened, given other roles, closed, given a password. What is done
//! flows down the feed of the office.

use registry::code::Role;
use registry::feed::{FeedItem, Officer};
use registry::password::{PasswordSet, Verifier};
use registry::value::Line;
use registry::{OfficeCode, OfficerId};

use super::{Grew, Registrar, audit, put_officer};
use crate::limits;
use crate::slices;
use crate::tables;
use crate::unit::{Unit, UnitError};

/// What is done to an account.
#[derive(Debug, Clone)]
pub enum OfficerChange {
    /// It is opened, or opened again.
    Open {
        /// Name as shown.
        name: Line,
        /// What the officer may do.
        roles: Vec<Role>,
    },
    /// The officer may do this from now on.
    Roles(Vec<Role>),
    /// It is closed: at the office as soon as the feed comes.
    Close,
    /// It has this password for one sign-in from now on; none takes the password away.
    Password(Option<Verifier>),
}

/// Why an account is not changed.
#[derive(Debug, thiserror::Error)]
pub enum OfficerError {
    /// No such commune.
    #[error("no commune of the official list has this code")]
    NoOffice,
    /// The name is taken.
    #[error("an open account of this office has this name already: choose another, or use `roles`")]
    NameTaken,
    /// There is none.
    #[error("no open account of this office has this name; `registryctl officer list` tells them")]
    Unknown,
    /// Nothing is allowed.
    #[error("an officer needs at least one role")]
    NoRole,
    /// Too many.
    #[error(
        "an office has at most {} accounts, closed ones included",
        limits::OFFICERS_MAX
    )]
    TooMany,
    /// The store.
    #[error(transparent)]
    Store(#[from] UnitError),
}

impl OfficerError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            OfficerError::NoOffice => "commune_unknown",
            OfficerError::NameTaken => "officer_name_taken",
            OfficerError::Unknown => "officer_unknown",
            OfficerError::NoRole => "officer_without_role",
            OfficerError::TooMany => "officers_too_many",
            OfficerError::Store(error) => error.code(),
        }
    }
}

impl Registrar {
    /// Changes an account of an office. Staged; nothing may be told before [`Registrar::sync`].
    pub fn stage_officer(
        &self,
        at_s: i64,
        office: OfficeCode,
        id: &OfficerId,
        change: OfficerChange,
    ) -> Result<Grew, OfficerError> {
        let _draw = self.writer();
        let mut unit = self.begin(at_s)?;
        let office = unit.office_now(office);
        if !unit.units().exists(office) {
            return Err(OfficerError::NoOffice);
        }
        let officers: Vec<Officer> = unit
            .get(tables::OFFICERS, &office.to_be_bytes())?
            .unwrap_or_default();
        let known = officers.iter().find(|officer| officer.id == *id).cloned();
        let what = match change {
            OfficerChange::Password(verifier) => {
                known.filter(|it| it.active).ok_or(OfficerError::Unknown)?;
                set_password(&mut unit, office, id, verifier)?;
                "password"
            }
            OfficerChange::Open { name, roles } => {
                if known.as_ref().is_some_and(|officer| officer.active) {
                    return Err(OfficerError::NameTaken);
                }
                if known.is_none() && officers.len() >= limits::OFFICERS_MAX {
                    return Err(OfficerError::TooMany);
                }
                let officer = with_roles(id, name, roles)?;
                put_officer(&mut unit, office, officer)?;
                "officer"
            }
            OfficerChange::Roles(roles) => {
                let officer = known.filter(|it| it.active).ok_or(OfficerError::Unknown)?;
                let officer = with_roles(id, officer.name, roles)?;
                put_officer(&mut unit, office, officer)?;
                "officer"
            }
            OfficerChange::Close => {
                let officer = known.filter(|it| it.active).ok_or(OfficerError::Unknown)?;
                let officer = Officer {
                    active: false,
                    ..officer
                };
                put_officer(&mut unit, office, officer)?;
                "officer"
            }
        };
        audit(&mut unit, what, Some(office), None, (0, 0))?;
        Ok(self.hand_over(unit)?)
    }
}

fn with_roles(id: &OfficerId, name: Line, roles: Vec<Role>) -> Result<Officer, OfficerError> {
    if roles.is_empty() {
        return Err(OfficerError::NoRole);
    }
    let mut once: Vec<Role> = Vec::new();
    for role in roles {
        if !once.contains(&role) {
            once.push(role);
        }
    }
    Ok(Officer {
        id: id.clone(),
        name,
        roles: once,
        active: true,
    })
}

fn set_password(
    unit: &mut Unit<'_>,
    office: OfficeCode,
    officer: &OfficerId,
    verifier: Option<Verifier>,
) -> Result<(), UnitError> {
    let set = PasswordSet {
        officer: officer.clone(),
        epoch: unit.commit_seq(),
        at_s: unit.at_s(),
        verifier,
        once: true,
    };
    slices::tell(unit, office, &FeedItem::Password(Box::new(set.clone())))?;
    unit.put(
        tables::PASSWORDS,
        &tables::officer_key(office, officer),
        &set,
    )
}

/// An office became part of another: the passwords that the centre set go with the accounts, under
/// the names that these have now.
pub(super) fn move_password(
    unit: &mut Unit<'_>,
    (old, before): (OfficeCode, &OfficerId),
    (new, after): (OfficeCode, &OfficerId),
) -> Result<Option<FeedItem>, UnitError> {
    let key = tables::officer_key(old, before);
    let Some(set) = unit.get::<PasswordSet>(tables::PASSWORDS, &key)? else {
        return Ok(None);
    };
    let set = PasswordSet {
        officer: after.clone(),
        ..set
    };
    unit.delete(tables::PASSWORDS, &key);
    unit.put(tables::PASSWORDS, &tables::officer_key(new, after), &set)?;
    Ok(Some(FeedItem::Password(Box::new(set))))
}
