//! Elements under other shapes, in other places.

use super::{Array, Positions, on};
use burn::tensor::ops::FloatTensorOps;
use burn::tensor::{Shape, Slice};

/// `start..end` of an axis, every `step`-th.
pub(crate) type Range = (usize, usize, usize);

fn slices(ranges: &[Range]) -> Vec<Slice> {
    let slice = |(start, end, step): &Range| Slice::with_step(*start as isize, Some(*end as isize), *step as isize);
    ranges.iter().map(slice).collect()
}

impl Array {
    /// The same elements, row-major, under another shape.
    pub fn reshape(self, dims: &[usize]) -> Self {
        if self.shape().as_slice() == dims {
            return self;
        }
        on!(B, Array(x) = self => B::float_reshape(x, Shape::from(dims.to_vec())))
    }

    /// Axes in a new order.
    pub fn permute(self, order: &[usize]) -> Self {
        if order.iter().enumerate().all(|(i, axis)| i == *axis) {
            return self;
        }
        on!(B, Array(x) = self => B::float_permute(x, order))
    }

    /// The elements of these axes in the opposite order.
    pub fn flip(self, axes: &[usize]) -> Self {
        if axes.is_empty() {
            return self;
        }
        on!(B, Array(x) = self => B::float_flip(x, axes))
    }

    /// A range of each axis.
    pub fn slices(self, ranges: &[Range]) -> Self {
        if self.dims().iter().zip(ranges).all(|(n, range)| *range == (0, *n, 1)) {
            return self;
        }
        on!(B, Array(x) = self => B::float_slice(x, &slices(ranges)))
    }

    /// The same with a range of each axis replaced.
    pub fn with_slices(self, ranges: &[Range], value: Self) -> Self {
        on!(B, Array(x) = self, Array(y) = value => B::float_slice_assign(x, &slices(ranges), y))
    }

    /// Several one after the other along an axis.
    pub fn cat(parts: Vec<Self>, axis: usize) -> Self {
        let mut parts = parts;
        if parts.len() == 1 {
            return parts.remove(0);
        }
        macro_rules! all_of {
            ($kind:ident, $backend:ty) => {{
                let of_kind = |part| match part {
                    Self::$kind(x) => x,
                    #[allow(unreachable_patterns)] // other backends are cargo features
                    _ => unreachable!("two devices meet in one operation"),
                };
                crate::traffic::count(|traffic| traffic.operations += 1);
                Self::$kind(<$backend>::float_cat(parts.into_iter().map(of_kind).collect(), axis))
            }};
        }
        match parts.first() {
            #[cfg(feature = "cuda")]
            Some(Self::Cuda(_)) => all_of!(Cuda, burn::backend::Cuda),
            #[cfg(feature = "vulkan")]
            Some(Self::Vulkan(_)) => all_of!(Vulkan, burn::backend::Vulkan),
            _ => all_of!(Cpu, burn::backend::Flex),
        }
    }

    /// Repeats axes of extent 1.
    pub fn expand(self, dims: &[usize]) -> Self {
        if self.shape().as_slice() == dims {
            return self;
        }
        on!(B, Array(x) = self => B::float_expand(x, Shape::from(dims.to_vec())))
    }

    /// The entries at these positions of an axis, in this order, repetitions allowed.
    pub fn select(self, axis: usize, positions: Positions) -> Self {
        on!(B, Array(x) = self, Positions(at) = positions => B::float_select(x, axis, at))
    }

    /// Adds entries at these positions of an axis.
    pub fn select_add(self, axis: usize, positions: Positions, value: Self) -> Self {
        on!(B, Array(x) = self, Positions(at) = positions, Array(y) = value => B::float_select_add(x, axis, at, y))
    }
}
