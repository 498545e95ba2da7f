//! The columns of a person's row. The first thirty are those of the synthetic population.

macro_rules! columns {
    ($($name:ident $key:literal $required:literal $item:literal;)*) => {
        /// A column by our name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // the names are those of the fields that they fill
        pub enum Column { $($name,)* }

        impl Column {
            /// All of them, in the order of the header.
            pub const ALL: &[Column] = &[$(Column::$name,)*];

            /// The name in the header, in a map and in a list of rejects.
            pub const fn key(self) -> &'static str {
                match self { $(Column::$name => $key,)* }
            }
            /// Whether every row must have it.
            pub const fn is_required(self) -> bool {
                match self { $(Column::$name => $required,)* }
            }
            /// The number of the item in Article 9 of the Law on Identification 26/2023.
            pub const fn item(self) -> u8 {
                match self { $(Column::$name => $item,)* }
            }
        }
    };
}

columns! {
    Pin "pin" true 3;
    Name "name" true 1;
    OtherNames "other_names" false 2;
    BirthDate "birth_date" true 4;
    Sex "sex" true 5;
    BirthPlaceUnit "birth_place_unit" false 6;
    BirthPlaceText "birth_place_text" false 6;
    BirthRegistrationUnit "birth_registration_unit" false 7;
    NativeUnit "native_unit" false 8;
    NativeText "native_text" false 8;
    EthnicTable "ethnic_table" false 9;
    Ethnic "ethnic" false 9;
    Religion "religion" false 10;
    Nationality "nationality" false 11;
    Blood "blood" false 12;
    FatherName "father_name" false 15;
    FatherPin "father_pin" false 15;
    MotherName "mother_name" false 15;
    MotherPin "mother_pin" false 15;
    SpouseName "spouse_name" false 15;
    SpousePin "spouse_pin" false 15;
    MarriageDate "marriage_date" false 15;
    ResidenceUnit "residence_unit" true 16;
    ResidenceAddress "residence_address" false 16;
    ResidenceFrom "residence_from" true 16;
    HouseholdFile "household_file" false 23;
    Relation "relation" false 22;
    Phone "phone" false 25;
    Email "email" false 25;
    OldNumbers "old_numbers" false 13;
    BirthPlaceCountry "birth_place_country" false 6;
    BirthRegistrationText "birth_registration_text" false 7;
    BirthRegistrationCountry "birth_registration_country" false 7;
    NativeCountry "native_country" false 8;
    RepresentativeName "representative_name" false 15;
    RepresentativePin "representative_pin" false 15;
    CurrentUnit "current_unit" false 18;
    CurrentText "current_text" false 18;
    FileNumber "file_number" false 20;
    MaritalStatus "marital_status" false 21;
    DeathDate "death_date" false 24;
    DeathGround "death_ground" false 24;
    DeathDeclared "death_declared" false 24;
    Others "others" false 26;
    BirthCertificate "birth_certificate" false 7;
    BirthOrder "birth_order" false 7;
    MarriageCertificate "marriage_certificate" false 15;
    OtherMarriages "other_marriages" false 15;
    ResidenceUntil "residence_until" false 16;
    ResidenceGround "residence_ground" false 16;
    OtherResidences "other_residences" false 16;
    TemporaryResidences "temporary_residences" false 17;
    Absences "absences" false 19;
    Stays "stays" false 19;
    Cards "cards" false 14;
    DeathPlaceUnit "death_place_unit" false 24;
    DeathPlaceText "death_place_text" false 24;
    DeathPlaceCountry "death_place_country" false 24;
    DeathCertificate "death_certificate" false 24;
    CancelledNumbers "cancelled_numbers" false 3;
    ClaimedPin "claimed_pin" false 3;
    LocalFile "local_file" false 3;
    HouseholdLocal "household_local" false 23;
    Confirmations "confirmations" false 21;
    Applications "applications" false 14;
    BirthOriginal "birth_original" false 4;
}

impl Column {
    /// The column with this name.
    pub fn from_key(key: &str) -> Option<Column> {
        Column::ALL
            .iter()
            .copied()
            .find(|column| column.key() == key)
    }

    pub(super) const fn place(self) -> usize {
        self as usize
    }
}

impl<'de> serde::Deserialize<'de> for Column {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let key = <String as serde::Deserialize>::deserialize(d)?;
        Column::from_key(&key)
            .ok_or_else(|| serde::de::Error::custom(format_args!("`{key}` is none of our columns")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_columns_are_those_of_the_synthetic_population() {
        let ours = Column::ALL.iter().map(|column| column.key());
        assert!(ours.take(30).eq(crate::population::COLUMNS));
        for (place, column) in Column::ALL.iter().enumerate() {
            assert_eq!(column.place(), place);
            assert_eq!(Column::from_key(column.key()), Some(*column));
            assert!((1..=26).contains(&column.item()));
        }
    }
}
