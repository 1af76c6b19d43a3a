//! Functions of each element, and of two, with their derivatives.

use crate::Tensor;
use crate::array::Array;

/// `sqrt(1 / (2 pi))`, the density of the standard normal at 0.
const DENSITY_AT_ZERO: f64 = 0.398_942_280_401_432_7;

// Chains of calls read from left to right, as burn's own tensors do; operators would not.
#[allow(clippy::should_implement_trait)]
impl Tensor {
    // --- arithmetic: the shorter shape is aligned at the first axes, and axes of extent 1 are repeated -----------

    /// Sum.
    pub fn add(self, other: Self) -> Self {
        let (m, n) = (self.dims(), other.dims());
        let (left, right) = (self.node.is_some(), other.node.is_some());
        let made = self.array.add(other.array);
        Self::made_of_several([self.node, other.node], made, move |g| match (left, right) {
            (true, true) => vec![g.clone().sum_to(&m), g.sum_to(&n)],
            (true, false) => vec![g.sum_to(&m)],
            _ => vec![g.sum_to(&n)],
        })
    }

    /// Difference.
    pub fn sub(self, other: Self) -> Self {
        let (m, n) = (self.dims(), other.dims());
        let (left, right) = (self.node.is_some(), other.node.is_some());
        let made = self.array.sub(other.array);
        Self::made_of_several([self.node, other.node], made, move |g| match (left, right) {
            (true, true) => vec![g.clone().sum_to(&m), g.sum_to(&n).neg()],
            (true, false) => vec![g.sum_to(&m)],
            _ => vec![g.sum_to(&n).neg()],
        })
    }

    /// Product.
    pub fn mul(self, other: Self) -> Self {
        let (m, n) = (self.dims(), other.dims());
        // Each is kept for the gradient of the other.
        let a = other.node.is_some().then(|| self.array.clone());
        let b = self.node.is_some().then(|| other.array.clone());
        let made = self.array.mul(other.array);
        Self::made_of_several([self.node, other.node], made, move |g| {
            let left = b.map(|b| times(g.clone(), b, &m));
            let right = a.map(|a| times(g, a, &n));
            left.into_iter().chain(right).collect()
        })
    }

    /// Quotient.
    pub fn div(self, other: Self) -> Self {
        let (m, n) = (self.dims(), other.dims());
        let (left, divisor) = (self.node.is_some(), other.array.clone());
        let made = self.array.div(other.array);
        let quotient = other.node.is_some().then(|| made.clone());
        Self::made_of_several([self.node, other.node], made, move |g| {
            let by = g.div(divisor);
            let right = quotient.map(|quotient| times(by.clone(), quotient, &n).neg());
            left.then(|| by.sum_to(&m)).into_iter().chain(right).collect()
        })
    }

    /// Power.
    pub fn pow(self, other: Self) -> Self {
        let (m, n) = (self.dims(), other.dims());
        let (base, exponent) = (self.array.clone(), other.array.clone());
        let left = self.node.is_some();
        let made = self.array.pow(other.array);
        let power = other.node.is_some().then(|| made.clone());
        Self::made_of_several([self.node, other.node], made, move |g| {
            let of_base = left.then(|| {
                let below = base.clone().pow(exponent.clone().add_scalar(-1.0));
                g.clone().mul(below).mul(exponent).sum_to(&m)
            });
            // A power of 0 does not change with the exponent: its logarithm counts as 0.
            let of_exponent = power.map(|power| {
                let log = base.clone().add(base.equals(0.0)).log();
                g.mul(power).mul(log).sum_to(&n)
            });
            of_base.into_iter().chain(of_exponent).collect()
        })
    }

    /// The larger of two; equal ones share the gradient, as in PyTorch.
    pub fn maximum(self, other: Self) -> Self {
        self.choose(other, |a, b| b.lower(a))
    }

    /// The smaller of two; equal ones share the gradient, as in PyTorch.
    pub fn minimum(self, other: Self) -> Self {
        self.choose(other, Array::lower)
    }

    /// The first where `wins` says 1, the second elsewhere.
    fn choose(self, other: Self, wins: fn(Array, Array) -> Array) -> Self {
        let (mut a, mut b) = (self.dims(), other.dims());
        let rank = a.len().max(b.len());
        a.resize(rank, 1);
        b.resize(rank, 1);
        let dims: Vec<usize> = a.iter().zip(&b).map(|(m, n)| if *m == 1 { *n } else { *m }).collect();
        let (x, y) = (self.reshape(&a).expand(&dims), other.reshape(&b).expand(&dims));
        let won = wins(x.array.clone(), y.array.clone());
        let tie = x.array.clone().equal(y.array.clone());
        let share = won.add(tie.mul_scalar(0.5));
        let rest = share.clone().neg().add_scalar(1.0);
        // Multiplying would make of an infinity that lost a number that is none.
        let of_x = x.array.clone().fill_where(rest.clone().above(0.75), 0.0).mul(share.clone());
        let of_y = y.array.clone().fill_where(share.clone().above(0.75), 0.0).mul(rest.clone());
        let (left, right) = (x.node.is_some(), y.node.is_some());
        Self::made_of_several([x.node, y.node], of_x.add(of_y), move |g| {
            let of_x = left.then(|| g.clone().mul(share));
            of_x.into_iter().chain(right.then(|| g.mul(rest))).collect()
        })
    }

