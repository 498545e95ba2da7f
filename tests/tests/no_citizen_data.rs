//! Invariant 14 over all of it: real processes at their most talkative play a story in which every
//! person, number, address, paper and password is marked, with refused, broken and hostile input
//! among it. Then no log, no figure, no error and no file of either side says any of the marks in
//! clear, no key of the stores does, and no link of the audit chains.
//!
//! A log may name offices, nodes, records, acts, officers' account names and codes of errors; those
//! tell of nobody by themselves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

mod no_citizen_data {
    //! The people, the scene, what is played there, and what is looked through.
    pub(crate) mod cast;
    pub(crate) mod clerk;
    pub(crate) mod officials;
    #[path = "../bad_input/raw.rs"]
    pub(crate) mod raw;
    pub(crate) mod scene;
    pub(crate) mod strangers;
    pub(crate) mod traces;
}

use no_citizen_data::scene::Scene;
use no_citizen_data::{clerk, officials, strangers, traces};

#[test]
fn no_citizen_data_stands_in_a_log_a_figure_an_error_or_a_key() {
    let mut scene = Scene::start();
    clerk::files_and_is_refused(&mut scene);
    clerk::searches_and_opens(&mut scene);
    clerk::works_at_the_screens(&mut scene);
    clerk::types_commands(&mut scene);
    officials::two_offices_clash_and_a_reviewer_decides(&mut scene);
    officials::a_stick_goes_out_and_comes_back(&mut scene);
    strangers::knock(&mut scene);
    officials::the_fleet_is_looked_at(&mut scene);
    scene.an_office_is_killed_and_its_cache_damaged();
    officials::the_centre_is_killed_and_a_bad_file_imported(&mut scene);
    scene.settle();
    traces::look_through(scene);
}
