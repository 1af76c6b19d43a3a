//! Declarations that are not expressions: each file turns one kind into its part of the [`crate::program`].

pub(super) mod analysis;
mod augment;
pub(super) mod baseline;
pub(super) mod centred;
pub(super) mod cohort;
pub(super) mod column;
pub(super) mod compare;
mod described;
pub(super) mod ensemble;
pub(super) mod entry;
pub(super) mod facts;
pub(super) mod input;
mod judged;
mod keep;
pub(super) mod leak;
mod levels;
mod load;
mod metric;
pub(super) mod order;
pub(super) mod packed;
pub(super) mod pair;
pub(in crate::compile) mod param;
pub(super) mod patches;
pub(super) mod protocol;
mod reference;
pub(super) mod score;
pub(super) mod search;
pub(super) mod stage;
pub(super) mod step;
mod subgroup;
pub(super) mod sweep;
pub(super) mod target;
pub(super) mod together;
mod training;

pub(super) use training::optimizer;
