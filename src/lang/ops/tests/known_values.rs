//! Numbers that other packages give: padding, extents, weights, initial bounds, multiply-adds.

use super::{fitting, int, ints, real, t, word, yes};
use crate::graph::{Init, Op, Role};
use crate::ops::Applied;

fn padding(applied: &Applied) -> Vec<(usize, usize)> {
    match &applied.op {
        Op::Conv(conv) => conv.padding.clone(),
        Op::Pool(pool) => pool.padding.clone(),
        other => panic!("{other:?} has no padding"),
    }
}

fn shape_of(applied: &Applied, weight: &str) -> Vec<usize> {
    applied.weights.iter().find(|w| w.name == weight).map(|w| w.shape.clone()).unwrap_or_default()
}

#[test]
fn an_even_kernel_with_same_keeps_the_shape_with_the_extra_zero_at_the_end() {
    // Dimitri et al.: Keras, kernel (5, 6, 5).
    let applied =
        fitting("DepthwiseConv3d", vec![("kernel", ints(&[5, 6, 5])), ("bias", yes(false))], &[t(&[16, 64, 64, 48])]);
    assert_eq!(applied.output.shape, [16, 64, 64, 48]);
    assert_eq!(padding(&applied), [(2, 2), (2, 3), (2, 2)]);
    assert_eq!(shape_of(&applied, "weight"), [16, 1, 5, 6, 5]);
    assert_eq!(applied.weights[0].len(), 150 * 16);
    assert_eq!(applied.multiply_adds, 16 * 64 * 64 * 48 * 150);
}

#[test]
fn same_with_a_stride_gives_the_extents_of_keras() {
    // (extent, kernel, stride, dilation) -> (extent, padding), from the rule of TensorFlow's `SAME`.
    let known = [
        ((64, 3, 2, 1), (32, (0, 1))),
        ((65, 3, 2, 1), (33, (1, 1))),
        ((5, 2, 2, 1), (3, (0, 1))),
        ((6, 1, 4, 1), (2, (0, 0))),
        ((10, 3, 1, 4), (10, (4, 4))),
        ((1, 7, 3, 1), (1, (3, 3))),
    ];
    for ((n, kernel, stride, dilation), (extent, zeros)) in known {
        let given =
            vec![("filters", int(2)), ("kernel", int(kernel)), ("stride", int(stride)), ("dilation", int(dilation))];
        let applied = fitting("Conv1d", given, &[t(&[1, n])]);
        assert_eq!(
            (applied.output.shape[1], padding(&applied)[0]),
            (extent, zeros),
            "{n} {kernel} {stride} {dilation}"
        );
    }
}

#[test]
fn numbers_as_padding_give_the_extents_of_pytorch() {
    // (extent, kernel, stride, padding, dilation) -> extent.
    for ((n, kernel, stride, padding, dilation), extent) in [
        ((64, 3, 1, 0, 1), 62),
        ((64, 4, 2, 1, 1), 32),
        ((65, 3, 2, 1, 1), 33),
        ((10, 3, 1, 0, 2), 6),
        ((90, 3, 1, 0, 1), 88),
        ((7, 7, 5, 3, 1), 2),
    ] {
        let given = vec![
            ("filters", int(2)),
            ("kernel", int(kernel)),
            ("stride", int(stride)),
            ("padding", int(padding)),
            ("dilation", int(dilation)),
        ];
        assert_eq!(
            fitting("Conv1d", given, &[t(&[1, n])]).output.shape,
            [2, extent],
            "{n} {kernel} {stride} {padding} {dilation}"
        );
    }
}

#[test]
fn transposed_convolutions_have_the_extents_of_pytorch() {
    // (extent, kernel, stride, padding, output_padding, dilation) -> extent.
    for ((n, kernel, stride, padding, far, dilation), extent) in [
        ((4, 4, 2, 1, 0, 1), 8),
        ((1, 4, 1, 0, 0, 1), 4),
        ((16, 3, 2, 1, 1, 1), 32),
        ((16, 3, 2, 1, 0, 1), 31),
        ((5, 3, 3, 0, 2, 2), 19),
    ] {
        let given = vec![
            ("filters", int(2)),
            ("kernel", int(kernel)),
            ("stride", int(stride)),
            ("padding", int(padding)),
            ("output_padding", int(far)),
            ("dilation", int(dilation)),
        ];
        assert_eq!(fitting("ConvTranspose1d", given, &[t(&[3, n])]).output.shape, [2, extent], "{n} {kernel} {stride}");
    }
}

#[test]
fn a_convolution_has_the_weights_and_bounds_of_pytorch() {
    let given = vec![("filters", int(16)), ("groups", int(2))];
    let applied = fitting("Conv3d", given.clone(), &[t(&[8, 6, 6, 6])]);
    assert_eq!(shape_of(&applied, "weight"), [16, 4, 3, 3, 3]);
    assert_eq!(shape_of(&applied, "bias"), [16]);
    let bound = 1.0 / (4.0f64 * 27.0).sqrt();
    assert!(applied.weights.iter().all(|w| w.init == Init::Uniform(bound)));
    assert_eq!(applied.multiply_adds, 16 * 216 * 4 * 27);

    let given = [given, vec![("kernel", int(4)), ("stride", int(2)), ("padding", int(1))]].concat();
    let applied = fitting("ConvTranspose3d", given, &[t(&[8, 6, 6, 6])]);
    assert_eq!(shape_of(&applied, "weight"), [8, 8, 4, 4, 4]);
    assert_eq!(shape_of(&applied, "bias"), [16]);
    let bound = 1.0 / (8.0f64 * 64.0).sqrt();
    assert!(applied.weights.iter().all(|w| w.init == Init::Uniform(bound)));
    assert_eq!(applied.multiply_adds, 8 * 216 * 8 * 64);
}

