//! Strata of people: clusters that nobody named, and how well they hold together.
//!
//! A table `[subjects, columns]` comes in, usually the latent vectors of a model; one label a subject
//! ([`affinity_propagation`]) and its quality ([`silhouette`]) go out.

pub mod affinity_propagation;
pub mod distances;
mod messages;
pub mod silhouette;
