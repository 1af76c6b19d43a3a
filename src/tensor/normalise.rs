//! Normalisation by the moments of what is normalised.

use crate::Tensor;
use crate::array::Array;
use fascicle_kernels::{Channels, Normalised, moments, normalised, normalised_gradients};

/// Mean and biased variance of each channel, `[channels]` each, without history.
#[derive(Debug, Clone)]
pub struct ChannelMoments {
    /// Mean.
    pub mean: Tensor,
    /// Mean square distance from it.
    pub var: Tensor,
}

impl Tensor {
    /// Each channel of `[rows, channels, ...]` over rows and places: mean 0 and biased variance 1 (`eps` is added to the variance),
    /// then multiplied by a number and added to another, `[channels]` each (Ioffe and Szegedy 2015, algorithm 1). Also
    /// gives the moments.
    pub fn batch_norm(self, scale: Option<Self>, shift: Option<Self>, eps: f64) -> (Self, ChannelMoments) {
        let dims = self.dims();
        let channels = dims.get(1).copied().unwrap_or(1);
        let extents = Channels { rows: dims[0], channels, places: dims.iter().skip(2).product() };
        if self.array.has_kernels() {
            return self.normalised_by_kernel(extents, scale, shift, eps);
        }
        let x = self.by_channel();
        let mean = x.clone().mean(&[2]).mean(&[0]);
        let centred = x.sub(mean.clone());
        let var = centred.clone().square().mean(&[2]).mean(&[0]);
        let out = centred.scaled(var.clone(), scale, shift, eps).reshape(&dims);
        let flat = |moment: Self| moment.detach().reshape(&[channels]);
        (out, ChannelMoments { mean: flat(mean), var: flat(var) })
    }

    /// Each channel of `[rows, channels, ...]` by given moments, then multiplied and added to as in [`Tensor::batch_norm`].
    pub fn batch_norm_by(self, by: &ChannelMoments, scale: Option<Self>, shift: Option<Self>, eps: f64) -> Self {
        let dims = self.dims();
        let column = |v: &Self| v.clone().reshape(&[1, v.len(), 1]);
        let centred = self.by_channel().sub(column(&by.mean));
        centred.scaled(column(&by.var), scale, shift, eps).reshape(&dims)
    }

    /// Mean 0 and biased variance 1 in each of so many groups of channels of a row (`eps` is added to the variance), then
    /// multiplied and added to, a number a channel (Wu and He 2018; groups of one channel: Ulyanov et al. 2016).
    pub fn group_norm(self, groups: usize, scale: Option<Self>, shift: Option<Self>, eps: f64) -> Self {
        let dims = self.dims();
        let parts = dims[0] * groups;
        if self.array.has_kernels() && dims.get(1) == Some(&groups) {
            // Each channel of a row is scaled as it is normalised.
            let of_rows = |v: Self| v.reshape(&[1, groups]).expand(&[dims[0], groups]).reshape(&[parts]);
            let extents = Channels { rows: 1, channels: parts, places: self.len() / parts.max(1) };
            return self.normalised_by_kernel(extents, scale.map(of_rows), shift.map(of_rows), eps).0;
        }
        let standard = match self.array.has_kernels() {
            true => {
                let extents = Channels { rows: 1, channels: parts, places: self.len() / parts.max(1) };
                self.normalised_by_kernel(extents, None, None, eps).0
            }
            false => self.standardised(parts, eps),
        };
        let x = standard.reshape(&dims).by_channel();
        let column = |v: Self| {
            let len = v.len();
            v.reshape(&[1, len, 1])
        };
        let x = match scale {
            Some(scale) => x.mul(column(scale)),
            None => x,
        };
        let x = match shift {
            Some(shift) => x.add(column(shift)),
            None => x,
        };
        x.reshape(&dims)
    }