#[test]
fn linear_layers_count_a_multiply_add_for_each_weight() {
    let applied = fitting("Linear", vec![("outputs", int(16))], &[t(&[39424])]);
    assert_eq!(shape_of(&applied, "weight"), [16, 39424]);
    assert_eq!(applied.multiply_adds, 16 * 39424);
    let per_row = fitting("Linear", vec![("outputs", int(4)), ("bias", yes(false))], &[t(&[3, 5])]);
    assert_eq!(per_row.multiply_adds, 3 * 5 * 4);
    assert_eq!(per_row.weights.len(), 1);
}

#[test]
fn batch_normalisation_keeps_two_buffers_that_are_no_parameters() {
    let applied = fitting("BatchNorm", vec![], &[t(&[8, 4, 4, 4])]);
    let roles: Vec<(&str, Role)> = applied.weights.iter().map(|w| (w.name.as_str(), w.role)).collect();
    let (p, b) = (Role::Parameter, Role::Buffer);
    assert_eq!(roles, [("weight", p), ("bias", p), ("running_mean", b), ("running_var", b)]);
    assert!(applied.weights.iter().all(|w| w.shape == [8]));
    assert_eq!(applied.weights[3].init, Init::ONES);
    assert_eq!(applied.multiply_adds, 2 * 8 * 64);
    assert_eq!(fitting("BatchNorm", vec![("affine", yes(false))], &[t(&[8])]).weights.len(), 2);
}

#[test]
fn a_matrix_product_counts_its_multiply_adds_and_pooling_none() {
    assert_eq!(fitting("matmul", vec![], &[t(&[2, 3, 4]), t(&[2, 4, 5])]).multiply_adds, 2 * 3 * 4 * 5);
    assert_eq!(fitting("max_pool3d", vec![("kernel", int(2))], &[t(&[8, 4, 4, 4])]).multiply_adds, 0);
}

#[test]
fn pooling_with_same_pads_as_keras() {
    let given = vec![("kernel", int(3)), ("stride", int(2)), ("padding", word("same"))];
    let applied = fitting("max_pool3d", given, &[t(&[1, 8, 7, 6])]);
    assert_eq!(applied.output.shape, [1, 4, 4, 3]);
    assert_eq!(padding(&applied), [(0, 1), (1, 1), (0, 1)]);
}

#[test]
fn global_pooling_is_a_reduction_of_the_axes_in_space() {
    let applied = fitting("global_avg_pool", vec![], &[t(&[8, 4, 4])]);
    assert!(matches!(applied.op, Op::Reduce { axes, keep: false, .. } if axes == [1, 2]));
}

#[test]
fn weights_start_with_the_width_that_is_asked_for() {
    let start =
        |name, given, read: &[_]| -> Vec<Init> { fitting(name, given, read).weights.iter().map(|w| w.init).collect() };
    // Radford et al. 2016: normal, standard deviation 0.02.
    let given =
        || vec![("filters", int(4)), ("init", word("normal")), ("std", real(0.02)), ("bias_init", word("zeros"))];
    assert_eq!(start("Conv3d", given(), &[t(&[2, 8, 8, 8])]), [Init::Normal(0.02), Init::ZEROS]);
    assert_eq!(start("Linear", vec![("outputs", int(4)), ("init", word("ones"))], &[t(&[2])])[0], Init::ONES);
    let uniform = start("Linear", vec![("outputs", int(4)), ("std", real(0.5))], &[t(&[4])]);
    assert_eq!(uniform, [Init::Uniform(0.75f64.sqrt()), Init::Uniform(0.5)]);
}

#[test]
fn hyper_linear_starts_with_the_variances_of_hyperfusion() {
    // Golden `hyper_brainage`, official_init: var_w = 1 / (39424 * 1 * 0.25), var_b = 4; bounds sqrt(3 var); biases 0.
    let given = vec![("outputs", int(16)), ("variance", real(0.25))];
    let applied = fitting("HyperLinear", given, &[t(&[39424]), t(&[1])]);
    assert_eq!(shape_of(&applied, "weights_gen.weight"), [630_784, 1]);
    assert_eq!(applied.weights.iter().map(|w| w.len()).sum::<u64>(), 1_261_600);
    let bound = |position: usize| match applied.weights[position].init {
        Init::Uniform(bound) => bound,
        other => panic!("{other:?}"),
    };
    assert!((bound(0) - (3.0f64 * 0.000_101_461_038_961).sqrt()).abs() < 1e-9);
    assert!((bound(2) - 12f64.sqrt()).abs() < 1e-9);
    assert_eq!([applied.weights[1].init, applied.weights[3].init], [Init::ZEROS; 2]);
}
