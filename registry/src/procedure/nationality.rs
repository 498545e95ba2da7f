//! The nationality of a person who comes to the registry.

use crate::code::Country;
use crate::procedure::Refusal;
use crate::schema::Field;
use crate::value::Value;

/// Vietnamese unless it is told otherwise; refuses an empty list and one with too many countries,
/// at `field` of what was entered.
pub(super) fn told(field: &'static str, told: Option<&[Country]>) -> Result<Vec<Country>, Refusal> {
    let Some(told) = told else {
        return Ok(vec![Country::VIET_NAM]);
    };
    let mut countries = told.to_vec();
    countries.sort_unstable();
    countries.dedup();
    if countries.is_empty() {
        return Err(Refusal::Missing { field });
    }
    if !Value::Countries(countries.clone()).fits(Field::Nationality) {
        return Err(Refusal::TooMuch { field });
    }
    Ok(countries)
}