    /// Adds a number.
    pub fn add_scalar(self, value: f64) -> Self {
        self.made_of(|x| (x.add_scalar(value), ()), |(), g| g)
    }

    /// Multiplies by a number.
    pub fn mul_scalar(self, value: f64) -> Self {
        self.made_of(|x| (x.mul_scalar(value), value), |value, g| g.mul_scalar(value))
    }

    /// Divides by a number.
    pub fn div_scalar(self, value: f64) -> Self {
        self.made_of(|x| (x.div_scalar(value), value), |value, g| g.div_scalar(value))
    }

    /// Raises to a fixed power.
    pub fn pow_scalar(self, value: f64) -> Self {
        self.made_of(
            |x| (x.clone().pow_scalar(value), (x, value)),
            |(x, value), g| g.mul(x.pow_scalar(value - 1.0)).mul_scalar(value),
        )
    }

    /// At least `low`. Where it was less, the gradient is 0.
    pub fn at_least(self, low: f64) -> Self {
        self.made_of(|x| (x.clone().at_least(low), (x, low)), |(x, low), g| g.fill_where(x.below(low), 0.0))
    }

    /// At most `high`. Where it was more, the gradient is 0.
    pub fn at_most(self, high: f64) -> Self {
        self.made_of(|x| (x.clone().at_most(high), (x, high)), |(x, high), g| g.fill_where(x.above(high), 0.0))
    }

    // --- functions of each element -------------------------------------------------------------------------------

    /// Minus.
    pub fn neg(self) -> Self {
        self.made_of(|x| (x.neg(), ()), |(), g| g.neg())
    }

    /// One over.
    pub fn recip(self) -> Self {
        self.by_result(Array::recip, |y, g| g.mul(y.square()).neg())
    }

    /// Exponential.
    pub fn exp(self) -> Self {
        self.by_result(Array::exp, |y, g| g.mul(y))
    }

    /// Natural logarithm.
    pub fn log(self) -> Self {
        self.by_argument(Array::log, |x, g| g.div(x))
    }

    /// Logarithm of one plus.
    pub fn log1p(self) -> Self {
        self.by_argument(Array::log1p, |x, g| g.div(x.add_scalar(1.0)))
    }

    /// Square root.
    pub fn sqrt(self) -> Self {
        self.by_result(Array::sqrt, |y, g| g.div(y).mul_scalar(0.5))
    }

    /// Square.
    pub fn square(self) -> Self {
        self.by_argument(Array::square, |x, g| g.mul(x).mul_scalar(2.0))
    }

    /// Absolute value. Its derivative at 0 counts as 0.
    pub fn abs(self) -> Self {
        self.by_argument(Array::abs, |x, g| g.mul(x.sign()))
    }

    /// Hyperbolic tangent.
    pub fn tanh(self) -> Self {
        self.by_result(Array::tanh, |y, g| g.mul(y.square().neg().add_scalar(1.0)))
    }

    /// `max(0, x)`. Its derivative at 0 counts as 0.
    pub fn relu(self) -> Self {
        self.by_result(Array::relu, Array::relu_backward)
    }

    /// `x` where positive, `slope * x` elsewhere.
    pub fn leaky_relu(self, slope: f64) -> Self {
        let backward = move |sign: Array, g: Array| g.mul(sign.above(0.0).mul_scalar(1.0 - slope).add_scalar(slope));
        // The result has the sign of the argument, and whatever comes next keeps it anyway.
        self.by_either(slope > 0.0, |x| x.leaky_relu(slope), backward)
    }

    /// `x` where positive, `alpha (exp(x) - 1)` elsewhere.
    pub fn elu(self, alpha: f64) -> Self {
        // `exp` sees negative numbers only, so that large positive ones do not overflow.
        let function = |x: Array| {
            let below = x.clone().at_most(0.0).exp().add_scalar(-1.0).mul_scalar(alpha);
            x.relu().add(below)
        };
        match alpha > 0.0 {
            true => self.by_either(true, function, move |y, g| {
                let slope = y.clone().add_scalar(alpha).fill_where(y.above(0.0), 1.0);
                g.mul(slope)
            }),
            false => self.by_either(false, function, move |x, g| {
                let slope = x.clone().at_most(0.0).exp().mul_scalar(alpha).fill_where(x.above(0.0), 1.0);
                g.mul(slope)
            }),
        }
    }

