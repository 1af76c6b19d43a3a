//! Linear interpolation along an axis.

use crate::Tensor;
use crate::array::Array;
use fascicle_kernels::{Between, interpolated, interpolated_gradient};

impl Tensor {
    /// An axis of as many elements as there are places, each between two elements of the old one.
    pub fn interpolate(self, axis: usize, places: Vec<Between>) -> Self {
        if !self.array.has_kernels() {
            return self.interpolated_by_parts(axis, &places);
        }
        let before = self.dims();
        let (extent, inner) = (before[axis], before[axis + 1..].iter().product());
        let mut dims = before.clone();
        dims[axis] = places.len();
        self.made_of(
            |x| {
                let x = x.for_kernels();
                let made = interpolated(x.as_deref().unwrap_or_default(), extent, inner, &places);
                (Array::of_kernel(made, &dims), (before, axis, places))
            },
            |(before, axis, places), gradient| {
                let gradient = gradient.for_kernels();
                let inner = before[axis + 1..].iter().product();
                let found =
                    interpolated_gradient(gradient.as_deref().unwrap_or_default(), before[axis], inner, &places);
                Array::of_kernel(found, &before)
            },
        )
    }

    /// What lies left and what lies right, each by its share.
    fn interpolated_by_parts(self, axis: usize, places: &[Between]) -> Self {
        let mut column = vec![1; self.dims().len()];
        column[axis] = places.len();
        let device = self.device();
        let part = |x: Self, at: fn(&Between) -> usize, share: fn(&Between) -> f64| {
            let positions: Vec<usize> = places.iter().map(at).collect();
            let shares = Self::from_host_double(places.iter().map(share).collect(), &column, &device);
            x.select(axis, &positions).mul(shares)
        };
        let left = part(self.clone(), |place| place.left, |place| 1.0 - place.share);
        left.add(part(self, |place| place.right, |place| place.share))
    }
}
