//! Convolutions: kernels of our own, the parts they are made of elsewhere, and devices, against each other.

use super::*;
use fascicle_kernels::Geometry;

/// Kernels even and odd, strides that leave some places unread, kernels smaller than their stride, dilation, groups, padding that
/// differs between sides, extents below a vector, one axis, two axes, weights of each row.
fn geometries() -> Vec<Geometry> {
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
        (Geometry { kernel: [2; 3], before: [0; 3], stride: [3; 3], ..base }, [0; 3]),
        (Geometry { kernel: [4; 3], stride: [2; 3], ..base }, [1; 3]),
        (Geometry { kernel: [3; 3], stride: [2, 1, 3], dilation: [1, 2, 2], ..base }, [2, 0, 1]),
        (Geometry { kernel: [2, 3, 2], stride: [2, 2, 3], dilation: [2, 3, 1], before: [0, 3, 0], ..base }, [0, 3, 0]),
        (Geometry { inputs: 6, outputs: 6, groups: 6, ..base }, [1; 3]),
        (Geometry { inputs: 4, outputs: 12, groups: 4, kernel: [3, 2, 5], before: [1, 0, 2], ..base }, [1, 1, 2]),
        (Geometry { inputs: 4, outputs: 4, groups: 4, stride: [2; 3], ..base }, [1; 3]),
        (Geometry { inputs: 4, outputs: 4, groups: 4, kernel: [1; 3], stride: [2; 3], before: [0; 3], ..base }, [0; 3]),
        (Geometry { inputs: 4, outputs: 12, groups: 2, kernel: [3, 1, 2], before: [1, 0, 0], ..base }, [1, 0, 1]),
        (Geometry { own_weights: true, rows: 3, ..base }, [1; 3]),
        (Geometry { own_weights: true, stride: [2; 3], outputs: 2, ..base }, [1; 3]),
        (Geometry { own_weights: true, kernel: [1; 3], stride: [2; 3], before: [0; 3], ..base }, [0; 3]),
        (Geometry { read: [1, 1, 40], kernel: [1, 1, 7], before: [0, 0, 3], ..base }, [0, 0, 3]),
        (
            Geometry { read: [12, 1, 17], kernel: [3, 1, 3], before: [1, 0, 1], inputs: 16, outputs: 9, ..base },
            [1, 0, 1],
        ),
        (Geometry { read: [2, 2, 2], kernel: [3; 3], before: [2; 3], ..base }, [2; 3]),
        (Geometry { rows: 1, inputs: 1, outputs: 1, read: [5, 4, 3], ..base }, [1; 3]),
        (Geometry { read: [20, 24, 22], kernel: [3; 3], inputs: 2, outputs: 7, ..base }, [1; 3]),
    ];
    let made = |(mut g, after): (Geometry, [usize; 3])| {
        g.made = std::array::from_fn(|a| {
            (g.read[a] + g.before[a] + after[a] - g.dilation[a] * (g.kernel[a] - 1) - 1) / g.stride[a] + 1
        });
        g
    };
    cases.map(made).into()
}

/// The result and the gradients of image, weight and bias, of the result's product with fixed numbers.
fn computed(geometry: &Geometry, transposed: bool, device: &Device) -> [Vec<f64>; 4] {
    let g = geometry;
    let (read, made) = ((g.inputs, g.read), (g.outputs, g.made));
    let (source, sink) = if transposed { (made, read) } else { (read, made) };
    let dims = |(channels, [d, h, w]): (usize, [usize; 3])| [g.rows, channels, d, h, w];
    let sets = if g.own_weights { g.rows } else { 1 };
    let [kd, kh, kw] = g.kernel;
    let weights = [sets * g.outputs, g.inputs / g.groups, kd, kh, kw];
    let leaf = |dims: &[usize], seed: usize| {
        Tensor::from_host_double(numbers(dims.iter().product(), seed), dims, device).tracked()
    };
    let leaves = [leaf(&dims(source), 1), leaf(&weights, 2), leaf(&[sets * sink.0], 3)];
    let [x, w, b] = leaves.clone();
    let made = x.convolution(
        w,
        Some(b),
        Convolution { geometry: *g, transposed, arithmetic: Arithmetic::Float32 },
        &dims(sink),
    );
    let cotangent = Tensor::from_host_double(numbers(made.len(), 4), &made.dims(), device);
    let mut gradients = made.clone().mul(cotangent).backward().expect("a way back");
    let host = |tensor: Tensor| tensor.to_host_double().expect("numbers");
    let [x, w, b] = leaves.map(|leaf| host(gradients.take(&leaf).expect("a gradient")));
    [host(made), x, w, b]
}

/// Products that are summed for one number, at most.
fn most_terms(geometry: &Geometry, what: &str) -> usize {
    let product = |extents: &[usize]| extents.iter().product::<usize>();
    let of_image = geometry.inputs.max(geometry.outputs) / geometry.groups * product(&geometry.kernel);
    match what {
        "gradient of the weight" => geometry.rows * product(&geometry.made),
        "gradient of the bias" => geometry.rows * product(&geometry.read).max(product(&geometry.made)),
        _ => of_image,
    }
}

#[test]
fn convolutions_agree_on_all_devices_and_with_the_parts_they_are_made_of() {
    for device in devices() {
        let mut worst = 0.0_f64;
        for geometry in geometries() {
            for transposed in [false, true] {
                let (found, exact) =
                    (computed(&geometry, transposed, &device), computed(&geometry, transposed, &double()));
                let whats = ["result", "gradient of the image", "gradient of the weight", "gradient of the bias"];
                for (what, (found, exact)) in whats.iter().zip(found.iter().zip(&exact)) {
                    // Terms of both signs cancel: a sum is as large as the root of their number, and so is its rounding.
                    let terms = most_terms(&geometry, what) as f64;
                    let off = distance(found, exact, 0.5 * terms.sqrt());
                    worst = worst.max(off);
                    let kind = if transposed { "transpose of " } else { "" };
                    assert!(off < 2e-6, "{what} of {kind}{geometry:?} on {}: {off:.1e}", device.describe());
                }
            }
        }
        eprintln!("{}: convolutions within {worst:.1e}", device.describe());
    }
}
