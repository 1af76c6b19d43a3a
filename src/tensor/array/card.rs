//! Kernels of our own in burn's queue of a card.
//!
//! burn fuses operations: it collects them until a result is wanted. One of ours enters the queue with the shapes of what it
//! reads and makes, and is run when its turn comes.

use super::{Array, Positions};
use burn::backend::ir::{CustomOpIr, HandleContainer, OperationIr, TensorIr};
use burn::tensor::{DType, Shape};
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

/// What a kernel makes of tensors.
type Compute<R> = dyn Fn(Vec<CubeTensor<R>>) -> CubeTensor<R> + Send + Sync;

/// A kernel, waiting for its turn.
struct Kernel<R: CubeRuntime> {
    description: CustomOpIr,
    compute: Box<Compute<R>>,
}

impl<R: CubeRuntime> fmt::Debug for Kernel<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description.id)
    }
}

impl<R: CubeRuntime> Operation<FusionCubeRuntime<R>> for Kernel<R> {
    fn execute(&self, handles: &mut HandleContainer<FusionHandle<FusionCubeRuntime<R>>>) {
        let read = self.description.inputs.iter().map(|x| handles.get_float_tensor::<Card<R>>(x)).collect();
        let made = (self.compute)(read);
        // Whole numbers lie under the same kind of handle.
        handles.register_float_tensor::<Card<R>>(&self.description.outputs[0].id, made);
    }
}

/// Puts a kernel into the queue.
fn queued<R: CubeRuntime, const N: usize>(
    name: &'static str,
    read: [Queued<R>; N],
    dims: &[usize],
    dtype: DType,
    compute: impl Fn([CubeTensor<R>; N]) -> CubeTensor<R> + Send + Sync + 'static,
) -> Queued<R> {
    let client = read[0].client.clone();
    let streams = OperationStreams::with_inputs(read.iter());
    let made = TensorIr::uninit(client.create_empty_handle(), Shape::from(dims.to_vec()), dtype);
    let inputs: Vec<TensorIr> = read.into_iter().map(FusionTensor::into_ir).collect();
    let description = CustomOpIr::new(name, &inputs, &[made]);
    let compute = move |read: Vec<CubeTensor<R>>| match read.try_into() {
        Ok(read) => compute(read),
        Err(_) => unreachable!("as many tensors come as were described"),
    };
    let kernel = Kernel { description: description.clone(), compute: Box::new(compute) };
    let mut made = client.register(streams, OperationIr::Custom(description), kernel);
    made.swap_remove(0)
}

/// The same on whatever card all live.
macro_rules! on_card {
    ($out:ident, $($x:ident = $value:expr),+ => $result:expr) => {{
        crate::traffic::count(|traffic| traffic.operations += 1);
        match ($($value,)+) {
            #[cfg(feature = "cuda")]
            ($(Array::Cuda($x),)+) => $out::Cuda($result),
            #[cfg(feature = "vulkan")]
            ($(Array::Vulkan($x),)+) => $out::Vulkan($result),
            _ => unreachable!("kernels of cards are asked for where all live on one"),
        }
    }};
}

impl Array {
    /// A convolution on a card: `[rows, outputs, d', h', w']`.
    pub fn direct_convolution(self, weight: Self, geometry: &Geometry) -> Self {
        let (geometry, [d, h, w], dtype) = (*geometry, geometry.made, self.dtype());
        let dims = [geometry.rows, geometry.outputs, d, h, w];
        on_card!(Array, x = self, weight = weight => {
            queued("convolution", [x, weight], &dims, dtype, move |[x, weight]| {
                fascicle_card::convolution(&geometry, x, weight)
            })
        })
    }

    /// The gradient of a convolution's weights on a card, its sum split over places: `[weights]`, those of one row after the
    /// other where they have their own.
    pub fn split_weight_gradient(self, gradient: Self, geometry: &Geometry) -> Self {
        let (geometry, split, dtype) = (*geometry, fascicle_card::Split::of(geometry), self.dtype());
        let dims = [split.sets, split.parts, geometry.weights()];
        let parts = on_card!(Array, x = self, gradient = gradient => {
            queued("weight_gradient", [x, gradient], &dims, dtype, move |[x, gradient]| {
                fascicle_card::weight_gradient(&geometry, x, gradient)
            })
        });
        parts.sum_axis(1).reshape(&[split.sets * geometry.weights()])
    }

    /// A product of matrices on a card, in single precision; leading axes are the same.
    pub fn exact_product(self, other: Self) -> Self {
        let (mut dims, dtype) = (self.dims(), self.dtype());
        if let (Some(last), Some(columns)) = (dims.last_mut(), other.dims().last()) {
            *last = *columns;
        }
        on_card!(Array, a = self, b = other => {
            queued("product", [a, b], &dims, dtype, |[a, b]| fascicle_card::product(a, b))
        })
    }

    /// Sum over an axis, on a card.
    pub fn card_sum(self, axis: usize) -> Self {
        self.card_reduction("sum", axis, fascicle_card::Reduction::Sum)
    }

    /// Largest along an axis, on a card.
    pub fn card_maximum(self, axis: usize) -> Self {
        self.card_reduction("maximum", axis, fascicle_card::Reduction::Maximum)
    }

    fn card_reduction(self, name: &'static str, axis: usize, reduction: fascicle_card::Reduction) -> Self {
        let (mut dims, dtype) = (self.dims(), self.dtype());
        dims[axis] = 1;
        on_card!(Array, x = self => {
            queued(name, [x], &dims, dtype, move |[x]| fascicle_card::reduce(x, axis, reduction))
        })
    }

    /// The position of the first of the largest along an axis, on a card.
    pub fn card_position_of_largest(self, axis: usize) -> Positions {
        let mut dims = self.dims();
        dims[axis] = 1;
        on_card!(Positions, x = self => {
            queued("position", [x], &dims, DType::I32, move |[x]| fascicle_card::position_of_largest(x, axis))
        })
    }
}
