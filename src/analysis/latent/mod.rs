//! What lies in a representation: factors behind many columns, and how alike two representations are.
//!
//! Tables `[subjects, columns]` come in: phenotypes, regional values or a model's latent vectors. Factors with the
//! scores of every subject ([`factors`]) or a similarity between 0 and 1 ([`similarity`]) go out; [`gaussian`] measures
//! latent vectors that are distributions.

pub(crate) mod decomposition;
pub mod factors;
pub mod gaussian;
pub mod similarity;
pub mod tsne;
pub mod varimax;
