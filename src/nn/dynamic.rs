//! Tensors whose rank is known at run time.
//!
//! burn's [`Tensor`] carries its rank in its type; the nodes of a [`Graph`](crate::graph::Graph) do not. A
//! [`Dynamic`] holds the primitive behind a burn tensor and goes to and fro with [`Dynamic::rank`] where one of
//! burn's own layers is applied. Axis 0 is the batch throughout. Nothing here checks shapes: the compiler has, and
//! [`forward`](super::forward) compares every result with the graph.

use super::B;
use burn::DispatchDevice;
use burn::tensor::activation;
use burn::tensor::backend::AutodiffBackend;
use burn::tensor::ops::{ActivationOps, FloatTensor, FloatTensorOps, IntTensor, IntTensorOps};
use burn::tensor::{
    DType, Element, FloatDType, Scalar, Shape, Slice, Tensor, TensorData, TensorMetadata, TensorPrimitive,
    get_device_settings,
};

/// A tensor of any rank, of single-precision numbers; of double precision where the device was [asked for
/// it](super::Device::in_double_precision).
#[derive(Debug, Clone)]
pub struct Dynamic(FloatTensor<B>);

/// The numbers a device computes with.
fn float_type(device: &DispatchDevice) -> FloatDType {
    get_device_settings::<B>(device).float_dtype
}

// Chains of calls read from left to right, as burn's own tensors do; operators would not.
#[allow(clippy::should_implement_trait)]
impl Dynamic {
    // --- to and from the host, to and from burn ------------------------------------------------------------------

    /// Numbers from the host, row-major. `values.len()` must be the product of `dims`.
    pub fn from_host<E: Element>(values: Vec<E>, dims: &[usize], device: &DispatchDevice) -> Self {
        debug_assert_eq!(values.len(), dims.iter().product::<usize>());
        let data = TensorData::new(values, dims.to_vec()).convert_dtype(float_type(device).into());
        Self(B::float_from_data(data, device))
    }

    /// One number everywhere.
    pub fn filled(value: f64, dims: &[usize], device: &DispatchDevice) -> Self {
        Self(B::float_full(Shape::from(dims.to_vec()), value.into(), device, float_type(device)))
    }

    /// The numbers on the host, row-major.
    ///
    /// # Errors
    /// What the device says when it cannot deliver them (out of memory, lost).
    pub fn to_host(&self) -> Result<Vec<f32>, String> {
        let flat: Tensor<B, 1> = self.clone().flat().rank();
        let data = flat.try_into_data().map_err(|e| format!("{e:?}"))?;
        data.convert::<f32>().into_vec::<f32>().map_err(|e| format!("{e:?}"))
    }

    /// Shows the numbers of several tensors of single precision, row-major.
    ///
    /// # Errors
    /// As [`Dynamic::to_host`]; numbers of another precision.
    pub(super) fn read<const N: usize, T>(tensors: [&Self; N], f: impl FnOnce([&[f32]; N]) -> T) -> Result<T, String> {
        let mut all = Vec::with_capacity(N);
        for tensor in tensors {
            let flat: Tensor<B, 1> = tensor.plain().flat().rank();
            all.push(flat.try_into_data().map_err(|e| format!("{e:?}"))?);
        }
        let mut slices: [&[f32]; N] = [&[]; N];
        for (slice, data) in slices.iter_mut().zip(&all) {
            *slice = data.as_slice().map_err(|e| format!("{e:?}"))?;
        }
        Ok(f(slices))
    }

    /// The numbers of a tensor of single precision, row-major; not copied where nobody else holds them.
    ///
    /// # Errors
    /// As [`Dynamic::read`].
    pub(super) fn into_numbers(self) -> Result<Vec<f32>, String> {
        let plain = match self.device() {
            DispatchDevice::Autodiff(_) => Self(B::inner(self.0)),
            _ => self,
        };
        let flat: Tensor<B, 1> = plain.flat().rank();
        let data = flat.try_into_data().map_err(|e| format!("{e:?}"))?;
        data.into_vec().map_err(|e| format!("{e:?}"))
    }

    /// As burn's tensor. `D` must be the rank.
    pub fn rank<const D: usize>(self) -> Tensor<B, D> {
        Tensor::from_primitive(TensorPrimitive::Float(self.0))
    }

