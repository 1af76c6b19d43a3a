//! What kernels of ours make, and the gradients of what they make it from.

use super::tape::ByKernel;
use super::{Dynamic, NnError};
use burn::DispatchDevice;
use fascicle_kernels::{
    Channels, Geometry, Moments, Normalised, bias_gradient, forward, input_gradient, moments, normalised,
    normalised_gradients, weight_gradient,
};

/// A convolution, or its transpose, which makes what the convolution reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Convolution {
    /// Of the convolution, also where its transpose is meant.
    pub geometry: Geometry,
    /// Whether the transpose is meant.
    pub transposed: bool,
}

/// What a convolution is computed from.
#[derive(Debug)]
pub(super) struct Operands {
    /// The image: `[rows, channels, ...]`.
    pub x: Operand,
    /// `[outputs, inputs / groups, kernel]` of the convolution, one a row where rows have their own.
    pub weight: Operand,
    /// A number an output, likewise.
    pub bias: Option<Operand>,
}

/// A tensor, and whether its gradient may be wanted.
#[derive(Debug)]
pub(super) struct Operand {
    pub tensor: Dynamic,
    pub differentiable: bool,
}

impl Operand {
    /// A weight of a layer: a leaf, unless it is frozen.
    pub fn weight(tensor: Dynamic) -> Self {
        Self { differentiable: tensor.is_tracked(), tensor }
    }
}

impl Convolution {
    /// Computes it.
    ///
    /// # Errors
    /// When the numbers cannot be had.
    pub fn made(&self, operands: &Operands) -> Result<Vec<f32>, NnError> {
        let geometry = &self.geometry;
        let (x, weight) = (&operands.x.tensor, &operands.weight.tensor);
        let read = match (&operands.bias, self.transposed) {
            (None, false) => Dynamic::read([x, weight], |[x, weight]| forward(geometry, x, weight, None)),
            (None, true) => Dynamic::read([x, weight], |[x, weight]| input_gradient(geometry, x, weight)),
            (Some(bias), false) => {
                Dynamic::read([x, weight, &bias.tensor], |[x, weight, bias]| forward(geometry, x, weight, Some(bias)))
            }
            (Some(bias), true) => Dynamic::read([x, weight, &bias.tensor], |[x, weight, bias]| {
                let mut y = input_gradient(geometry, x, weight);
                let places = geometry.read.iter().product();
                for (channel, bias) in y.chunks_mut(places).zip(bias.iter().cycle()) {
                    channel.iter_mut().for_each(|value| *value += bias);
                }
                y
            }),
        };
        read.map_err(failed)
    }
}

/// A convolution that was made.
#[derive(Debug)]
pub(super) struct Convolved {
    pub convolution: Convolution,
    pub operands: Operands,
}

impl ByKernel for Convolved {
    fn walk_back(self: Box<Self>, gradient: Dynamic) -> Result<Vec<(Dynamic, Dynamic)>, NnError> {
        let Self { convolution: Convolution { geometry, transposed }, operands: Operands { x, weight, bias } } = *self;
        let bias = bias.filter(|bias| bias.differentiable);
        // To the transpose, what it makes is what the convolution reads, and the other way about.
        let device = gradient.device();
        let gradient = gradient.into_numbers().map_err(failed)?;
        let found = Dynamic::read([&x.tensor, &weight.tensor], |[image, weights]| {
            let gradient = gradient.as_slice();
            let of_bias = bias.as_ref().map(|_| match transposed {
                false => bias_gradient(&geometry, gradient),
                true => {
                    let made = Geometry { outputs: geometry.inputs, made: geometry.read, ..geometry };
                    bias_gradient(&made, gradient)
                }
            });
            let of_weight = weight.differentiable.then(|| match transposed {
                false => weight_gradient(&geometry, image, gradient),
                true => weight_gradient(&geometry, gradient, image),
            });
            let of_x = x.differentiable.then(|| match transposed {
                false => input_gradient(&geometry, gradient, weights),
                true => forward(&geometry, gradient, weights, None),
            });
            (of_bias, of_weight, of_x)
        });
        let (of_bias, of_weight, of_x) = found.map_err(failed)?;
        let bias = bias.map(|bias| bias.tensor);
        Ok(paired([(bias, of_bias), (Some(weight.tensor), of_weight), (Some(x.tensor), of_x)], &device))
    }
}

