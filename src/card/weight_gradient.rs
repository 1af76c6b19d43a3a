//! The gradient of a convolution's weights, its sum over places split among cubes.
//!
//! ```text
//!  gradient [rows, outputs, lines, w]  ×  image [rows, inputs, ..]
//!        │ a cube: some lines of some rows, some weights; a unit: the weights of some outputs for one input channel and tap
//!        ▼
//!  parts [sets, splits, weights] ──sum, the first part first──▶ weights [sets, weights]
//! ```
//!
//! Where rows have weights of their own there is a set a row, else one for all rows.

use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{CubeRuntime, ops::numeric::empty_device_contiguous_dtype};
use fascicle_kernels::Geometry;

/// Units of a cube.
const UNITS: usize = 128;
/// Cubes that keep a large card busy: four for each of its multiprocessors.
const WANTED_CUBES: usize = 528;
/// Numbers of the parts, at most: what is written and read again must be little beside the images.
const MOST_PARTS: usize = 8 << 20;
/// Places a part sums at least, so that summing the parts is little work.
const FEWEST_PLACES: usize = 256;

/// How the sum is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// Weights of one input channel and tap that a unit sums: those of so many outputs.
    pub outputs_a_unit: usize,
    /// Cubes that together sum all weights over the same places.
    pub cubes_a_part: usize,
    /// Parts of each set of weights, over lines of its own.
    pub parts: usize,
    /// Sets of weights.
    pub sets: usize,
    /// Lines of a part: rows of the batch and all axes but the last.
    pub lines_a_part: usize,
}

impl Split {
    /// How the gradient of the weights of a convolution is split.
    pub fn of(geometry: &Geometry) -> Self {
        let outputs = geometry.outputs / geometry.groups;
        let outputs_a_unit = [8, 4, 3, 2].into_iter().find(|n| outputs.is_multiple_of(*n)).unwrap_or(1);
        let units = geometry.weights() / outputs_a_unit;
        let cubes_a_part = units.div_ceil(UNITS).max(1);
        let [d, h, w] = geometry.made;
        let (sets, rows) = if geometry.own_weights { (geometry.rows, 1) } else { (1, geometry.rows) };
        let lines = (rows * d * h).max(1);
        let for_cubes = WANTED_CUBES.div_ceil(cubes_a_part * sets.max(1));
        let for_memory = (MOST_PARTS / (sets * geometry.weights()).max(1)).max(1);
        let for_work = (lines * w / FEWEST_PLACES).max(1);
        let wanted = for_cubes.min(for_memory).min(for_work).clamp(1, lines);
        let lines_a_part = lines.div_ceil(wanted);
        Self { outputs_a_unit, cubes_a_part, parts: lines.div_ceil(lines_a_part), sets, lines_a_part }
    }

    /// Cubes that work at once.
    pub fn cubes(&self) -> usize {
        self.cubes_a_part * self.parts * self.sets
    }
}

/// What the kernel is compiled for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Taps {
    kernel: [usize; 3],
    stride: [usize; 3],
    dilation: [usize; 3],
    outputs_a_unit: usize,
}

/// Extents, which change with the batch and the image.
#[derive(CubeLaunch, CubeType)]
struct Extents {
    inputs: u32,
    outputs: u32,
    groups: u32,
    read_d: u32,
    read_h: u32,
    read_w: u32,
    made_d: u32,
    made_h: u32,
    made_w: u32,
    before_d: u32,
    before_h: u32,
    before_w: u32,
    /// Of a part.
    lines: u32,
    /// Of a set.
    all_lines: u32,
    /// Of a set.
    parts: u32,
    /// Units that sum all weights.
    units: u32,
    cubes_a_part: u32,
}

