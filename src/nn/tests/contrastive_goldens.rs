//! Fedorov et al.'s losses: values and gradients that the authors' code gave.

use super::*;
use fascicle_reference::folder;
use safetensors::{Dtype, SafeTensors};
use std::path::Path;

type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

fn read(case: &Path, file: &str) -> Tensors {
    let bytes = std::fs::read(case.join(file)).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let number = |dtype: Dtype, chunk: &[u8]| match dtype {
        Dtype::F32 => f32::from_le_bytes(chunk.try_into().unwrap()),
        Dtype::I64 => i64::from_le_bytes(chunk.try_into().unwrap()) as f32,
        other => panic!("{other:?}"),
    };
    tensors
        .iter()
        .map(|(name, view)| {
            let size = if view.dtype() == Dtype::I64 { 8 } else { 4 };
            let values = view.data().chunks(size).map(|c| number(view.dtype(), c)).collect();
            (name.to_string(), (view.shape().to_vec(), values))
        })
        .collect()
}

const SEPARABLE: Scoring = Scoring { critic: Critic::Dot, temperature: 1.0, clip: Some(10.0), penalty: 0.04 };
const SCALED: Scoring = Scoring { critic: Critic::ScaledDot, temperature: 1.0, clip: Some(20.0), penalty: 0.04 };

/// A case with its stored tensors, and the graph that is built of them.
struct Golden {
    inputs: Tensors,
    outputs: Tensors,
    bench: Bench,
    /// Input of the graph by the golden's name.
    made: Vec<(String, NodeId, InputId)>,
}

impl Golden {
    fn open(case: &str) -> Option<Self> {
        let folder = folder(&format!("dim_infonce/{case}"))?;
        let inputs = read(&folder, "inputs.safetensors");
        let outputs = read(&folder, "outputs.safetensors");
        let rows = inputs.values().map(|(shape, _)| shape[0]).next().unwrap();
        Some(Self { inputs, outputs, bench: Bench::new(rows), made: Vec::new() })
    }

    /// An input by its name in the golden, made once.
    fn input(&mut self, name: &str) -> NodeId {
        if let Some((_, node, _)) = self.made.iter().find(|(n, ..)| n == name) {
            return *node;
        }
        let (shape, values) = self.inputs[name].clone();
        let id = InputId(self.bench.graph.inputs.len() as u32);
        let node = self.bench.input(name, &shape[1..], values);
        self.made.push((name.into(), node, id));
        node
    }

    fn sum(&mut self, terms: &[NodeId]) -> NodeId {
        let add = |bench: &mut Bench, a, b| bench.node(Op::Binary(Binary::Add), &[a, b], None, TensorType::scalar());
        let (first, rest) = terms.split_first().unwrap();
        rest.iter().fold(*first, |sum, term| add(&mut self.bench, sum, *term))
    }

    /// Compares a loss and its gradients by all inputs that the golden gives one for.
    fn compare(&self, root: NodeId, loss: f64, gradient: impl Fn(&str) -> String) {
        let (forward, network) = self.bench.network(&[root]);
        let values = forward.run(&network, &self.bench.batch, &self.bench.settings(Mode::Prediction)).unwrap();
        assert_close(&[values.number(root).unwrap().unwrap()], &[loss as f32], 1e-5);
        let gradients = values.backward(root).unwrap();
        let mut compared = 0;
        for (name, _, id) in &self.made {
            let Some((_, expected)) = self.outputs.get(&gradient(name)) else { continue };
            let Some(found) = gradients.input(*id).unwrap() else { continue };
            let expected: Vec<f64> = expected.iter().map(|v| f64::from(*v)).collect();
            let relative = distance(name, &found, &expected);
            assert!(relative < 1e-4, "{}: {relative}", gradient(name));
            compared += 1;
        }
        assert!(compared > 0, "no gradient was compared");
    }

    fn number(&self, name: &str) -> f64 {
        f64::from(self.outputs[name].1[0])
    }
}

