//! Elements under other shapes, in other places.

use crate::Tensor;
use crate::array::{Array, Range};

impl Tensor {
    /// The same elements, row-major, under another shape.
    pub fn reshape(self, dims: &[usize]) -> Self {
        let before = self.dims();
        if before == dims {
            return self;
        }
        self.made_of(|x| (x.reshape(dims), before), |before, g| g.reshape(&before))
    }

    /// One axis.
    pub fn flat(self) -> Self {
        let len = self.len();
        self.reshape(&[len])
    }

    /// `[rows, channels, everything else]`; a number a subject counts as one channel.
    pub fn by_channel(self) -> Self {
        let dims = self.dims();
        let channels = dims.get(1).copied().unwrap_or(1);
        let rest = dims.iter().skip(2).product();
        self.reshape(&[dims[0], channels, rest])
    }

    /// Axes in a new order.
    pub fn permute(self, order: &[usize]) -> Self {
        if order.iter().enumerate().all(|(i, axis)| i == *axis) {
            return self;
        }
        let mut back = vec![0; order.len()];
        for (to, from) in order.iter().enumerate() {
            back[*from] = to;
        }
        self.made_of(|x| (x.permute(order), back), |back, g| g.permute(&back))
    }

    /// `start..end` of an axis, every `step`-th.
    pub fn slice(self, axis: usize, start: usize, end: usize, step: usize) -> Self {
        let mut ranges: Vec<Range> = self.dims().iter().map(|n| (0, *n, 1)).collect();
        ranges[axis] = (start, end, step);
        self.slices(&ranges)
    }

    /// `start..end` of each axis, every `step`-th, in one pass.
    pub fn slices(self, ranges: &[Range]) -> Self {
        let before = self.dims();
        if before.iter().zip(ranges).all(|(n, range)| *range == (0, *n, 1)) {
            return self;
        }
        let kept = (before, ranges.to_vec());
        self.made_of(
            |x| (x.slices(ranges), kept),
            |(before, ranges), g| g.filled_like(0.0, &before).with_slices(&ranges, g),
        )
    }

    /// Several one after the other along an axis.
    pub fn cat(parts: Vec<Self>, axis: usize) -> Self {
        let mut parts = parts;
        if parts.len() == 1 {
            return parts.remove(0);
        }
        let extents: Vec<(usize, bool)> = parts.iter().map(|part| (part.dims()[axis], part.node.is_some())).collect();
        let (arrays, nodes): (Vec<_>, Vec<_>) = parts.into_iter().map(|part| (part.array, part.node)).unzip();
        Self::made_of_several(nodes, Array::cat(arrays, axis), move |g| {
            let dims = g.dims();
            let mut start = 0;
            let mut gradients = Vec::new();
            for (extent, wanted) in extents {
                if wanted {
                    let mut ranges: Vec<Range> = dims.iter().map(|n| (0, *n, 1)).collect();
                    ranges[axis] = (start, start + extent, 1);
                    gradients.push(g.clone().slices(&ranges));
                }
                start += extent;
            }
            gradients
        })
    }

    /// Several of one shape along a new axis.
    pub fn stack(parts: Vec<Self>, axis: usize) -> Self {
        let widened = parts
            .into_iter()
            .map(|part| {
                let mut dims = part.dims();
                dims.insert(axis, 1);
                part.reshape(&dims)
            })
            .collect();
        Self::cat(widened, axis)
    }

    /// Repeats axes of extent 1.
    pub fn expand(self, dims: &[usize]) -> Self {
        let before = self.dims();
        if before == dims {
            return self;
        }
        self.made_of(|x| (x.expand(dims), before), |before, g| g.sum_to(&before))
    }

    /// The entries at these positions of an axis, in this order, repetitions allowed.
    pub fn select(self, axis: usize, positions: &[usize]) -> Self {
        let (before, positions) = (self.dims(), self.positions(positions));
        self.made_of(
            |x| (x.select(axis, positions.clone()), (before, axis, positions)),
            |(before, axis, positions), g| g.filled_like(0.0, &before).select_add(axis, positions, g),
        )
    }

    /// Rows of a table, `[levels, n]`, at the class numbers of a tensor of any shape: `[.., n]`.
    pub fn rows_at(self, classes: &Self) -> Self {
        let before = self.dims();
        let mut dims = classes.dims();
        dims.extend(before.last());
        let positions = classes.array.clone().reshape(&[classes.len()]).into_positions();
        let rows = self.made_of(
            |x| (x.select(0, positions.clone()), (before, positions)),
            |(before, positions), g| g.filled_like(0.0, &before).select_add(0, positions, g),
        );
        rows.reshape(&dims)
    }

    /// Adds `(before, after)` entries of this value to an axis.
    pub fn pad(self, axis: usize, (before, after): (usize, usize), value: f64) -> Self {
        if before == 0 && after == 0 {
            return self;
        }
        let mut dims = self.dims();
        let mut ranges: Vec<Range> = dims.iter().map(|n| (0, *n, 1)).collect();
        ranges[axis] = (before, before + dims[axis], 1);
        dims[axis] += before + after;
        self.made_of(|x| (x.filled_like(value, &dims).with_slices(&ranges, x), ranges), |ranges, g| g.slices(&ranges))
    }
}
