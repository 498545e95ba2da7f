//! A synthetic person as the values of a record, as the import would make it.

use super::{Kin, SyntheticHousehold, SyntheticPerson};
use crate::RecordId;
use crate::date::PartialDate;
use crate::fields::Fields;
use crate::schema::Field;
use crate::value::{Line, Marriage, Membership, PersonLink, Place, Residence, Value};

impl SyntheticPerson {
    /// The values of this person's record, living in `household`.
    pub fn fields(&self, household: &SyntheticHousehold) -> Fields {
        let mut fields = Fields::new();
        fields.set(Field::Name, Some(Value::Name(self.name.clone())));
        for name in &self.other_names {
            fields.push(Field::OtherNames, Value::Name(name.clone()));
        }
        fields.set(Field::Pin, Some(Value::Pin(self.pin)));
        fields.set(Field::BirthDate, Some(Value::Birth(self.birth.clone())));
        fields.set(Field::Sex, Some(Value::Sex(self.sex)));
        fields.set(
            Field::BirthPlace,
            Some(Value::Place(place(&self.birth_place))),
        );
        let registered = Place {
            unit: Some(self.birth_registration),
            ..Place::default()
        };
        fields.set(Field::BirthRegistration, Some(Value::Place(registered)));
        fields.set(Field::NativePlace, Some(Value::Place(place(&self.native))));
        fields.set(Field::Ethnic, Some(Value::Ethnic(self.ethnic)));
        fields.set(Field::Religion, Some(Value::Religion(self.religion)));
        fields.set(
            Field::Nationality,
            Some(Value::Countries(vec![self.nationality])),
        );
        fields.set(
            Field::Father,
            self.father.as_ref().map(link).map(Value::Person),
        );
        fields.set(
            Field::Mother,
            self.mother.as_ref().map(link).map(Value::Person),
        );
        fields.set(Field::Phone, self.phone.clone().map(Value::Phone));
        fields.set(Field::Email, self.email.clone().map(Value::Email));
        for number in &self.old_numbers {
            fields.push(
                Field::OldNumbers,
                Value::Text(Line::parse(number).unwrap_or_default()),
            );
        }
        if let (Some(spouse), Some(date)) = (&self.spouse, self.marriage) {
            let marriage = Marriage {
                spouse: link(spouse),
                date: date.into(),
                certificate: Line::default(),
                ended: None,
                ground: Line::default(),
            };
            fields.push(Field::Marriages, Value::Marriage(marriage));
        }
        self.home(household, &mut fields);
        fields
    }

    fn home(&self, household: &SyntheticHousehold, fields: &mut Fields) {
        let since: PartialDate = self.residence_from.into();
        let residence = Residence {
            unit: household.unit,
            address: Line::parse(household.address.as_str()).unwrap_or_default(),
            from: since,
            until: None,
            to: None,
            ground: Line::default(),
        };
        fields.push(Field::Permanent, Value::Residence(residence));
        fields.set(Field::Relation, Some(Value::Relation(self.relation)));
        let household = RecordId::derive("synthetic household", &[household.file.as_bytes()]);
        let membership = Membership { household, since };
        fields.set(Field::Membership, Some(Value::Membership(membership)));
    }
}

fn link(kin: &Kin) -> PersonLink {
    PersonLink::Named {
        name: kin.name.clone(),
        pin: kin.pin,
    }
}

fn place(place: &super::Place) -> Place {
    let text = place.text.as_ref().map(|text| text.as_str());
    Place {
        unit: Some(place.unit),
        text: text
            .and_then(|text| Line::parse(text).ok())
            .unwrap_or_default(),
        country: None,
    }
}
