//! Arithmetic and functions of each element.
//!
//! burn's CPU backend goes through them on one thread. Where there are many elements in single precision, row by row, kernels of
//! ours do the simple ones on all cores, and burn's are asked for parts of the others side by side: the same numbers.

use super::{Array, on};
use crate::traffic;
use burn::backend::Flex;
use burn::tensor::backend::Backend;
use burn::tensor::ops::{ActivationOps, BoolTensor, FloatTensor, FloatTensorOps};
use burn::tensor::{DType, Scalar, TensorData, TensorMetadata, get_device_settings};
use rayon::prelude::*;

/// Methods that are one operation of the backend's.
macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident: $op:ident;)*) => {
        impl Array {
            $($(#[$doc])* pub fn $name(self) -> Self {
                if let Some(made) = self.in_parts(|part| Flex::$op(part)) {
                    return made;
                }
                on!(B, Array(x) = self => B::$op(x))
            })*
        }
    };
}

functions! {
    exp: float_exp;
    log: float_log;
    log1p: float_log1p;
    tanh: float_tanh;
    /// The error function.
    erf: float_erf;
    /// Gaussian error linear unit, with the exact error function.
    gelu: gelu;
    sigmoid: sigmoid;
    /// `log(1 / (1 + exp(-x)))`.
    log_sigmoid: log_sigmoid;
}

/// Methods of an array and a number.
macro_rules! with_number {
    ($($name:ident: $op:ident;)*) => {
        impl Array {
            $(pub fn $name(self, value: f64) -> Self {
                on!(B, Array(x) = self => B::$op(x, Scalar::from(value)))
            })*
        }
    };
}

with_number! {
    div_scalar: float_div_scalar;
    pow_scalar: float_powf_scalar;
    at_least: float_clamp_min;
    at_most: float_clamp_max;
    leaky_relu: leaky_relu;
}

impl Array {
    /// One over each.
    pub fn recip(self) -> Self {
        on!(B, Array(x) = self => B::float_recip(x))
    }

    /// Square root of each.
    pub fn sqrt(self) -> Self {
        on!(B, Array(x) = self => B::float_sqrt(x))
    }

    /// Each without its sign.
    pub fn abs(self) -> Self {
        self.each(f32::abs, |x| on!(B, Array(x) = x => B::float_abs(x)))
    }

    /// -1, 0 or 1.
    pub fn sign(self) -> Self {
        on!(B, Array(x) = self => B::float_sign(x))
    }

    /// Minus each.
    pub fn neg(self) -> Self {
        self.each(|x| -x, |x| on!(B, Array(x) = x => B::float_neg(x)))
    }

    /// What is positive; 0 elsewhere.
    pub fn relu(self) -> Self {
        self.each(|x| x.max(0.0), |x| on!(B, Array(x) = x => B::relu(x)))
    }

    /// Each and a number.
    pub fn add_scalar(self, value: f64) -> Self {
        let by = value as f32;
        self.each(|x| x + by, |x| on!(B, Array(x) = x => B::float_add_scalar(x, Scalar::from(value))))
    }

    /// Each times a number.
    pub fn mul_scalar(self, value: f64) -> Self {
        let by = value as f32;
        self.each(|x| x * by, |x| on!(B, Array(x) = x => B::float_mul_scalar(x, Scalar::from(value))))
    }

    /// Sum. As for all operations of two arrays, the shorter shape is aligned at the first axes, and axes of extent 1 are
    /// repeated.
    pub fn add(self, other: Self) -> Self {
        let (a, b) = larger_first(self, other);
        a.each_with(b, |x, y| x + y, |a, b| on!(B, Array(x) = a, Array(y) = b => B::float_add(x, y)))
    }

    /// Difference.
    pub fn sub(self, other: Self) -> Self {
        let (a, b) = paired(self, other);
        a.each_with(b, |x, y| x - y, |a, b| on!(B, Array(x) = a, Array(y) = b => B::float_sub(x, y)))
    }

    /// Product.
    pub fn mul(self, other: Self) -> Self {
        let (a, b) = larger_first(self, other);
        a.each_with(b, |x, y| x * y, |a, b| on!(B, Array(x) = a, Array(y) = b => B::float_mul(x, y)))
    }

