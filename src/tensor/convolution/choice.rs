//! What computes a convolution that the CPU's kernels do not: which is used when, and why.
//!
//! | | where | by | because |
//! |---|---|---|---|
//! | forward | on a card: single precision, groups, a kernel a row | a kernel of ours | burn rounds single precision to TF32 where there are tensor cores, and takes groups one number at a time |
//! | | on the CPU (double precision), a kernel a row | burn, row after row | it is there for few and small tensors |
//! | | else | burn | on a card an implicit product of matrices on tensor cores, tuned as it runs |
//! | gradient of the image | always | a forward convolution for each [phase](super::axis) | burn 0.21 loops over all pairs of places and taps for strides, and leaves kernels smaller than their stride zero |
//! | gradient of the weight | on a card: single precision, groups, a kernel a row | a kernel of ours | as above; burn convolves one group after the other |
//! | | on a card, few weights | a kernel of ours | burn's product of matrices has a cube a tile of weights: the sum over millions of places is not split |
//! | | on the CPU (double precision), a kernel a row | burn, row after row | as above |
//! | | else | burn | there are tiles enough |

use super::shape::Shape;
use crate::Arithmetic;

/// Rows and columns of weights that a cube of burn's product of matrices makes.
const TILE: usize = 64;
/// Tiles that keep a card busy; with fewer, splitting the sum is worth a kernel without tensor cores.
const ENOUGH_TILES: usize = 32;

/// What computes a convolution, or the gradient of its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// A kernel of ours, on a card.
    Card,
    /// burn, a row of the batch after the other.
    Rows,
    /// burn.
    Burn,
}

/// Of a convolution.
pub(super) fn forward(shape: &Shape, on_card: bool) -> Algorithm {
    match (on_card, shape.own_weights) {
        (true, own) if own || shape.groups > 1 || shape.arithmetic == Arithmetic::Float32 => Algorithm::Card,
        (false, true) => Algorithm::Rows,
        _ => Algorithm::Burn,
    }
}

/// Of the gradient of its weight.
pub(super) fn weight_gradient(shape: &Shape, on_card: bool) -> Algorithm {
    let taps: usize = shape.axes.iter().map(|axis| axis.kernel).product();
    let tiles = shape.outputs.div_ceil(TILE) * (shape.inputs * taps).div_ceil(TILE);
    match forward(shape, on_card) {
        Algorithm::Burn if on_card && tiles < ENOUGH_TILES => Algorithm::Card,
        way => way,
    }
}

#[cfg(test)]
mod tests {
    use super::super::axis::Axis;
    use super::*;

    fn shape(inputs: usize, outputs: usize, groups: usize, arithmetic: Arithmetic) -> Shape {
        let axis = Axis { read: 40, made: 40, kernel: 3, stride: 1, dilation: 1, before: 0 };
        Shape { rows: 2, inputs, outputs, groups, own_weights: false, axes: vec![axis; 3], arithmetic }
    }

    #[test]
    fn single_precision_is_ours_on_a_card() {
        let shape = shape(64, 128, 1, Arithmetic::Float32);
        assert_eq!((forward(&shape, true), weight_gradient(&shape, true)), (Algorithm::Card, Algorithm::Card));
        assert_eq!((forward(&shape, false), weight_gradient(&shape, false)), (Algorithm::Burn, Algorithm::Burn));
    }

    #[test]
    fn with_tensor_cores_dense_convolutions_are_burns_but_the_weights_of_first_layers() {
        for arithmetic in [Arithmetic::Tf32, Arithmetic::Bfloat16] {
            let (first, wide, depthwise) =
                (shape(1, 16, 1, arithmetic), shape(64, 128, 1, arithmetic), shape(16, 16, 16, arithmetic));
            assert_eq!((forward(&first, true), weight_gradient(&first, true)), (Algorithm::Burn, Algorithm::Card));
            assert_eq!((forward(&wide, true), weight_gradient(&wide, true)), (Algorithm::Burn, Algorithm::Burn));
            assert_eq!(
                (forward(&depthwise, true), weight_gradient(&depthwise, true)),
                (Algorithm::Card, Algorithm::Card)
            );
        }
    }
}
