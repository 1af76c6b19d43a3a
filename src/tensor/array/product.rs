//! Products of matrices, and the precisions they are taken in.

use super::{Array, on};
use crate::Arithmetic;
use burn::tensor::FloatDType;
use burn::tensor::ops::FloatTensorOps;

impl Array {
    /// Product of matrices in the last two axes; leading axes of equal number, those of extent 1 repeated.
    pub fn matmul(self, other: Self, arithmetic: Arithmetic) -> Self {
        match arithmetic {
            _ if !self.is_on_card() => self.tuned_product(other),
            Arithmetic::Float32 => {
                let (a, b) = repeated(self, other);
                a.exact_product(b)
            }
            Arithmetic::Tf32 => self.tuned_product(other),
            Arithmetic::Bfloat16 => self.in_bfloat16().tuned_product(other.in_bfloat16()).in_float32(),
        }
    }

    /// burn's product.
    fn tuned_product(self, other: Self) -> Self {
        on!(B, Array(x) = self, Array(y) = other => B::float_matmul(x, y))
    }

    /// Rounded to 7 bits of the fraction.
    pub fn in_bfloat16(self) -> Self {
        on!(B, Array(x) = self => B::float_cast(x, FloatDType::BF16))
    }

    /// In single precision.
    pub fn in_float32(self) -> Self {
        on!(B, Array(x) = self => B::float_cast(x, FloatDType::F32))
    }
}

/// Both with the leading axes of the other.
fn repeated(a: Array, b: Array) -> (Array, Array) {
    let (m, n) = (a.dims(), b.dims());
    let leading = m.len().saturating_sub(2);
    let common: Vec<usize> = m.iter().zip(&n).take(leading).map(|(m, n)| *m.max(n)).collect();
    let wide = |x: Array, dims: &[usize]| {
        let all = [&common[..], &dims[leading..]].concat();
        x.expand(&all)
    };
    (wide(a, &m), wide(b, &n))
}
