use super::*;

/// The definition, one product after the other, in double precision: output, gradients of image and weights.
fn defined(g: &Geometry, x: &[f32], w: &[f32], gy: &[f32]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (inputs, outputs) = g.of_group();
    let sets = g.sets();
    let mut y = vec![0.0; gy.len()];
    let mut gx = vec![0.0; x.len()];
    let mut gw = vec![0.0; sets * g.weights()];
    let [md, mh, mw] = g.made;
    let [rd, rh, rw] = g.read;
    for row in 0..g.rows {
        for out in 0..g.outputs {
            for place in 0..md * mh * mw {
                let at = [place / (mh * mw), place / mw % mh, place % mw];
                let o = (row * g.outputs + out) * md * mh * mw + place;
                for input in 0..inputs {
                    for tap in 0..g.taps() {
                        let t = [tap / (g.kernel[1] * g.kernel[2]), tap / g.kernel[2] % g.kernel[1], tap % g.kernel[2]];
                        let from: Vec<i64> = (0..3)
                            .map(|a| (at[a] * g.stride[a] + t[a] * g.dilation[a]) as i64 - g.before[a] as i64)
                            .collect();
                        if (0..3).any(|a| from[a] < 0 || from[a] >= [rd, rh, rw][a] as i64) {
                            continue;
                        }
                        let group = out / outputs;
                        let i = ((row * g.inputs + group * inputs + input) * rd + from[0] as usize) * rh * rw
                            + from[1] as usize * rw
                            + from[2] as usize;
                        let set = g.set_of(row);
                        let k = set * g.weights() + (out * inputs + input) * g.taps() + tap;
                        y[o] += f64::from(x[i]) * f64::from(w[k]);
                        gx[i] += f64::from(gy[o]) * f64::from(w[k]);
                        gw[k] += f64::from(gy[o]) * f64::from(x[i]);
                    }
                }
            }
        }
    }
    (y, gx, gw)
}

fn numbers(count: usize, seed: usize) -> Vec<f32> {
    (0..count).map(|i| (((i + seed) * 7919 + seed * 31) % 2003) as f32 / 1000.0 - 1.0).collect()
}

fn assert_close(what: &str, g: &Geometry, got: &[f32], expected: &[f64]) {
    assert_eq!(got.len(), expected.len(), "{what} of {g:?}");
    let largest = expected.iter().fold(1e-3_f64, |m, v| m.max(v.abs()));
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        let off = (f64::from(*got) - expected).abs() / largest;
        assert!(off < 2e-6, "{what} of {g:?} at {i}: {got}, expected {expected}");
    }
}

