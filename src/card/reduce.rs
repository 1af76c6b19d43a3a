//! Reductions along an axis.
//!
//! ```text
//!  [outer, axis, inner] ──a cube a part of the axis──▶ [outer, parts, inner] ──again, until there is one part──▶ [outer, 1, inner]
//! ```
//!
//! Where the axis lies last in memory, the units of a cube go through a part side by side and then halve their number; else each unit
//! goes through a part of a column of its own.

use burn_backend::DType;
use burn_cubecl::CubeRuntime;
use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::ops::reshape;
use burn_cubecl::tensor::CubeTensor;

/// Units of a cube.
const UNITS: usize = 256;
/// Numbers of a part that lies last in memory: sixteen a unit.
const PART: usize = 16 * UNITS;
/// Numbers of a part of a column.
const COLUMN_PART: usize = 512;
/// Units that go through columns, below which columns are split.
const WANTED_COLUMNS: usize = 64 * UNITS;
/// Numbers of a part of a column at least, so that parts are worth their writing.
const SHORTEST_COLUMN_PART: usize = 32;

/// What becomes of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// The larger.
    Maximum,
}

#[cube]
fn both<E: Float>(a: E, b: E, #[comptime] reduction: Reduction) -> E {
    match reduction {
        Reduction::Sum => a + b,
        Reduction::Maximum => max(a, b),
    }
}

/// `[outer, axis]` to `[outer, parts]`: a cube a part.
#[cube(launch)]
fn last_kernel<E: Float>(
    x: &Array<E>,
    made: &mut Array<E>,
    axis: u32,
    part: u32,
    parts: u32,
    cubes: u32,
    #[comptime] reduction: Reduction,
    #[define(E)] _dtype: StorageType,
) {
    let cube = CUBE_POS as u32;
    let inside = cube < cubes;
    let outer = cube / parts;
    let start = cube % parts * part;
    let end = select(inside, min(start + part, axis), 0u32);
    // Units beyond the end of a short part take no part.
    let count = min(end - min(start, end), comptime![UNITS as u32]);
    let mut shared = SharedMemory::<E>::new(UNITS);
    if UNIT_POS < count {
        let mut at = start + UNIT_POS;
        let mut own = x[(outer * axis + at) as usize];
        at += comptime![UNITS as u32];
        while at < end {
            own = both::<E>(own, x[(outer * axis + at) as usize], reduction);
            at += comptime![UNITS as u32];
        }
        shared[UNIT_POS as usize] = own;
    }
    sync_cube();
    #[unroll]
    for step in 0..comptime![UNITS.ilog2() as usize] {
        let half = comptime![(UNITS >> (step + 1)) as u32];
        if UNIT_POS < half && UNIT_POS + half < count {
            let sum = both::<E>(shared[UNIT_POS as usize], shared[(UNIT_POS + half) as usize], reduction);
            shared[UNIT_POS as usize] = sum;
        }
        sync_cube();
    }
    if inside && UNIT_POS == 0u32 {
        made[cube as usize] = shared[0];
    }
}

/// `[outer, axis, inner]` to `[outer, parts, inner]`: a unit a part of a column.
#[cube(launch)]
fn column_kernel<E: Float>(
    x: &Array<E>,
    made: &mut Array<E>,
    axis: u32,
    inner: u32,
    part: u32,
    parts: u32,
    units: u32,
    #[comptime] reduction: Reduction,
    #[define(E)] _dtype: StorageType,
) {
    let unit = ABSOLUTE_POS as u32;
    if unit >= units {
        terminate!();
    }
    let column = unit % inner;
    let rest = unit / inner;
    let start = rest % parts * part;
    let outer = rest / parts;
    let end = min(start + part, axis);
    let mut sum = x[((outer * axis + start) * inner + column) as usize];
    for at in start + 1..end {
        sum = both::<E>(sum, x[((outer * axis + at) * inner + column) as usize], reduction);
    }
    made[unit as usize] = sum;
}

/// The position of the first of the largest along an axis: `[outer, axis, inner]` to `[outer, inner]`.
#[cube(launch)]
fn position_kernel<E: Float>(
    x: &Array<E>,
    made: &mut Array<i32>,
    axis: u32,
    inner: u32,
    units: u32,
    #[define(E)] _dtype: StorageType,
) {
    let unit = ABSOLUTE_POS as u32;
    if unit >= units {
        terminate!();
    }
    let column = unit % inner;
    let outer = unit / inner;
    let mut best = 0u32;
    let mut largest = x[(outer * axis * inner + column) as usize];
    for at in 1..axis {
        let value = x[((outer * axis + at) * inner + column) as usize];
        if value > largest {
            largest = value;
            best = at;
        }
    }
    made[unit as usize] = i32::cast_from(best);
}

