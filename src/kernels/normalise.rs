//! Normalisation by the moments of the batch, and its gradients (Ioffe and Szegedy 2015, algorithm 1 and section 3).
//!
//! An image is `[rows, channels, places]`; a channel is normalised over all its places in all rows. With the channels of all rows as
//! channels of one row, each is normalised by itself (Ulyanov et al. 2016).

use rayon::prelude::*;

/// Places that are summed in single precision before they are added to the rest in double.
const PLACES: usize = 1024;
/// Numbers that are enough work for a thread.
const NUMBERS_A_JOB: usize = 16 * 1024;

/// Extents of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// Rows of the batch.
    pub rows: usize,
    /// Channels of a row.
    pub channels: usize,
    /// Places of a channel.
    pub places: usize,
}

/// What channels are normalised by.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// By channel.
    pub mean: Vec<f32>,
    /// By channel: the mean square distance from the mean.
    pub var: Vec<f32>,
}

/// What a normalised image is made of, and its gradient.
#[derive(Debug, Clone, Copy)]
pub struct Normalised<'n> {
    /// The image before.
    pub x: &'n [f32],
    /// The mean of each channel.
    pub mean: &'n [f32],
    /// The inverse of its standard deviation.
    pub inverse: &'n [f32],
    /// What a channel is multiplied by, if anything.
    pub scale: Option<&'n [f32]>,
}

/// The gradients of what a normalised image is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalisedGradients {
    /// Of the image before.
    pub x: Option<Vec<f32>>,
    /// Of what each channel is multiplied by.
    pub scale: Vec<f32>,
    /// Of what is added to it.
    pub shift: Vec<f32>,
}

impl Channels {
    /// Numbers of a channel in all rows.
    fn count(&self) -> f64 {
        (self.rows * self.places) as f64
    }

    /// Channels of a row that are enough work for a thread.
    fn least(&self) -> usize {
        (NUMBERS_A_JOB / self.places.max(1)).max(1)
    }

    /// The sums of each channel, of what `part` says of its part in a row; in an order that does not depend on threads.
    fn sums<const N: usize>(&self, part: impl Fn(usize) -> [f64; N] + Sync) -> Vec<[f64; N]> {
        let parts: Vec<[f64; N]> =
            (0..self.rows * self.channels).into_par_iter().with_min_len(self.least()).map(&part).collect();
        let mut sums = vec![[0.0; N]; self.channels];
        for row in parts.chunks(self.channels.max(1)) {
            for (sum, part) in sums.iter_mut().zip(row) {
                sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            }
        }
        sums
    }

    /// The part of a channel in a row: rows one after the other.
    fn part<'x>(&self, values: &'x [f32], part: usize) -> &'x [f32] {
        &values[part * self.places..][..self.places]
    }

    /// An image from its parts.
    fn made(&self, make: impl Fn(usize, &mut [f32]) + Sync) -> Vec<f32> {
        let mut made = vec![0.0; self.rows * self.channels * self.places];
        let parts = made.par_chunks_mut(self.places.max(1)).with_min_len(self.least());
        parts.enumerate().for_each(|(part, values)| make(part, values));
        made
    }
}

/// The mean and biased variance of each channel.
pub fn moments(extents: &Channels, x: &[f32]) -> Moments {
    let count = extents.count().max(1.0);
    let sums = extents.sums(|part| [sum(extents.part(x, part), |value| value)]);
    let mean: Vec<f32> = sums.iter().map(|[sum]| (sum / count) as f32).collect();
    let squares = extents.sums(|part| {
        let mean = mean[part % extents.channels];
        [sum(extents.part(x, part), |value| (value - mean) * (value - mean))]
    });
    Moments { var: squares.iter().map(|[sum]| (sum / count) as f32).collect(), mean }
}

