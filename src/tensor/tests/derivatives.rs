//! Each operation: its derivative against central differences, and what devices make of both.

use super::*;

/// An operation of some tensors.
type Operation = fn(Vec<Tensor>) -> Tensor;

/// A name, the extents of what is read, a shift and a factor for their numbers, the operation.
struct Case {
    name: &'static str,
    reads: &'static [&'static [usize]],
    shift: f64,
    factor: f64,
    operation: Operation,
}

/// Everything that has a derivative of its own, over extents that repeat, merge and differ.
fn cases() -> Vec<Case> {
    macro_rules! case {
        ($name:literal, [$($dims:expr),+], $shift:expr, $factor:expr, |$x:ident| $result:expr) => {
            Case { name: $name, reads: &[$(&$dims),+], shift: $shift, factor: $factor, operation: |$x| $result }
        };
    }
    fn one(x: Vec<Tensor>) -> Tensor {
        x.into_iter().next().expect("one tensor")
    }
    // An element on an old one, two between the same, one at the end of the axis.
    fn between() -> Vec<Between> {
        [(0, 1, 0.0), (1, 2, 0.25), (1, 2, 0.75), (2, 3, 0.5), (3, 3, 0.3)]
            .map(|(left, right, share)| Between { left, right, share })
            .to_vec()
    }
    fn two(x: Vec<Tensor>) -> (Tensor, Tensor) {
        let mut all = x.into_iter();
        (all.next().expect("one"), all.next().expect("two"))
    }
    vec![
        case!("add", [[2, 3, 4], [2, 3, 4]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.add(b)
        }),
        case!("add, a number a channel", [[2, 3, 4], [1, 3, 1]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            b.add(a)
        }),
        case!("add, a number a row", [[2, 3, 4], [2]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.add(b)
        }),
        case!("sub", [[2, 1, 4], [2, 3, 1]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.sub(b)
        }),
        case!("mul", [[2, 3, 4], [1, 3, 1]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.mul(b)
        }),
        case!("mul by itself", [[2, 3]], 0.0, 1.0, |x| {
            let a = one(x);
            a.clone().mul(a)
        }),
        case!("div", [[2, 3, 4], [2, 1, 4]], 3.0, 1.0, |x| {
            let (a, b) = two(x);
            a.div(b)
        }),
        case!("pow", [[2, 3], [2, 3]], 2.0, 1.0, |x| {
            let (a, b) = two(x);
            a.pow(b)
        }),
        case!("maximum", [[2, 3, 4], [2, 1, 4]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.maximum(b)
        }),
        case!("minimum", [[2, 3], [2]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.minimum(b)
        }),
        case!("add_scalar", [[5]], 0.0, 1.0, |x| one(x).add_scalar(0.7)),
        case!("mul_scalar", [[5]], 0.0, 1.0, |x| one(x).mul_scalar(0.7)),
        case!("div_scalar", [[5]], 0.0, 1.0, |x| one(x).div_scalar(0.7)),
        case!("pow_scalar", [[7]], 2.0, 1.0, |x| one(x).pow_scalar(1.5)),
        case!("at_least", [[20]], 0.0, 1.0, |x| one(x).at_least(0.2)),
        case!("at_most", [[20]], 0.0, 1.0, |x| one(x).at_most(0.2)),
        case!("neg", [[5]], 0.0, 1.0, |x| one(x).neg()),
        case!("recip", [[5]], 2.0, 1.0, |x| one(x).recip()),
        case!("exp", [[5]], 0.0, 2.0, |x| one(x).exp()),
        case!("log", [[5]], 2.0, 1.0, |x| one(x).log()),
        case!("log1p", [[5]], 0.5, 1.0, |x| one(x).log1p()),
        case!("sqrt", [[5]], 2.0, 1.0, |x| one(x).sqrt()),
        case!("square", [[5]], 0.0, 1.0, |x| one(x).square()),
        case!("abs", [[9]], 0.0, 1.0, |x| one(x).abs()),
        case!("tanh", [[5]], 0.0, 2.0, |x| one(x).tanh()),
        case!("relu", [[20]], 0.0, 1.0, |x| one(x).relu()),
        case!("leaky_relu", [[20]], 0.0, 1.0, |x| one(x).leaky_relu(0.2)),
        case!("gelu", [[20]], 0.0, 3.0, |x| one(x).gelu()),
        case!("sigmoid", [[20]], 0.0, 5.0, |x| one(x).sigmoid()),
        case!("softplus", [[20]], 0.0, 30.0, |x| one(x).softplus()),
        case!("prelu, a slope", [[2, 3, 4], [1]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.prelu(b)
        }),
        case!("prelu, a slope a channel", [[2, 3, 4], [3]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.prelu(b)
        }),
        case!("softmax, first axis", [[3, 4]], 0.0, 2.0, |x| one(x).softmax(0)),
        case!("softmax, middle axis", [[2, 3, 4]], 0.0, 2.0, |x| one(x).softmax(1)),
        case!("log_softmax", [[2, 5]], 0.0, 2.0, |x| one(x).log_softmax(1)),
        case!("fill_where", [[8]], 0.0, 1.0, |x| {
            let a = one(x);
            let f = a.clone().detach().lower(a.clone().detach().mul_scalar(0.5));
            a.fill_where(f, -3.0)
        }),
        case!("reshape", [[2, 6]], 0.0, 1.0, |x| one(x).reshape(&[3, 4])),
        case!("permute", [[2, 3, 4]], 0.0, 1.0, |x| one(x).permute(&[2, 0, 1])),
        case!("transpose", [[2, 3, 4]], 0.0, 1.0, |x| one(x).transpose()),
        case!("slice with steps", [[2, 9]], 0.0, 1.0, |x| one(x).slice(1, 1, 8, 3)),
        case!("slices", [[3, 5, 4]], 0.0, 1.0, |x| one(x).slices(&[(1, 3, 1), (0, 5, 2), (0, 4, 1)])),
        case!("cat", [[2, 3], [2, 4]], 0.0, 1.0, |x| Tensor::cat(x, 1)),
        case!("stack", [[2, 3], [2, 3]], 0.0, 1.0, |x| Tensor::stack(x, 1)),
        case!("expand", [[2, 1, 3]], 0.0, 1.0, |x| one(x).expand(&[2, 4, 3])),
        case!("select", [[3, 4]], 0.0, 1.0, |x| one(x).select(1, &[3, 0, 0, 2, 3])),
        case!("interpolate, columns", [[3, 4]], 0.0, 1.0, |x| one(x).interpolate(1, between())),
        case!("interpolate, rows", [[2, 4, 3]], 0.0, 1.0, |x| one(x).interpolate(1, between())),
        case!("pad", [[2, 3]], 0.0, 1.0, |x| one(x).pad(1, (2, 1), 0.5)),
        case!("rows_at", [[4, 3]], 0.0, 1.0, |x| {
            let t = one(x);
            let c = Tensor::from_host(vec![2.0, 0.0, 2.0, 3.0], &[2, 2], &t.device());
            t.rows_at(&c)
        }),
        case!("sum", [[2, 3, 4]], 0.0, 1.0, |x| one(x).sum(&[0, 2])),
        case!("mean", [[2, 3, 4]], 0.0, 1.0, |x| one(x).mean(&[1, 2])),
        case!("max", [[2, 3, 4]], 0.0, 1.0, |x| one(x).max(&[1, 2])),
        case!("min", [[2, 3, 4]], 0.0, 1.0, |x| one(x).min(&[0, 2])),
        case!("variance", [[2, 3, 4]], 0.0, 1.0, |x| one(x).variance(&[0, 2])),
        case!("matmul", [[3, 4], [4, 2]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.matmul(b, Arithmetic::Float32)
        }),
        case!("matmul of a batch by one matrix", [[3, 2, 4], [1, 4, 2]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.matmul(b, Arithmetic::Float32)
        }),
        case!("matmul of transposed matrices", [[4, 3], [2, 4]], 0.0, 1.0, |x| {
            let (a, b) = two(x);
            a.transpose().matmul(b.transpose(), Arithmetic::Float32)
        }),
        case!("max_pool2d", [[1, 2, 7, 6]], 0.0, 1.0, |x| one(x).max_pool2d([3, 2], [2, 2], [1, 0])),
        case!("average_pool2d", [[1, 2, 7, 6]], 0.0, 1.0, |x| one(x).average_pool2d([3, 2], [2, 2], [1, 0])),
        case!("batch_norm", [[3, 2, 5], [2], [2]], 0.0, 1.0, |x| {
            let mut x = x.into_iter();
            let mut next = || x.next();
            next().expect("x").batch_norm(next(), next(), 1e-3).0
        }),
        case!("group_norm", [[2, 4, 3], [4], [4]], 0.0, 1.0, |x| {
            let mut x = x.into_iter();
            let mut next = || x.next();
            next().expect("x").group_norm(2, next(), next(), 1e-3)
        }),
        case!("layer_norm", [[2, 3, 5], [5], [5]], 0.0, 1.0, |x| {
            let mut x = x.into_iter();
            let mut next = || x.next();
            next().expect("x").layer_norm(5, next(), next(), 1e-3)
        }),
    ]
}

