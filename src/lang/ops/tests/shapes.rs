//! A shape case, or several, for each operator.

use super::{Given, class, fitting, int, ints, mask, q, real, t, word, yes};
use crate::graph::{Op, TensorType};
use crate::ops::{Argument, table};
use std::collections::BTreeSet;

/// Operator, arguments, what it reads, what comes out as the language spells it.
type Case = (&'static str, Given, Vec<TensorType>, &'static str);

fn layers() -> Vec<Case> {
    let x = || vec![t(&[8, 16, 16, 16])];
    vec![
        ("Conv1d", vec![("filters", int(1)), ("kernel", int(1))], vec![t(&[2, 1536])], "[1, 1536]"),
        ("Conv1d", vec![("filters", int(4)), ("kernel", int(5)), ("padding", int(0))], vec![t(&[2, 10])], "[4, 6]"),
        ("Conv2d", vec![("filters", int(4)), ("stride", ints(&[2, 1]))], vec![t(&[3, 7, 9])], "[4, 4, 9]"),
        ("Conv3d", vec![("filters", int(16))], vec![t(&[1, 64, 64, 64])], "[16, 64, 64, 64]"),
        ("DepthwiseConv1d", vec![("kernel", int(4))], vec![t(&[3, 9])], "[3, 9]"),
        ("DepthwiseConv2d", vec![("multiplier", int(2))], vec![t(&[3, 9, 9])], "[6, 9, 9]"),
        ("DepthwiseConv3d", vec![("kernel", ints(&[5, 6, 5])), ("stride", int(2))], x(), "[8, 8, 8, 8]"),
        (
            "ConvTranspose1d",
            vec![("filters", int(4)), ("kernel", int(2)), ("stride", int(2))],
            vec![t(&[3, 9])],
            "[4, 18]",
        ),
        ("ConvTranspose2d", vec![("filters", int(4)), ("kernel", int(3))], vec![t(&[3, 9, 5])], "[4, 11, 7]"),
        (
            "ConvTranspose3d",
            vec![("filters", int(4)), ("kernel", int(4)), ("stride", int(2)), ("padding", int(1))],
            x(),
            "[4, 32, 32, 32]",
        ),
        ("conv1d", vec![], vec![t(&[2, 9]), t(&[4, 2, 3])], "[4, 9]"),
        ("conv2d", vec![("padding", int(0))], vec![t(&[2, 9, 7]), t(&[4, 2, 3, 1])], "[4, 7, 7]"),
        ("conv3d", vec![("stride", int(2))], vec![x().remove(0), t(&[4, 8, 1, 1, 1]), t(&[4])], "[4, 8, 8, 8]"),
        ("Linear", vec![("outputs", int(5))], vec![t(&[7])], "[5]"),
        ("Linear", vec![("outputs", int(5))], vec![t(&[3, 7])], "[3, 5]"),
        ("Linear", vec![("outputs", int(5)), ("init", word("normal")), ("std", real(0.02))], vec![t(&[7])], "[5]"),
        ("HyperLinear", vec![("outputs", int(5))], vec![t(&[7]), t(&[2])], "[5]"),
        ("Embedding", vec![("size", int(8))], vec![class(3)], "[8]"),
        ("BatchNorm", vec![], vec![t(&[7])], "[7]"),
        ("BatchNorm", vec![], x(), "[8, 16, 16, 16]"),
        ("InstanceNorm", vec![], x(), "[8, 16, 16, 16]"),
        ("LayerNorm", vec![], vec![t(&[7])], "[7]"),
        ("GroupNorm", vec![("groups", int(4))], x(), "[8, 16, 16, 16]"),
        ("Dropout", vec![], vec![t(&[7])], "[7]"),
        ("ChannelDropout", vec![("p", real(0.1))], x(), "[8, 16, 16, 16]"),
        ("PRelu", vec![("channels", word("each"))], x(), "[8, 16, 16, 16]"),
        ("Parameter", vec![("shape", ints(&[3, 8, 2, 3, 3]))], vec![], "[3, 8, 2, 3, 3]"),
    ]
}