    /// Gaussian error linear unit, with the exact error function: `x P(x)` with the distribution `P` of the standard normal.
    pub fn gelu(self) -> Self {
        // burn's own derivative is that of an approximation by tanh, 3e-4 off.
        self.by_argument(Array::gelu, |x, g| {
            let share = x.clone().mul_scalar(std::f64::consts::FRAC_1_SQRT_2).erf().mul_scalar(0.5).add_scalar(0.5);
            let density = x.clone().square().mul_scalar(-0.5).exp().mul_scalar(DENSITY_AT_ZERO);
            g.mul(share.add(x.mul(density)))
        })
    }

    /// Logistic function.
    pub fn sigmoid(self) -> Self {
        self.by_result(Array::sigmoid, |y, g| g.mul(y.clone().neg().add_scalar(1.0).mul(y)))
    }

    /// `log(1 + exp(x))`, stable for large numbers of either sign.
    pub fn softplus(self) -> Self {
        self.by_argument(|x| x.neg().log_sigmoid().neg(), |x, g| g.mul(x.sigmoid()))
    }

    /// `max(0, x) + slope * min(0, x)` of `[rows, channels, rest]`, with one slope or one a channel, `[1]` or `[channels]`.
    pub fn prelu(self, slopes: Self) -> Self {
        let slopes = slopes.flat();
        let count = slopes.len();
        let below = self.clone().at_most(0.0).mul(slopes.reshape(&[1, count, 1]));
        self.relu().add(below)
    }

    /// Exponentials that sum to 1 along an axis.
    pub fn softmax(self, axis: usize) -> Self {
        self.made_of(
            |x| {
                let y = x.softmax(axis);
                (y.clone(), (y, axis))
            },
            |(y, axis), g| {
                let along = g.clone().mul(y.clone()).sum_axis(axis);
                y.mul(g.sub(along))
            },
        )
    }

    /// Logarithms of [`Tensor::softmax`].
    pub fn log_softmax(self, axis: usize) -> Self {
        self.made_of(
            |x| {
                let y = x.log_softmax(axis);
                (y.clone(), (y, axis))
            },
            |(y, axis), g| {
                let along = g.clone().sum_axis(axis);
                g.sub(y.exp().mul(along))
            },
        )
    }

    /// Each element as 0/1 columns along a new last axis: 1 where it equals the column's number. Without history.
    pub fn one_hot(self, levels: usize) -> Self {
        let (mut wide, len, device) = (self.dims(), self.len(), self.device());
        let columns = Array::from_host((0..levels).map(|l| l as f32).collect(), &[1, levels], &device);
        let classes = self.array.reshape(&[len, 1]).expand(&[len, levels]);
        wide.push(levels);
        Self::constant(classes.equal(columns.expand(&[len, levels])).reshape(&wide))
    }

    /// 1 where it is less than the other of the same shape, else 0. Without history.
    pub fn lower(self, other: Self) -> Self {
        Self::constant(self.array.lower(other.array))
    }

    /// A number where `flags`, of the same shape, are 1; itself where they are 0.
    pub fn fill_where(self, flags: Self, value: f64) -> Self {
        let flags = flags.array;
        self.made_of(|x| (x.fill_where(flags.clone(), value), flags), |flags, g| g.fill_where(flags, 0.0))
    }

    /// A function whose derivative is told from its result.
    fn by_result(self, function: fn(Array) -> Array, backward: fn(Array, Array) -> Array) -> Self {
        let made = function(self.array);
        let node = self.node.map(|parent| {
            let kept = made.clone();
            crate::history::Node::computed(vec![parent], move |g| vec![backward(kept, g)])
        });
        Self { array: made, node }
    }

    /// A function whose derivative is told from its result, or else from its argument.
    fn by_either(
        self,
        result: bool,
        function: impl FnOnce(Array) -> Array,
        backward: impl FnOnce(Array, Array) -> Array + Send + 'static,
    ) -> Self {
        let wanted = self.node.is_some();
        let argument = (wanted && !result).then(|| self.array.clone());
        let made = function(self.array);
        let kept = argument.unwrap_or_else(|| made.clone());
        let node =
            self.node.map(|parent| crate::history::Node::computed(vec![parent], move |g| vec![backward(kept, g)]));
        Self { array: made, node }
    }

    /// A function whose derivative is told from its argument.
    fn by_argument(self, function: fn(Array) -> Array, backward: fn(Array, Array) -> Array) -> Self {
        let kept = self.node.is_some().then(|| self.array.clone());
        let made = function(self.array);
        let node = self
            .node
            .zip(kept)
            .map(|(parent, kept)| crate::history::Node::computed(vec![parent], move |g| vec![backward(kept, g)]));
        Self { array: made, node }
    }
}

/// A gradient times what is kept, summed to the extents of what it is of.
fn times(gradient: Array, kept: Array, dims: &[usize]) -> Array {
    gradient.mul(kept).sum_to(dims)
}