    /// Mean 0 and biased variance 1 of the last `features` numbers (`eps` is added to the variance), then multiplied and added
    /// to, a number a feature (Ba et al. 2016).
    pub fn layer_norm(self, features: usize, scale: Option<Self>, shift: Option<Self>, eps: f64) -> Self {
        let dims = self.dims();
        let vectors = self.len() / features.max(1);
        let x = self.standardised(vectors, eps).reshape(&[vectors, features]);
        let x = match scale {
            Some(scale) => x.mul(scale.reshape(&[1, features])),
            None => x,
        };
        let x = match shift {
            Some(shift) => x.add(shift.reshape(&[1, features])),
            None => x,
        };
        x.reshape(&dims)
    }

    /// Mean 0 and biased variance 1 in each of so many parts: `[parts, numbers]`.
    fn standardised(self, parts: usize, eps: f64) -> Self {
        let rest = self.len() / parts.max(1);
        let x = self.reshape(&[parts, rest]);
        let centred = x.clone().sub(x.mean(&[1]));
        let deviation = centred.clone().square().mean(&[1]).add_scalar(eps).sqrt();
        centred.div(deviation)
    }

    /// Divides `[rows, channels, places]` by the standard deviation (`var` is `[1, channels, 1]`), scales and shifts. The factor is
    /// made a channel at a time, so that the image is gone through twice and not three times.
    fn scaled(self, var: Self, scale: Option<Self>, shift: Option<Self>, eps: f64) -> Self {
        let dims = var.dims();
        let inverse = var.add_scalar(eps).sqrt().recip();
        let factor = match scale {
            Some(scale) => inverse.mul(scale.reshape(&dims)),
            None => inverse,
        };
        let x = self.mul(factor);
        match shift {
            Some(shift) => x.add(shift.reshape(&dims)),
            None => x,
        }
    }

    /// On the CPU in single precision: three passes and no copies.
    fn normalised_by_kernel(
        self,
        extents: Channels,
        scale: Option<Self>,
        shift: Option<Self>,
        eps: f64,
    ) -> (Self, ChannelMoments) {
        let dims = self.dims();
        let numbers = |weight: &Option<Self>| {
            weight.as_ref().and_then(|weight| weight.array.for_kernels()).map(|weight| weight.to_vec())
        };
        let (factors, offsets) = (numbers(&scale), numbers(&shift));
        let laid = self.array.for_kernels();
        let x = laid.as_deref().unwrap_or_default();
        let found = moments(&extents, x);
        let inverse: Vec<f32> = found.var.iter().map(|var| (1.0 / (f64::from(*var) + eps).sqrt()) as f32).collect();
        let of = Normalised { x, mean: &found.mean, inverse: &inverse, scale: factors.as_deref() };
        let made = Array::of_kernel(normalised(&extents, &of, offsets.as_deref()), &dims);

        let channels = [found.mean.len()];
        let of_channels = |values: Vec<f32>| Self::constant(Array::of_kernel(values, &channels));
        let by = ChannelMoments { mean: of_channels(found.mean.clone()), var: of_channels(found.var) };
        let mean = found.mean;
        let wanted = [self.node.is_some(), is_wanted(&scale), is_wanted(&shift)];
        let nodes = [self.node, scale.and_then(|w| w.node), shift.and_then(|w| w.node)];
        let out = Self::made_of_several(nodes, made, move |gradient| {
            let gradient = gradient.for_kernels();
            let x = laid.as_deref().unwrap_or_default();
            let of = Normalised { x, mean: &mean, inverse: &inverse, scale: factors.as_deref() };
            let found = normalised_gradients(&extents, &of, gradient.as_deref().unwrap_or_default(), wanted[0]);
            let of_weights = [(wanted[1], found.scale), (wanted[2], found.shift)];
            let of_weights = of_weights.into_iter().filter(|(wanted, _)| *wanted);
            let of_x = found.x.map(|x| Array::of_kernel(x, &dims));
            of_x.into_iter().chain(of_weights.map(|(_, values)| Array::of_kernel(values, &channels))).collect()
        });
        (out, by)
    }
}

fn is_wanted(weight: &Option<Tensor>) -> bool {
    weight.as_ref().is_some_and(|weight| weight.node.is_some())
}
