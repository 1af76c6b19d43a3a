//! Batch normalisation as PyTorch defines it.
//!
//! burn has a `BatchNorm`, but it updates the running variance with the biased batch variance (PyTorch: the unbiased
//! one), tells training from prediction by whether the device tracks gradients (so gradients in prediction cannot
//! be had), and keeps the running statistics behind a lock that clones of the network share. Here the statistics are
//! plain parameters that are not learned, and a forward pass returns their update instead of making it.

use super::{B, Dynamic};
use burn::module::{Module, Param};
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// Scale, shift and running statistics, one number a channel each.
#[derive(Module, Debug)]
pub struct BatchNorm<B: Backend> {
    /// Scale.
    pub gamma: Option<Param<Tensor<B, 1>>>,
    /// Shift.
    pub beta: Option<Param<Tensor<B, 1>>>,
    /// Running mean; not learned.
    pub running_mean: Param<Tensor<B, 1>>,
    /// Running variance (of the population, as estimated from batches); not learned.
    pub running_var: Param<Tensor<B, 1>>,
}

/// Running mean and variance, `[channels]` each, without history.
#[derive(Debug, Clone)]
pub(super) struct Running {
    pub mean: Dynamic,
    pub var: Dynamic,
}

impl Running {
    /// Moved by `momentum` towards the mean and the unbiased variance of a batch of so many numbers a channel, of which the mean
    /// and the biased variance are given.
    pub(super) fn moved(&self, batch: Self, count: usize, momentum: f64) -> Self {
        let unbiased = count as f64 / count.saturating_sub(1).max(1) as f64;
        let moved =
            |old: &Dynamic, new: Dynamic| old.clone().mul_scalar(1.0 - momentum).add(new.mul_scalar(momentum)).detach();
        Self { mean: moved(&self.mean, batch.mean), var: moved(&self.var, batch.var.mul_scalar(unbiased)) }
    }
}

impl BatchNorm<B> {
    /// The statistics the layer holds.
    pub(super) fn running(&self) -> Running {
        Running { mean: Dynamic::of(self.running_mean.val()), var: Dynamic::of(self.running_var.val()) }
    }

    /// Normalises `x` (`[rows, channels, ...]`) with given statistics.
    pub(super) fn predict(&self, x: Dynamic, running: &Running, eps: f64) -> Dynamic {
        let dims = x.dims();
        let column = |v: &Dynamic| v.clone().reshape(&[1, v.len(), 1]);
        let centred = x.by_channel().sub(column(&running.mean));
        self.scaled(centred, column(&running.var), eps).reshape(&dims)
    }

    /// Normalises `x` with the mean and biased variance of the batch, and moves the running statistics by `momentum`
    /// towards the batch's mean and unbiased variance.
    pub(super) fn train(&self, x: Dynamic, running: &Running, eps: f64, momentum: f64) -> (Dynamic, Running) {
        let dims = x.dims();
        let channels = dims.get(1).copied().unwrap_or(1);
        let x = x.by_channel();
        let count = x.len() / channels.max(1);
        let mean = x.clone().mean(&[2]).mean(&[0]);
        let centred = x.sub(mean.clone());
        let var = centred.clone().square().mean(&[2]).mean(&[0]);
        let out = self.scaled(centred, var.clone(), eps).reshape(&dims);

        let flat = |moment: Dynamic| moment.detach().reshape(&[channels]);
        (out, running.moved(Running { mean: flat(mean), var: flat(var) }, count, momentum))
    }

    /// Divides by the standard deviation (`var` is `[1, channels]` or longer by axes of extent 1), scales and shifts. The
    /// factor is made a channel at a time, so that `x` is gone through twice and not three times.
    fn scaled(&self, x: Dynamic, var: Dynamic, eps: f64) -> Dynamic {
        let like_var = |p: &Param<Tensor<B, 1>>| Dynamic::of(p.val()).reshape(&var.dims());
        let inverse = var.clone().add_scalar(eps).sqrt().recip();
        let factor = match &self.gamma {
            Some(gamma) => inverse.mul(like_var(gamma)),
            None => inverse,
        };
        let x = x.mul(factor);
        match &self.beta {
            Some(beta) => x.add(like_var(beta)),
            None => x,
        }
    }
}
