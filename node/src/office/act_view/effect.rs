//! What becomes of the records that an act names, by how the act stands.

use serde::{Deserialize, Serialize};

use super::ActState;

/// Whether the records stand as an act says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// They do; while the act has no outcome, at this office alone.
    Stands,
    /// They do not yet: another act, or a person, decides first.
    NotYet,
    /// What was in dispute does not: a case was decided otherwise.
    SetAside,
    /// They did, and do no longer.
    NoLonger,
    /// They never did.
    Never,
}

impl Effect {
    /// Every one, for tables.
    pub const ALL: [Effect; 5] = [
        Effect::Stands,
        Effect::NotYet,
        Effect::SetAside,
        Effect::NoLonger,
        Effect::Never,
    ];

    /// Its name in JSON and in messages.
    pub const fn key(self) -> &'static str {
        match self {
            Effect::Stands => "stands",
            Effect::NotYet => "not_yet",
            Effect::SetAside => "set_aside",
            Effect::NoLonger => "no_longer",
            Effect::Never => "never",
        }
    }
}

impl ActState {
    /// What an act in this state does to its records.
    pub const fn effect(self) -> Effect {
        match self {
            ActState::Provisional | ActState::Final | ActState::Disputed => Effect::Stands,
            ActState::Waiting | ActState::Parked => Effect::NotYet,
            ActState::SetAside => Effect::SetAside,
            ActState::Withdrawn => Effect::NoLonger,
            ActState::Returned | ActState::Quarantined => Effect::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_is_called_in_json_as_in_messages() {
        for effect in Effect::ALL {
            let json = serde_json::to_value(effect).unwrap();
            assert_eq!(json, effect.key());
        }
    }
}