/// An image whose channels were normalised by their own moments.
#[derive(Debug)]
pub(super) struct Normalisation {
    /// How the image was seen.
    pub extents: Channels,
    pub x: Operand,
    /// Added to the variance.
    pub eps: f64,
    /// A number a channel that multiplies it.
    pub scale: Option<Operand>,
    /// A number a channel that is added.
    pub shift: Option<Operand>,
}

impl Normalisation {
    /// Computes it: what is made, and the moments.
    ///
    /// # Errors
    /// When the numbers cannot be had.
    pub fn made(&self) -> Result<(Vec<f32>, Moments), NnError> {
        let (scale, shift) = (numbers(self.scale.as_ref())?, numbers(self.shift.as_ref())?);
        let made = Dynamic::read([&self.x.tensor], |[x]| {
            let moments = moments(&self.extents, x);
            let inverse = self.inverse(&moments);
            let of = Normalised { x, mean: &moments.mean, inverse: &inverse, scale: scale.as_deref() };
            (normalised(&self.extents, &of, shift.as_deref()), moments)
        });
        made.map_err(failed)
    }

    fn inverse(&self, moments: &Moments) -> Vec<f32> {
        moments.var.iter().map(|var| (1.0 / (f64::from(*var) + self.eps).sqrt()) as f32).collect()
    }
}

/// A normalisation that was made.
#[derive(Debug)]
pub(super) struct NormalisedBy {
    pub normalisation: Normalisation,
    pub moments: Moments,
}

impl ByKernel for NormalisedBy {
    fn walk_back(self: Box<Self>, gradient: Dynamic) -> Result<Vec<(Dynamic, Dynamic)>, NnError> {
        let Self { normalisation, moments } = *self;
        let scale = numbers(normalisation.scale.as_ref())?;
        let inverse = normalisation.inverse(&moments);
        let Normalisation { extents, x, scale: of_scale, shift, .. } = normalisation;
        let device = gradient.device();
        let gradient = gradient.into_numbers().map_err(failed)?;
        let found = Dynamic::read([&x.tensor], |[image]| {
            let of = Normalised { x: image, mean: &moments.mean, inverse: &inverse, scale: scale.as_deref() };
            normalised_gradients(&extents, &of, &gradient, x.differentiable)
        });
        let found = found.map_err(failed)?;
        let weight =
            |operand: Option<Operand>| operand.filter(|weight| weight.differentiable).map(|weight| weight.tensor);
        let weights = [(weight(of_scale), Some(found.scale)), (weight(shift), Some(found.shift))];
        Ok(paired(weights.into_iter().chain([(Some(x.tensor), found.x)]), &device))
    }
}

/// The numbers of a weight.
fn numbers(weight: Option<&Operand>) -> Result<Option<Vec<f32>>, NnError> {
    weight.map(|weight| Dynamic::read([&weight.tensor], |[values]| values.to_vec()).map_err(failed)).transpose()
}

/// Tensors, each with its gradient where there are both.
fn paired(
    found: impl IntoIterator<Item = (Option<Dynamic>, Option<Vec<f32>>)>,
    device: &DispatchDevice,
) -> Vec<(Dynamic, Dynamic)> {
    let both = found.into_iter().filter_map(|(tensor, values)| Some((tensor?, values?)));
    both.map(|(tensor, values)| {
        let dims = tensor.dims();
        (tensor, Dynamic::from_host(values, &dims, device))
    })
    .collect()
}

fn failed(reason: String) -> NnError {
    NnError::DeviceFailed { reason }
}