    /// From burn's tensor.
    pub fn of<const D: usize>(tensor: Tensor<B, D>) -> Self {
        Self(tensor.into_primitive().tensor())
    }

    /// From the primitive behind it.
    pub fn from_primitive(primitive: FloatTensor<B>) -> Self {
        Self(primitive)
    }

    /// The primitive behind it.
    pub fn primitive(&self) -> &FloatTensor<B> {
        &self.0
    }

    /// Where it lives.
    pub fn device(&self) -> DispatchDevice {
        B::float_device(&self.0)
    }

    /// Whether it lives in the CPU's memory.
    pub fn is_on_cpu(&self) -> bool {
        match self.device() {
            DispatchDevice::Flex(_) => true,
            DispatchDevice::Autodiff(device) => matches!(*device, DispatchDevice::Flex(_)),
            #[allow(unreachable_patterns)] // other backends are cargo features
            _ => false,
        }
    }

    /// Whether its numbers are of single precision.
    pub fn is_single(&self) -> bool {
        self.0.dtype() == DType::F32
    }

    // --- shape ---------------------------------------------------------------------------------------------------

    /// Extents of all axes, the batch first.
    pub fn dims(&self) -> Vec<usize> {
        self.0.shape().to_vec()
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.0.shape().num_elements()
    }

    /// Whether it has no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same elements, row-major, under another shape.
    pub fn reshape(self, dims: &[usize]) -> Self {
        if self.0.shape().as_slice() == dims {
            return self;
        }
        Self(B::float_reshape(self.0, Shape::from(dims.to_vec())))
    }

    /// One axis.
    pub fn flat(self) -> Self {
        let len = self.len();
        self.reshape(&[len])
    }

    /// `[rows, channels, everything else]`; a number a subject counts as one channel.
    pub fn by_channel(self) -> Self {
        let dims = self.dims();
        let channels = dims.get(1).copied().unwrap_or(1);
        let rest = dims.iter().skip(2).product();
        self.reshape(&[dims[0], channels, rest])
    }

    /// Axes in a new order.
    pub fn permute(self, order: &[usize]) -> Self {
        if order.iter().enumerate().all(|(i, axis)| i == *axis) {
            return self;
        }
        Self(B::float_permute(self.0, order))
    }

    /// `start..end` of an axis, every `step`-th.
    pub fn slice(self, axis: usize, start: usize, end: usize, step: usize) -> Self {
        let mut ranges: Vec<(usize, usize, usize)> = self.dims().iter().map(|n| (0, *n, 1)).collect();
        ranges[axis] = (start, end, step);
        self.slices(&ranges)
    }

    /// `start..end` of each axis, every `step`-th, in one pass.
    pub fn slices(self, ranges: &[(usize, usize, usize)]) -> Self {
        if self.dims().iter().zip(ranges).all(|(n, range)| *range == (0, *n, 1)) {
            return self;
        }
        let slices: Vec<Slice> = ranges
            .iter()
            .map(|(start, end, step)| Slice::with_step(*start as isize, Some(*end as isize), *step as isize))
            .collect();
        Self(B::float_slice(self.0, &slices))
    }

    /// Several one after the other along an axis.
    pub fn cat(parts: Vec<Self>, axis: usize) -> Self {
        let mut parts = parts;
        if parts.len() == 1 {
            return parts.remove(0);
        }
        Self(B::float_cat(parts.into_iter().map(|p| p.0).collect(), axis))
    }

    /// Several of one shape along a new axis.
    pub fn stack(parts: Vec<Self>, axis: usize) -> Self {
        let widened = parts
            .into_iter()
            .map(|part| {
                let mut dims = part.dims();
                dims.insert(axis, 1);
                part.reshape(&dims)
            })
            .collect();
        Self::cat(widened, axis)
    }

    /// Repeats axes of extent 1.
    pub fn expand(self, dims: &[usize]) -> Self {
        if self.0.shape().as_slice() == dims {
            return self;
        }
        Self(B::float_expand(self.0, Shape::from(dims.to_vec())))
    }

    /// The entries at these positions of an axis, in this order, repetitions allowed.
    pub fn select(self, axis: usize, positions: &[usize]) -> Self {
        let device = self.device();
        let indices: Vec<i32> = positions.iter().map(|p| *p as i32).collect();
        let indices = B::int_from_data(TensorData::new(indices, [positions.len()]), &device);
        Self(B::float_select(self.0, axis, indices))
    }

