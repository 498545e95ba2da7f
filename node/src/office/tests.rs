//! The office on a store in memory, with a centre that is a few lines of these tests.

mod access;
mod acts;
mod additions;
mod applications;
mod bulk;
mod bundles;
mod cases;
mod changes;
mod counted;
mod family;
mod feed;
mod life;
mod looks;
mod met;
mod numbers;
mod portraits;
mod readings;
mod search;
mod slices;
mod survey;
mod terms;
mod trouble;
mod units;
mod world;
