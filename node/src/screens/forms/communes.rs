//! Communes as people type them: by name, with or without marks, with or without the kind and the
//! province.

use registry::OfficeCode;
use registry::text::fold_base;
use registry::unit::Commune;

use crate::office::Office;

/// Communes of one name that are told.
const TOLD_MAX: usize = 8;

/// What a name means.
pub(super) enum Named {
    /// This commune.
    One(OfficeCode),
    /// One of these, told by name, province and code.
    Several(String),
    /// None, or it is a code already.
    Nothing,
}

/// The commune that is named so: the only one of that name, or the only one in the office's own
/// province.
pub(super) fn named(office: &Office, text: &str) -> Named {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Named::Nothing;
    }
    let wanted = folded(text);
    let units = office.units();
    let province = |commune: &Commune| {
        let province = units.province(commune.province);
        province.map(|it| it.name.to_string()).unwrap_or_default()
    };
    let fits = |commune: &&Commune| {
        let (full, name) = (folded(&commune.full_name()), folded(&commune.name));
        let province = folded(&province(commune));
        [&full, &name].into_iter().any(|own| {
            let rest = wanted.strip_prefix(own.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.trim_start() == province)
        })
    };
    let found: Vec<&Commune> = units.communes().filter(fits).collect();
    let home = units.ever(office.code()).map(|home| home.province);
    let near: Vec<&&Commune> = found
        .iter()
        .filter(|commune| Some(commune.province) == home)
        .collect();
    match (found.as_slice(), near.as_slice()) {
        ([], _) => Named::Nothing,
        ([one], _) => Named::One(one.code),
        (_, [one]) => Named::One(one.code),
        (several, _) => {
            let told: Vec<String> = several
                .iter()
                .take(TOLD_MAX)
                .map(|it| format!("{}, {} ({})", it.full_name(), province(it), it.code))
                .collect();
            Named::Several(told.join("; "))
        }
    }
}

/// Without marks, capitals, commas and doubled spaces.
fn folded(text: &str) -> String {
    let plain = fold_base(text).replace(',', " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
