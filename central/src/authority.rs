//! Who may change what: pure checks of an act against what is known of its office and officer.
//! A node is believed nothing: neither its clock, nor its slice, nor its officers' roles.

use registry::act::{ActBody, ActKind, Target};
use registry::dossier::DossierState;
use registry::edit::Edit;
use registry::feed::Officer;
use registry::returned::Because;
use registry::schema::{Field, Policy};
use registry::value::Value;
use registry::words::{Said, Tells};

use crate::intake::of_item;

/// Why an act is not allowed; it is returned to its office with these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// Only the centre makes such acts.
    CentralAct,
    /// Not an officer of this office.
    UnknownOfficer,
    /// The account is closed.
    ClosedAccount,
    /// Not this role's act.
    RoleMissing,
    /// A field that only the centre writes.
    CentralField(Field),
    /// Changes of a record that does not exist are not for the office to place.
    Placed,
    /// The procedure does not change this field, or make this kind of record.
    NotOfThisAct(Option<Field>),
    /// A portrait whose files nobody could fetch.
    PortraitUnnamed,
    /// The edits do not fit the field.
    Misfit(Field),
}

impl Denial {
    /// As what the act comes back.
    const fn because(self) -> Because {
        match self {
            Denial::CentralAct => Because::ActCentralOnly,
            Denial::UnknownOfficer => Because::OfficerUnknown,
            Denial::ClosedAccount => Because::OfficerClosed,
            Denial::RoleMissing => Because::RoleMissing,
            Denial::CentralField(_) => Because::FieldCentralOnly,
            Denial::Placed => Because::TargetPlaced,
            Denial::NotOfThisAct(_) => Because::FieldNotOfAct,
            Denial::PortraitUnnamed => Because::PortraitUnnamed,
            Denial::Misfit(_) => Because::ValueMisfit,
        }
    }

