//! Products of matrices in single precision.
//!
//! burn 0.21 tunes its product as it runs, and where a card has tensor cores every fast candidate rounds single precision to
//! TF32 (10 bits of the fraction instead of 23) without a word. These do not.

use burn_cubecl::CubeRuntime;
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubek::matmul::definition::{MatmulElems, MatmulGlobalElems};
use cubek::matmul::launch::{Strategy, launch_ref};
use cubek::matmul::routines::BlueprintStrategy;
use cubek::std::InputBinding;

/// `[.., m, k]` by `[.., k, n]` of the same leading axes.
pub fn product<R: CubeRuntime>(a: CubeTensor<R>, b: CubeTensor<R>) -> CubeTensor<R> {
    let mut shape = a.meta.shape().clone();
    let last = shape.num_dims() - 1;
    shape[last] = b.meta.shape()[last];
    let made = empty_device_contiguous_dtype(a.client.clone(), a.device.clone(), shape, a.dtype);
    // By units alone, in tiles; what that cannot lay out, one number a unit.
    let tiled = Strategy::SimpleUnit(BlueprintStrategy::Inferred(Default::default()));
    if launched(&tiled, &a, &b, &made).is_err() {
        let (a, b) = (into_contiguous(a), into_contiguous(b));
        if let Err(error) = launched(&Strategy::Naive, &a, &b, &made) {
            // The simplest form takes any two matrices: the compiler has checked their extents.
            unreachable!("a product of matrices cannot be launched: {error:?}");
        }
    }
    made
}

fn launched<R: CubeRuntime>(
    strategy: &Strategy,
    a: &CubeTensor<R>,
    b: &CubeTensor<R>,
    made: &CubeTensor<R>,
) -> Result<(), cubek::matmul::definition::MatmulSetupError> {
    let dtype = made.dtype.into();
    let mut elements = MatmulElems::from_globals(&MatmulGlobalElems { lhs: dtype, rhs: dtype, out: dtype });
    let (left, right) = (InputBinding::new(a.clone().binding(), dtype), InputBinding::new(b.clone().binding(), dtype));
    launch_ref(strategy, &made.client, left, right, made.clone().binding(), &mut elements)
}