/// Extents before an axis, along it, and after it.
fn seen<R: CubeRuntime>(x: &CubeTensor<R>, axis: usize) -> [usize; 3] {
    let shape = x.meta.shape();
    let product = |range: std::ops::Range<usize>| range.map(|i| shape[i]).product::<usize>();
    [product(0..axis), shape[axis], product(axis + 1..shape.num_dims())]
}

/// The reduction along an axis, which keeps extent 1.
pub fn reduce<R: CubeRuntime>(x: CubeTensor<R>, axis: usize, reduction: Reduction) -> CubeTensor<R> {
    let mut shape = x.meta.shape().clone();
    let [outer, mut length, inner] = seen(&x, axis);
    shape[axis] = 1;
    let mut x = into_contiguous(x);
    loop {
        let made = match inner {
            1 => last(&x, outer, length, reduction),
            _ => column(&x, [outer, length, inner], reduction),
        };
        length = made.meta.shape()[1];
        x = made;
        if length == 1 {
            return reshape(x, shape);
        }
    }
}

fn empty<R: CubeRuntime>(like: &CubeTensor<R>, shape: [usize; 3]) -> CubeTensor<R> {
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape.into(), like.dtype)
}

fn last<R: CubeRuntime>(x: &CubeTensor<R>, outer: usize, axis: usize, reduction: Reduction) -> CubeTensor<R> {
    let parts = axis.div_ceil(PART).max(1);
    let cubes = outer * parts;
    let made = empty(x, [outer, parts, 1]);
    if cubes == 0 {
        return made;
    }
    let dim = CubeDim::new_1d(UNITS as u32);
    let count = cubecl::calculate_cube_count_elemwise(&x.client, cubes * UNITS, dim);
    last_kernel::launch(
        &made.client,
        count,
        dim,
        x.clone().into_array_arg(),
        made.clone().into_array_arg(),
        axis as u32,
        PART as u32,
        parts as u32,
        cubes as u32,
        reduction,
        x.dtype.into(),
    );
    made
}

fn column<R: CubeRuntime>(x: &CubeTensor<R>, [outer, axis, inner]: [usize; 3], reduction: Reduction) -> CubeTensor<R> {
    // Few columns are split, so that there are units enough; long ones, so that single precision sums few numbers at a time.
    let wanted = WANTED_COLUMNS.div_ceil((outer * inner).max(1)).min(axis.div_ceil(SHORTEST_COLUMN_PART));
    let parts = wanted.max(axis.div_ceil(COLUMN_PART)).max(1);
    let part = axis.div_ceil(parts).max(1);
    let parts = axis.div_ceil(part).max(1);
    let units = outer * parts * inner;
    let made = empty(x, [outer, parts, inner]);
    if units == 0 {
        return made;
    }
    let dim = CubeDim::new_1d(UNITS as u32);
    let count = cubecl::calculate_cube_count_elemwise(&x.client, units, dim);
    column_kernel::launch(
        &made.client,
        count,
        dim,
        x.clone().into_array_arg(),
        made.clone().into_array_arg(),
        axis as u32,
        inner as u32,
        part as u32,
        parts as u32,
        units as u32,
        reduction,
        x.dtype.into(),
    );
    made
}

/// The position of the first of the largest along an axis, which keeps extent 1, as 32-bit integers.
pub fn position_of_largest<R: CubeRuntime>(x: CubeTensor<R>, axis: usize) -> CubeTensor<R> {
    let mut shape = x.meta.shape().clone();
    let [outer, length, inner] = seen(&x, axis);
    shape[axis] = 1;
    let x = into_contiguous(x);
    let made = empty_device_contiguous_dtype(x.client.clone(), x.device.clone(), shape, DType::I32);
    let units = outer * inner;
    if units == 0 {
        return made;
    }
    let dim = CubeDim::new_1d(UNITS as u32);
    let count = cubecl::calculate_cube_count_elemwise(&x.client, units, dim);
    let dtype = x.dtype.into();
    position_kernel::launch(
        &made.client,
        count,
        dim,
        x.into_array_arg(),
        made.clone().into_array_arg(),
        length as u32,
        inner as u32,
        units as u32,
        dtype,
    );
    made
}