/// Kernels even and odd, strides that leave some places unread, dilation, groups, padding that differs between sides, extents
/// below a vector, weights of each row.
#[test]
fn convolutions_and_their_gradients_are_the_sums_that_define_them() {
    let base = Geometry {
        rows: 2,
        inputs: 3,
        outputs: 5,
        groups: 1,
        own_weights: false,
        read: [6, 7, 9],
        made: [0; 3],
        kernel: [3, 3, 3],
        stride: [1; 3],
        dilation: [1; 3],
        before: [1; 3],
    };
    let cases = [
        (base, [1; 3]),
        (Geometry { kernel: [5, 6, 5], before: [2, 2, 2], ..base }, [2, 3, 2]),
        (Geometry { kernel: [1; 3], before: [0; 3], ..base }, [0; 3]),
        (Geometry { kernel: [1; 3], before: [0; 3], stride: [2; 3], ..base }, [0; 3]),
        (Geometry { kernel: [4; 3], stride: [2; 3], ..base }, [1; 3]),
        (Geometry { kernel: [3; 3], stride: [2, 1, 3], dilation: [1, 2, 2], ..base }, [2, 0, 1]),
        (Geometry { kernel: [2; 3], stride: [3; 3], before: [0; 3], ..base }, [0; 3]),
        (Geometry { inputs: 6, outputs: 6, groups: 6, ..base }, [1; 3]),
        (Geometry { inputs: 4, outputs: 12, groups: 2, kernel: [3, 1, 2], before: [1, 0, 0], ..base }, [1, 0, 1]),
        (Geometry { own_weights: true, rows: 3, ..base }, [1; 3]),
        (Geometry { own_weights: true, stride: [2; 3], outputs: 2, ..base }, [1; 3]),
        (Geometry { read: [1, 1, 40], kernel: [1, 1, 7], before: [0, 0, 3], ..base }, [0, 0, 3]),
        (
            Geometry { read: [12, 1, 17], kernel: [3, 1, 3], before: [1, 0, 1], inputs: 16, outputs: 9, ..base },
            [1, 0, 1],
        ),
        (Geometry { read: [2, 2, 2], kernel: [3; 3], before: [2; 3], ..base }, [2; 3]),
        (Geometry { read: [20, 24, 22], kernel: [3; 3], inputs: 2, outputs: 7, ..base }, [1; 3]),
        // Enough channels for fewer products.
        (Geometry { inputs: 16, outputs: 30, ..base }, [1; 3]),
        (Geometry { inputs: 40, outputs: 16, read: [5, 8, 11], before: [0, 2, 1], ..base }, [0, 1, 2]),
        (Geometry { inputs: 32, outputs: 48, kernel: [4; 3], stride: [2; 3], read: [8, 9, 12], ..base }, [1; 3]),
        (
            Geometry {
                inputs: 16,
                outputs: 16,
                kernel: [4; 3],
                stride: [2; 3],
                read: [8, 11, 6],
                before: [0, 1, 2],
                ..base
            },
            [3, 2, 0],
        ),
        (
            Geometry { inputs: 32, outputs: 32, kernel: [1, 3, 3], read: [1, 11, 30], before: [0, 1, 1], ..base },
            [0, 1, 1],
        ),
        (
            Geometry {
                inputs: 32,
                outputs: 64,
                kernel: [1, 4, 4],
                stride: [1, 2, 2],
                read: [1, 10, 26],
                before: [0, 1, 1],
                ..base
            },
            [0, 1, 1],
        ),
        (Geometry { inputs: 48, outputs: 32, kernel: [2; 3], before: [0; 3], ..base }, [0; 3]),
    ];
    for (mut g, after) in cases {
        g.made = std::array::from_fn(|a| {
            (g.read[a] + g.before[a] + after[a] - g.dilation[a] * (g.kernel[a] - 1) - 1) / g.stride[a] + 1
        });
        let x = numbers(g.rows * g.inputs * g.read.iter().product::<usize>(), 1);
        let w = numbers(g.sets() * g.weights(), 2);
        let gy = numbers(g.rows * g.outputs * g.made.iter().product::<usize>(), 3);
        let (y, gx, gw) = defined(&g, &x, &w, &gy);
        assert_close("output", &g, &forward(&g, &x, &w, None), &y);
        assert_close("gradient of the input", &g, &input_gradient(&g, &gy, &w), &gx);
        assert_close("gradient of the weights", &g, &weight_gradient(&g, &x, &gy), &gw);
    }
}

/// More places than one sum in single precision takes, a number that fills no vector, a single place, a mean far from 0.
#[test]
fn normalised_images_and_their_gradients_are_as_defined() {
    for (rows, channels, places) in [(3, 2, 2500), (2, 5, 7), (6, 3, 1)] {
        let extents = Channels { rows, channels, places };
        let count = rows * channels * places;
        let x: Vec<f32> = numbers(count, 3).iter().map(|value| 4.0 + 2.0 * value).collect();
        let gradient = numbers(count, 11);
        let (scale, shift) = (numbers(channels, 5), numbers(channels, 7));
        let Moments { mean, var } = moments(&extents, &x);
        let inverse: Vec<f32> = var.iter().map(|var| 1.0 / (var + 1e-3).sqrt()).collect();
        let of = Normalised { x: &x, mean: &mean, inverse: &inverse, scale: Some(&scale) };
        let y = normalised(&extents, &of, Some(&shift));
        let found = normalised_gradients(&extents, &of, &gradient, true);

        let channel = |at: usize| at / places % channels;
        let n = (rows * places) as f64;
        let total =
            |term: &dyn Fn(usize) -> f64, c: usize| (0..count).filter(|at| channel(*at) == c).map(term).sum::<f64>();
        let (x, g) = (|at: usize| f64::from(x[at]), |at: usize| f64::from(gradient[at]));
        let means: Vec<f64> = (0..channels).map(|c| total(&x, c) / n).collect();
        let square = |at: usize| (x(at) - means[channel(at)]).powi(2);
        let inverses: Vec<f64> = (0..channels).map(|c| (total(&square, c) / n + 1e-3).powf(-0.5)).collect();
        let hat = |at: usize| (x(at) - means[channel(at)]) * inverses[channel(at)];
        let along: Vec<f64> = (0..channels).map(|c| total(&|at| g(at) * hat(at), c)).collect();
        let plain: Vec<f64> = (0..channels).map(|c| total(&g, c)).collect();
        let (scaled, shifted) = (|c: usize| f64::from(scale[c]), |c: usize| f64::from(shift[c]));
        let expected_y = (0..count).map(|at| hat(at) * scaled(channel(at)) + shifted(channel(at)));
        let expected_x = (0..count).map(|at| {
            let c = channel(at);
            scaled(c) * inverses[c] * (g(at) - plain[c] / n - hat(at) * along[c] / n)
        });
        near("image", &y, &expected_y.collect::<Vec<_>>());
        near("its gradient", &found.x.unwrap(), &expected_x.collect::<Vec<_>>());
        near("the scale's", &found.scale, &along);
        near("the shift's", &found.shift, &plain);
    }
}

