//! Residence in the course of time: registration, renewal, absence, deletion. What each makes, and
//! every refusal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value, // `json!` at the call reads better without a reference
    missing_docs
)]

mod town;

use registry::act::Target;
use registry::code::{DeletionGround, Relation};
use registry::person::{Person, head_of};
use registry::procedure::Notice;
use registry::schema::Field;
use serde_json::{Value as Json, json};
use town::{Town, id, value, with};

fn paper() -> Json {
    json!({"evidence": [{"kind": "biên bản"}]})
}

fn renewal(to: &str) -> Json {
    json!({"act": "temporary_renewal", "person": id("khach"), "to": to,
        "evidence": [{"kind": "CT01"}]})
}

fn absence(more: Json) -> Json {
    let filing = json!({"act": "temporary_absence", "person": id("an"), "from": "2026-12-01",
        "to": "2027-06-30"});
    with(filing, more)
}

fn deletion(who: &[&str], ground: &str, more: Json) -> Json {
    let people: Vec<_> = who.iter().map(|key| id(key)).collect();
    let filing = json!({"act": "permanent_deletion", "people": people, "ground": ground});
    with(with(filing, paper()), more)
}

fn guest_goes(ground: &str, more: Json) -> Json {
    let filing = json!({"act": "temporary_deletion", "people": [id("khach")], "ground": ground});
    with(with(filing, paper()), more)
}

fn no_paper() -> Json {
    json!({"evidence": []})
}

/// The card of somebody of the town, as it was issued.
fn card_of(town: &Town, key: &str, more: Json) -> Json {
    let fields = town.fields(key);
    let person = Person(&fields);
    let card = json!({"pin": person.pin(), "name": person.name(), "birth_date": person.birth()});
    with(card, more)
}

fn moves_by_card(people: &[&Json]) -> Json {
    let people: Vec<_> = people.iter().map(|card| json!({"person": card})).collect();
    json!({"act": "permanent_registration", "people": people, "address": "số 9, thôn Đoài",
        "ground": "nhà thuộc sở hữu", "evidence": [{"kind": "CT01"}]})
}

#[test]
fn a_card_acts_on_a_resident_only_if_name_and_birth_date_are_theirs_too() {
    let town = Town::new();
    let staying = |card: &Json| {
        json!({"act": "temporary_registration", "person": card, "address": "ngõ 4, thôn Đông",
            "from": "2026-11-01", "to": "2027-10-31", "ground": "thuê nhà",
            "evidence": [{"kind": "CT01"}]})
    };
    let told =
        |card: &Json| json!({"act": "stay_notification", "person": card, "from": "2026-11-20"});
    let theirs = card_of(&town, "khach", json!({}));
    for filing in [moves_by_card(&[&theirs]), staying(&theirs), told(&theirs)] {
        let plan = town.file(filing).unwrap();
        assert!(plan.body.changes.iter().any(
            |change| matches!(&change.target, Target::Held { id: held, .. } if *held == id("khach"))
        ));
    }
    for wrong in [
        json!({"name": "Vi Văn Xa"}),
        json!({"birth_date": "1998-05-05"}),
    ] {
        // The digits are those of `khach`, the rest is another's.
        let mixed = card_of(&town, "khach", wrong);
        for filing in [moves_by_card(&[&mixed]), staying(&mixed), told(&mixed)] {
            assert_eq!(town.refused(filing), ("input_invalid", Some("person")));
        }
    }
}

#[test]
fn a_registration_says_by_what_right_one_lives_there() {
    let town = Town::new();
    let khach = json!({"id": id("khach")});
    let moves = moves_by_card(&[&khach]);
    let stays = json!({"act": "temporary_registration", "person": khach,
        "address": "ngõ 4, thôn Đông", "from": "2026-11-01", "to": "2027-10-31",
        "evidence": [{"kind": "CT01"}]});
    for filing in [moves, stays] {
        let without = with(filing.clone(), json!({"ground": ""}));
        assert_eq!(town.refused(without), ("input_missing", Some("ground")));
        town.file(with(filing, json!({"ground": "thuê nhà"})))
            .unwrap();
    }
}