    /// Quotient.
    pub fn div(self, other: Self) -> Self {
        let (a, b) = paired(self, other);
        a.each_with(b, |x, y| x / y, |a, b| on!(B, Array(x) = a, Array(y) = b => B::float_div(x, y)))
    }

    /// Power.
    pub fn pow(self, other: Self) -> Self {
        let (a, b) = paired(self, other);
        on!(B, Array(x) = a, Array(y) = b => B::float_powf(x, y))
    }

    /// Square.
    pub fn square(self) -> Self {
        let same = self.clone();
        self.mul(same)
    }

    /// 1 where it is less than the other of the same shape, else 0.
    pub fn lower(self, other: Self) -> Self {
        on!(B, Array(x) = self, Array(y) = other => flags::<B>(x, |x, bools| B::float_lower(x, y, bools)))
    }

    /// 1 where it equals the other of the same shape, else 0.
    pub fn equal(self, other: Self) -> Self {
        on!(B, Array(x) = self, Array(y) = other => flags::<B>(x, |x, bools| B::float_equal(x, y, bools)))
    }

    /// 1 where it is more than a number, else 0.
    pub fn above(self, value: f64) -> Self {
        on!(B, Array(x) = self => flags::<B>(x, |x, bools| B::float_greater_elem(x, Scalar::from(value), bools)))
    }

    /// 1 where it is less than a number, else 0.
    pub fn below(self, value: f64) -> Self {
        on!(B, Array(x) = self => flags::<B>(x, |x, bools| B::float_lower_elem(x, Scalar::from(value), bools)))
    }

    /// 1 where it equals a number, else 0.
    pub fn equals(self, value: f64) -> Self {
        on!(B, Array(x) = self => flags::<B>(x, |x, bools| B::float_equal_elem(x, Scalar::from(value), bools)))
    }

    /// A number where `flags`, of the same shape, are 1; itself where they are 0.
    pub fn fill_where(self, flags: Self, value: f64) -> Self {
        on!(B, Array(x) = self, Array(f) = flags => {
            let mask = B::float_greater_elem(f.clone(), Scalar::from(0.5), bool_type::<B>(&f));
            B::float_mask_fill(x, mask, Scalar::from(value))
        })
    }

    /// `g` where the output of a rectifier is positive, else 0.
    pub fn relu_backward(output: Self, gradient: Self) -> Self {
        // The gradient is held by nobody else, as a rule: what is made is written over it.
        let positive = |g, y| if y > 0.0 { g } else { 0.0 };
        gradient.each_with(output, positive, |g, y| on!(B, Array(g) = g, Array(y) = y => B::relu_backward(y, g)))
    }
}

/// Ways of kernels of ours, and the way of burn's where they are not to be taken.
impl Array {
    /// A function of each.
    fn each(self, f: impl Fn(f32) -> f32 + Copy + Sync, otherwise: impl FnOnce(Self) -> Self) -> Self {
        let Some(mut x) = self.worth_threads() else { return otherwise(self) };
        drop(self);
        let len = x.layout().num_elements();
        match x.try_storage_mut::<f32>().filter(|values| values.len() == len) {
            Some(values) => {
                fascicle_kernels::map_over(values, f);
                traffic::count(|traffic| traffic.operations += 1);
                Self::Cpu(x)
            }
            None => {
                let dims = x.shape().to_vec();
                Self::of_kernel(fascicle_kernels::map(x.as_slice().unwrap_or_default(), f), &dims)
            }
        }
    }

    /// A function of each and of that of an array of the same shape.
    fn each_with(
        self,
        other: Self,
        f: impl Fn(f32, f32) -> f32 + Copy + Sync,
        otherwise: impl FnOnce(Self, Self) -> Self,
    ) -> Self {
        let read = (self.dims() == other.dims()).then(|| Some((self.worth_threads()?, other.worth_threads()?)));
        let Some((mut x, y)) = read.flatten() else { return otherwise(self, other) };
        drop((self, other));
        let len = x.layout().num_elements();
        let y = y.as_slice::<f32>().unwrap_or_default();
        match x.try_storage_mut::<f32>().filter(|values| values.len() == len) {
            Some(values) => {
                fascicle_kernels::zip_over(values, y, f);
                traffic::count(|traffic| traffic.operations += 1);
                Self::Cpu(x)
            }
            None => {
                let dims = x.shape().to_vec();
                Self::of_kernel(fascicle_kernels::zip(x.as_slice().unwrap_or_default(), y, f), &dims)
            }
        }
    }

