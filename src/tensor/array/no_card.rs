//! What kernels of cards are called in a build without them, in which nothing is on one.

use super::{Array, Positions};
use fascicle_kernels::Geometry;

const NO_CARD: &str = "a build without cards has no array on one";

impl Array {
    pub fn direct_convolution(self, _weight: Self, _geometry: &Geometry) -> Self {
        unreachable!("{NO_CARD}")
    }

    pub fn split_weight_gradient(self, _gradient: Self, _geometry: &Geometry) -> Self {
        unreachable!("{NO_CARD}")
    }

    pub fn exact_product(self, _other: Self) -> Self {
        unreachable!("{NO_CARD}")
    }

    pub fn card_sum(self, _axis: usize) -> Self {
        unreachable!("{NO_CARD}")
    }

    pub fn card_maximum(self, _axis: usize) -> Self {
        unreachable!("{NO_CARD}")
    }

    pub fn card_position_of_largest(self, _axis: usize) -> Positions {
        unreachable!("{NO_CARD}")
    }
}