#[test]
fn a_card_from_before_a_change_of_name_is_still_theirs() {
    let mut town = Town::new();
    let before = card_of(&town, "dung", json!({}));
    town.perform(json!({"act": "correction", "person": id("dung"),
        "fields": [{"field": "name", "value": {"name": "Lê Văn Dũng Cường"}}],
        "evidence": [{"kind": "quyết định", "number": "1", "date": "2026-11-02"}]}));
    assert!(town.file(moves_by_card(&[&before])).is_ok());
}

#[test]
fn a_first_mover_by_the_card_of_a_resident_heads_the_new_household() {
    let mut town = Town::new();
    let theirs = card_of(&town, "khach", json!({}));
    let plan = town.perform(moves_by_card(&[&theirs, &town::card(7)]));
    let made = plan
        .body
        .changes
        .iter()
        .find_map(|change| match &change.target {
            Target::New { fields, .. } => head_of(fields),
            _ => None,
        });
    assert_eq!(made, Some(id("khach")));
}

#[test]
fn a_stay_of_somebody_registered_as_dead_is_told_by_card_too() {
    let town = Town::new();
    let theirs = card_of(&town, "cu", json!({}));
    let stay = json!({"act": "stay_notification", "person": theirs, "from": "2026-11-20"});
    assert!(town.file(stay).is_ok());
    assert_eq!(
        town.refused(moves_by_card(&[&theirs])),
        ("person_dead", Some("person"))
    );
}

#[test]
fn a_renewal_prolongs_the_open_registration_and_nothing_else() {
    let mut town = Town::new();
    let plan = town.perform(renewal("2028-11-30"));
    assert_eq!(plan.notices, []);
    let home = town.home("khach", Field::Temporary);
    assert_eq!(home.until, "2028-11-30".parse().ok());
    assert_eq!((home.from.to_iso().as_str(), home.to), ("2025-12-01", None));
    assert_eq!(home.address.as_str(), "ngõ 3, thôn Đông");
}

#[test]
fn a_renewal_out_of_its_fifteen_days_is_taken_with_a_notice() {
    for (until, notice) in [
        ("2026-11-30", None),
        ("2026-12-06", None),
        ("2026-12-07", Some(Notice::EarlyFiling)),
        ("2026-11-20", Some(Notice::LateFiling)),
    ] {
        let mut town = Town::new();
        town.change("khach", |fields| {
            let slot = registry::fields::Slot::entry(
                Field::Temporary,
                fields.entries(Field::Temporary).next().unwrap().0,
            );
            let home = json!({"residence": {"unit": "00004", "from": "2025-12-01",
                "until": until}});
            fields.put(slot, value(home));
        });
        let plan = town.file(renewal("2027-11-01")).unwrap();
        assert_eq!(plan.notices.first().copied(), notice, "{until}");
    }
}

#[test]
fn a_renewal_is_refused_without_a_registration_backwards_and_past_two_years() {
    let town = Town::new();
    let of = |person: &str| with(renewal("2027-11-01"), json!({"person": id(person)}));
    assert_eq!(town.refused(of("an")), ("input_invalid", Some("person")));
    assert_eq!(town.refused(of("cu")), ("person_dead", Some("person")));
    assert_eq!(
        town.refused(renewal("2026-11-30")),
        ("input_invalid", Some("to"))
    );
    assert_eq!(
        town.refused(renewal("2028-12-01")),
        ("rule_not_met", Some("to"))
    );
    assert_eq!(
        town.refused(with(renewal("2028-11-30"), no_paper())),
        ("evidence_missing", Some("evidence"))
    );
    assert!(town.file(renewal("2028-11-30")).is_ok());
}