#[test]
fn estimates_of_mutual_information_match() {
    for (scoring, name) in [(SEPARABLE, "separable_clip10"), (SCALED, "scaleddot_clip20")] {
        for (x, y) in [("x_locs8", "y_locs1"), ("x_locs1", "y_locs1"), ("x_locs8", "y_locs3"), ("x_locs1", "y_locs3")] {
            let Some(mut golden) = Golden::open("estimators") else { return };
            let (u, v) = (golden.input(x), golden.input(y));
            let root = golden.bench.loss(LossOp::InfoNce(scoring), &[u, v]);
            let case = format!("{name}.{x}.{y}");
            let loss = golden.number(&format!("{case}.score")) + golden.number(&format!("{case}.penalty"));
            golden.compare(root, loss, |input| format!("{case}.grad_{}", &input[..1]));
        }
    }
}

#[test]
fn dual_bounds_on_divergences_match() {
    for (measure, name) in [(Divergence::JensenShannon, "fenchel_JSD"), (Divergence::Gan, "fenchel_GAN")] {
        let Some(mut golden) = Golden::open("estimators") else { return };
        let (u, v) = (golden.input("x_locs8"), golden.input("y_locs1"));
        let scoring = Scoring { clip: None, ..SEPARABLE };
        let with_penalty = golden.bench.loss(LossOp::FenchelDual { scoring, measure }, &[u, v]);
        let both = golden.number(&format!("{name}.loss")) + golden.number(&format!("{name}.penalty"));
        assert_close(&golden.bench.value(with_penalty), &[both as f32], 1e-5);
        let bare = LossOp::FenchelDual { scoring: Scoring { penalty: 0.0, ..scoring }, measure };
        let root = golden.bench.loss(bare, &[u, v]);
        golden.compare(root, golden.number(&format!("{name}.loss")), |input| format!("{name}.grad_{}", &input[..1]));
    }
}

#[test]
fn the_objectives_of_the_four_edges_match() {
    for (scoring, name) in [(SEPARABLE, "separable_clip10"), (SCALED, "scaleddot_clip20")] {
        for edge in ["RR", "CR", "XX", "CC"] {
            for weight in [1.0, 0.5] {
                let Some(mut golden) = Golden::open("objectives") else { return };
                let mut terms = Vec::new();
                for (one, other) in [(0, 1), (1, 0)] {
                    let (u, v) = match edge {
                        "RR" => (format!("reps.{one}.1_4"), format!("reps.{other}.1_4")),
                        "CR" => (format!("convs.{one}.8_2"), format!("reps.{one}.1_4")),
                        "XX" => (format!("convs.{other}.8_2"), format!("reps.{one}.1_4")),
                        _ => (format!("convs.{other}.8_2"), format!("reps.{one}.8_2")),
                    };
                    let (u, v) = (golden.input(&u), golden.input(&v));
                    // The weight is the bound's alone: what it takes from the penalty is given back.
                    let whole = golden.bench.loss(LossOp::InfoNce(scoring), &[u, v]);
                    let bare = golden.bench.loss(LossOp::InfoNce(Scoring { penalty: 0.0, ..scoring }), &[u, v]);
                    let times = |bench: &mut Bench, value: f64, of| {
                        let op = Op::Scalar { op: Binary::Multiply, value, reversed: false };
                        bench.node(op, &[of], None, TensorType::scalar())
                    };
                    // The authors' XX multiplies by its weight twice.
                    let weight: f64 = if edge == "XX" { weight * weight } else { weight };
                    terms.push(whole);
                    terms.push(times(&mut golden.bench, weight - 1.0, bare));
                }
                let root = golden.sum(&terms);
                let weight = if weight == 1.0 { "w1.0" } else { "w0.5" };
                let case = format!("{name}.{edge}.{weight}");
                let loss = golden.number(&format!("{case}.loss"));
                golden.compare(root, loss, |input| format!("{case}.grad.{input}"));
            }
        }
    }
}

/// The place of `[n, d, h, w]` that is 1 in `[1, d, h, w]`, of each row.
fn at_place(golden: &mut Golden, map: NodeId, source: usize) -> NodeId {
    let shape = golden.bench.graph.node(map).ty.shape.clone();
    let places: usize = shape[1..].iter().product();
    let index = golden.inputs[&format!("location_index.{source}")].1.clone();
    let flags = index.iter().flat_map(|i| (0..places).map(move |p| f32::from(u8::from(p == *i as usize)))).collect();
    let flags = golden.bench.input(&format!("flags {source}"), &[&[1], &shape[1..]].concat(), flags);
    let kept = golden.bench.op(Op::Binary(Binary::Multiply), &[map, flags], &shape);
    let sum = Op::Reduce { reduction: Reduction::Sum, axes: vec![1, 2, 3], keep: false };
    golden.bench.op(sum, &[kept], &shape[..1])
}