fn functions() -> Vec<Case> {
    let x = || vec![t(&[8, 16, 16, 16])];
    let mut cases: Vec<Case> = vec![
        ("max_pool1d", vec![("kernel", int(2))], vec![t(&[3, 9])], "[3, 4]"),
        (
            "max_pool2d",
            vec![("kernel", int(3)), ("stride", int(2)), ("padding", int(1))],
            vec![t(&[3, 9, 8])],
            "[3, 5, 4]",
        ),
        (
            "max_pool3d",
            vec![("kernel", int(3)), ("stride", int(2)), ("padding", word("same"))],
            vec![t(&[2, 128, 128, 96])],
            "[2, 64, 64, 48]",
        ),
        ("avg_pool1d", vec![("kernel", int(2))], vec![t(&[3, 9])], "[3, 4]"),
        ("avg_pool2d", vec![("kernel", int(2))], vec![t(&[3, 9, 8])], "[3, 4, 4]"),
        ("avg_pool3d", vec![("kernel", ints(&[1, 2, 4]))], x(), "[8, 16, 8, 4]"),
        ("global_avg_pool", vec![], x(), "[8]"),
        ("global_max_pool", vec![], vec![t(&[3, 9])], "[3]"),
        ("adaptive_avg_pool", vec![("size", ints(&[4, 4, 2]))], x(), "[8, 4, 4, 2]"),
        ("adaptive_max_pool", vec![("size", int(1))], x(), "[8, 1, 1, 1]"),
        ("upsample", vec![], x(), "[8, 32, 32, 32]"),
        ("upsample", vec![("size", ints(&[5, 7])), ("mode", word("linear"))], vec![t(&[3, 9, 9])], "[3, 5, 7]"),
        ("interpolate", vec![("size", ints(&[5, 24]))], vec![t(&[3, 9, 9])], "[3, 5, 24]"),
        ("upsample", vec![("mode", word("linear")), ("align_corners", yes(true))], vec![t(&[3, 9])], "[3, 18]"),
        ("constant", vec![("value", real(0.5)), ("size", int(4))], vec![], "[4]"),
        ("softmax", vec![], x(), "[8, 16, 16, 16]"),
        ("log_softmax", vec![("axis", int(-1))], x(), "[8, 16, 16, 16]"),
        ("flatten", vec![], x(), "[32768]"),
        ("flatten", vec![], vec![t(&[])], "[1]"),
        ("reshape", vec![("shape", ints(&[8, -1, 64]))], x(), "[8, 64, 64]"),
        ("reshape", vec![("shape", int(-1))], vec![t(&[])], "[1]"),
        ("reshape_as", vec![], vec![t(&[1, 1536]), t(&[64, 4, 3, 2])], "[64, 4, 3, 2]"),
        ("squeeze", vec![], vec![t(&[1])], "real"),
        ("squeeze", vec![("axis", int(-1))], vec![t(&[1, 4, 1])], "[1, 4]"),
        ("unsqueeze", vec![("axis", int(-1))], vec![t(&[4])], "[4, 1]"),
        ("permute", vec![("order", ints(&[0, -1, 1, 2]))], vec![t(&[1, 2, 3, 4])], "[1, 4, 2, 3]"),
        ("concat", vec![], vec![t(&[4, 2, 2]), t(&[1, 2, 2]), t(&[5, 2, 2])], "[10, 2, 2]"),
        ("concat", vec![("axis", int(-1))], vec![t(&[4, 2]), t(&[4, 3])], "[4, 5]"),
        ("stack", vec![], vec![t(&[]), t(&[])], "[2]"),
        ("stack", vec![("axis", int(-1))], vec![t(&[4]), t(&[4]), t(&[4])], "[4, 3]"),
        ("slice", vec![("from", int(1)), ("to", int(-1)), ("step", int(2))], vec![t(&[8, 3])], "[3, 3]"),
        ("pad", vec![("amount", int(1))], vec![t(&[2, 3, 4])], "[2, 5, 6]"),
        ("pad", vec![("amount", ints(&[1, 0]))], vec![t(&[2, 3, 4])], "[2, 5, 4]"),
        ("pad", vec![("amount", ints(&[0, 1, 2, 0, 0, 0]))], vec![t(&[2, 3, 4])], "[3, 5, 4]"),
        ("pad", vec![("amount", int(2))], vec![t(&[3])], "[7]"),
        ("one_hot", vec![], vec![class(3)], "[3]"),
        ("one_hot", vec![], vec![mask(4, &[5, 6])], "[4, 5, 6]"),
        ("add", vec![], vec![t(&[8]), t(&[8, 4, 4])], "[8, 4, 4]"),
        ("subtract", vec![], vec![t(&[8, 4]), t(&[])], "[8, 4]"),
        ("multiply", vec![], vec![t(&[1, 4, 4]), t(&[8, 4, 4])], "[8, 4, 4]"),
        ("divide", vec![], vec![t(&[8, 1]), t(&[1, 4])], "[8, 4]"),
        ("power", vec![], vec![t(&[8]), t(&[8])], "[8]"),
        ("maximum", vec![], vec![t(&[8]), t(&[8])], "[8]"),
        ("minimum", vec![], vec![t(&[1]), t(&[8, 2])], "[8, 2]"),
        ("clamp", vec![("low", int(0)), ("high", real(1.5))], vec![t(&[3])], "[3]"),
        ("reduce_sum", vec![], x(), "real"),
        ("reduce_mean", vec![("axes", ints(&[1, 2, -1]))], x(), "[8]"),
        ("reduce_max", vec![("axes", int(0)), ("keep", yes(true))], vec![t(&[3, 4])], "[1, 4]"),
        ("reduce_min", vec![("axes", int(-1))], vec![t(&[3, 4])], "[3]"),
        ("variance", vec![], vec![t(&[3, 4])], "real"),
        ("batch_mean", vec![], vec![t(&[])], "real"),
        ("matmul", vec![], vec![t(&[2, 3, 4]), t(&[2, 4, 5])], "[2, 3, 5]"),
        ("matmul", vec![], vec![t(&[2, 3, 4]), t(&[4, 5])], "[2, 3, 5]"),
        ("matmul", vec![], vec![t(&[3, 4]), t(&[4])], "[3]"),
        ("normal", vec![], vec![t(&[10]), t(&[10])], "normal[10]"),
        ("mean_of", vec![], vec![q(10)], "[10]"),
        ("log_var_of", vec![], vec![q(10)], "[10]"),
        ("sample", vec![], vec![q(10)], "[10]"),
        ("poe", vec![("prior", yes(true))], vec![q(10), q(10)], "normal[10]"),
        ("moe", vec![], vec![q(10)], "normal[10]"),
        ("mopoe", vec![], vec![q(10), q(10), q(10)], "normal[10]"),
        ("kl", vec![], vec![q(10)], "real"),
        ("kl", vec![], vec![q(10), q(10)], "real"),
        ("log_density", vec![], vec![t(&[10])], "real"),
        ("log_density", vec![], vec![t(&[10]), q(10)], "real"),
        ("log_sum_exp", vec![], vec![t(&[]), t(&[]), t(&[])], "real"),
        ("log_mean_exp", vec![], vec![t(&[3, 4]), t(&[3, 4])], "[3, 4]"),
        ("random_place", vec![], vec![t(&[6, 4, 4, 4])], "[6]"),
    ];
    for name in [
        "relu",
        "leaky_relu",
        "elu",
        "gelu",
        "sigmoid",
        "tanh",
        "softplus",
        "negate",
        "exp",
        "log",
        "sqrt",
        "square",
        "abs",
        "is_zero",
        "stop_gradient",
    ] {
        cases.push((name, vec![], vec![t(&[2, 3])], "[2, 3]"));
    }
    cases
}

