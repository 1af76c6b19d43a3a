//! Convolutions one number after the other: forward, grouped or not, with weights of each row's own or not.

use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{CubeRuntime, ops::numeric::empty_device_contiguous_dtype};
use fascicle_kernels::Geometry;

/// Places of a line that a unit makes.
const TILE: usize = 4;
/// Units of a cube.
const UNITS: u32 = 128;

/// What the kernel is compiled for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Taps {
    kernel: [usize; 3],
    stride: [usize; 3],
    dilation: [usize; 3],
    /// Outputs whose numbers a unit makes, each at [`TILE`] places: what is read of the image serves all of them.
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
    /// Parts of a line.
    tiles: u32,
    units: u32,
    /// From the weights of one row to those of the next; 0 where all have the same.
    weights_of_row: u32,
}

#[cube(launch)]
fn convolution_kernel<E: Float>(
    x: &Array<E>,
    weight: &Array<E>,
    made: &mut Array<E>,
    extents: &Extents,
    #[comptime] taps: Taps,
    #[define(E)] _dtype: StorageType,
) {
    let unit = ABSOLUTE_POS as u32;
    if unit >= extents.units {
        terminate!();
    }
    // Neighbouring units make neighbouring places of the same outputs: they read the same weights at the same time.
    let tile = unit % extents.tiles;
    let rest = unit / extents.tiles;
    let h = rest % extents.made_h;
    let rest = rest / extents.made_h;
    let d = rest % extents.made_d;
    let rest = rest / extents.made_d;
    let blocks = extents.outputs / comptime![taps.outputs_a_unit as u32];
    let output = rest % blocks * comptime![taps.outputs_a_unit as u32];
    let row = rest / blocks;
    let inputs = extents.inputs / extents.groups;
    let group = output / (extents.outputs / extents.groups);
    let first = tile * comptime![TILE as u32];
    let kernel = comptime![(taps.kernel[0] * taps.kernel[1] * taps.kernel[2]) as u32];
    let of_output = inputs * kernel;

    let mut sums = Array::<E>::new(comptime![taps.outputs_a_unit * TILE]);
    #[unroll]
    for i in 0..comptime![taps.outputs_a_unit * TILE] {
        sums[i] = E::new(0.0);
    }
    let length = comptime![(TILE - 1) * taps.stride[2] + (taps.kernel[2] - 1) * taps.dilation[2] + 1];
    let mut line = Array::<E>::new(length);

    for input in 0..inputs {
        let image = row * extents.inputs + group * inputs + input;
        let weights = row * extents.weights_of_row + output * of_output + input * kernel;
        for kd in 0..comptime![taps.kernel[0] as u32] {
            // What lies before the image wraps around to a large number.
            let at_d =
                d * comptime![taps.stride[0] as u32] + kd * comptime![taps.dilation[0] as u32] - extents.before_d;
            if at_d < extents.read_d {
                for kh in 0..comptime![taps.kernel[1] as u32] {
                    let at_h = h * comptime![taps.stride[1] as u32] + kh * comptime![taps.dilation[1] as u32]
                        - extents.before_h;
                    if at_h < extents.read_h {
                        let start = ((image * extents.read_d + at_d) * extents.read_h + at_h) * extents.read_w;
                        let from = first * comptime![taps.stride[2] as u32] - extents.before_w;
                        #[unroll]
                        for i in 0..length {
                            let at_w = from + comptime![i as u32];
                            let inside = at_w < extents.read_w;
                            // A place that is surely there is read where none is.
                            let safe = select(inside, at_w, 0u32);
                            line[i] = select(inside, x[(start + safe) as usize], E::new(0.0));
                        }
                        let tap =
                            weights + (kd * comptime![taps.kernel[1] as u32] + kh) * comptime![taps.kernel[2] as u32];
                        #[unroll]
                        for kw in 0..comptime![taps.kernel[2]] {
                            #[unroll]
                            for i in 0..comptime![taps.outputs_a_unit] {
                                let at = tap + comptime![i as u32] * of_output + comptime![kw as u32];
                                let factor = weight[at as usize];
                                #[unroll]
                                for place in 0..TILE {
                                    sums[comptime![i * TILE + place]] +=
                                        factor * line[comptime![place * taps.stride[2] + kw * taps.dilation[2]]];
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    let places = extents.made_d * extents.made_h * extents.made_w;
    let start = (row * extents.outputs + output) * places + (d * extents.made_h + h) * extents.made_w;
    #[unroll]
    for place in 0..TILE {
        let at = first + comptime![place as u32];
        if at < extents.made_w {
            #[unroll]
            for i in 0..comptime![taps.outputs_a_unit] {
                made[(start + comptime![i as u32] * places + at) as usize] = sums[comptime![i * TILE + place]];
            }
        }
    }
}

/// `[rows, inputs, d, h, w]` by `[outputs, inputs / groups, k, k, k]`, of all rows where they have their own, to
/// `[rows, outputs, d', h', w']`. Sums are of the numbers' own precision, in the order of channels and taps.
pub fn convolution<R: CubeRuntime>(geometry: &Geometry, x: CubeTensor<R>, weight: CubeTensor<R>) -> CubeTensor<R> {
    let (x, weight) = (into_contiguous(x), into_contiguous(weight));
    let [made_d, made_h, made_w] = geometry.made;
    let shape = [geometry.rows, geometry.outputs, made_d, made_h, made_w];
    let made = empty_device_contiguous_dtype(x.client.clone(), x.device.clone(), shape.into(), x.dtype);
    let of_group = geometry.outputs / geometry.groups;
    let outputs_a_unit = [8, 4, 3, 2].into_iter().find(|n| of_group.is_multiple_of(*n)).unwrap_or(1);
    let tiles = made_w.div_ceil(TILE);
    let units = geometry.rows * geometry.outputs / outputs_a_unit * made_d * made_h * tiles;
    if units == 0 {
        return made;
    }
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
        n(tiles),
        n(units),
        n(if geometry.own_weights { geometry.weights() } else { 0 }),
    );
    let taps = Taps { kernel: geometry.kernel, stride: geometry.stride, dilation: geometry.dilation, outputs_a_unit };
    let cubes = cubecl::calculate_cube_count_elemwise(&x.client, units, CubeDim::new_1d(UNITS));
    let dtype = x.dtype.into();
    convolution_kernel::launch(
        &made.client,
        cubes,
        CubeDim::new_1d(UNITS),
        x.into_array_arg(),
        weight.into_array_arg(),
        made.clone().into_array_arg(),
        extents,
        taps,
        dtype,
    );
    made
}
