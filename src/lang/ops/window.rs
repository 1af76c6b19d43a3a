//! Windows that slide over the spatial axes: what convolution and pooling have in common.
//!
//! ```text
//!  kernel, stride, padding, dilation ──Window::read──▶ numbers for each axis ──Window::result──▶ extent of the result
//!  as the file gives them              `same` resolved
//! ```

use super::{Argument, Arguments, Refusal, Rewrite, limits};
use crate::graph::{Extent, Padding};

/// A sliding window, one number for each spatial axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Window {
    /// Extent of the window.
    pub kernel: Extent,
    /// Its step.
    pub stride: Extent,
    /// What is added around the input.
    pub padding: Padding,
    /// Spacing of its elements.
    pub dilation: Extent,
}

impl Window {
    /// The arguments `kernel`, `stride`, `padding` and `dilation` for an input of this extent. A stride that is not
    /// given is the kernel's, a dilation that is not a parameter 1.
    pub(super) fn read(arguments: &Arguments, space: &[usize]) -> Result<Self, Refusal> {
        let axes = space.len();
        let kernel = extent(arguments, "kernel", axes, 1)?.unwrap_or_else(|| vec![1; axes]);
        Self::of_kernel(kernel, arguments, space)
    }

    /// The same where the kernel's extent is known from elsewhere.
    pub(super) fn of_kernel(kernel: Extent, arguments: &Arguments, space: &[usize]) -> Result<Self, Refusal> {
        let axes = space.len();
        let stride = extent(arguments, "stride", axes, 1)?.unwrap_or_else(|| kernel.clone());
        let dilation = extent(arguments, "dilation", axes, 1)?.unwrap_or_else(|| vec![1; axes]);
        let padding = match arguments.word("padding") {
            Some("same") => (0..axes).map(|i| same(space[i], kernel[i], stride[i], dilation[i])).collect(),
            Some(word) => {
                return Err(Refusal::new(format!("`padding` is a number, a list or `same`, not `{word}`"))
                    .at_argument("padding")
                    .hint("padding: same"));
            }
            None => extent(arguments, "padding", axes, 0)?
                .unwrap_or_else(|| vec![0; axes])
                .into_iter()
                .map(|p| (p, p))
                .collect(),
        };
        Ok(Self { kernel, stride, padding, dilation })
    }

    /// Extent of the result: `floor((n + before + after - dilation*(kernel-1) - 1) / stride) + 1` along each axis.
    pub(super) fn result(&self, channels: usize, space: &[usize]) -> Result<Extent, Refusal> {
        let mut padded_shape = vec![channels];
        let mut result = Vec::with_capacity(space.len());
        for (i, n) in space.iter().enumerate() {
            let (before, after) = self.padding[i];
            let padded = n + before + after;
            let span = span(self.kernel[i], self.dilation[i]);
            if span > padded {
                return Err(self.too_large(i, span, padded));
            }
            padded_shape.push(padded);
            result.push((padded - span) / self.stride[i] + 1);
        }
        limits::shape(&padded_shape, "the padded input")?;
        Ok(result)
    }

    fn too_large(&self, axis: usize, span: usize, padded: usize) -> Refusal {
        let kernel = match self.dilation[axis] {
            1 => format!("the kernel ({span})"),
            dilation => format!("the kernel ({} elements, dilation {dilation}: {span})", self.kernel[axis]),
        };
        Refusal::new(format!("{kernel} is larger than the padded input ({padded}) along axis {}", axis + 1))
            .at_argument("kernel")
            .hint(format!("pad with `padding: same`, or make the kernel at most {padded} there"))
            .rewrite(Rewrite::Argument("padding", "same".into()))
    }
}

/// From a window's first element to its last, both included.
pub(super) fn span(kernel: usize, dilation: usize) -> usize {
    dilation * (kernel - 1) + 1
}

/// Padding after which the result's extent is `ceil(n / stride)`: the smaller half first, as Keras has it.
fn same(n: usize, kernel: usize, stride: usize, dilation: usize) -> (usize, usize) {
    let total = ((n.div_ceil(stride) - 1) * stride + span(kernel, dilation)).saturating_sub(n);
    (total / 2, total - total / 2)
}

/// One number for each of these axes, from one for all or a list; `None` where it was not given.
pub(super) fn extent(
    arguments: &Arguments,
    name: &'static str,
    axes: usize,
    at_least: i64,
) -> Result<Option<Extent>, Refusal> {
    let list = match arguments.get(name) {
        None => return Ok(None),
        Some(Argument::Int(one)) => vec![*one; axes],
        Some(Argument::Ints(list)) => list.clone(),
        Some(_) => return Err(Refusal::new(format!("`{name}` is a whole number or a list of them")).at_argument(name)),
    };
    if list.len() != axes {
        let shown: Vec<String> =
            (0..axes).map(|i| list.get(i).or(list.last()).unwrap_or(&at_least).to_string()).collect();
        return Err(Refusal::new(format!("`{name}` has {} numbers, and there are {axes} axes in space", list.len()))
            .at_argument(name)
            .hint(format!("{name}: [{}]", shown.join(", "))));
    }
    list.into_iter().map(|value| limits::size(value, name, at_least)).collect::<Result<_, _>>().map(Some)
}
