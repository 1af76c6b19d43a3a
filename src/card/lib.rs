//! Convolutions on cards that burn 0.21 computes slowly or in one corner of the card, in CubeCL.
//!
//! ```text
//!  image, weights ──depthwise────────▶ image        a unit makes some places of a line of one channel
//!  image, gradient ─weight_gradient──▶ weights      a cube sums over some lines for some weights; then the parts are summed
//! ```
//!
//! | what | burn 0.21 | here |
//! |---|---|---|
//! | depthwise, forward and (by [phases] of the stride) the gradient of the image | one unit a number, every tap with its index anew | some places of a line a unit: a line of the kernel is read once for all of them |
//! | gradient of the weights, groups | one convolution a group | all groups at once |
//! | gradient of the weights, few of them | a product of matrices of as many cubes as tiles of weights: 1 to 7 for first layers, each summing millions of places | the sum is split over places until there are enough cubes |
//!
//! Every sum has an order that depends on the extents alone.
//!
//! [phases]: https://en.wikipedia.org/wiki/Polyphase_matrix

mod depthwise;
mod weight_gradient;

pub use depthwise::depthwise;
pub use weight_gradient::{Split, weight_gradient};