    /// Adds `(before, after)` entries of this value to an axis.
    pub fn pad(self, axis: usize, (before, after): (usize, usize), value: f64) -> Self {
        if before == 0 && after == 0 {
            return self;
        }
        let device = self.device();
        let mut dims = self.dims();
        let mut border = |extent: usize| {
            dims[axis] = extent;
            Self::filled(value, &dims, &device)
        };
        let mut parts = Vec::with_capacity(3);
        if before > 0 {
            parts.push(border(before));
        }
        let after = (after > 0).then(|| border(after));
        parts.push(self);
        parts.extend(after);
        Self::cat(parts, axis)
    }

    /// The elements as whole numbers.
    pub fn into_int(self) -> IntTensor<B> {
        let dtype = get_device_settings::<B>(&self.device()).int_dtype;
        B::float_into_int(self.0, dtype)
    }

    // --- arithmetic: the shorter shape is aligned at the first axes, and axes of extent 1 are repeated -----------

    /// Sum.
    pub fn add(self, other: Self) -> Self {
        self.larger_first(other, B::float_add)
    }

    /// Difference.
    pub fn sub(self, other: Self) -> Self {
        self.pair(other, B::float_sub)
    }

    /// Product.
    pub fn mul(self, other: Self) -> Self {
        self.larger_first(other, B::float_mul)
    }

    /// Quotient.
    pub fn div(self, other: Self) -> Self {
        self.pair(other, B::float_div)
    }

    /// Power.
    pub fn pow(self, other: Self) -> Self {
        self.pair(other, B::float_powf)
    }

    /// The larger of two; equal ones share the gradient, as in PyTorch.
    pub fn maximum(self, other: Self) -> Self {
        self.choose(other, |a, b| a.lower(b))
    }

    /// The smaller of two; equal ones share the gradient, as in PyTorch.
    pub fn minimum(self, other: Self) -> Self {
        self.choose(other, |a, b| a.greater(b))
    }

    fn choose(
        self,
        other: Self,
        take_other: fn(Tensor<B, 1>, Tensor<B, 1>) -> Tensor<B, 1, burn::tensor::Bool>,
    ) -> Self {
        let (a, b) = self.aligned(other);
        let dims: Vec<usize> = a.dims().iter().zip(b.dims()).map(|(m, n)| if *m == 1 { n } else { *m }).collect();
        let a: Tensor<B, 1> = a.expand(&dims).flat().rank();
        let b: Tensor<B, 1> = b.expand(&dims).flat().rank();
        let other_wins = take_other(a.clone(), b.clone());
        let tie = a.clone().equal(b.clone());
        let middle = a.clone().add(b.clone()).mul_scalar(0.5);
        Self::of(a.mask_where(other_wins, b).mask_where(tie, middle)).reshape(&dims)
    }

    fn aligned(self, other: Self) -> (Self, Self) {
        let (mut a, mut b) = (self.dims(), other.dims());
        let rank = a.len().max(b.len());
        a.resize(rank, 1);
        b.resize(rank, 1);
        (self.reshape(&a), other.reshape(&b))
    }

    fn pair(self, other: Self, op: fn(FloatTensor<B>, FloatTensor<B>) -> FloatTensor<B>) -> Self {
        let (a, b) = self.aligned(other);
        let b = if b.len() < a.len() { b.widened_for(&a.dims()) } else { b };
        Self(op(a.0, b.0))
    }

    /// [`Dynamic::pair`] of an operation whose order does not matter.
    fn larger_first(self, other: Self, op: fn(FloatTensor<B>, FloatTensor<B>) -> FloatTensor<B>) -> Self {
        if self.len() < other.len() { other.pair(self, op) } else { self.pair(other, op) }
    }

