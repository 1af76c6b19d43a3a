//! What burn 0.21 computes on cards slowly, in one corner of the card, or in less than single precision, in CubeCL.
//!
//! ```text
//!  image, weights ──convolution──────▶ image        a unit makes some places of a line, of some outputs
//!  image, gradient ─weight_gradient──▶ weights      a cube sums over some lines for some weights; then the parts are summed
//!  matrix, matrix ──product──────────▶ matrix
//!  numbers ─────────reduce───────────▶ their sum, or the largest, along an axis
//! ```
//!
//! | what | burn 0.21 | here |
//! |---|---|---|
//! | convolutions and products of matrices of single precision | tuned as they run; where there are tensor cores, rounded to TF32 | in single precision |
//! | reductions | beyond 65,536 numbers wrong on some devices (software Vulkan), by as much as all of it | a tree in two or three launches |
//! | depthwise convolutions, grouped ones, a kernel a row | one unit a number, every tap with its index anew | some places of a line a unit: what is read of the image and the weights serves all of them |
//! | gradient of the weights, groups | one convolution a group | all groups at once |
//! | gradient of the weights, few of them | a product of matrices of as many cubes as tiles of weights: 1 to 7 for first layers, each summing millions of places | the sum is split over places until there are enough cubes |
//!
//! Every sum has an order that depends on the extents alone.

mod direct;
mod product;
mod reduce;
mod weight_gradient;

pub use direct::convolution;
pub use product::product;
pub use reduce::{Reduction, position_of_largest, reduce};
pub use weight_gradient::{Split, weight_gradient};
