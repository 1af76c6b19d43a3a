//! A refusal, or several, for each operator: what is said, and what to do about it.

use super::{Given, apply, class, int, ints, mask, q, real, t, word};
use crate::graph::TensorType;
use crate::ops::{Argument, table};
use std::collections::BTreeSet;

/// Operator, arguments, what it reads, a part of the message, a part of the hint.
type Case = (&'static str, Given, Vec<TensorType>, &'static str, &'static str);

fn layers() -> Vec<Case> {
    let kernel_and_stride = |k, s| vec![("filters", int(4)), ("kernel", int(k)), ("stride", int(s))];
    vec![
        (
            "Conv1d",
            vec![("filters", int(4))],
            vec![t(&[1536])],
            "`Conv1d` reads [c, n], and this is [1536]",
            "reshape(1, 1536)",
        ),
        (
            "Conv2d",
            vec![("filters", int(4))],
            vec![t(&[3, 8])],
            "`Conv2d` reads [c, h, w], and this is [3, 8]",
            "Conv1d",
        ),
        (
            "Conv3d",
            vec![("filters", int(4)), ("kernel", int(5)), ("padding", int(0))],
            vec![t(&[1, 8, 4, 8])],
            "the kernel (5) is larger than the padded input (4) along axis 2",
            "padding: same",
        ),
        (
            "Conv3d",
            vec![("filters", int(6)), ("groups", int(4))],
            vec![t(&[9, 8, 4, 8])],
            "9 channels and 6 filters do not come apart into 4 equal groups",
            "groups: 3",
        ),
        (
            "Conv3d",
            vec![("filters", int(4)), ("kernel", ints(&[3, 3]))],
            vec![t(&[9, 8, 4, 8])],
            "`kernel` has 2 numbers, and there are 3 axes",
            "kernel: [3, 3, 3]",
        ),
        ("Conv3d", vec![("filters", int(4))], vec![q(4)], "this is a Gaussian, normal[4]", "|> sample"),
        (
            "Conv3d",
            vec![("filters", int(4)), ("kernel", int(3)), ("dilation", int(3)), ("padding", int(0))],
            vec![t(&[1, 6, 9, 9])],
            "the kernel (3 elements, dilation 3: 7) is larger than the padded input (6) along axis 1",
            "padding: same",
        ),
        ("Parameter", vec![("shape", ints(&[2; 6]))], vec![], "1 to 5 axes, and 6 are given", "reshape"),
        (
            "DepthwiseConv1d",
            vec![("kernel", int(0))],
            vec![t(&[3, 9])],
            "`kernel` must be at least 1, and it is 0",
            "kernel: 1",
        ),
        ("DepthwiseConv2d", vec![], vec![t(&[3, 9, 9, 9])], "`DepthwiseConv2d` reads [c, h, w]", "DepthwiseConv3d"),
        ("DepthwiseConv3d", vec![], vec![class(3)], "this is class{CN, MCI, AD}", "one_hot"),
        ("ConvTranspose1d", kernel_and_stride(3, 1), vec![t(&[])], "this is a single number", "reshape(1, 1)"),
        (
            "ConvTranspose2d",
            [kernel_and_stride(3, 2), vec![("output_padding", int(2))]].concat(),
            vec![t(&[3, 9, 9])],
            "output_padding (2) must be smaller than the stride (2)",
            "output_padding: 1",
        ),
        (
            "ConvTranspose3d",
            [kernel_and_stride(2, 2), vec![("padding", int(9))]].concat(),
            vec![t(&[3, 9, 9, 9])],
            "padding 9 cuts away all of axis 1, of extent 18",
            "padding: 8",
        ),
        (
            "conv1d",
            vec![],
            vec![t(&[2, 9]), t(&[4, 3, 3])],
            "the image has 2 channels, and the kernel reads 3",
            "[filters, 2, k]",
        ),
        (
            "conv2d",
            vec![],
            vec![t(&[2, 9, 9]), t(&[72])],
            "a kernel is [filters, 2, k, k], and this is [72]",
            "|> reshape(filters, 2, 3, 3)",
        ),
        ("conv2d", vec![], vec![t(&[2, 9]), t(&[4, 2, 3, 3])], "`conv2d` reads [c, h, w]", "conv1d"),
        (
            "conv2d",
            vec![("padding", int(0))],
            vec![t(&[2, 4, 9]), t(&[4, 2, 5, 5])],
            "the kernel (5) is larger than the padded input (4) along axis 1",
            "padding: same",
        ),
        (
            "conv3d",
            vec![],
            vec![t(&[2, 9, 9, 9]), t(&[4, 2, 1, 1, 1]), t(&[2])],
            "the kernel has 4 filters, and the bias is [2]",
            "Linear(4)",
        ),
        (
            "conv3d",
            vec![],
            vec![t(&[2, 9, 9, 9]), t(&[4, 2, 1, 1, 1]), t(&[4]), t(&[4])],
            "reads an image, a kernel and a bias; 4 values came",
            "conv3d(x, kernel, bias)",
        ),
        ("Linear", vec![("outputs", int(4))], vec![t(&[])], "this is a single number", "|> flatten"),
        ("Linear", vec![("outputs", int(0))], vec![t(&[3])], "`outputs` must be at least 1", "outputs: 1"),
        (
            "Linear",
            vec![("outputs", int(4)), ("init", word("zeros")), ("std", real(0.1))],
            vec![t(&[3])],
            "weights that start as zeros have no standard deviation",
            "init: normal",
        ),
        (
            "HyperLinear",
            vec![("outputs", int(4))],
            vec![t(&[8, 4, 4, 4]), t(&[2])],
            "`HyperLinear` maps a vector, [n], and this is [8, 4, 4, 4]",
            "flatten",
        ),
        ("HyperLinear", vec![("outputs", int(4))], vec![t(&[8]), class(2)], "this is class{CN, MCI}", "|> one_hot"),
        (
            "Embedding",
            vec![("size", int(4))],
            vec![t(&[3])],
            "a class is needed here, and this is [3]",
            "class{HC, AD}",
        ),
        ("BatchNorm", vec![], vec![q(3)], "numbers are needed here", "sample"),
        ("InstanceNorm", vec![], vec![t(&[8, 1])], "each channel of [8, 1] is a single number", "LayerNorm()"),
        ("LayerNorm", vec![], vec![t(&[8, 1])], "the last axis of [8, 1] is a single number", "BatchNorm()"),
        (
            "GroupNorm",
            vec![("groups", int(5))],
            vec![t(&[8, 4])],
            "8 channels do not come apart into 5 equal groups",
            "groups: 4",
        ),
        ("Dropout", vec![("p", real(1.0))], vec![t(&[8])], "nothing would be left", "p: 0.5"),
        ("ChannelDropout", vec![], vec![t(&[])], "a single number", "flatten"),
        ("PRelu", vec![("channels", word("each"))], vec![t(&[])], "a single number", "flatten"),
    ]
}

fn functions() -> Vec<Case> {
    let mut cases: Vec<Case> = vec![
        (
            "max_pool1d",
            vec![("kernel", int(10))],
            vec![t(&[3, 9])],
            "the kernel (10) is larger than the padded input (9) along axis 1",
            "at most 9",
        ),
        (
            "max_pool2d",
            vec![("kernel", int(2)), ("padding", int(2))],
            vec![t(&[3, 9, 9])],
            "padding 2 is more than half the kernel (2)",
            "padding: 1",
        ),
        (
            "max_pool3d",
            vec![("kernel", int(2))],
            vec![t(&[9, 9, 9])],
            "reads [c, d, h, w], and this is [9, 9, 9]",
            "max_pool2d",
        ),
        ("avg_pool1d", vec![("kernel", int(2))], vec![t(&[9])], "`avg_pool1d` reads [c, n]", "reshape(1, 9)"),
        (
            "avg_pool2d",
            vec![("kernel", int(2)), ("stride", int(0))],
            vec![t(&[3, 9, 9])],
            "`stride` must be at least 1, and it is 0",
            "stride: 1",
        ),
        (
            "avg_pool3d",
            vec![("kernel", int(2))],
            vec![mask(2, &[4, 4, 4])],
            "this is mask[4, 4, 4]{CN, MCI}",
            "one_hot",
        ),
        ("global_avg_pool", vec![], vec![t(&[8])], "1 to 3 axes in space are needed here", "reshape(1, 8)"),
        ("global_max_pool", vec![], vec![t(&[8])], "1 to 3 axes in space are needed here", "reshape(8, 1)"),
        (
            "adaptive_avg_pool",
            vec![("size", int(9))],
            vec![t(&[3, 8])],
            "size [9] is larger than the input's [8]",
            "upsample(size: [9])",
        ),
        ("adaptive_max_pool", vec![("size", ints(&[1, 2]))], vec![t(&[3, 8])], "`size` has 2 numbers", "size: [1]"),
        (
            "upsample",
            vec![("factor", int(2)), ("size", int(4))],
            vec![t(&[3, 8])],
            "both say how large",
            "leave out one",
        ),
        (
            "interpolate",
            vec![("size", int(4)), ("mode", word("nearest")), ("align_corners", Argument::Bool(true))],
            vec![t(&[3, 8])],
            "`nearest` has no corners",
            "mode: linear",
        ),
        ("interpolate", vec![("size", ints(&[4, 4]))], vec![t(&[3, 8])], "`size` has 2 numbers", "size: [4]"),
        ("constant", vec![("value", real(1.0)), ("size", int(0))], vec![], "`size` must be at least 1", "size: 1"),
        ("softmax", vec![], vec![t(&[1, 8])], "axis 0 of [1, 8] has extent 1", "sigmoid"),
        ("log_softmax", vec![("axis", int(2))], vec![t(&[4, 8])], "there is no axis 2: axes are 0 to 1", "axis: 1"),
        ("flatten", vec![], vec![q(3)], "a Gaussian", "sample"),
        (
            "reshape",
            vec![("shape", ints(&[1, 1536]))],
            vec![t(&[8, 16])],
            "[8, 16] holds 128 numbers, [1, 1536] 1536",
            "reshape(1, -1)",
        ),
        ("reshape", vec![("shape", ints(&[-1, -1]))], vec![t(&[8, 16])], "only one extent can be -1, and 2 are", ""),
        (
            "reshape",
            vec![("shape", ints(&[3, -1]))],
            vec![t(&[8, 16])],
            "[8, 16] holds 128 numbers, which 3 does not divide",
            "flatten",
        ),
        ("reshape_as", vec![], vec![t(&[8]), t(&[3, 3])], "[8] holds 8 numbers, [3, 3] 9", ""),
        ("squeeze", vec![("axis", int(1))], vec![t(&[1, 3])], "axis 1 of [1, 3] has extent 3, not 1", ""),
        ("unsqueeze", vec![("axis", int(3))], vec![t(&[1, 3])], "there is no axis 3", "axis: 2"),
        (
            "permute",
            vec![("order", ints(&[0, 0, 1]))],
            vec![t(&[1, 2, 3])],
            "each of the 3 axes of [1, 2, 3] once",
            "permute(2, 1, 0)",
        ),
        ("concat", vec![], vec![q(3), q(3)], "Gaussians cannot be concatenated", "poe"),
        (
            "concat",
            vec![],
            vec![t(&[4, 8, 8]), t(&[2, 8, 7])],
            "value 1 is [4, 8, 8], value 2 is [2, 8, 7]: only axis 0 may differ",
            "",
        ),
        ("concat", vec![], vec![t(&[4, 8]), t(&[4])], "only axis 0 may differ", "global_avg_pool"),
        ("concat", vec![], vec![t(&[4]), t(&[])], "a single number has no axis", "flatten"),
        ("concat", vec![], vec![t(&[4]), class(2)], "this is class{CN, MCI}", "one_hot"),
        ("concat", vec![], vec![], "nothing to join", ""),
        ("stack", vec![], vec![t(&[4]), t(&[5])], "value 1 is [4], value 2 is [5]", "concat"),
        (
            "slice",
            vec![("from", int(0)), ("to", int(9))],
            vec![t(&[8])],
            "9 lies outside axis 0, which has extent 8",
            "0 to 8",
        ),
        ("slice", vec![("from", int(4)), ("to", int(4))], vec![t(&[8])], "4 up to 4 of axis 0 is nothing", "to: 5"),
        (
            "pad",
            vec![("amount", ints(&[1, 2, 3]))],
            vec![t(&[2, 3, 4])],
            "3 amounts came for [2, 3, 4]: 1, 2 or 6",
            "pad(1)",
        ),
        ("one_hot", vec![], vec![t(&[3])], "a class is needed here", "class{HC, AD}"),
        ("add", vec![], vec![t(&[16, 8, 8]), t(&[8, 8, 8])], "axis 0 is 16 and 8", "Conv2d(16, kernel: 1)"),
        ("add", vec![], vec![t(&[8, 8, 8]), t(&[8, 4, 4])], "axis 1 is 8 and 4", "upsample(size: [8, 8])"),
        ("subtract", vec![], vec![t(&[8]), t(&[4])], "axis 0 is 8 and 4", "Linear(8)"),
        ("multiply", vec![], vec![t(&[1, 8, 8]), t(&[4])], "axis 0 is 1 and 4", "first axis"),
        ("divide", vec![], vec![t(&[8]), q(8)], "a Gaussian", "sample"),
        ("power", vec![], vec![class(2), t(&[8])], "this is class{CN, MCI}", "one_hot"),
        ("maximum", vec![], vec![t(&[8]), t(&[8, 0])], "is empty: [8, 0]", ""),
        ("minimum", vec![], vec![t(&[2, 3]), t(&[3])], "axis 0 is 2 and 3", "first axis"),
        (
            "clamp",
            vec![("low", real(1.0)), ("high", real(0.0))],
            vec![t(&[3])],
            "`low` (1) is above `high` (0)",
            "clamp(0, 1)",
        ),
        ("reduce_sum", vec![], vec![t(&[])], "no axes to reduce", "batch_mean"),
        ("reduce_mean", vec![("axes", ints(&[0, -2]))], vec![t(&[3, 4])], "an axis is named twice", "leave `axes` out"),
        ("reduce_max", vec![("axes", int(2))], vec![t(&[3, 4])], "there is no axis 2", "axes: 1"),
        ("reduce_min", vec![("axes", ints(&[]))], vec![t(&[3, 4])], "no axes are named", "leave `axes` out"),
        ("variance", vec![], vec![q(4)], "a Gaussian", "sample"),
        ("batch_mean", vec![], vec![TensorType::scalar()], "one value for the whole batch already", "leave out"),
        ("matmul", vec![], vec![t(&[3, 4]), t(&[3, 4])], "[3, 4] x [3, 4]: 4 columns meet 3 rows", "permute"),
        ("matmul", vec![], vec![t(&[4]), t(&[4])], "a matrix, [.., m, k], is needed here", "reduce_sum(x * y)"),
        ("matmul", vec![], vec![t(&[2, 3, 4]), t(&[5, 4, 3])], "the axes before the last two differ", ""),
        ("normal", vec![], vec![t(&[10]), t(&[8])], "there are 10 means and 8 log-variances", "Linear(10)"),
        ("normal", vec![], vec![t(&[8, 4, 4]), t(&[8])], "a vector, [n], is needed here", "flatten"),
        ("mean_of", vec![], vec![t(&[4])], "a Gaussian, normal[n], is needed here, and this is [4]", "normal(mean:"),
        ("log_var_of", vec![], vec![class(3)], "a Gaussian, normal[n], is needed here", "normal(mean:"),
        ("sample", vec![], vec![t(&[4])], "a Gaussian, normal[n], is needed here", "normal(mean:"),
        ("log_density", vec![], vec![t(&[4]), q(8)], "[4] has no density under normal[8]", "Linear(4)"),
        ("log_density", vec![], vec![q(4), q(4)], "this is a Gaussian", "|> sample"),
        ("log_density", vec![], vec![t(&[4]), t(&[4])], "a Gaussian, normal[n], is needed here", "normal(mean:"),
        ("log_density", vec![], vec![t(&[4, 4]), q(4)], "a vector, [n], is needed here", "q |> sample"),
        ("log_sum_exp", vec![], vec![t(&[4]), t(&[])], "value 1 is [4], value 2 is a single number", "reduce_sum"),
        ("log_mean_exp", vec![], vec![TensorType::scalar()], "one number for the whole batch", "before a loss"),
        ("random_place", vec![], vec![t(&[8])], "channels and 1 to 3 axes in space are needed here", "reshape(1, 8)"),
        ("poe", vec![], vec![q(10), q(8)], "expert 1 is normal[10], expert 2 is normal[8]", "Linear(10)"),
        ("moe", vec![], vec![q(10), t(&[10])], "this is [10]", "normal(mean:"),
        ("mopoe", vec![], vec![q(2); 11], "11 experts have too many subsets", "poe"),
        ("kl", vec![], vec![q(10), t(&[10])], "a Gaussian or `prior` is needed here, and this is [10]", "kl(q, prior)"),
        ("kl", vec![], vec![q(10), q(9)], "normal[10] cannot be compared with normal[9]", ""),
        ("kl", vec![], vec![q(1), q(1), q(1)], "3 came", "sum(for"),
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
        cases.push((
            name,
            vec![],
            vec![q(3)],
            "numbers are needed here, and this is a Gaussian, normal[3]",
            "|> sample",
        ));
    }
    cases
}

fn losses() -> Vec<Case> {
    vec![
        (
            "mse",
            vec![],
            vec![t(&[3]), class(3)],
            "`mse` compares numbers, and the target is class{CN, MCI, AD}",
            "cross_entropy(prediction, target)",
        ),
        ("mse", vec![], vec![t(&[3]), t(&[4])], "the prediction is [3], the target [4]", "Linear(4)"),
        ("mse", vec![], vec![class(3), t(&[3])], "the prediction comes first", "mse(prediction, target)"),
        ("mse", vec![], vec![q(3), t(&[3])], "the prediction is a Gaussian", "gaussian_nll(q.mean, target, q.log_var)"),
        (
            "squared_error",
            vec![],
            vec![t(&[3, 8, 8]), t(&[1, 8, 8])],
            "the prediction is [3, 8, 8]",
            "Conv2d(1, kernel: 1)",
        ),
        ("l1", vec![], vec![t(&[3]), t(&[])], "the target a single number", "Linear(1)"),
        ("absolute_error", vec![], vec![t(&[3]), t(&[4])], "the prediction is [3], the target [4]", "Linear(4)"),
        (
            "margin",
            vec![("near", word("same subject")), ("far", word("same subject"))],
            vec![t(&[3]), t(&[3])],
            "what is near and what is far are both `same subject`",
            "far: same modality",
        ),
        (
            "margin",
            vec![("near", word("same subject")), ("far", word("same modality"))],
            vec![t(&[4, 8, 8]), t(&[16])],
            "between alike values, and these are [4, 8, 8] and [16]",
            "give it one family",
        ),
        ("huber", vec![], vec![t(&[4, 3]), t(&[3, 4])], "the prediction is [4, 3], the target [3, 4]", "reshape_as"),
        (
            "binary_cross_entropy",
            vec![],
            vec![t(&[1]), class(3)],
            "has two outcomes, and the target has 3 levels",
            "cross_entropy",
        ),
        ("binary_cross_entropy", vec![], vec![t(&[2]), class(2)], "the prediction is [2]", "Linear(1)"),
        (
            "cross_entropy",
            vec![],
            vec![t(&[2]), class(3)],
            "the prediction has 2 scores, [2], and the target 3 levels (CN, MCI, AD)",
            "end the model with `Linear(3)`",
        ),
        (
            "cross_entropy",
            vec![],
            vec![t(&[3]), t(&[])],
            "compares with a class or a mask, and the target is a single number",
            "mse(",
        ),
        (
            "cross_entropy",
            vec![("weight", Argument::Ints(vec![1, 2]))],
            vec![t(&[3]), class(3)],
            "2 weights came for 3 levels (CN, MCI, AD)",
            "inverse_frequency",
        ),
        (
            "cross_entropy",
            vec![("weight", Argument::Reals(vec![0.0; 3]))],
            vec![t(&[3]), class(3)],
            "not all 0",
            "inverse_frequency",
        ),
        ("cross_entropy", vec![], vec![t(&[3, 8]), class(3)], "they differ in space", "global_avg_pool"),
        (
            "cross_entropy",
            vec![],
            vec![TensorType::scalar(), class(3)],
            "one number for the whole batch",
            "before a loss",
        ),
        (
            "gaussian_nll",
            vec![],
            vec![t(&[3]), t(&[3]), t(&[2])],
            "the prediction is [3], the log-variance [2]",
            "Linear(2)",
        ),
        ("gaussian_nll", vec![], vec![t(&[3]); 4], "4 values came", "gaussian_nll(mean, target, log_var)"),
        ("dice_loss", vec![], vec![t(&[3]), class(3)], "the target is class{CN, MCI, AD}", "cross_entropy"),
        (
            "cox_loss",
            vec![],
            vec![t(&[3]), t(&[]), t(&[])],
            "`cox_loss` takes one number a subject, and this is [3]",
            "Linear(1)",
        ),
        (
            "dice_loss",
            vec![],
            vec![t(&[3, 8, 8]), mask(4, &[8, 8])],
            "3 scores, [3, 8, 8], and the target 4 levels",
            "Conv2d(4, kernel: 1)",
        ),
    ]
}

fn between_views() -> Vec<Case> {
    let map = || t(&[128, 8, 8, 8]);
    vec![
        (
            "info_nce",
            vec![],
            vec![map(), t(&[64])],
            "[128, 8, 8, 8] has 128 where [64] has 64",
            "u |> Conv3d(64, kernel: 1)",
        ),
        ("info_nce", vec![], vec![t(&[64]), t(&[])], "this is a single number", "before it was reduced"),
        ("info_nce", vec![], vec![t(&[64]), class(2)], "this is class{CN, MCI}", "one_hot"),
        ("fenchel_dual", vec![], vec![t(&[32]), t(&[64])], "[32] has 32 where [64] has 64", "u |> Linear(64)"),
        (
            "supervised_contrastive",
            vec![],
            vec![t(&[8]), t(&[8])],
            "the class of each subject comes last, and this is [8]",
            "supervised_contrastive(z, diagnosis)",
        ),
        (
            "supervised_contrastive",
            vec![],
            vec![t(&[8]), t(&[6]), class(2)],
            "view 1 is [8], view 2 is [6]",
            "Linear(8)",
        ),
        ("supervised_contrastive", vec![], vec![map(), class(2)], "a vector, [n], is needed here", "global_avg_pool"),
        ("supervised_contrastive", vec![], vec![t(&[8]), class(1)], "one level only", ""),
        ("cca", vec![], vec![t(&[8]), map()], "a vector, [n], is needed here", "global_avg_pool"),
        ("cca", vec![], vec![t(&[8, 2]), t(&[8])], "a vector, [n], is needed here", "flatten"),
        ("cca", vec![], vec![t(&[8]), t(&[5000])], "a matrix of 5000 x 5000 numbers", "Linear(64)"),
    ]
}

fn cases() -> Vec<Case> {
    [layers(), functions(), losses(), between_views()].concat()
}

#[test]
fn what_does_not_fit_is_refused_with_numbers_and_a_hint() {
    for (name, given, read, message, hint) in cases() {
        let refusal =
            apply(name, given.clone(), &read).expect_err(&format!("`{name}` with {given:?} on {read:?} is refused"));
        assert!(refusal.message.contains(message), "`{name}`: {:?} does not say {message:?}", refusal.message);
        let found = refusal.hint.unwrap_or_default();
        assert!(found.contains(hint), "`{name}`: the hint {found:?} does not say {hint:?}");
    }
}

#[test]
fn every_operator_has_a_refusal() {
    let tested: BTreeSet<&str> = cases().iter().map(|case| case.0).collect();
    let missing: Vec<&str> = table().map(|s| s.name).filter(|name| !tested.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn a_refusal_points_at_what_is_wrong() {
    let kernel = apply("max_pool1d", vec![("kernel", int(10))], &[t(&[3, 9])]).expect_err("too large");
    assert_eq!((kernel.argument, kernel.input), (Some("kernel"), None));
    let second = apply("concat", vec![], &[t(&[4, 8]), t(&[4, 9])]).expect_err("unequal");
    assert_eq!((second.argument, second.input), (None, Some(1)));
}

#[test]
fn long_lists_of_levels_are_cut_short() {
    let refusal = apply("mse", vec![], &[t(&[3]), class(6)]).expect_err("a class");
    assert!(refusal.message.ends_with("class{CN, MCI, AD, FTD, ... (6 in all)}"), "{}", refusal.message);
}
