//! What computes a convolution that the CPU's kernels do not: which is used when, and why.
//!
//! | | where | by | because |
//! |---|---|---|---|
//! | forward | each row has a kernel of its own | columns and one product of matrices | burn takes a grouped convolution one number at a time |
//! | | depthwise, on a card | a kernel of ours | burn looks every tap up anew for every number; ours reads a line once for several places |
//! | | else | burn | an implicit product of matrices, tuned as it runs |
//! | gradient of the image | always | a forward convolution for each [phase](super::axis) | burn 0.21 loops over all pairs of places and taps for strides, and leaves kernels smaller than their stride zero |
//! | gradient of the weight | each row has a kernel of its own | columns and one product of matrices | as above |
//! | | groups, on a card | a kernel of ours | burn convolves one group after the other |
//! | | few weights, on a card | a kernel of ours | burn's product of matrices has a cube a tile of weights: the sum over millions of places is not split |
//! | | else | burn | there are tiles enough |

use super::by_parts::Shape;

/// Rows and columns of weights that a cube of burn's product of matrices makes.
const TILE: usize = 64;
/// Tiles that keep a card busy; with fewer, splitting the sum is worth a kernel without tensor cores.
const ENOUGH_TILES: usize = 32;

/// What computes a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forward {
    Columns,
    Depthwise,
    Burn,
}

/// What computes the gradient of its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WeightGradient {
    Columns,
    Split,
    Burn,
}

impl Forward {
    pub fn of(shape: &Shape, on_card: bool) -> Self {
        match shape {
            _ if shape.own_weights => Self::Columns,
            _ if on_card && shape.groups > 1 && shape.groups == shape.inputs => Self::Depthwise,
            _ => Self::Burn,
        }
    }
}

impl WeightGradient {
    pub fn of(shape: &Shape, on_card: bool) -> Self {
        let taps: usize = shape.axes.iter().map(|axis| axis.kernel).product();
        let tiles = shape.outputs.div_ceil(TILE) * (shape.inputs * taps).div_ceil(TILE);
        match shape {
            _ if shape.own_weights => Self::Columns,
            _ if on_card && (shape.groups > 1 || tiles < ENOUGH_TILES) => Self::Split,
            _ => Self::Burn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::axis::Axis;
    use super::*;

    fn shape(inputs: usize, outputs: usize, groups: usize, kernel: usize) -> Shape {
        let axis = Axis { read: 40, made: 40, kernel, stride: 1, dilation: 1, before: 0 };
        Shape { rows: 2, inputs, outputs, groups, own_weights: false, axes: vec![axis; 3] }
    }

    #[test]
    fn first_layers_split_their_sum_and_wide_ones_are_burns() {
        assert_eq!(WeightGradient::of(&shape(1, 16, 1, 3), true), WeightGradient::Split);
        assert_eq!(WeightGradient::of(&shape(16, 32, 1, 3), true), WeightGradient::Split);
        assert_eq!(WeightGradient::of(&shape(64, 128, 1, 3), true), WeightGradient::Burn);
        assert_eq!(WeightGradient::of(&shape(1, 16, 1, 3), false), WeightGradient::Burn);
    }

    #[test]
    fn depthwise_convolutions_are_ours_on_a_card_alone() {
        assert_eq!(Forward::of(&shape(16, 16, 16, 5), true), Forward::Depthwise);
        assert_eq!(Forward::of(&shape(16, 80, 16, 5), true), Forward::Depthwise);
        assert_eq!(Forward::of(&shape(16, 16, 16, 5), false), Forward::Burn);
        // One channel is no group.
        assert_eq!(Forward::of(&shape(1, 16, 1, 5), true), Forward::Burn);
    }
}