fn losses() -> Vec<Case> {
    let image = || vec![t(&[1, 4, 4]), t(&[1, 4, 4])];
    vec![
        ("mse", vec![], image(), "real"),
        ("mse", vec![], vec![t(&[1]), t(&[])], "real"),
        ("squared_error", vec![], image(), "real"),
        ("l1", vec![], image(), "real"),
        ("absolute_error", vec![], image(), "real"),
        (
            "margin",
            vec![("near", word("same subject")), ("far", word("same modality"))],
            vec![t(&[4, 8]), t(&[4, 8]), t(&[4, 8])],
            "real",
        ),
        ("huber", vec![("delta", real(0.5))], image(), "real"),
        ("binary_cross_entropy", vec![], image(), "real"),
        ("binary_cross_entropy", vec![("logits", yes(true))], vec![t(&[1]), class(2)], "real"),
        ("cross_entropy", vec![("weight", word("inverse_frequency"))], vec![t(&[3]), class(3)], "real"),
        (
            "cross_entropy",
            vec![("weight", Argument::Reals(vec![1.0, 0.5]))],
            vec![t(&[2, 4, 4]), mask(2, &[4, 4])],
            "real",
        ),
        ("gaussian_nll", vec![], vec![t(&[5]), t(&[5])], "real"),
        ("gaussian_nll", vec![], vec![t(&[5]), t(&[5]), t(&[5])], "real"),
        ("cox_loss", vec![], vec![t(&[1]), t(&[]), t(&[])], "real"),
        ("dice_loss", vec![], vec![t(&[4, 8, 8]), mask(4, &[8, 8])], "real"),
        ("dice_loss", vec![], vec![t(&[4, 8, 8]), mask(4, &[1, 8, 8])], "real"),
        ("info_nce", vec![("clip", int(20)), ("penalty", real(0.04))], vec![t(&[6, 8, 8, 8]), t(&[6])], "real"),
        ("fenchel_dual", vec![("measure", word("gan"))], vec![t(&[6]), t(&[6, 3])], "real"),
        ("supervised_contrastive", vec![], vec![t(&[6]), t(&[6]), class(3)], "real"),
        ("cca", vec![("norm", word("frobenius"))], vec![t(&[6]), t(&[4])], "real"),
    ]
}

