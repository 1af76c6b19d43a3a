//! Convolutions and their transposes over one to three axes, as one operation with its gradients.
//!
//! A convolution is seen as three sums of products, which its transpose has too, in other roles:
//!
//! | | forward | gradient of the image | gradient of the weight |
//! |---|---|---|---|
//! | convolution | [`forward`] | [`input_gradient`] | [`weight_gradient`] of image and gradient |
//! | its transpose | [`input_gradient`] | [`forward`] | [`weight_gradient`] of gradient and image |
//!
//! Numbers of single precision in the CPU's memory go to kernels of our own, all others to [`by_parts`].

mod axis;
mod by_parts;
mod choice;
mod shape;

use crate::array::Array;
use crate::{Arithmetic, Tensor};
use fascicle_kernels::Geometry;

/// A convolution, or its transpose, which makes what the convolution reads.
#[derive(Debug, Clone, Copy)]
pub struct Convolution {
    /// Of the convolution, also where its transpose is meant.
    pub geometry: Geometry,
    /// Whether the transpose is meant.
    pub transposed: bool,
    /// How it multiplies on a card.
    pub arithmetic: Arithmetic,
}

impl Tensor {
    /// `[rows, channels, ...]` by a weight, `[outputs, inputs / groups, ...]` of the convolution, and a number for each
    /// channel that is made. Where rows have weights of their own, both come one row's after the other along their first
    /// axis. The result has these extents.
    pub fn convolution(self, weight: Self, bias: Option<Self>, convolution: Convolution, dims: &[usize]) -> Self {
        let Convolution { geometry, transposed, .. } = convolution;
        let (read, weights) = (self.dims(), weight.dims());
        let biases = bias.as_ref().map(|bias| bias.dims());
        let x = weight.node.is_some().then(|| self.array.clone());
        let w = self.node.is_some().then(|| weight.array.clone());
        let has_bias = bias.as_ref().is_some_and(|bias| bias.node.is_some());
        let (bias, bias_node) = bias.map_or((None, None), |bias| (Some(bias.array), bias.node));
        let made = match transposed {
            false => forward(&convolution, self.array, weight.array, bias),
            true => with_bias(&geometry, input_gradient(&convolution, self.array, weight.array), bias),
        };
        let nodes = [self.node, weight.node, bias_node];
        Self::made_of_several(nodes, made.reshape(dims), move |g| {
            let of_bias = has_bias.then(|| bias_gradient(&geometry, transposed, g.clone()));
            let of_weight = x.map(|x| match transposed {
                false => weight_gradient(&convolution, x, g.clone()).reshape(&weights),
                true => weight_gradient(&convolution, g.clone(), x).reshape(&weights),
            });
            let of_x = w.map(|w| match transposed {
                false => input_gradient(&convolution, g, w).reshape(&read),
                true => forward(&convolution, g, w, None).reshape(&read),
            });
            let of_bias = of_bias.zip(biases).map(|(bias, dims)| bias.reshape(&dims));
            of_x.into_iter().chain(of_weight).chain(of_bias).collect()
        })
    }
}

/// What the convolution makes.
fn forward(convolution: &Convolution, x: Array, weight: Array, bias: Option<Array>) -> Array {
    let Convolution { geometry, arithmetic, .. } = convolution;
    let dims = extents(geometry.rows, geometry.outputs, geometry.made);
    match (x.for_kernels(), weight.for_kernels()) {
        (Some(x), Some(weight)) => {
            let bias = bias.as_ref().and_then(Array::for_kernels);
            Array::of_kernel(fascicle_kernels::forward(geometry, &x, &weight, bias.as_deref()), &dims)
        }
        _ => match bias {
            Some(bias) => {
                by_parts::forward(geometry, *arithmetic, x, weight).add(of_channels(geometry, bias, geometry.outputs))
            }
            None => by_parts::forward(geometry, *arithmetic, x, weight),
        },
    }
}

/// The gradient of what the convolution reads, from that of what it makes.
fn input_gradient(convolution: &Convolution, gradient: Array, weight: Array) -> Array {
    let Convolution { geometry, arithmetic, .. } = convolution;
    let dims = extents(geometry.rows, geometry.inputs, geometry.read);
    match (gradient.for_kernels(), weight.for_kernels()) {
        (Some(gradient), Some(weight)) => {
            Array::of_kernel(fascicle_kernels::input_gradient(geometry, &gradient, &weight), &dims)
        }
        _ => by_parts::input_gradient(geometry, *arithmetic, gradient, weight),
    }
}

/// The gradient of the weight, from what the convolution reads and the gradient of what it makes.
fn weight_gradient(convolution: &Convolution, x: Array, gradient: Array) -> Array {
    let Convolution { geometry, arithmetic, .. } = convolution;
    match (x.for_kernels(), gradient.for_kernels()) {
        (Some(x), Some(gradient)) => {
            let weights = fascicle_kernels::weight_gradient(geometry, &x, &gradient);
            let dims = [weights.len()];
            Array::of_kernel(weights, &dims)
        }
        _ => by_parts::weight_gradient(geometry, *arithmetic, x, gradient),
    }
}

/// The gradient of a number for each channel that is made, by row where rows have their own.
fn bias_gradient(geometry: &Geometry, transposed: bool, gradient: Array) -> Array {
    let geometry = match transposed {
        false => *geometry,
        true => Geometry { outputs: geometry.inputs, made: geometry.read, ..*geometry },
    };
    if let Some(gradient) = gradient.for_kernels() {
        let biases = fascicle_kernels::bias_gradient(&geometry, &gradient);
        let dims = [biases.len()];
        return Array::of_kernel(biases, &dims);
    }
    let places = geometry.made.iter().product();
    let sums = gradient.reshape(&[geometry.rows, geometry.outputs, places]).sum_axis(2);
    if geometry.own_weights { sums } else { sums.sum_axis(0) }
}

/// What the transpose makes, with a number added to each channel.
fn with_bias(geometry: &Geometry, made: Array, bias: Option<Array>) -> Array {
    match bias {
        Some(bias) => made.add(of_channels(geometry, bias, geometry.inputs)),
        None => made,
    }
}

/// Numbers of channels, to be repeated over places and, unless rows have their own, over rows.
fn of_channels(geometry: &Geometry, numbers: Array, channels: usize) -> Array {
    let rows = if geometry.own_weights { geometry.rows } else { 1 };
    numbers.reshape(&[rows, channels, 1, 1, 1])
}

fn extents(rows: usize, channels: usize, [d, h, w]: [usize; 3]) -> [usize; 5] {
    [rows, channels, d, h, w]
}
