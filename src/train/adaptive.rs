//! Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019) and RAdam (Liu et al. 2020), as PyTorch's.
//!
//! burn has no RAdam, and its `Adam` and `AdamW` compute the bias corrections `1 - beta^t` in single precision, where
//! they cancel: within twenty steps on a quadratic they are 4e-6 away from PyTorch's. Here moments are kept in single
//! precision and everything that is one number a step is computed in double, which stays within 1e-6.

use burn::optim::SimpleOptimizer;
use burn::record::Record;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// One of the three rules.
#[derive(Debug, Clone)]
pub(super) struct Adaptive {
    /// Decay of the two moments.
    pub betas: (f64, f64),
    /// Added to the root of the second moment: the corrected one in Adam, the uncorrected one in RAdam.
    pub eps: f64,
    /// What pulls weights towards 0.
    pub decay: Decay,
    /// RAdam: plain momentum until the variance of the adaptive rate is tractable, then Adam times a rectification.
    pub rectified: bool,
}

/// What pulls weights towards 0.
#[derive(Debug, Clone, Copy)]
pub(super) enum Decay {
    /// A penalty whose gradient, `penalty * weight`, is added to the loss's (Adam, RAdam).
    Penalty(f64),
    /// Weights shrink by `rate * learning rate` at each step (AdamW).
    Decoupled(f64),
}

/// Moments of one weight.
#[derive(Record, Clone)]
pub struct Moments<B: Backend, const D: usize> {
    /// Steps made.
    pub time: usize,
    /// Running mean of the gradient.
    pub moment_1: Tensor<B, D>,
    /// Running mean of its square.
    pub moment_2: Tensor<B, D>,
}

impl Adaptive {
    /// What the step is, from the moments.
    fn step_of<B: Backend, const D: usize>(&self, lr: f64, moments: &Moments<B, D>) -> Tensor<B, D> {
        let (beta_1, beta_2) = self.betas;
        let time = moments.time as f64;
        let correction_1 = 1.0 - beta_1.powf(time);
        let correction_2 = 1.0 - beta_2.powf(time);
        let mean = moments.moment_1.clone();
        let root = moments.moment_2.clone().sqrt();
        if !self.rectified {
            let deviation = root.mul_scalar(1.0 / correction_2.sqrt()).add_scalar(self.eps);
            return mean.mul_scalar(lr / correction_1) / deviation;
        }
        let rho_inf = 2.0 / (1.0 - beta_2) - 1.0;
        let rho = rho_inf - 2.0 * time * beta_2.powf(time) / correction_2;
        if rho <= 5.0 {
            return mean.mul_scalar(lr / correction_1);
        }
        let rectification = ((rho - 4.0) * (rho - 2.0) * rho_inf / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho)).sqrt();
        mean.mul_scalar(lr / correction_1 * rectification * correction_2.sqrt()) / root.add_scalar(self.eps)
    }
}

impl<B: Backend> SimpleOptimizer<B> for Adaptive {
    type State<const D: usize> = Moments<B, D>;

    fn step<const D: usize>(
        &self,
        lr: f64,
        tensor: Tensor<B, D>,
        grad: Tensor<B, D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<B, D>, Option<Self::State<D>>) {
        let (beta_1, beta_2) = self.betas;
        let (tensor, grad) = match self.decay {
            Decay::Penalty(0.0) | Decay::Decoupled(0.0) => (tensor, grad),
            Decay::Penalty(penalty) => (tensor.clone(), grad + tensor.mul_scalar(penalty)),
            Decay::Decoupled(rate) => (tensor.mul_scalar(1.0 - lr * rate), grad),
        };
        let fresh_1 = grad.clone().mul_scalar(1.0 - beta_1);
        let fresh_2 = grad.square().mul_scalar(1.0 - beta_2);
        let moments = match state {
            Some(old) => Moments {
                time: old.time + 1,
                moment_1: old.moment_1.mul_scalar(beta_1) + fresh_1,
                moment_2: old.moment_2.mul_scalar(beta_2) + fresh_2,
            },
            None => Moments { time: 1, moment_1: fresh_1, moment_2: fresh_2 },
        };
        let step = self.step_of(lr, &moments);
        (tensor - step, Some(moments))
    }

    fn to_device<const D: usize>(state: Self::State<D>, device: &B::Device) -> Self::State<D> {
        Moments {
            time: state.time,
            moment_1: state.moment_1.to_device(device),
            moment_2: state.moment_2.to_device(device),
        }
    }
}
