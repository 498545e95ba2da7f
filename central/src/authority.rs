//! Who may change what: pure checks of an act against what is known of its office and officer.
//! A node is believed nothing: neither its clock, nor its slice, nor its officers' roles.

use registry::act::{ActBody, Target};
use registry::edit::Edit;
use registry::feed::Officer;
use registry::schema::{Field, Policy};

/// Why an act is not allowed; it is returned to its office with these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// Only the centre makes such acts.
    #[error("only the central registry makes this kind of act")]
    CentralAct,
    /// Not an officer of this office.
    #[error("the officer is not known to the central registry; register the account first")]
    UnknownOfficer,
    /// The account is closed.
    #[error("the officer's account is closed")]
    ClosedAccount,
    /// Not this role's act.
    #[error("the officer's roles do not include this act")]
    RoleMissing,
    /// A field that only the centre writes.
    #[error("the act changes an item that only the central registry writes")]
    CentralField,
    /// Changes of a record that does not exist are not for the office to place.
    #[error("the act places a person itself; only the central registry does that")]
    Placed,
    /// The edits do not fit the field.
    #[error("an edit does not fit its field")]
    Misfit,
}

impl Denial {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Denial::CentralAct => "act_central_only",
            Denial::UnknownOfficer => "officer_unknown",
            Denial::ClosedAccount => "officer_closed",
            Denial::RoleMissing => "role_missing",
            Denial::CentralField => "field_central_only",
            Denial::Placed => "target_placed",
            Denial::Misfit => "value_misfit",
        }
    }
}

/// Whether the act may be made by this officer of this office, its records apart.
pub fn permit(body: &ActBody, officers: &[Officer]) -> Result<(), Denial> {
    if body.kind.is_central() {
        return Err(Denial::CentralAct);
    }
    let officer = officers
        .iter()
        .find(|officer| officer.id == body.officer)
        .ok_or(Denial::UnknownOfficer)?;
    if !officer.active {
        return Err(Denial::ClosedAccount);
    }
    if !body.kind.allowed_to(&officer.roles) {
        return Err(Denial::RoleMissing);
    }
    body.changes.iter().try_for_each(|change| {
        match &change.target {
            Target::Placed { .. } => return Err(Denial::Placed),
            Target::New { fields, .. } if fields.single(Field::Pin).is_some() => {
                return Err(Denial::CentralField);
            }
            _ => {}
        }
        change.edits.iter().try_for_each(permit_edit)
    })
}

fn permit_edit(edit: &Edit) -> Result<(), Denial> {
    let rule = edit.field().rule();
    if rule.policy == Policy::Central {
        return Err(Denial::CentralField);
    }
    edit.check(rule.kind).map_err(|_| Denial::Misfit)
}