fn near(what: &str, got: &[f32], expected: &[f64]) {
    assert_eq!(got.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(1e-3_f64, |m, v| m.max(v.abs()));
    for (got, expected) in got.iter().zip(expected) {
        assert!((f64::from(*got) - expected).abs() / largest < 3e-6, "{what}: {got}, expected {expected}");
    }
}

#[test]
fn interpolation_along_an_axis_and_its_gradient_are_the_sums_that_define_them() {
    for (outer, extent, inner) in [(3, 5, 1), (2, 4, 7), (1, 1, 3), (300, 6, 33)] {
        let last = extent - 1;
        let between = |i: usize| Between {
            left: (i / 2).min(last),
            right: (i / 2 + 1).min(last),
            share: f64::from(i as u32 % 2) * 0.4,
        };
        let places: Vec<Between> = (0..2 * extent).map(between).collect();
        let (x, g) = (numbers(outer * extent * inner, 3), numbers(outer * places.len() * inner, 5));
        let (mut y, mut gx) = (vec![0.0; g.len()], vec![0.0; x.len()]);
        for (at, value) in y.iter_mut().enumerate() {
            let (row, place, i) = (at / (places.len() * inner), &places[at / inner % places.len()], at % inner);
            for (end, factor) in [(place.left, 1.0 - place.share), (place.right, place.share)] {
                let from = (row * extent + end) * inner + i;
                *value += f64::from(x[from]) * factor;
                gx[from] += f64::from(g[at]) * factor;
            }
        }
        near("image", &interpolated(&x, extent, inner, &places), &y);
        near("its gradient", &interpolated_gradient(&g, extent, inner, &places), &gx);
    }
}

/// Windows that overlap, that leave elements out, that begin before the image and end behind it; ties, and what is no number.
#[test]
fn the_largest_of_windows_and_their_gradients_are_as_defined() {
    for (read, kernel, stride, before, after) in [
        ([4, 6, 8], [2, 2, 2], [2, 2, 2], [0; 3], [0; 3]),
        ([5, 7, 9], [3, 3, 3], [2, 2, 2], [1; 3], [1; 3]),
        ([1, 7, 9], [1, 3, 2], [1, 2, 3], [0, 1, 0], [0, 0, 1]),
        ([1, 1, 11], [1, 1, 3], [1, 1, 1], [0; 3], [0; 3]),
    ] {
        let made = std::array::from_fn(|a| (read[a] + before[a] + after[a] - kernel[a]) / stride[a] + 1);
        let windows = Windows { read, made, kernel, stride, before };
        let size: usize = read.iter().product();
        let mut x: Vec<f32> = numbers(3 * size, 3).iter().map(|value| (value * 4.0).round()).collect();
        x[size + 2] = f32::NAN;
        let gradient = numbers(3 * made.iter().product::<usize>(), 5);
        let (values, places) = largest(&windows, &x);
        let mut expected = vec![0.0; x.len()];
        let per = made.iter().product::<usize>();
        for (at, (value, place)) in values.iter().zip(&places).enumerate() {
            let (image, window) = (&x[at / per * size..][..size], at % per);
            let corner = [window / (made[1] * made[2]), window / made[2] % made[1], window % made[2]];
            let mut first: Option<usize> = None;
            for element in 0..kernel.iter().product::<usize>() {
                let tap = [element / (kernel[1] * kernel[2]), element / kernel[2] % kernel[1], element % kernel[2]];
                let from: [usize; 3] = std::array::from_fn(|a| corner[a] * stride[a] + tap[a]);
                if (0..3).all(|a| (before[a]..read[a] + before[a]).contains(&from[a])) {
                    let [d, h, w]: [usize; 3] = std::array::from_fn(|a| from[a] - before[a]);
                    let this = (d * read[1] + h) * read[2] + w;
                    let larger =
                        |known: usize| image[this] > image[known] || (image[this].is_nan() && !image[known].is_nan());
                    if first.is_none_or(larger) {
                        first = Some(this);
                    }
                }
            }
            let first = first.unwrap();
            assert_eq!(*place as usize, first, "{windows:?} at {at}");
            assert_eq!(value.to_bits(), image[first].to_bits());
            expected[at / per * size + first] += gradient[at];
        }
        assert_eq!(largest_gradient(&windows, &gradient, &places), expected);
    }
}