#[test]
fn an_absence_is_on_the_record_and_counts_from_the_day_on_which_it_was_declared() {
    let mut town = Town::new();
    let plan = town.perform(absence(json!({"destination": {"unit": "01273"},
        "declared": "2026-11-10"})));
    assert_eq!(plan.body.effective, "2026-11-10".parse().unwrap());
    assert_eq!(plan.notices, []);
    assert_eq!(town.fields("an").entries(Field::Absences).count(), 1);
    let again = absence(json!({"destination": {"unit": "01273"}}));
    assert_eq!(town.refused(again), ("nothing_changes", None));
    let late = town.file(absence(json!({"from": "2026-11-01"}))).unwrap();
    assert_eq!(late.notices, [Notice::LateFiling]);
}

#[test]
fn an_absence_is_refused_backwards_when_it_is_over_and_to_nowhere() {
    let town = Town::new();
    for (more, refusal) in [
        (json!({"to": "2026-11-30"}), ("input_invalid", Some("to"))),
        (
            json!({"from": "2026-01-01", "to": "2026-11-20"}),
            ("rule_not_met", Some("to")),
        ),
        (
            json!({"declared": "2026-11-22"}),
            ("date_in_future", Some("declared")),
        ),
        (
            json!({"destination": {"unit": "99999"}}),
            ("commune_unknown", Some("destination")),
        ),
        (json!({"person": id("cu")}), ("person_dead", Some("person"))),
    ] {
        assert_eq!(town.refused(absence(more)), refusal);
    }
    // It was declared in time and entered when it was over.
    let in_time = json!({"from": "2026-01-01", "to": "2026-11-20", "declared": "2025-12-30"});
    assert!(town.file(absence(in_time)).is_ok());
}

#[test]
fn a_deletion_ends_the_residence_with_its_ground_and_the_membership() {
    let mut town = Town::new();
    let plan = town.perform(deletion(
        &["binh"],
        "settled_abroad",
        json!({"to": "2026-11-15"}),
    ));
    let home = town.home("binh", Field::Permanent);
    assert_eq!(home.to, "2026-11-15".parse().ok());
    assert_eq!(
        DeletionGround::of(&home),
        Some(DeletionGround::SettledAbroad)
    );
    let fields = town.fields("binh");
    assert!(Person(&fields).membership().is_none() && Person(&fields).relation().is_none());
    assert_eq!(plan.body.effective, "2026-11-15".parse().unwrap());
    assert_eq!(head_of(&town.fields("one")), Some(id("an")));
    assert!(town.fields("one").single(Field::HouseholdRevoked).is_none());
}

#[test]
fn when_the_head_goes_the_act_names_the_next_one_who_is_a_member() {
    let mut town = Town::new();
    let goes = |more: Json| deletion(&["an"], "settled_abroad", more);
    let head = Some("new_head");
    assert_eq!(town.refused(goes(json!({}))), ("rule_not_met", head));
    for wrong in ["an", "cu", "dung"] {
        let named = town.refused(goes(json!({"new_head": id(wrong)})));
        assert_eq!(named, ("input_invalid", head), "{wrong}");
    }
    town.perform(goes(json!({"new_head": id("binh")})));
    assert_eq!(head_of(&town.fields("one")), Some(id("binh")));
    let fields = town.fields("binh");
    assert_eq!(Person(&fields).relation(), Some(&Relation::Head));
    assert_eq!(Person(&fields).membership().unwrap().household, id("one"));
}

