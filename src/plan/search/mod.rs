//! Searches: trials of settings in every fold, judged on its validation subjects; the rest of the plan goes on with the best.
//!
//! ```text
//!  a fold:  settings ──program──▶ train ──▶ judge ──┐ a trial          the plan so far ─▶ run ─▶ results ─┐
//!             ▲                                     │                        ▲                            │
//!             └── sampler ◀── what was tried ◀──────┘                        └── laid out further ◀───────┘
//!                                   └─▶ the best: train (its result is there), predict, score, ..
//! ```
//!
//! What a sampler proposes may depend on results, so a plan with a search is laid out as far as results are known, run, and
//! laid out further, until everything is in it ([`super::run`](mod@super::run)). Nothing is remembered in between but the store: a search that
//! was interrupted goes on, and trials that are added are added.
//!
//! Settings are looked for in each fold of each seed by its first repeat; the other repeats are trained with what was found.

mod judge;
mod settings;
mod tried;

pub(super) use judge::{Judged, VERSION, identity, judged_request};
pub(super) use tried::{FoldSearch, Trials, Tried};
