//! fascicle: a declarative language and compiler for multimodal neuroimaging experiments.
//!
//! A `.fx` file becomes a report in these steps:
//!
//! 1. **Parse** the text into a tree: [`syntax::parse`] gives a [`syntax::File`] and the errors of what cannot be read.
//! 2. **Compile** the tree: [`compile::compile`] resolves names, unrolls blocks and loops, proves shapes, absence and
//!    leaks, and gives a [`program::Experiment`] or every error at once as [`compile::Diagnostic`]s. Operators are the
//!    stanzas of [`ops::table`], the network is a [`graph::Graph`].
//! 3. **Read** the data: [`data::CohortData`] and [`data::Dataset`] join tables and images by subject and give batches.
//! 4. **Lower** the graph to tensor operations: [`nn::Network`] holds the weights, [`nn::Forward`] computes.
//! 5. **Train** the stages: [`train::train`] gives [`train::Trained`] weights and their history.
//!    Beside a network, [`baselines::Method`] fits classical methods to the same rows.
//! 6. **Analyse** predictions with the plain functions of [`analysis`].
//! 7. **Run** all of it as a plan of tasks with a store of results: `plan`.
//!    Many at once go to a cluster: [`cluster`].
//! 8. **Exchange** weights with PyTorch, and apply models to given tensors: [`exchange::NameMap`], [`apply::apply`].
//! 9. **Report**: [`report::render`] makes one page of a [`report::ReportContent`].
//!    [`drawing::svg`] and [`drawing::dot`] draw the networks of a program.
//!
//! Steps 1, 2, 3, 6, 9, the baselines of 5 and the files and names of 8 are packages of their own, so that what they may not know they cannot name;
//! they are re-exported here.

pub use fascicle_analysis as analysis;
pub use fascicle_baselines as baselines;
pub use fascicle_data as data;
pub use fascicle_drawing as drawing;
pub use fascicle_lang::{compile, graph, ops, program, stdlib};
pub use fascicle_report as report;
pub use fascicle_syntax as syntax;

pub mod apply;
pub mod cli;
pub mod cluster;
pub mod devices;
pub mod nn;
pub mod plan;
pub mod train;

/// Weights in and out of PyTorch, and models applied to them.
pub mod exchange {
    pub use crate::apply::{Application, ApplyError, apply, places, renamed};
    pub use fascicle_exchange::*;
    pub use fascicle_export::{ExportError, onnx, pytorch};
}