#[test]
fn a_head_who_moves_names_the_next_one_and_who_empties_a_household_closes_it() {
    let mut town = Town::new();
    let moves = |who: &[&str], more: Json| {
        let people: Vec<_> = who
            .iter()
            .map(|key| json!({"person": {"id": id(key)}}))
            .collect();
        let filing = json!({"act": "permanent_registration", "people": people,
            "address": "số 9, thôn Đoài", "ground": "thuê nhà", "evidence": [{"kind": "CT01"}]});
        with(filing, more)
    };
    let head = Some("new_head");
    assert_eq!(
        town.refused(moves(&["an"], json!({}))),
        ("rule_not_met", head)
    );
    let joins = json!({"household": id("two")});
    assert_eq!(town.refused(moves(&["an"], joins)), ("rule_not_met", head));
    let wrong = json!({"new_head": id("dung")});
    assert_eq!(town.refused(moves(&["an"], wrong)), ("input_invalid", head));
    let needless = json!({"new_head": id("an")});
    assert_eq!(
        town.refused(moves(&["binh"], needless)),
        ("input_invalid", head)
    );
    town.perform(moves(&["an"], json!({"new_head": id("binh")})));
    assert_eq!(head_of(&town.fields("one")), Some(id("binh")));
    let plan = town.perform(moves(&["binh"], json!({"household": id("two")})));
    assert!(plan.notices.contains(&Notice::HouseholdClosed));
    assert!(town.fields("one").single(Field::HouseholdRevoked).is_some());
}

#[test]
fn nobody_is_registered_for_a_time_where_they_live_permanently() {
    let mut town = Town::new();
    let stays = |who: &str| {
        json!({"act": "temporary_registration", "person": {"id": id(who)},
            "address": "ngõ 4, thôn Đông", "from": "2026-11-01", "to": "2027-10-31",
            "ground": "thuê nhà", "evidence": [{"kind": "CT01"}]})
    };
    assert_eq!(town.refused(stays("an")), ("rule_not_met", Some("person")));
    // Whose home is elsewhere is.
    town.perform(stays("khach"));
}

#[test]
fn a_head_who_stays_needs_no_successor_and_an_emptied_household_no_head() {
    let mut town = Town::new();
    let stays = deletion(&["binh"], "settled_abroad", json!({"new_head": id("an")}));
    assert_eq!(town.refused(stays), ("input_invalid", Some("new_head")));
    let plan = town.perform(deletion(&["an", "binh"], "settled_abroad", json!({})));
    assert_eq!(plan.notices, [Notice::HouseholdClosed]);
    assert!(town.fields("one").single(Field::HouseholdRevoked).is_some());
    // Nobody joins a household that was closed.
    let join = json!({"act": "permanent_registration", "address": "x", "ground": "y", "household": id("one"),
        "people": [{"person": {"id": id("dung")}}], "evidence": [{"kind": "CT01"}]});
    assert_eq!(
        town.refused(join),
        ("registration_revoked", Some("household"))
    );
}

#[test]
fn a_deletion_for_death_wants_the_death_on_the_record_and_counts_from_it() {
    let mut town = Town::new();
    let of = |who: &str| deletion(&[who], "death", no_paper());
    assert_eq!(town.refused(of("an")), ("rule_not_met", Some("people")));
    let plan = town.perform(of("cu"));
    assert_eq!(
        town.home("cu", Field::Permanent).to,
        "2026-03-01".parse().ok()
    );
    assert_eq!(plan.body.effective, "2026-03-01".parse().unwrap());
    // The dead are deleted for nothing else.
    let town = Town::new();
    let abroad = deletion(&["cu"], "settled_abroad", json!({}));
    assert_eq!(town.refused(abroad), ("person_dead", Some("people")));
}