    /// Stable code.
    pub const fn code(self) -> &'static str {
        self.because().code()
    }

    /// What the office reads, with the item that it is about.
    pub fn said(self) -> Said {
        let said = self.because().said();
        match self {
            Denial::CentralField(field)
            | Denial::NotOfThisAct(Some(field))
            | Denial::Misfit(field) => of_item(field, &said),
            _ => said,
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
    if !body.kind.allowed_to(&officer.roles) {
        return Err(Denial::RoleMissing);
    }
    body.changes.iter().try_for_each(|change| {
        match &change.target {
            Target::Placed { .. } => return Err(Denial::Placed),
            Target::Absent(_) if !body.kind.may_name_absent() => {
                return Err(Denial::NotOfThisAct(None));
            }
            Target::New { kind, fields } => {
                let mut made = fields.iter().map(|(slot, _)| slot.field);
                if let Some(field) = made.find(|field| !body.kind.may_make_with(*field)) {
                    return Err(Denial::CentralField(field));
                }
                if !body.kind.may_make(*kind) {
                    return Err(Denial::NotOfThisAct(None));
                }
            }
            _ => {}
        }
        change
            .edits
            .iter()
            .try_for_each(|edit| permit_edit(body, edit))
    })?;
    // Last, because an act that is in order but for this may have been lawful when it was made.
    if officer.active {
        Ok(())
    } else {
        Err(Denial::ClosedAccount)
    }
}

fn permit_edit(body: &ActBody, edit: &Edit) -> Result<(), Denial> {
    let rule = edit.field().rule();
    if rule.policy == Policy::Central {
        return Err(Denial::CentralField(rule.field));
    }
    if !body.kind.may_change(rule.field) {
        return Err(Denial::NotOfThisAct(Some(rule.field)));
    }
    if !names_portrait(body, edit) {
        return Err(Denial::PortraitUnnamed);
    }
    if !leaves_applications_alone(body, edit) {
        return Err(Denial::Misfit(Field::Applications));
    }
    edit.check(rule.kind)
        .map_err(|_| Denial::Misfit(rule.field))
}

/// Whether an edit writes no application but one that has just been received, or takes its own back:
/// what becomes of one is the centre's to say.
fn leaves_applications_alone(body: &ActBody, edit: &Edit) -> bool {
    match edit {
        Edit::Add(Field::Applications, Value::Application(it)) => {
            it.state == DossierState::Received && it.request.act() == body.kind
        }
        Edit::Amend(Field::Applications, _, None) => body.kind == ActKind::Withdraw,
        other => other.field() != Field::Applications,
    }
}

/// Whether the papers of the act name the files of a portrait that it puts: who holds the record
/// fetches them, and only what an act names is ever fetched. A withdrawal puts back what an earlier
/// act named.
fn names_portrait(body: &ActBody, edit: &Edit) -> bool {
    let Edit::Put(Field::Portrait, Value::Portrait(portrait)) = edit else {
        return true;
    };
    let named = |wanted| body.attachments().any(|attachment| attachment == wanted);
    body.kind == ActKind::Withdraw || (named(portrait.photo()) && named(portrait.thumbnail()))
}

#[cfg(test)]
mod tests {
    use registry::act::{Base, Entered, RecordChange};
    use registry::attachment::Attachment;
    use registry::code::Role;
    use registry::portrait::Portrait;
    use registry::value::Line;
    use registry::{CommitSeq, RecordId};

    use super::*;

    fn body(kind: ActKind, edits: Vec<Edit>) -> ActBody {
        let target = Target::Held {
            id: RecordId::new([1; 16]),
            base: Base::Genesis,
        };
        ActBody {
            kind,
            officer: "lan".parse().unwrap(),
            effective: "2026-11-01".parse().unwrap(),
            entered: Entered {
                at_s: 0,
                error_s: 0,
            },
            horizon: CommitSeq::new(0),
            evidence: Vec::new(),
            note: Line::default(),
            refers: None,
            changes: vec![RecordChange { target, edits }],
        }
    }

    fn officer(active: bool, roles: &[Role]) -> Vec<Officer> {
        vec![Officer {
            id: "lan".parse().unwrap(),
            name: Line::default(),
            roles: roles.to_vec(),
            active,
        }]
    }

    fn phone() -> Edit {
        let phone = registry::contact::Phone::parse("0912345678").unwrap();
        Edit::Put(Field::Phone, Value::Phone(phone))
    }

    #[test]
    fn what_a_node_sends_is_held_against_officer_role_and_procedure() {
        let residence = officer(true, &[Role::Residence]);
        assert_eq!(
            permit(&body(ActKind::Contact, vec![phone()]), &residence),
            Ok(())
        );
        let pin = registry::pin::Pin::parse("001088000005", 2026).unwrap();
        let give = Edit::Put(Field::Pin, Value::Pin(pin));
        let stay = Edit::Put(Field::Stays, Value::Text(Line::default()));
        for (kind, edits, officers, denial) in [
            (
                ActKind::Contact,
                vec![phone()],
                vec![],
                Denial::UnknownOfficer,
            ),
            (
                ActKind::Contact,
                vec![phone()],
                officer(false, &[Role::Residence]),
                Denial::ClosedAccount,
            ),
            (
                ActKind::Contact,
                vec![phone()],
                officer(true, &[Role::Viewer]),
                Denial::RoleMissing,
            ),
            (
                ActKind::Decision,
                vec![phone()],
                residence.clone(),
                Denial::CentralAct,
            ),
            (
                ActKind::Contact,
                vec![give],
                residence.clone(),
                Denial::CentralField(Field::Pin),
            ),
            (
                ActKind::StayNotification,
                vec![phone()],
                residence.clone(),
                Denial::NotOfThisAct(Some(Field::Phone)),
            ),
            (
                ActKind::StayNotification,
                vec![stay],
                residence,
                Denial::Misfit(Field::Stays),
            ),
        ] {
            assert_eq!(permit(&body(kind, edits), &officers), Err(denial));
        }
    }

    #[test]
    fn a_portrait_is_put_by_an_act_whose_papers_name_its_files() {
        let police = officer(true, &[Role::Identification]);
        let photo = Attachment::of(b"\xff\xd8\xff a photograph").unwrap();
        let small = Attachment::of(b"\xff\xd8\xff small").unwrap();
        let portrait = Value::Portrait(Box::new(Portrait::new(photo, small).unwrap()));
        let put = Edit::Put(Field::Portrait, portrait);
        let naming = |kind, attachments: &[Attachment]| {
            let mut body = body(kind, vec![put.clone()]);
            body.evidence.push(registry::act::Evidence {
                kind: Line::default(),
                number: Line::default(),
                date: None,
                attachments: attachments.to_vec(),
            });
            permit(&body, &police)
        };
        assert_eq!(naming(ActKind::Portrait, &[small, photo]), Ok(()));
        for named in [&[][..], &[photo], &[small]] {
            let denied = Err(Denial::PortraitUnnamed);
            assert_eq!(naming(ActKind::Portrait, named), denied);
            assert_eq!(naming(ActKind::RegistryCorrection, named), denied);
        }
        assert_eq!(naming(ActKind::Withdraw, &[]), Ok(()));
        assert_eq!(
            naming(ActKind::EidLevel1, &[small, photo]),
            Err(Denial::NotOfThisAct(Some(Field::Portrait)))
        );
        let emptied = body(
            ActKind::RegistryCorrection,
            vec![Edit::Clear(Field::Portrait)],
        );
        assert_eq!(permit(&emptied, &police), Ok(()));
    }
}