/// The result, and the gradient of each tensor read of the result's product with fixed numbers.
fn computed(case: &Case, reads: &[Vec<f64>], device: &Device) -> (Vec<f64>, Vec<Vec<f64>>) {
    let leaf =
        |(dims, values): (&&[usize], &Vec<f64>)| Tensor::from_host_double(values.clone(), dims, device).tracked();
    let leaves: Vec<Tensor> = case.reads.iter().zip(reads).map(leaf).collect();
    let made = (case.operation)(leaves.clone());
    let cotangent = Tensor::from_host_double(numbers(made.len(), 5), &made.dims(), device);
    let mut gradients = made.clone().mul(cotangent).backward().expect("a way back");
    let host = |tensor: Tensor| tensor.to_host_double().expect("numbers");
    (host(made), leaves.iter().map(|leaf| host(gradients.take(leaf).expect("a gradient"))).collect())
}

fn weighed(case: &Case, reads: &[Vec<f64>]) -> f64 {
    let leaf = |(dims, values): (&&[usize], &Vec<f64>)| Tensor::from_host_double(values.clone(), dims, &double());
    let made = (case.operation)(case.reads.iter().zip(reads).map(leaf).collect());
    let values = made.to_host_double().expect("numbers");
    values.iter().zip(numbers(values.len(), 5)).map(|(v, c)| v * c).sum()
}

