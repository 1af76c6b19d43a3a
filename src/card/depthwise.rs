//! Depthwise convolutions: each channel by kernels of its own.

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
}

/// Extents, which change with the batch and the image.
#[derive(CubeLaunch, CubeType)]
struct Extents {
    inputs: u32,
    outputs: u32,
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
}

#[cube(launch)]
fn depthwise_kernel<E: Float>(
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
    let tile = unit % extents.tiles;
    let rest = unit / extents.tiles;
    let h = rest % extents.made_h;
    let rest = rest / extents.made_h;
    let d = rest % extents.made_d;
    let plane = rest / extents.made_d;
    let output = plane % extents.outputs;
    let row = plane / extents.outputs;
    let image = row * extents.inputs + output / (extents.outputs / extents.inputs);
    let first = tile * comptime![TILE as u32];

    let mut sums = Array::<E>::new(TILE);
    #[unroll]
    for place in 0..TILE {
        sums[place] = E::new(0.0);
    }
    let length = comptime![(TILE - 1) * taps.stride[2] + (taps.kernel[2] - 1) * taps.dilation[2] + 1];
    let mut line = Array::<E>::new(length);

    for kd in 0..comptime![taps.kernel[0] as u32] {
        // What lies before the image wraps around to a large number.
        let at_d = d * comptime![taps.stride[0] as u32] + kd * comptime![taps.dilation[0] as u32] - extents.before_d;
        if at_d < extents.read_d {
            for kh in 0..comptime![taps.kernel[1] as u32] {
                let at_h =
                    h * comptime![taps.stride[1] as u32] + kh * comptime![taps.dilation[1] as u32] - extents.before_h;
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
                    let kernel_line =
                        ((output * comptime![taps.kernel[0] as u32] + kd) * comptime![taps.kernel[1] as u32] + kh)
                            * comptime![taps.kernel[2] as u32];
                    #[unroll]
                    for kw in 0..comptime![taps.kernel[2]] {
                        let factor = weight[(kernel_line + comptime![kw as u32]) as usize];
                        #[unroll]
                        for place in 0..TILE {
                            sums[place] += factor * line[comptime![place * taps.stride[2] + kw * taps.dilation[2]]];
                        }
                    }
                }
            }
        }
    }
    let start = ((plane * extents.made_d + d) * extents.made_h + h) * extents.made_w;
    #[unroll]
    for place in 0..TILE {
        let at = first + comptime![place as u32];
        if at < extents.made_w {
            made[(start + at) as usize] = sums[place];
        }
    }
}

/// `[rows, inputs, d, h, w]` by `[outputs, 1, k, k, k]` to `[rows, outputs, d', h', w']`; `groups` are the inputs.
pub fn depthwise<R: CubeRuntime>(geometry: &Geometry, x: CubeTensor<R>, weight: CubeTensor<R>) -> CubeTensor<R> {
    let (x, weight) = (into_contiguous(x), into_contiguous(weight));
    let [made_d, made_h, made_w] = geometry.made;
    let shape = [geometry.rows, geometry.outputs, made_d, made_h, made_w];
    let made = empty_device_contiguous_dtype(x.client.clone(), x.device.clone(), shape.into(), x.dtype);
    let tiles = made_w.div_ceil(TILE);
    let units = geometry.rows * geometry.outputs * made_d * made_h * tiles;
    if units == 0 {
        return made;
    }
    let n = |value: usize| value as u32;
    let extents = ExtentsLaunch::new(
        n(geometry.inputs),
        n(geometry.outputs),
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
    );
    let taps = Taps { kernel: geometry.kernel, stride: geometry.stride, dilation: geometry.dilation };
    let cubes = cubecl::calculate_cube_count_elemwise(&x.client, units, CubeDim::new_1d(UNITS));
    let dtype = x.dtype.into();
    depthwise_kernel::launch(
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