/// `(x - mean) * inverse * scale + shift` in each channel.
pub fn normalised(extents: &Channels, of: &Normalised<'_>, shift: Option<&[f32]>) -> Vec<f32> {
    extents.made(|part, made| {
        let channel = part % extents.channels;
        let (mean, factor) = (of.mean[channel], of.factor(channel));
        let shift = shift.map_or(0.0, |shift| shift[channel]);
        let values = made.iter_mut().zip(extents.part(of.x, part));
        values.for_each(|(made, value)| *made = (value - mean) * factor + shift);
    })
}

/// The gradients, where `gradient` is that of the normalised image; that of the image before only where it is wanted.
pub fn normalised_gradients(
    extents: &Channels,
    of: &Normalised<'_>,
    gradient: &[f32],
    of_x: bool,
) -> NormalisedGradients {
    let count = extents.count().max(1.0);
    let sums = extents.sums(|part| {
        let mean = of.mean[part % extents.channels];
        products(extents.part(gradient, part), extents.part(of.x, part), mean)
    });
    let scale = sums.iter().zip(of.inverse).map(|([_, along], inverse)| (along * f64::from(*inverse)) as f32).collect();
    let shift = sums.iter().map(|[plain, _]| *plain as f32).collect();
    // factor (g - mean of g - (x - mean) inverse² mean of g (x - mean)), as a (g - b) - c (x - mean).
    let by_channel: Vec<[f32; 3]> = sums
        .iter()
        .enumerate()
        .map(|(channel, [plain, along])| {
            let (factor, inverse) = (of.factor(channel), f64::from(of.inverse[channel]));
            let slope = f64::from(factor) * inverse * inverse * along / count;
            [factor, (plain / count) as f32, slope as f32]
        })
        .collect();
    let x = of_x.then(|| {
        extents.made(|part, made| {
            let channel = part % extents.channels;
            let ([factor, level, slope], mean) = (by_channel[channel], of.mean[channel]);
            let read = extents.part(gradient, part).iter().zip(extents.part(of.x, part));
            made.iter_mut().zip(read).for_each(|(made, (gradient, value))| {
                *made = factor * (gradient - level) - slope * (value - mean);
            });
        })
    });
    NormalisedGradients { x, scale, shift }
}

impl Normalised<'_> {
    /// What a centred channel is multiplied by.
    fn factor(&self, channel: usize) -> f32 {
        self.inverse[channel] * self.scale.map_or(1.0, |scale| scale[channel])
    }
}

/// A sum of many terms that may cancel: in sixteen parts, and those of a thousand places in double precision.
fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f64 {
    let of_part = |part: &[f32]| {
        let (chunks, rest) = part.as_chunks::<16>();
        let mut lanes = [0.0; 16];
        for chunk in chunks {
            lanes.iter_mut().zip(chunk).for_each(|(sum, value)| *sum += term(*value));
        }
        let rest = rest.iter().map(|value| f64::from(term(*value)));
        lanes.iter().map(|lane| f64::from(*lane)).chain(rest).sum::<f64>()
    };
    values.chunks(PLACES).map(of_part).sum()
}

/// The sums of a gradient and of its products with what is centred, likewise.
fn products(gradient: &[f32], values: &[f32], mean: f32) -> [f64; 2] {
    let mut sums = [0.0; 2];
    for (gradient, values) in gradient.chunks(PLACES).zip(values.chunks(PLACES)) {
        let ((gradient, last), (values, last_values)) = (gradient.as_chunks::<16>(), values.as_chunks::<16>());
        let (mut plain, mut along) = ([0.0; 16], [0.0; 16]);
        for (gradient, values) in gradient.iter().zip(values) {
            plain.iter_mut().zip(gradient).for_each(|(sum, gradient)| *sum += gradient);
            let pairs = along.iter_mut().zip(gradient).zip(values);
            pairs.for_each(|((sum, gradient), value)| *sum += gradient * (value - mean));
        }
        let rest = last.iter().zip(last_values);
        let along_rest = rest.map(|(gradient, value)| f64::from(gradient * (value - mean))).sum::<f64>();
        sums[0] += plain.iter().chain(last).map(|value| f64::from(*value)).sum::<f64>();
        sums[1] += along.iter().map(|value| f64::from(*value)).sum::<f64>() + along_rest;
    }
    sums
}
