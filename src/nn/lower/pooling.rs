//! Pooling over windows.
//!
//! On the CPU a kernel of our own takes the largest over all axes at once. burn pools over one or two. Three are pooled as two and one: a maximum of maxima is the maximum, a mean of
//! means of equal windows is the mean. Gradients of equal maxima go to the first in row-major order, as in PyTorch,
//! because each pass takes its first. The passes need no transposition, only other shapes.

use super::super::step::Step;
use super::super::{NnError, Tensor};
use crate::graph::{PoolKind, PoolOp};
use fascicle_tensor::Windows;

/// The window along one axis.
#[derive(Clone, Copy)]
struct Window {
    kernel: usize,
    stride: usize,
    padding: (usize, usize),
}

const WHOLE: Window = Window { kernel: 1, stride: 1, padding: (0, 0) };

/// Pooling over windows of the spatial axes.
pub(super) fn windows(step: &Step<'_>, pool: &PoolOp) -> Result<Tensor, NnError> {
    let x = step.tensor(0)?;
    let axes = x.dims().len() - 2;
    let lengths = [pool.kernel.len(), pool.stride.len(), pool.padding.len()];
    if lengths != [axes; 3] {
        return Err(step.broken(format!("it pools {axes} axes with {lengths:?} numbers")));
    }
    let window =
        |axis: usize| Window { kernel: pool.kernel[axis], stride: pool.stride[axis], padding: pool.padding[axis] };
    Ok(separable(x, &(0..axes).map(window).collect::<Vec<_>>(), pool.kind))
}

fn separable(x: Tensor, windows: &[Window], kind: PoolKind) -> Tensor {
    let dims = x.dims();
    let planes = dims[0] * dims[1];
    let mut out = dims[..2].to_vec();
    if kind == PoolKind::Max && x.has_kernels() && (1..=3).contains(&windows.len()) && windows.len() + 2 == dims.len() {
        let windows = at_once(&dims[2..], windows);
        out.extend(&windows.made[5 - dims.len()..]);
        return x.max_pool(windows, &out);
    }
    let pooled = match (windows, &dims[2..]) {
        ([a], [n]) => plane(x.reshape(&[planes, 1, 1, *n]), WHOLE, *a, kind),
        ([a, b], [m, n]) => plane(x.reshape(&[planes, 1, *m, *n]), *a, *b, kind),
        ([a, b, c], [l, m, n]) => {
            let slices = plane(x.reshape(&[planes, *l, *m, *n]), *b, *c, kind);
            let [m, n] = [slices.dims()[2], slices.dims()[3]];
            let pooled = plane(slices.reshape(&[planes, 1, *l, m * n]), *a, WHOLE, kind);
            out.extend([pooled.dims()[2], m, n]);
            return pooled.reshape(&out);
        }
        _ => return x,
    };
    let last = pooled.dims();
    out.extend(&last[4 - windows.len()..]);
    pooled.reshape(&out)
}

/// Windows over one to three axes, as over three.
fn at_once(extents: &[usize], windows: &[Window]) -> Windows {
    let missing = 3 - windows.len();
    let over = |axis: usize| (axis >= missing).then(|| (extents[axis - missing], windows[axis - missing]));
    let made = |(extent, window): (usize, Window)| {
        (extent + window.padding.0 + window.padding.1 - window.kernel) / window.stride + 1
    };
    let each = |of: &dyn Fn((usize, Window)) -> usize, missing: usize| -> [usize; 3] {
        std::array::from_fn(|axis| over(axis).map_or(missing, of))
    };
    Windows {
        read: each(&|(extent, _)| extent, 1),
        made: each(&made, 1),
        kernel: each(&|(_, window)| window.kernel, 1),
        stride: each(&|(_, window)| window.stride, 1),
        before: each(&|(_, window)| window.padding.0, 0),
    }
}

/// Pools the last two axes of `[n, c, h, w]`.
fn plane(x: Tensor, rows: Window, columns: Window, kind: PoolKind) -> Tensor {
    let border = match kind {
        PoolKind::Max => f64::NEG_INFINITY,
        PoolKind::Average => 0.0,
    };
    // The layer pads both sides alike, by half a window at most.
    let common = |w: Window| w.padding.0.min(w.padding.1).min(w.kernel / 2);
    let (p, q) = (common(rows), common(columns));
    let beyond = |w: Window, p: usize| (w.padding.0 - p, w.padding.1 - p);
    let x = x.pad(2, beyond(rows, p), border).pad(3, beyond(columns, q), border);
    let (kernel, stride) = ([rows.kernel, columns.kernel], [rows.stride, columns.stride]);
    match kind {
        PoolKind::Max => x.max_pool2d(kernel, stride, [p, q]),
        PoolKind::Average => x.average_pool2d(kernel, stride, [p, q]),
    }
}

/// Pooling to a given extent: window `i` of `m` over `n` elements is `floor(i n / m) .. ceil((i + 1) n / m)`.
pub(super) fn adaptive(step: &Step<'_>, kind: PoolKind, size: &[usize]) -> Result<Tensor, NnError> {
    let x = step.tensor(0)?;
    let dims = x.dims();
    if size.len() + 2 != dims.len() || size.contains(&0) {
        return Err(step.broken(format!("it pools {dims:?} to {size:?}")));
    }
    if size.iter().all(|m| *m == 1) {
        let space: Vec<usize> = (2..dims.len()).collect();
        return Ok(reduced(x, &space, kind));
    }
    if dims[2..].iter().zip(size).all(|(n, m)| n % m == 0) {
        let windows: Vec<Window> =
            dims[2..].iter().zip(size).map(|(n, m)| Window { kernel: n / m, stride: n / m, padding: (0, 0) }).collect();
        return Ok(separable(x, &windows, kind));
    }
    let mut x = x;
    for (axis, (n, m)) in dims[2..].iter().zip(size).enumerate().rev() {
        let window =
            |i: usize| reduced(x.clone().slice(axis + 2, i * n / m, ((i + 1) * n).div_ceil(*m), 1), &[axis + 2], kind);
        x = Tensor::cat((0..*m).map(window).collect(), axis + 2);
    }
    Ok(x)
}

fn reduced(x: Tensor, axes: &[usize], kind: PoolKind) -> Tensor {
    match kind {
        PoolKind::Max => x.max(axes),
        PoolKind::Average => x.mean(axes),
    }
}