fn cases() -> Vec<Case> {
    [layers(), functions(), losses()].concat()
}

#[test]
fn shapes_come_out_as_documented() {
    for (name, given, read, expected) in cases() {
        let applied = fitting(name, given.clone(), &read);
        assert_eq!(applied.output.to_string(), expected, "`{name}` with {given:?} on {read:?}");
    }
}

#[test]
fn every_operator_has_a_shape_case() {
    let tested: BTreeSet<&str> = cases().iter().map(|case| case.0).collect();
    let missing: Vec<&str> = table().map(|s| s.name).filter(|name| !tested.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn a_capital_letter_means_weights_or_behaviour_of_its_own_in_training() {
    for (name, given, read, _) in cases() {
        let stanza = table().find(|s| s.name == name).expect("it has just been applied");
        let applied = fitting(name, given, &read);
        let stateful =
            !applied.weights.is_empty() || matches!(applied.op, Op::Dropout { .. } | Op::InstanceNorm { .. });
        assert_eq!(stanza.makes_a_module(), stateful, "`{name}`");
    }
}

#[test]
fn losses_and_the_mean_over_the_batch_are_one_number_for_all_subjects() {
    for (name, given, read, _) in losses() {
        assert!(!fitting(name, given, &read).output.batched, "`{name}`");
    }
    assert!(!fitting("batch_mean", vec![], &[t(&[])]).output.batched);
    assert!(fitting("kl", vec![], &[q(3)]).output.batched);
}

#[test]
fn a_loss_and_a_number_of_each_subject_add_up_to_a_number_of_each_subject() {
    assert!(fitting("add", vec![], &[TensorType::scalar(), t(&[])]).output.batched);
    assert!(!fitting("add", vec![], &[TensorType::scalar(), TensorType::scalar()]).output.batched);
}
