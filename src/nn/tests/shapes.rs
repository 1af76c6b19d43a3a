//! Axes moved, cut, joined, reduced, pooled, upsampled.

use super::*;

fn counted(bench: &mut Bench, shape: &[usize]) -> NodeId {
    let len = bench.batch.rows * shape.iter().product::<usize>();
    bench.input("x", shape, (0..len).map(|i| i as f32).collect())
}

#[test]
fn axes_are_moved_cut_and_joined() {
    let mut bench = Bench::new(1);
    let x = counted(&mut bench, &[2, 3]);
    for (op, inputs, shape, expected) in [
        (Op::Reshape, vec![x], vec![3, 2], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        (Op::Permute { order: vec![1, 0] }, vec![x], vec![3, 2], vec![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]),
        (
            Op::Concat { axis: 1 },
            vec![x, x],
            vec![2, 6],
            vec![0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 4.0, 5.0],
        ),
        (
            Op::Stack { axis: 0 },
            vec![x, x],
            vec![2, 2, 3],
            vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
        ),
        (Op::Slice { axis: 1, start: 0, end: 3, step: 2 }, vec![x], vec![2, 2], vec![0.0, 2.0, 3.0, 5.0]),
        (Op::Slice { axis: 0, start: 1, end: 2, step: 1 }, vec![x], vec![1, 3], vec![3.0, 4.0, 5.0]),
        (
            Op::Pad { amounts: vec![(0, 1), (1, 0)], value: 9.0 },
            vec![x],
            vec![3, 4],
            vec![9.0, 0.0, 1.0, 2.0, 9.0, 3.0, 4.0, 5.0, 9.0, 9.0, 9.0, 9.0],
        ),
    ] {
        let y = bench.op(op, &inputs, &shape);
        assert_eq!(bench.value(y), expected);
        bench.assert_gradients(y);
    }
}

#[test]
fn reductions_run_over_any_axes() {
    for axes in [vec![0], vec![2], vec![1, 2], vec![0, 2], vec![0, 1, 2]] {
        for reduction in [Reduction::Sum, Reduction::Mean, Reduction::Maximum, Reduction::Minimum, Reduction::Variance]
        {
            for keep in [false, true] {
                let mut bench = Bench::new(2);
                let dims = [2, 3, 2];
                let x = bench.distinct("x", &dims);
                let shape: Vec<usize> =
                    (0..3).filter_map(|a| if axes.contains(&a) { keep.then_some(1) } else { Some(dims[a]) }).collect();
                let y = bench.op(Op::Reduce { reduction, axes: axes.clone(), keep }, &[x], &shape);
                let values = bench.value(x);
                let mut groups: BTreeMap<Vec<usize>, Vec<f32>> = BTreeMap::new();
                for (i, v) in values.iter().enumerate() {
                    let at = [i / 12, i / 6 % 2, i / 2 % 3, i % 2];
                    let key = (0..4).filter(|a| *a == 0 || !axes.contains(&(a - 1))).map(|a| at[a]).collect();
                    groups.entry(key).or_default().push(*v);
                }
                let expected: Vec<f32> = groups
                    .values()
                    .map(|g| {
                        let mean = g.iter().sum::<f32>() / g.len() as f32;
                        match reduction {
                            Reduction::Sum => g.iter().sum(),
                            Reduction::Mean => mean,
                            Reduction::Maximum => g.iter().copied().fold(f32::NEG_INFINITY, f32::max),
                            Reduction::Minimum => g.iter().copied().fold(f32::INFINITY, f32::min),
                            Reduction::Variance => g.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / g.len() as f32,
                        }
                    })
                    .collect();
                assert_close(&bench.value(y), &expected, 1e-5);
                bench.assert_gradients(y);
            }
        }
    }
}

#[test]
fn matrices_are_multiplied_row_by_row_of_the_batch() {
    let mut bench = Bench::new(2);
    let a = bench.random("a", &[2, 3], -1.0, 1.0);
    let b = bench.random("b", &[3, 2], -1.0, 1.0);
    let v = bench.random("v", &[3], -1.0, 1.0);
    let product = bench.op(Op::MatMul, &[a, b], &[2, 2]);
    let image = bench.op(Op::MatMul, &[a, v], &[2]);
    bench.assert_gradients(product);
    bench.assert_gradients(image);
    let (a, b, v) = (bench.value(a), bench.value(b), bench.value(v));
    let entry =
        |row: usize, i: usize, j: usize| (0..3).map(|k| a[row * 6 + i * 3 + k] * b[row * 6 + k * 2 + j]).sum::<f32>();
    let expected: Vec<f32> = (0..8).map(|n| entry(n / 4, n / 2 % 2, n % 2)).collect();
    assert_close(&bench.value(product), &expected, 1e-5);
    let expected: Vec<f32> =
        (0..4).map(|n| (0..3).map(|k| a[n / 2 * 6 + n % 2 * 3 + k] * v[n / 2 * 3 + k]).sum()).collect();
    assert_close(&bench.value(image), &expected, 1e-5);
}

#[test]
fn classes_become_columns() {
    let mut bench = Bench::new(2);
    let class = bench.classes("c", 3, vec![2.0, 0.0]);
    let columns = bench.op(Op::OneHot { levels: 3 }, &[class], &[3]);
    assert_eq!(bench.value(columns), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    let mask = bench.mask("m", 2, &[2], vec![0.0, 1.0, 1.0, 1.0]);
    let columns = bench.op(Op::OneHot { levels: 2 }, &[mask], &[2, 2]);
    assert_eq!(bench.value(columns), [1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn the_mean_over_the_batch_is_one_number_for_all() {
    let mut bench = Bench::new(3);
    let x = bench.input("x", &[], vec![1.0, 2.0, 6.0]);
    let mean = bench.node(Op::BatchMean, &[x], None, TensorType::scalar());
    let centred = bench.op(Op::Binary(Binary::Subtract), &[x, mean], &[]);
    assert_eq!(bench.value(mean), [3.0]);
    assert_eq!(bench.value(centred), [-2.0, -1.0, 3.0]);
    bench.assert_gradients(mean);
    bench.assert_gradients(centred);
}

/// Pooling by its definition over up to three axes.
fn pooled(x: &[f32], dims: [usize; 4], pool: &PoolOp, out: [usize; 3]) -> Vec<f32> {
    let [planes, l, m, n] = dims;
    let get = |p: usize, at: [isize; 3]| {
        let inside = at.iter().zip([l, m, n]).all(|(a, e)| *a >= 0 && (*a as usize) < e);
        inside.then(|| x[((p * l + at[0] as usize) * m + at[1] as usize) * n + at[2] as usize])
    };
    let axis = |a: usize, o: usize, k: usize| (o * pool.stride[a] + k) as isize - pool.padding[a].0 as isize;
    let mut result = Vec::new();
    for p in 0..planes {
        for o in 0..out.iter().product::<usize>() {
            let o = [o / (out[1] * out[2]), o / out[2] % out[1], o % out[2]];
            let (mut max, mut sum, mut count) = (f32::NEG_INFINITY, 0.0, 0);
            for k in 0..pool.kernel.iter().product::<usize>() {
                let k =
                    [k / (pool.kernel[1] * pool.kernel[2]), k / pool.kernel[2] % pool.kernel[1], k % pool.kernel[2]];
                let value = get(p, [axis(0, o[0], k[0]), axis(1, o[1], k[1]), axis(2, o[2], k[2])]);
                count += 1;
                sum += value.unwrap_or(0.0);
                max = max.max(value.unwrap_or(f32::NEG_INFINITY));
            }
            result.push(if pool.kind == PoolKind::Max { max } else { sum / count as f32 });
        }
    }
    result
}

#[test]
fn windows_are_pooled_over_one_two_and_three_axes() {
    for kind in [PoolKind::Max, PoolKind::Average] {
        for (kernel, stride, padding) in [
            (vec![2, 2, 2], vec![2, 2, 2], vec![(0, 0); 3]),
            (vec![3, 2, 3], vec![2, 1, 2], vec![(1, 1), (0, 0), (1, 1)]),
            (vec![3, 3, 2], vec![1, 2, 2], vec![(1, 0), (0, 1), (0, 1)]),
        ] {
            let extents = [5, 4, 6];
            let out: Vec<usize> =
                (0..3).map(|a| (extents[a] + padding[a].0 + padding[a].1 - kernel[a]) / stride[a] + 1).collect();
            let pool = PoolOp { kind, kernel, stride, padding };
            for axes in 1..=3 {
                let skip = 3 - axes;
                let mut bench = Bench::new(2);
                let mut shape = vec![2];
                shape.extend(&extents[skip..]);
                let x = bench.distinct("x", &shape);
                let mut whole = pool.clone();
                let mut dims = [4, 5, 4, 6];
                let mut result = [out[0], out[1], out[2]];
                for a in 0..skip {
                    (whole.kernel[a], whole.stride[a], whole.padding[a]) = (1, 1, (0, 0));
                    (dims[a + 1], result[a]) = (1, 1);
                }
                let own = PoolOp {
                    kind,
                    kernel: pool.kernel[skip..].to_vec(),
                    stride: pool.stride[skip..].to_vec(),
                    padding: pool.padding[skip..].to_vec(),
                };
                let mut shape = vec![2];
                shape.extend(&out[skip..]);
                let y = bench.op(Op::Pool(own), &[x], &shape);
                assert_close(&bench.value(y), &pooled(&bench.value(x), dims, &whole, result), 1e-5);
                bench.assert_gradients(y);
            }
        }
    }
}

#[test]
fn the_first_of_equal_maxima_has_the_gradient() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[1, 2, 2, 2], vec![0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    let pool = PoolOp { kind: PoolKind::Max, kernel: vec![2; 3], stride: vec![2; 3], padding: vec![(0, 0); 3] };
    let windows = bench.op(Op::Pool(pool), &[x], &[1, 1, 1, 1]);
    let global = bench.op(Op::AdaptivePool { kind: PoolKind::Max, size: vec![1; 3] }, &[x], &[1, 1, 1, 1]);
    for node in [windows, global] {
        let (forward, network) = bench.network(&[node]);
        let values = forward.run(&network, &bench.batch, &bench.settings(Mode::Prediction)).unwrap();
        let gradient = values.backward(node).unwrap().input(InputId(0)).unwrap().unwrap();
        assert_eq!(gradient, [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}

#[test]
fn adaptive_windows_overlap_where_the_extent_does_not_divide() {
    for kind in [PoolKind::Max, PoolKind::Average] {
        for size in [vec![1, 1], vec![2, 3], vec![3, 2], vec![5, 6]] {
            let mut bench = Bench::new(2);
            let x = bench.distinct("x", &[1, 5, 6]);
            let y = bench.op(Op::AdaptivePool { kind, size: size.clone() }, &[x], &[1, size[0], size[1]]);
            let values = bench.value(x);
            let mut expected = Vec::new();
            for row in 0..2 {
                for i in 0..size[0] {
                    for j in 0..size[1] {
                        let mut window = Vec::new();
                        for r in i * 5 / size[0]..((i + 1) * 5).div_ceil(size[0]) {
                            for c in j * 6 / size[1]..((j + 1) * 6).div_ceil(size[1]) {
                                window.push(values[row * 30 + r * 6 + c]);
                            }
                        }
                        expected.push(match kind {
                            PoolKind::Max => window.iter().copied().fold(f32::NEG_INFINITY, f32::max),
                            PoolKind::Average => window.iter().sum::<f32>() / window.len() as f32,
                        });
                    }
                }
            }
            assert_close(&bench.value(y), &expected, 1e-5);
            bench.assert_gradients(y);
        }
    }
}

#[test]
fn upsampling_repeats_or_interpolates() {
    let mut bench = Bench::new(1);
    let x = bench.input("x", &[1, 3], vec![1.0, 3.0, 2.0]);
    for (mode, extent, expected) in [
        (UpsampleMode::Nearest, 6, vec![1.0, 1.0, 3.0, 3.0, 2.0, 2.0]),
        (UpsampleMode::Nearest, 4, vec![1.0, 1.0, 3.0, 2.0]),
        // torch.nn.functional.interpolate(mode="linear", align_corners=False)
        (UpsampleMode::Linear, 6, vec![1.0, 1.5, 2.5, 2.75, 2.25, 2.0]),
        (UpsampleMode::Linear, 3, vec![1.0, 3.0, 2.0]),
        (UpsampleMode::Linear, 2, vec![1.5, 2.25]),
        (UpsampleMode::Linear, 1, vec![3.0]),
        // align_corners=True
        (UpsampleMode::LinearAligned, 5, vec![1.0, 2.0, 3.0, 2.5, 2.0]),
        (UpsampleMode::LinearAligned, 2, vec![1.0, 2.0]),
        (UpsampleMode::LinearAligned, 1, vec![1.0]),
    ] {
        let y = bench.op(Op::Upsample { mode }, &[x], &[1, extent]);
        assert_close(&bench.value(y), &expected, 1e-6);
        bench.assert_gradients(y);
    }
}

#[test]
fn three_axes_are_upsampled_one_after_the_other() {
    for mode in [UpsampleMode::Nearest, UpsampleMode::Linear, UpsampleMode::LinearAligned] {
        let mut bench = Bench::new(2);
        let x = bench.random("x", &[2, 2, 3, 2], -1.0, 1.0);
        let y = bench.op(Op::Upsample { mode }, &[x], &[2, 4, 5, 6]);
        bench.assert_gradients(y);
    }
}