    /// Numbers that are to be repeated over the axes of `dims`, laid out so that the CPU does it in whole rows: a number a
    /// channel, `[1, c, 1, 1]` on `[n, c, h, w]`, becomes one a row and channel. `flex` has loops for a number a row, and goes
    /// through other patterns element by element, with an index for each.
    fn widened_for(self, dims: &[usize]) -> Self {
        let own = self.dims();
        let repeated: Vec<bool> = own.iter().zip(dims).map(|(own, full)| own < full).collect();
        let rows = repeated.iter().rposition(|repeated| !repeated).map_or(0, |last| last + 1);
        let a_number_a_row = rows < dims.len() && repeated[..rows].contains(&true);
        if !a_number_a_row || !self.is_on_cpu() {
            return self;
        }
        let mut wide = self;
        for axis in (0..rows).filter(|axis| repeated[*axis]) {
            wide = Self(B::float_repeat_dim(wide.0, axis, dims[axis]));
        }
        wide
    }

    /// Adds a number.
    pub fn add_scalar(self, value: f64) -> Self {
        Self(B::float_add_scalar(self.0, Scalar::from(value)))
    }

    /// Multiplies by a number.
    pub fn mul_scalar(self, value: f64) -> Self {
        Self(B::float_mul_scalar(self.0, Scalar::from(value)))
    }

    /// Divides by a number.
    pub fn div_scalar(self, value: f64) -> Self {
        Self(B::float_div_scalar(self.0, Scalar::from(value)))
    }

    /// Raises to a fixed power.
    pub fn pow_scalar(self, value: f64) -> Self {
        Self(B::float_powf_scalar(self.0, Scalar::from(value)))
    }

    /// At least `low`.
    pub fn at_least(self, low: f64) -> Self {
        Self(B::float_clamp_min(self.0, Scalar::from(low)))
    }

    /// At most `high`.
    pub fn at_most(self, high: f64) -> Self {
        Self(B::float_clamp_max(self.0, Scalar::from(high)))
    }

    /// Product of matrices in the last two axes; leading axes of equal number, those of extent 1 repeated.
    pub fn matmul(self, other: Self) -> Self {
        Self(B::float_matmul(self.0, other.0))
    }

    // --- functions of each element -------------------------------------------------------------------------------

    /// Minus.
    pub fn neg(self) -> Self {
        Self(B::float_neg(self.0))
    }

    /// One over.
    pub fn recip(self) -> Self {
        Self(B::float_recip(self.0))
    }

    /// Exponential.
    pub fn exp(self) -> Self {
        Self(B::float_exp(self.0))
    }

    /// Natural logarithm.
    pub fn log(self) -> Self {
        Self(B::float_log(self.0))
    }

    /// Logarithm of one plus.
    pub fn log1p(self) -> Self {
        Self(B::float_log1p(self.0))
    }

    /// Square root.
    pub fn sqrt(self) -> Self {
        Self(B::float_sqrt(self.0))
    }

    /// Square.
    pub fn square(self) -> Self {
        Self(B::float_mul(self.0.clone(), self.0))
    }

    /// Absolute value.
    pub fn abs(self) -> Self {
        Self(B::float_abs(self.0))
    }

    /// Hyperbolic tangent.
    pub fn tanh(self) -> Self {
        Self(B::float_tanh(self.0))
    }

    /// `max(0, x)`.
    pub fn relu(self) -> Self {
        Self(B::relu(self.0))
    }

    /// `x` where positive, `slope * x` elsewhere.
    pub fn leaky_relu(self, slope: f64) -> Self {
        Self(B::leaky_relu(self.0, Scalar::from(slope)))
    }

    /// Gaussian error linear unit, with the exact error function.
    pub fn gelu(self) -> Self {
        Self(B::gelu(self.0))
    }

    /// Logistic function.
    pub fn sigmoid(self) -> Self {
        Self(B::sigmoid(self.0))
    }

    /// `log(1 + exp(x))`, stable for large numbers of either sign.
    pub fn softplus(self) -> Self {
        Self(B::log_sigmoid(B::float_neg(self.0))).neg()
    }

    /// Exponentials that sum to 1 along an axis.
    pub fn softmax(self, axis: usize) -> Self {
        Self(B::softmax(self.0, axis))
    }

    /// Logarithms of [`Dynamic::softmax`].
    pub fn log_softmax(self, axis: usize) -> Self {
        Self(B::log_softmax(self.0, axis))
    }

