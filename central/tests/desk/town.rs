//! What is filed about the household of this world and its people.

use registry::RecordId;
use serde_json::{Value as Json, json};

use super::{P, World, id};

impl World {
    pub fn head_id(&self) -> RecordId {
        id("head")
    }

    /// A household that came without a head, and its members.
    pub fn headless(&self) -> (RecordId, [RecordId; 2]) {
        (id("headless"), [id("u"), id("v")])
    }

    /// A member of a household is told to be its head.
    pub fn told_head(&self, person: RecordId) -> Json {
        json!({"act": "residence_adjustment", "evidence": [{"kind": "CT01"}],
            "people": [{"person": person.to_string(), "relation": "head"}]})
    }

    /// The whole household moves to another commune, by their cards.
    pub fn house_moves(&self) -> Json {
        let card = |pin: &str, name: &str, born: &str| json!({"person": {"pin": pin, "name": name, "birth_date": born}});
        json!({"act": "permanent_registration", "address": "Số 9", "from": "2026-11-05",
            "ground": "thuê nhà", "people": [card("001060000007", "Bùi Văn Chủ", "1960-01-01"),
                card("001085000008", "Bùi Văn Ích", "1985-01-01"),
                card("001086000009", "Bùi Văn Ý", "1986-01-01")],
            "evidence": [{"kind": "CT01"}]})
    }

    /// The head alone moves to another commune.
    pub fn head_moves(&self) -> Json {
        json!({"act": "permanent_registration", "address": "Số 9", "from": "2026-11-05",
            "ground": "thuê nhà", "people": [{"person": {"pin": "001060000007", "name": "Bùi Văn Chủ",
                "birth_date": "1960-01-01"}}], "evidence": [{"kind": "CT01"}]})
    }

    /// One member alone moves to another commune.
    pub fn x_moves(&self) -> Json {
        json!({"act": "permanent_registration", "address": "Số 9", "from": "2026-11-05",
            "ground": "thuê nhà", "people": [{"person": {"pin": "001085000008", "name": "Bùi Văn Ích",
                "birth_date": "1985-01-01"}}], "evidence": [{"kind": "CT01"}]})
    }

    /// Somebody of the commune joins the household.
    pub fn joins_house(&self) -> Json {
        json!({"act": "permanent_registration", "address": "Số 3", "from": "2026-11-06",
            "ground": "thuê nhà", "household": self.household(), "people": [{"person": {"id": self.single(P)}}],
            "evidence": [{"kind": "CT01"}]})
    }

    /// A child of a member is born into the household.
    pub fn born_into_house(&self) -> Json {
        json!({"act": "birth", "joins_household": true, "father": {"pin": "001085000008"},
            "child": {"name": "Bùi Thị Út", "birth_date": "2026-11-02", "sex": "female"},
            "evidence": [{"kind": "giấy chứng sinh"}]})
    }

    pub fn split(&self, leaving: &[&str], new_head: &str) -> Json {
        json!({"act": "household_split", "household": self.household(), "leaving": leaving,
            "new_head": new_head, "evidence": [{"kind": "văn bản đồng ý"}]})
    }

    pub fn new_head(&self, new_head: &str) -> Json {
        json!({"act": "change_of_head", "household": self.household(), "new_head": new_head,
            "evidence": [{"kind": "văn bản đồng ý"}]})
    }

    pub fn head_dies(&self, date: &str) -> Json {
        json!({"act": "death", "person": {"id": self.head_id().to_string()}, "date": date,
            "ground": "Giấy báo tử", "evidence": [{"kind": "giấy báo tử"}]})
    }

    /// Permanent residence is deleted for an absence of more than a year.
    pub fn deleted(&self, to: &str) -> Json {
        json!({"act": "permanent_deletion", "people": [self.single(P)], "ground": "absent",
            "since": "2025-06-01", "to": to, "evidence": [{"kind": "Biên bản xác minh"}]})
    }

    /// An absence, declared on a day.
    pub fn absent(&self, declared: &str) -> Json {
        json!({"act": "temporary_absence", "person": self.single(P), "from": declared,
            "to": "2026-12-31", "declared": declared})
    }
}