    /// An operation of burn's on parts of it side by side.
    fn in_parts(&self, op: impl Fn(FloatTensor<Flex>) -> FloatTensor<Flex> + Sync) -> Option<Self> {
        const ELEMENTS_A_PART: usize = 16 * 1024;
        let x = self.worth_threads()?;
        let values = x.as_slice::<f32>()?;
        let mut made = vec![0.0; values.len()];
        let parts = made.par_chunks_mut(ELEMENTS_A_PART).zip(values.par_chunks(ELEMENTS_A_PART));
        parts.for_each(|(made, values)| {
            let part = op(FloatTensor::<Flex>::from_data(TensorData::new(values.to_vec(), [values.len()])));
            made.copy_from_slice(part.as_slice().unwrap_or_default());
        });
        Some(Self::of_kernel(made, &self.dims()))
    }

    /// The numbers where they are many, of single precision, in the CPU's memory and lie row by row.
    fn worth_threads(&self) -> Option<FloatTensor<Flex>> {
        match self {
            Self::Cpu(x) if x.dtype() == DType::F32 && x.is_contiguous() => {
                (x.layout().num_elements() >= fascicle_kernels::ELEMENTS_WORTH_THREADS).then(|| x.clone())
            }
            #[allow(unreachable_patterns)] // other backends are cargo features
            _ => None,
        }
    }
}

fn bool_type<B: Backend>(x: &FloatTensor<B>) -> burn::tensor::BoolDType {
    get_device_settings::<B>(&B::float_device(x)).bool_dtype
}

/// A comparison as 0 and 1, in the precision of what is compared.
fn flags<B: Backend>(
    x: FloatTensor<B>,
    compare: impl FnOnce(FloatTensor<B>, burn::tensor::BoolDType) -> BoolTensor<B>,
) -> FloatTensor<B> {
    let (dtype, bools) = (x.dtype(), bool_type::<B>(&x));
    B::bool_into_float(compare(x, bools), dtype.into())
}

/// The shorter shape aligned at the first axes, and laid out so that the CPU repeats it in whole rows.
fn paired(a: Array, b: Array) -> (Array, Array) {
    let (mut m, mut n) = (a.dims(), b.dims());
    if m == n {
        return (a, b);
    }
    let rank = m.len().max(n.len());
    m.resize(rank, 1);
    n.resize(rank, 1);
    let (a, b) = (a.reshape(&m), b.reshape(&n));
    let b = if b.len() < a.len() { widened(b, &m) } else { b };
    (a, b)
}

/// [`paired`] for an operation whose order does not matter: the larger first, and of equal ones one that nobody else holds, over
/// which the CPU writes.
fn larger_first(a: Array, b: Array) -> (Array, Array) {
    let later = match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Equal => !a.is_alone() && b.is_alone() && a.dims() == b.dims(),
        std::cmp::Ordering::Greater => false,
    };
    if later { paired(b, a) } else { paired(a, b) }
}

/// Numbers that are to be repeated over the axes of `dims`, laid out so that the CPU does it in whole rows: a number a
/// channel, `[1, c, 1, 1]` on `[n, c, h, w]`, becomes one a row and channel. `flex` has loops for a number a row, and goes
/// through other patterns element by element, with an index for each.
fn widened(x: Array, dims: &[usize]) -> Array {
    let own = x.dims();
    let repeated: Vec<bool> = own.iter().zip(dims).map(|(own, full)| own < full).collect();
    let rows = repeated.iter().rposition(|repeated| !repeated).map_or(0, |last| last + 1);
    let a_number_a_row = rows < dims.len() && repeated[..rows].contains(&true);
    if !a_number_a_row || !matches!(x, Array::Cpu(_)) {
        return x;
    }
    let axes = (0..rows).filter(|axis| repeated[*axis]);
    axes.fold(x, |x, axis| on!(B, Array(x) = x => B::float_repeat_dim(x, axis, dims[axis])))
}