fn reads_of(case: &Case) -> Vec<Vec<f64>> {
    let of = |(at, dims): (usize, &&[usize])| -> Vec<f64> {
        numbers(dims.iter().product(), at + 1).into_iter().map(|v| case.shift + case.factor * v).collect()
    };
    case.reads.iter().enumerate().map(of).collect()
}

#[test]
fn derivatives_are_those_of_central_differences() {
    for case in cases() {
        let reads = reads_of(&case);
        let (_, gradients) = computed(&case, &reads, &double());
        for (at, gradient) in gradients.iter().enumerate() {
            let slope = |i: usize| {
                let moved = |by: f64| {
                    let mut reads = reads.clone();
                    reads[at][i] += by;
                    weighed(&case, &reads)
                };
                (moved(1e-6) - moved(-1e-6)) / 2e-6
            };
            let expected: Vec<f64> = (0..gradient.len()).map(slope).collect();
            let off = distance(gradient, &expected, 1e-3);
            assert!(off < 1e-7, "{} by tensor {at}: {off:.1e}", case.name);
        }
    }
}

#[test]
fn devices_compute_what_double_precision_does() {
    for device in devices() {
        let mut worst = (0.0, "");
        for case in cases() {
            let reads = reads_of(&case);
            let (made, gradients) = computed(&case, &reads, &device);
            let (expected, exact) = computed(&case, &reads, &double());
            let offs = gradients.iter().zip(&exact).map(|(found, expected)| distance(found, expected, 1e-3));
            let off = offs.fold(distance(&made, &expected, 1e-3), f64::max);
            if off > worst.0 {
                worst = (off, case.name);
            }
            assert!(off < 5e-6, "{} on {}: {off:.1e}", case.name, device.describe());
        }
        eprintln!("{}: {} operations within {:.1e} ({})", device.describe(), cases().len(), worst.0, worst.1);
    }
}
