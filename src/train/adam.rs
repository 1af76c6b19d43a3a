//! Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019) and RAdam (Liu et al. 2020), as PyTorch's.
//!
//! burn has no RAdam, and its `Adam` and `AdamW` compute the bias corrections `1 - beta^t` in single precision, where
//! they cancel: within twenty steps on a quadratic they are 4e-6 away from PyTorch's. Here moments are kept in single
//! precision and everything that is one number a step is computed in double, which stays within 1e-6.

use super::moments::Moments;
use crate::nn::Tensor;

/// One of the three rules.
#[derive(Debug, Clone)]
pub(super) struct Adam {
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

impl Adam {
    /// The moved weight and its moments.
    pub fn step(&self, lr: f64, weight: Tensor, gradient: Tensor, before: Option<Moments>) -> (Tensor, Moments) {
        let (beta_1, beta_2) = self.betas;
        let (weight, gradient) = match self.decay {
            Decay::Penalty(0.0) | Decay::Decoupled(0.0) => (weight, gradient),
            Decay::Penalty(penalty) => (weight.clone(), gradient.add(weight.mul_scalar(penalty))),
            Decay::Decoupled(rate) => (weight.mul_scalar(1.0 - lr * rate), gradient),
        };
        let fresh_first = gradient.clone().mul_scalar(1.0 - beta_1);
        let fresh_second = gradient.square().mul_scalar(1.0 - beta_2);
        let decayed = |old: Tensor, beta: f64, fresh: Tensor| old.mul_scalar(beta).add(fresh);
        let (time, first, second) = match before {
            Some(Moments { time, first, second: Some(second) }) => {
                (time + 1, decayed(first, beta_1, fresh_first), decayed(second, beta_2, fresh_second))
            }
            _ => (1, fresh_first, fresh_second),
        };
        let step = self.direction(lr, time, first.clone(), second.clone());
        (weight.sub(step), Moments { time, first, second: Some(second) })
    }

    /// What a weight moves by, from its moments.
    fn direction(&self, lr: f64, time: usize, first: Tensor, second: Tensor) -> Tensor {
        let (beta_1, beta_2) = self.betas;
        let time = time as f64;
        let correction_1 = 1.0 - beta_1.powf(time);
        let correction_2 = 1.0 - beta_2.powf(time);
        let root = second.sqrt();
        if !self.rectified {
            let deviation = root.mul_scalar(1.0 / correction_2.sqrt()).add_scalar(self.eps);
            return first.mul_scalar(lr / correction_1).div(deviation);
        }
        let rho_inf = 2.0 / (1.0 - beta_2) - 1.0;
        let rho = rho_inf - 2.0 * time * beta_2.powf(time) / correction_2;
        if rho <= 5.0 {
            return first.mul_scalar(lr / correction_1);
        }
        let rectification = ((rho - 4.0) * (rho - 2.0) * rho_inf / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho)).sqrt();
        first.mul_scalar(lr / correction_1 * rectification * correction_2.sqrt()).div(root.add_scalar(self.eps))
    }
}