#[cube(launch)]
fn weight_gradient_kernel<E: Float>(
    x: &Array<E>,
    gradient: &Array<E>,
    parts: &mut Array<E>,
    extents: &Extents,
    #[comptime] taps: Taps,
    #[define(E)] _dtype: StorageType,
) {
    let part = CUBE_POS as u32 / extents.cubes_a_part;
    let unit = (CUBE_POS as u32 % extents.cubes_a_part) * comptime![UNITS as u32] + UNIT_POS;
    if unit >= extents.units {
        terminate!();
    }
    let kw = unit % comptime![taps.kernel[2] as u32];
    let rest = unit / comptime![taps.kernel[2] as u32];
    let kh = rest % comptime![taps.kernel[1] as u32];
    let rest = rest / comptime![taps.kernel[1] as u32];
    let kd = rest % comptime![taps.kernel[0] as u32];
    let rest = rest / comptime![taps.kernel[0] as u32];
    let inputs = extents.inputs / extents.groups;
    let input = rest % inputs;
    let output = rest / inputs * comptime![taps.outputs_a_unit as u32];
    let channel = output / (extents.outputs / extents.groups) * inputs + input;

    let mut sums = Array::<E>::new(taps.outputs_a_unit);
    #[unroll]
    for i in 0..comptime![taps.outputs_a_unit] {
        sums[i] = E::new(0.0);
    }
    let set = part / extents.parts;
    let first = (part % extents.parts) * extents.lines;
    let last = min(first + extents.lines, extents.all_lines);
    let places = extents.made_d * extents.made_h * extents.made_w;
    for line_of_set in first..last {
        let line = set * extents.all_lines + line_of_set;
        let h = line % extents.made_h;
        let rest = line / extents.made_h;
        let d = rest % extents.made_d;
        let row = rest / extents.made_d;
        // What lies before the image wraps around to a large number.
        let at_d = d * comptime![taps.stride[0] as u32] + kd * comptime![taps.dilation[0] as u32] - extents.before_d;
        let at_h = h * comptime![taps.stride[1] as u32] + kh * comptime![taps.dilation[1] as u32] - extents.before_h;
        if at_d < extents.read_d && at_h < extents.read_h {
            let from_x =
                (((row * extents.inputs + channel) * extents.read_d + at_d) * extents.read_h + at_h) * extents.read_w;
            let from_g = (row * extents.outputs + output) * places + (d * extents.made_h + h) * extents.made_w;
            for w in 0..extents.made_w {
                let at_w =
                    w * comptime![taps.stride[2] as u32] + kw * comptime![taps.dilation[2] as u32] - extents.before_w;
                if at_w < extents.read_w {
                    let value = x[(from_x + at_w) as usize];
                    #[unroll]
                    for i in 0..comptime![taps.outputs_a_unit] {
                        sums[i] += value * gradient[(from_g + comptime![i as u32] * places + w) as usize];
                    }
                }
            }
        }
    }
    let taps_of_input = comptime![(taps.kernel[0] * taps.kernel[1] * taps.kernel[2]) as u32];
    let of_output = inputs * taps_of_input;
    let tap = (kd * comptime![taps.kernel[1] as u32] + kh) * comptime![taps.kernel[2] as u32] + kw;
    let weights = extents.outputs * of_output;
    #[unroll]
    for i in 0..comptime![taps.outputs_a_unit] {
        let weight = (output + comptime![i as u32]) * of_output + input * taps_of_input + tap;
        parts[(part * weights + weight) as usize] = sums[i];
    }
}

/// `[rows, inputs, d, h, w]` and the gradient of `[rows, outputs, d', h', w']` to the parts of the gradient of
/// `[outputs, inputs / groups, k, k, k]`, `[sets, parts, weights]`: their sum over the second axis is the gradient.
pub fn weight_gradient<R: CubeRuntime>(
    geometry: &Geometry,
    x: CubeTensor<R>,
    gradient: CubeTensor<R>,
) -> CubeTensor<R> {
    let (x, gradient) = (into_contiguous(x), into_contiguous(gradient));
    let split = Split::of(geometry);
    let weights = geometry.weights();
    let shape = [split.sets, split.parts, weights];
    let parts = empty_device_contiguous_dtype(x.client.clone(), x.device.clone(), shape.into(), x.dtype);
    let [made_d, made_h, made_w] = geometry.made;
    let n = |value: usize| value as u32;
    let extents = ExtentsLaunch::new(
        n(geometry.inputs),
        n(geometry.outputs),
        n(geometry.groups),
        n(geometry.read[0]),
        n(geometry.read[1]),
        n(geometry.read[2]),
        n(made_d),
        n(made_h),
        n(made_w),
        n(geometry.before[0]),
        n(geometry.before[1]),
        n(geometry.before[2]),
        n(split.lines_a_part),
        n(geometry.rows / split.sets.max(1) * made_d * made_h),
        n(split.parts),
        n(weights / split.outputs_a_unit),
        n(split.cubes_a_part),
    );
    let taps = Taps {
        kernel: geometry.kernel,
        stride: geometry.stride,
        dilation: geometry.dilation,
        outputs_a_unit: split.outputs_a_unit,
    };
    let cubes = CubeCount::Static(n(split.cubes()), 1, 1);
    let dtype = x.dtype.into();
    weight_gradient_kernel::launch(
        &parts.client,
        cubes,
        CubeDim::new_1d(UNITS as u32),
        x.into_array_arg(),
        gradient.into_array_arg(),
        parts.clone().into_array_arg(),
        extents,
        taps,
        dtype,
    );
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_layer() -> Geometry {
        Geometry {
            rows: 2,
            inputs: 1,
            outputs: 16,
            groups: 1,
            own_weights: false,
            read: [90, 120, 99],
            made: [88, 118, 97],
            kernel: [3; 3],
            stride: [1; 3],
            dilation: [1; 3],
            before: [0; 3],
        }
    }

    #[test]
    fn a_first_layer_keeps_a_card_busy_with_parts_of_many_places() {
        let split = Split::of(&first_layer());
        assert_eq!(split.cubes_a_part, 1);
        assert!(split.cubes() > 500, "{split:?}");
        assert!(split.lines_a_part * 97 >= FEWEST_PLACES, "{split:?}");
    }

    #[test]
    fn all_lines_are_in_one_part() {
        for rows in 1..5 {
            for made in [[1, 1, 1], [1, 1, 700], [5, 7, 3], [40, 40, 2]] {
                let geometry = Geometry { rows, made, read: made, ..first_layer() };
                let split = Split::of(&geometry);
                let lines = rows * made[0] * made[1];
                assert!(split.parts * split.lines_a_part >= lines && (split.parts - 1) * split.lines_a_part < lines);
            }
        }
    }

    #[test]
    fn parts_take_little_memory() {
        let geometry = Geometry { inputs: 256, outputs: 256, ..first_layer() };
        let split = Split::of(&geometry);
        assert!(split.parts * geometry.weights() <= MOST_PARTS.max(geometry.weights()), "{split:?}");
    }
}
