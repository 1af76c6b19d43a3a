//! Numbers on a device, without history: one enum over burn's backends, and the operations that are asked of them.
//!
//! ```text
//!  Tensor ──▶ Array::Cpu    ──▶ burn-flex, or kernels of our own on its slices
//!         ──▶ Array::Cuda   ──▶ burn-cubecl, fused
//!         ──▶ Array::Vulkan ──▶ burn-cubecl, fused
//! ```
//!
//! burn has a dispatcher of its own (`burn-dispatch`), which takes no operation that it does not know and instantiates all
//! that it knows for all backends, with and without gradients. Here an operation is instantiated because something uses
//! it, and a kernel of our own is one more of them. Nothing here checks shapes: the compiler has.

#[cfg(feature = "card")]
mod card;
mod elementwise;
#[cfg(not(feature = "card"))]
mod no_card;
mod product;
mod reduce;
mod shape;
mod windows;

pub(crate) use reduce::merged;
pub(crate) use shape::Range;
pub(crate) use windows::{Plane, Window};

use crate::device::{Device, Place, Precision};
use crate::traffic;
#[cfg(feature = "cuda")]
use burn::backend::Cuda;
use burn::backend::Flex;
#[cfg(feature = "vulkan")]
use burn::backend::Vulkan;
use burn::tensor::backend::Backend;
use burn::tensor::ops::{FloatTensor, FloatTensorOps, IntTensor, IntTensorOps};
use burn::tensor::{DType, Element, FloatDType, IntDType, Scalar, Shape, TensorData, TensorMetadata, try_read_sync};

/// Numbers on a device, row-major in what they mean; a backend may lay them out otherwise.
#[derive(Debug, Clone)]
pub(crate) enum Array {
    Cpu(FloatTensor<Flex>),
    #[cfg(feature = "cuda")]
    Cuda(FloatTensor<Cuda>),
    #[cfg(feature = "vulkan")]
    Vulkan(FloatTensor<Vulkan>),
}

/// Positions along an axis, on the device of the numbers they pick.
#[derive(Debug, Clone)]
pub(crate) enum Positions {
    Cpu(IntTensor<Flex>),
    #[cfg(feature = "cuda")]
    Cuda(IntTensor<Cuda>),
    #[cfg(feature = "vulkan")]
    Vulkan(IntTensor<Vulkan>),
}

/// An operation that is written once for all backends, `$B` being the one on which what it reads lives. It gives an [`Array`],
/// or what stands behind the first arrow: [`Positions`], or a pair of both.
macro_rules! on {
    ($B:ident, $($kind:ident($x:ident) = $value:expr),+ => $result:expr) => {
        $crate::array::on!($B -> Array, $($kind($x) = $value),+ => $result)
    };
    ($B:ident -> $out:ident, $($kind:ident($x:ident) = $value:expr),+ => $result:expr) => {{
        $crate::traffic::count(|traffic| traffic.operations += 1);
        match ($($value,)+) {
            ($($kind::Cpu($x),)+) => {
                type $B = burn::backend::Flex;
                $crate::array::on!(@wrap $out Cpu $result)
            }
            #[cfg(feature = "cuda")]
            ($($kind::Cuda($x),)+) => {
                type $B = burn::backend::Cuda;
                $crate::array::on!(@wrap $out Cuda $result)
            }
            #[cfg(feature = "vulkan")]
            ($($kind::Vulkan($x),)+) => {
                type $B = burn::backend::Vulkan;
                $crate::array::on!(@wrap $out Vulkan $result)
            }
            // A network and what it reads live on one device: the forward pass puts them there.
            #[allow(unreachable_patterns)]
            _ => unreachable!("two devices meet in one operation"),
        }
    }};
    (@wrap Both $backend:ident $result:expr) => {{
        let (numbers, positions) = $result;
        (Array::$backend(numbers), Positions::$backend(positions))
    }};
    (@wrap $out:ident $backend:ident $result:expr) => { $out::$backend($result) };
}

/// The same for what is made on a device from nothing.
macro_rules! at {
    ($place:expr, $B:ident, $device:ident -> $out:ident => $result:expr) => {
        match $place {
            Place::Cpu => {
                type $B = burn::backend::Flex;
                let $device = &Default::default();
                $out::Cpu($result)
            }
            #[cfg(feature = "cuda")]
            Place::Cuda(index) => {
                type $B = burn::backend::Cuda;
                let $device = &burn::backend::cuda::CudaDevice { index };
                $out::Cuda($result)
            }
            #[cfg(feature = "vulkan")]
            Place::Vulkan => {
                type $B = burn::backend::Vulkan;
                let $device = &burn::backend::wgpu::WgpuDevice::default();
                $out::Vulkan($result)
            }
        }
    };
}

pub(crate) use on;

/// burn's name of a precision.
fn float(precision: Precision) -> FloatDType {
    match precision {
        Precision::Single => FloatDType::F32,
        Precision::Double => FloatDType::F64,
    }
}

impl Array {
    /// Numbers from the host, row-major. `values.len()` must be the product of `dims`.
    pub fn from_host<E: Element>(values: Vec<E>, dims: &[usize], device: &Device) -> Self {
        debug_assert_eq!(values.len(), dims.iter().product::<usize>());
        traffic::count(|traffic| traffic.uploads += 1);
        let data = TensorData::new(values, dims.to_vec()).convert_dtype(float(device.precision).into());
        at!(device.place, B, device -> Self => B::float_from_data(data, device))
    }

