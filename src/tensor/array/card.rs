//! Kernels of our own in burn's queue of a card.
//!
//! burn fuses operations: it collects them until a result is wanted. One of ours enters the queue with the shapes of what it
//! reads and makes, and is run when its turn comes.

use super::Array;
use burn::backend::ir::{CustomOpIr, HandleContainer, OperationIr, TensorIr};
use burn::tensor::{Shape, TensorMetadata};
use burn_cubecl::fusion::FusionCubeRuntime;
use burn_cubecl::tensor::CubeTensor;
use burn_cubecl::{CubeBackend, CubeRuntime};
use burn_fusion::stream::{Operation, OperationStreams};
use burn_fusion::{FusionHandle, FusionTensor};
use fascicle_kernels::Geometry;
use std::fmt;

/// The backend whose operations burn fuses.
type Card<R> = CubeBackend<R, f32, i32, u8>;
/// A tensor in its queue.
type Queued<R> = FusionTensor<FusionCubeRuntime<R>>;

/// A kernel of two tensors, waiting for its turn.
struct Kernel<R: CubeRuntime> {
    description: CustomOpIr,
    geometry: Geometry,
    compute: fn(&Geometry, CubeTensor<R>, CubeTensor<R>) -> CubeTensor<R>,
}

impl<R: CubeRuntime> fmt::Debug for Kernel<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.description.id, self.geometry)
    }
}

impl<R: CubeRuntime> Operation<FusionCubeRuntime<R>> for Kernel<R> {
    fn execute(&self, handles: &mut HandleContainer<FusionHandle<FusionCubeRuntime<R>>>) {
        let ([x, y], [made]) = self.description.as_fixed();
        let (x, y) = (handles.get_float_tensor::<Card<R>>(x), handles.get_float_tensor::<Card<R>>(y));
        let result = (self.compute)(&self.geometry, x, y);
        handles.register_float_tensor::<Card<R>>(&made.id, result);
    }
}

/// Puts a kernel into the queue.
fn queued<R: CubeRuntime>(
    name: &'static str,
    geometry: &Geometry,
    [x, y]: [Queued<R>; 2],
    dims: &[usize],
    compute: fn(&Geometry, CubeTensor<R>, CubeTensor<R>) -> CubeTensor<R>,
) -> Queued<R> {
    let client = x.client.clone();
    let streams = OperationStreams::with_inputs([&x, &y]);
    let made = TensorIr::uninit(client.create_empty_handle(), Shape::from(dims.to_vec()), x.dtype());
    let description = CustomOpIr::new(name, &[x.into_ir(), y.into_ir()], &[made]);
    let kernel = Kernel { description: description.clone(), geometry: *geometry, compute };
    let mut made = client.register(streams, OperationIr::Custom(description), kernel);
    made.swap_remove(0)
}

/// The same on whatever card both live.
macro_rules! on_card {
    ($x:expr, $y:expr, |$a:ident, $b:ident| $result:expr) => {{
        crate::traffic::count(|traffic| traffic.operations += 1);
        match ($x, $y) {
            #[cfg(feature = "cuda")]
            (Array::Cuda($a), Array::Cuda($b)) => Array::Cuda($result),
            #[cfg(feature = "vulkan")]
            (Array::Vulkan($a), Array::Vulkan($b)) => Array::Vulkan($result),
            _ => unreachable!("kernels of cards are asked for where both live on one"),
        }
    }};
}

impl Array {
    /// A depthwise convolution on a card: `[rows, inputs, d, h, w]` to `[rows, outputs, d', h', w']`.
    pub fn depthwise(self, weight: Self, geometry: &Geometry) -> Self {
        let [d, h, w] = geometry.made;
        let dims = [geometry.rows, geometry.outputs, d, h, w];
        on_card!(self, weight, |x, weight| {
            queued("depthwise", geometry, [x, weight], &dims, fascicle_card::depthwise)
        })
    }

    /// The gradient of a convolution's weights on a card, its sum split over places: `[weights]`.
    pub fn split_weight_gradient(self, gradient: Self, geometry: &Geometry) -> Self {
        let weights = geometry.weights();
        let dims = [fascicle_card::Split::of(geometry).parts, weights];
        let parts = on_card!(self, gradient, |x, gradient| {
            queued("weight_gradient", geometry, [x, gradient], &dims, fascicle_card::weight_gradient)
        });
        parts.sum_axis(0).reshape(&[weights])
    }
}
