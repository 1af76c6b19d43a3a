//! The language: from a tree with spans to a typed program.
//!
//! ```text
//!  fascicle_syntax::File ──compile──▶ Experiment { variants: [Program { inputs, graph, stages, .. }], sweeps }
//!                            │  ▲
//!                       ops ─┘  └─ World: texts of other files, tables of cohorts, shapes of weights
//!                   (shape rules)
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`graph`] | the typed graph: inputs, modules, nodes, cost |
//! | [`ops`] | the operators, one stanza each |
//! | [`program`] | the typed program: what data, training, the plan and the report read |
//! | [`mod@compile`] | names, values, blocks, shapes, absence, leaks |
//! | [`mod@names`] | which declaration each word means, asked without compiling |
//! | [`stdlib`] | `std`: blocks, encoders, fusion operators and losses, written in the language |
//!
//! Nothing in this package reads a file, starts a process or knows a device or burn: Cargo's list of its dependencies and
//! `clippy.toml` beside this file see to it. What the compiler must know of the outside it asks a [`compile::World`].

pub mod compile;
pub mod graph;
pub mod names;
pub mod ops;
pub mod program;
pub mod stdlib;