    /// One number everywhere.
    pub fn filled(value: f64, dims: &[usize], device: &Device) -> Self {
        traffic::count(|traffic| traffic.operations += 1);
        let (shape, value, dtype) = (Shape::from(dims.to_vec()), Scalar::from(value), float(device.precision));
        at!(device.place, B, device -> Self => B::float_full(shape, value, device, dtype))
    }

    /// The numbers on the host in single precision, row-major; not copied where nobody else holds them on the CPU.
    ///
    /// # Errors
    /// What the device says when it cannot deliver them (out of memory, lost).
    pub fn into_host(self) -> Result<Vec<f32>, String> {
        self.into_data()?.convert::<f32>().into_vec().map_err(|e| format!("{e:?}"))
    }

    /// The same in double precision.
    ///
    /// # Errors
    /// As [`Array::into_host`].
    pub fn into_host_double(self) -> Result<Vec<f64>, String> {
        self.into_data()?.convert::<f64>().into_vec().map_err(|e| format!("{e:?}"))
    }

    fn into_data(self) -> Result<TensorData, String> {
        traffic::count(|traffic| traffic.reads += 1);
        match self {
            Self::Cpu(x) => data_of::<Flex>(x),
            #[cfg(feature = "cuda")]
            Self::Cuda(x) => data_of::<Cuda>(x),
            #[cfg(feature = "vulkan")]
            Self::Vulkan(x) => data_of::<Vulkan>(x),
        }
    }

    /// Where it lives, and its precision.
    pub fn device(&self) -> Device {
        let place = match self {
            Self::Cpu(_) => Place::Cpu,
            #[cfg(feature = "cuda")]
            Self::Cuda(x) => Place::Cuda(<Cuda as burn::tensor::ops::FloatTensorOps<Cuda>>::float_device(x).index),
            #[cfg(feature = "vulkan")]
            Self::Vulkan(_) => Place::Vulkan,
        };
        let precision = if self.dtype() == DType::F64 { Precision::Double } else { Precision::Single };
        Device { place, precision }
    }

    fn dtype(&self) -> DType {
        match self {
            Self::Cpu(x) => x.dtype(),
            #[cfg(feature = "cuda")]
            Self::Cuda(x) => x.dtype(),
            #[cfg(feature = "vulkan")]
            Self::Vulkan(x) => x.dtype(),
        }
    }

    fn shape(&self) -> Shape {
        match self {
            Self::Cpu(x) => x.shape(),
            #[cfg(feature = "cuda")]
            Self::Cuda(x) => x.shape(),
            #[cfg(feature = "vulkan")]
            Self::Vulkan(x) => x.shape(),
        }
    }

    /// Extents of all axes.
    pub fn dims(&self) -> Vec<usize> {
        self.shape().to_vec()
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape().num_elements()
    }

    /// One number everywhere, on the same device.
    pub fn filled_like(&self, value: f64, dims: &[usize]) -> Self {
        Self::filled(value, dims, &self.device())
    }

    /// Whether it lives on a card.
    pub fn is_on_card(&self) -> bool {
        !matches!(self, Self::Cpu(_))
    }

    /// Whether kernels of our own can read it: it lives in the CPU's memory, in single precision.
    pub fn has_kernels(&self) -> bool {
        matches!(self, Self::Cpu(_)) && self.dtype() == DType::F32
    }

    /// The numbers as kernels of our own read them, laid out row by row; `None` where [`Array::has_kernels`] is false.
    pub fn for_kernels(&self) -> Option<RowMajor> {
        match self {
            Self::Cpu(x) if x.dtype() == DType::F32 => Some(RowMajor(x.to_contiguous())),
            #[allow(unreachable_patterns)] // other backends are cargo features
            _ => None,
        }
    }

    /// What a kernel of ours made.
    pub fn of_kernel(values: Vec<f32>, dims: &[usize]) -> Self {
        debug_assert_eq!(values.len(), dims.iter().product::<usize>());
        traffic::count(|traffic| traffic.operations += 1);
        Self::Cpu(burn_flex::FlexTensor::from_data(TensorData::new(values, dims.to_vec())))
    }

    /// Whether nobody else holds the numbers, so that what is made of them may be written over them: known on the CPU alone.
    pub fn is_alone(&self) -> bool {
        match self {
            Self::Cpu(x) => x.is_unique() && x.is_contiguous(),
            #[allow(unreachable_patterns)] // other backends are cargo features
            _ => false,
        }
    }

    /// The elements as positions.
    pub fn into_positions(self) -> Positions {
        on!(B -> Positions, Array(x) = self => B::float_into_int(x, IntDType::I32))
    }
}

/// Numbers of single precision in the CPU's memory, row by row.
pub(crate) struct RowMajor(burn_flex::FlexTensor);

impl std::ops::Deref for RowMajor {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.0.as_slice().unwrap_or_default()
    }
}

impl Positions {
    /// Positions from the host.
    pub fn from_host(positions: &[usize], device: &Device) -> Self {
        traffic::count(|traffic| traffic.uploads += 1);
        let values: Vec<i32> = positions.iter().map(|p| *p as i32).collect();
        let data = TensorData::new(values, [positions.len()]);
        at!(device.place, B, device -> Self => B::int_from_data(data, device))
    }
}

fn data_of<B: Backend>(x: FloatTensor<B>) -> Result<TensorData, String> {
    let read = try_read_sync(B::float_into_data(x)).ok_or("the device gives numbers only later")?;
    read.map_err(|e| format!("{e:?}"))
}