#[test]
fn absence_is_a_ground_after_twelve_months_of_which_nobody_heard() {
    let mut town = Town::new();
    let gone = |since: &str| deletion(&["binh"], "absent", json!({"since": since}));
    let missing = deletion(&["binh"], "absent", json!({}));
    assert_eq!(town.refused(missing), ("ground_too_soon", Some("since")));
    assert_eq!(
        town.refused(gone("2025-11-22")),
        ("ground_too_soon", Some("since"))
    );
    assert_eq!(
        town.refused(gone("2026-11-22")),
        ("date_in_future", Some("since"))
    );
    assert!(town.file(gone("2025-11-21")).is_ok());
    town.change("binh", |fields| {
        let away = json!({"absence": {"from": "2024-01-01", "to": "2025-06-30"}});
        fields.push(Field::Absences, value(away));
    });
    assert_eq!(
        town.refused(gone("2025-01-01")),
        ("rule_not_met", Some("ground"))
    );
    assert!(town.file(gone("2025-07-01")).is_ok());
    town.change("binh", |fields| {
        let elsewhere = json!({"residence": {"unit": "01273", "from": "2025-10-01",
            "until": "2027-09-30"}});
        fields.push(Field::Temporary, value(elsewhere));
    });
    assert_eq!(
        town.refused(gone("2025-07-01")),
        ("rule_not_met", Some("ground"))
    );
}

#[test]
fn a_deletion_is_refused_with_its_rule() {
    let town = Town::new();
    let abroad = |more: Json| deletion(&["binh"], "settled_abroad", more);
    for (filing, refusal) in [
        (abroad(no_paper()), ("evidence_missing", Some("evidence"))),
        (
            abroad(json!({"people": []})),
            ("input_missing", Some("people")),
        ),
        (
            abroad(json!({"people": [id("binh"), id("binh")]})),
            ("input_invalid", Some("people")),
        ),
        (
            abroad(json!({"people": [id("khach")]})),
            ("input_invalid", Some("people")),
        ),
        (
            abroad(json!({"people": [id("one")]})),
            ("record_of_other_kind", Some("people")),
        ),
        (
            abroad(json!({"to": "2026-11-22"})),
            ("date_in_future", Some("to")),
        ),
        (
            abroad(json!({"to": "2000-12-31"})),
            ("input_invalid", Some("to")),
        ),
        (
            deletion(&["binh"], "permanent_here", json!({})),
            ("rule_not_met", Some("ground")),
        ),
        (
            deletion(&["binh"], "rental_ended", json!({"since": "2026-01-01"})),
            ("ground_too_soon", Some("since")),
        ),
    ] {
        assert_eq!(town.refused(filing.clone()), refusal, "{filing}");
    }
    let words = town.file(abroad(no_paper())).unwrap_err().to_string();
    assert!(words.contains("68/2020, Art. 24(1)(b)"), "{words}");
    assert!(town.file(abroad(json!({}))).is_ok());
}

#[test]
fn temporary_residence_is_deleted_on_the_grounds_of_its_own_article() {
    let mut town = Town::new();
    assert_eq!(
        town.refused(guest_goes("settled_abroad", json!({}))),
        ("rule_not_met", Some("ground"))
    );
    assert_eq!(
        town.refused(guest_goes("permanent_here", json!({}))),
        ("rule_not_met", Some("ground"))
    );
    assert_eq!(
        town.refused(guest_goes("absent", json!({"since": "2026-06-01"}))),
        ("ground_too_soon", Some("since"))
    );
    assert!(
        town.file(guest_goes("absent", json!({"since": "2026-05-01"})))
            .is_ok()
    );
    let of_none = guest_goes("rental_ended", json!({"people": [id("an")]}));
    assert_eq!(town.refused(of_none), ("input_invalid", Some("people")));
    town.perform(guest_goes("rental_ended", json!({"to": "2026-11-01"})));
    let home = town.home("khach", Field::Temporary);
    assert_eq!(home.to, "2026-11-01".parse().ok());
    assert_eq!(DeletionGround::of(&home), Some(DeletionGround::RentalEnded));
    // Where they live permanently is left alone.
    assert_eq!(Person(&town.fields("khach")).open_permanent().count(), 1);
}

#[test]
fn these_are_acts_of_the_residence_role() {
    let town = Town::new();
    let filing = serde_json::from_value(renewal("2027-11-01")).unwrap();
    let desk = town::desk(1, &[registry::code::Role::Identification]);
    let refusal = registry::procedure::plan(&filing, &desk, &town).unwrap_err();
    assert_eq!(refusal.code(), "role_missing");
}