#[test]
fn the_sum_of_all_edges_with_sampled_places_matches() {
    for (case, all) in [("CR", false), ("all", true)] {
        let Some(mut golden) = Golden::open("multidim") else { return };
        let mut terms = Vec::new();
        for (one, other) in [(0, 1), (1, 0)] {
            let latent = |golden: &mut Golden, source| golden.input(&format!("latents.{source}.1_4"));
            let map = |golden: &mut Golden, source| golden.input(&format!("latents.{source}.2_2"));
            let (z, z_other) = (latent(&mut golden, one), latent(&mut golden, other));
            let (c, c_other) = (map(&mut golden, one), map(&mut golden, other));
            let mut pairs = vec![(c, z)];
            if all {
                let place = at_place(&mut golden, c, one);
                pairs.extend([(c_other, z), (c_other, place), (z, z_other)]);
            }
            terms.extend(pairs.into_iter().map(|(u, v)| golden.bench.loss(LossOp::InfoNce(SCALED), &[u, v])));
        }
        let root = golden.sum(&terms);
        let loss = golden.number(&format!("{case}.loss"));
        golden.compare(root, loss, |input| format!("{case}.grad.{input}"));
    }
}

#[test]
fn correlation_and_reconstruction_match() {
    for (case, ridge, with_cca, with_ae) in [
        ("CCA", 1e-3, true, false),
        ("CCA_r1e-7", 1e-7, true, false),
        ("AE", 1e-3, false, true),
        ("DCCAE", 1e-3, true, true),
    ] {
        let Some(mut golden) = Golden::open("losses_ae_cca_supcon") else { return };
        let mut terms = Vec::new();
        for (one, other) in [(0, 1), (1, 0)] {
            if with_cca {
                let (u, v) = (golden.input(&format!("latent.{one}")), golden.input(&format!("latent.{other}")));
                let loss = LossOp::CanonicalCorrelation { ridge, norm: CorrelationNorm::Frobenius };
                terms.push(golden.bench.loss(loss, &[u, v]));
            }
            if with_ae {
                let (back, x) = (golden.input(&format!("x_hat.{one}")), golden.input(&format!("x.{one}")));
                terms.push(golden.bench.loss(LossOp::MeanSquared, &[back, x]));
            }
        }
        let root = golden.sum(&terms);
        let loss = golden.number(&format!("{case}.loss"));
        golden.compare(root, loss, |input| format!("{case}.grad.{input}"));
    }
}

#[test]
fn the_trace_norm_is_the_sum_of_the_canonical_correlations() {
    let Some(mut golden) = Golden::open("losses_ae_cca_supcon") else { return };
    let (u, v) = (golden.input("latent.0"), golden.input("latent.1"));
    let loss = LossOp::CanonicalCorrelation { ridge: 1e-3, norm: CorrelationNorm::Trace };
    let node = golden.bench.loss(loss, &[u, v]);
    let total: f32 = golden.outputs["canonical_correlations_r1e-3"].1.iter().sum();
    assert_close(&golden.bench.value(node), &[-total], 1e-5);
}

#[test]
fn supervised_contrast_matches() {
    let dot = |temperature| Scoring { critic: Critic::Dot, temperature, clip: None, penalty: 0.0 };
    for (case, scoring, base_temperature) in
        [("SupCon_t1", dot(1.0), 1.0), ("SupCon_t0.07", dot(0.07), 0.07), ("SupConDim_sep_clip_pen", SCALED, 1.0)]
    {
        let Some(mut golden) = Golden::open("losses_ae_cca_supcon") else { return };
        let labels = golden.inputs["labels"].1.clone();
        let levels = labels.iter().fold(0.0f32, |m, v| m.max(*v)) as usize + 1;
        let views = [golden.input("latent.0"), golden.input("latent.1")];
        let class = golden.bench.classes("labels", levels, labels);
        let loss = LossOp::SupervisedContrastive { scoring, base_temperature };
        let root = golden.bench.loss(loss, &[views[0], views[1], class]);
        let loss = golden.number(&format!("{case}.loss"));
        golden.compare(root, loss, |input| format!("{case}.grad.{input}"));
    }
}
