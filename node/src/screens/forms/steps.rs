//! Steps and lists of items that several forms share.

use registry::procedure::Whom;
use registry::schema::Field;

use super::spec::Widget as W;
use super::spec::{Codes, Step, may, need, step};

pub(super) const PAPERS: Step = step(
    "step-papers",
    &[
        may("evidence", "ask-papers", W::Papers),
        may("effective", "ask-effective", W::Date),
        may("note", "ask-note", W::Text),
    ],
);

pub(super) const CHILD: Step = step(
    "step-child",
    &[
        need("child.name", "ask-name", W::Text),
        need("child.birth_date", "ask-birth-date", W::Birth),
        need("child.sex", "ask-sex", W::Code(Codes::Sex)),
        may("child.birth_place", "ask-birth-place", W::Place),
        may("child.native_place", "ask-native-place", W::Place),
        may("child.ethnic", "ask-ethnic", W::Code(Codes::Ethnic)),
        may("child.religion", "ask-religion", W::Code(Codes::Religion)),
        may("child.nationality", "ask-nationality", W::Countries),
    ],
);

pub(super) const PARENTS: Step = step(
    "step-parents",
    &[
        may("father", "ask-father", W::Link).of(Whom::Registered),
        may("mother", "ask-mother", W::Link).of(Whom::Registered),
    ],
);

pub(super) const BIRTH: &[Step] = &[
    CHILD,
    PARENTS,
    step(
        "step-registration",
        &[
            may("certificate", "ask-certificate", W::Text),
            may("birth_order", "ask-birth-order", W::Number),
            may("joins_household", "ask-joins-household", W::Check),
        ],
    ),
    PAPERS,
];

/// Nobody divorces the dead; a marriage may be found void after one of the two has died.
pub(super) const DIVORCE: &[Step] = &[
    step(
        "step-couple",
        &[
            need("first", "ask-first", W::Somebody).of(Whom::Undead),
            need("second", "ask-second", W::Somebody).of(Whom::Undead),
            need("date", "ask-date-of-decision", W::Date),
        ],
    ),
    PAPERS,
];

pub(super) const ANNULMENT: &[Step] = &[
    step(
        "step-couple",
        &[
            need("first", "ask-first", W::Somebody).of(Whom::Registered),
            need("second", "ask-second", W::Somebody).of(Whom::Registered),
            need("date", "ask-date-of-decision", W::Date),
        ],
    ),
    PAPERS,
];

pub(super) const CIVIL_FIELDS: &[Field] = &[
    Field::Name,
    Field::BirthDate,
    Field::Sex,
    Field::BirthPlace,
    Field::BirthRegistration,
    Field::NativePlace,
    Field::Ethnic,
    Field::Father,
    Field::Mother,
    Field::Representative,
];

pub(super) const POLICE_FIELDS: &[Field] = &[
    Field::Religion,
    Field::Blood,
    Field::Current,
    Field::Relation,
    Field::Membership,
    Field::Phone,
    Field::Email,
    Field::Portrait,
];

pub(super) const EID: &[Step] = &[
    step(
        "step-person",
        &[
            need("person", "ask-person", W::Held),
            may("phone", "ask-phone", W::Text),
            may("asked_by", "ask-asked-by", W::Link),
        ],
    ),
    PAPERS,
];