    /// Each element as 0/1 columns along a new last axis: 1 where it equals the column's number.
    pub fn one_hot(self, levels: usize) -> Self {
        let device = self.device();
        let dims = self.dims();
        let len = self.len();
        // Filled rather than converted: what comes from a mask alone is not a tensor that gradients can meet.
        let zeros: Tensor<B, 2> = Self::filled(0.0, &[len, levels], &device).rank();
        let classes: Tensor<B, 2> = self.reshape(&[len, 1]).expand(&[len, levels]).rank();
        let columns = Self::from_host((0..levels).map(|l| l as f32).collect(), &[1, levels], &device);
        let columns: Tensor<B, 2> = columns.expand(&[len, levels]).rank();
        let mut wide = dims;
        wide.push(levels);
        Self::of(zeros.mask_fill(classes.equal(columns), 1.0)).reshape(&wide)
    }

    /// `max(0, x) + slope * min(0, x)` of `[rows, channels, rest]`, with one slope or one a channel.
    pub fn prelu(self, slopes: Tensor<B, 1>) -> Self {
        Self::of(activation::prelu(self.rank::<3>(), slopes))
    }

    // --- reductions ----------------------------------------------------------------------------------------------

    /// Sum over axes, which keep extent 1.
    pub fn sum(self, axes: &[usize]) -> Self {
        self.over_axes(axes, B::float_sum_dim)
    }

    /// Mean over axes, which keep extent 1.
    pub fn mean(self, axes: &[usize]) -> Self {
        self.over_axes(axes, B::float_mean_dim)
    }

    /// Maximum over axes, which keep extent 1. Of equal ones the first has the gradient.
    pub fn max(self, axes: &[usize]) -> Self {
        self.over_axes(axes, B::float_max_dim)
    }

    /// Minimum over axes, which keep extent 1. Of equal ones the first has the gradient.
    pub fn min(self, axes: &[usize]) -> Self {
        self.over_axes(axes, B::float_min_dim)
    }

    /// Biased variance over axes, which keep extent 1.
    pub fn variance(self, axes: &[usize]) -> Self {
        let mean = self.clone().mean(axes);
        self.sub(mean).square().mean(axes)
    }

    /// The mean of everything, `[1]`.
    pub fn mean_all(self) -> Self {
        self.flat().mean(&[0])
    }

    /// The sum of everything, `[1]`.
    pub fn sum_all(self) -> Self {
        self.flat().sum(&[0])
    }

    /// Neighbouring axes are first made one, so that a reduction over space is a single pass.
    fn over_axes(self, axes: &[usize], op: fn(FloatTensor<B>, usize) -> FloatTensor<B>) -> Self {
        let dims = self.dims();
        let reduced = |axis: usize| axes.contains(&axis);
        let kept: Vec<usize> = dims.iter().enumerate().map(|(i, n)| if reduced(i) { 1 } else { *n }).collect();
        let mut merged: Vec<(usize, bool)> = Vec::with_capacity(dims.len());
        for (axis, extent) in dims.iter().enumerate() {
            match merged.last_mut() {
                Some((n, r)) if *r == reduced(axis) => *n *= extent,
                _ => merged.push((*extent, reduced(axis))),
            }
        }
        let shape: Vec<usize> = merged.iter().map(|(n, _)| *n).collect();
        let mut tensor = self.reshape(&shape);
        for (axis, _) in merged.iter().enumerate().rev().filter(|(_, (_, r))| *r) {
            tensor = Self(op(tensor.0, axis));
        }
        tensor.reshape(&kept)
    }

    // --- gradients -----------------------------------------------------------------------------------------------

    /// The same numbers without their history.
    pub fn detach(self) -> Self {
        Self(B::float_detach(self.0))
    }

    /// The same numbers as a device that does not track gradients holds them.
    pub(super) fn plain(&self) -> Self {
        match self.device() {
            DispatchDevice::Autodiff(_) => Self(B::inner(self.0.clone())),
            _ => self.clone(),
        }
    }

    /// The numbers of a device that does not track gradients as a leaf, a new one each time, whose gradient is kept.
    pub(super) fn leaf(self) -> Self {
        Self(B::from_inner(self.0)).tracked()
    }

    /// Whether it is a leaf whose gradient is kept.
    pub fn is_tracked(&self) -> bool {
        B::float_is_require_grad(&self.0)
    }

    /// The same numbers as a leaf whose gradient is kept.
    pub fn tracked(self) -> Self {
        Self(B::float_set_require_grad(self.0, true))
    }
}
