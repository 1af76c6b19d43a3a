//! Lifetimes and segments of small graphs, counted by hand.

use super::*;
use std::ops::Range;

/// Bytes of a value of `[256]`, and of a weight of `[256, 256]`.
const VALUE: u64 = 1024;
const WEIGHT: u64 = 256 * VALUE;

/// `x |> Linear |> exp |> exp |> .. |> mean`, the linear layers where `layers` says so.
fn chain(layers: &[bool]) -> Graph {
    let mut graph = Graph::default();
    let vector = TensorType::tensor([256]);
    graph.inputs.push(GraphInput { name: "x".into(), ty: vector.clone() });
    let node = |op: Op, inputs: Vec<NodeId>, module: Option<ModuleId>, ty: &TensorType| Node {
        op,
        inputs,
        module,
        ty: ty.clone(),
        path: "m".into(),
        multiply_adds: 1,
    };
    let mut last = graph.push(node(Op::Input(InputId(0)), Vec::new(), None, &vector));
    for linear in layers {
        let (op, module) = match linear {
            true => {
                let op = Op::Linear { inputs: 256, outputs: 256, bias: false };
                let weights = vec![WeightSpec::parameter("weight", [256, 256], Init::ZEROS)];
                let module = Module { path: "m.Linear".into(), operator: "Linear".into(), op: op.clone(), weights };
                (op, Some(graph.push_module(module)))
            }
            false => (Op::Unary(Unary::Exp), None),
        };
        last = graph.push(node(op, vec![last], module, &vector));
    }
    let mean = Op::Reduce { reduction: Reduction::Mean, axes: vec![0], keep: false };
    let numbers = graph.push(node(mean, vec![last], None, &TensorType::tensor([])));
    graph.push(node(Op::BatchMean, vec![numbers], None, &TensorType::scalar()));
    graph
}

fn evaluation(graph: &Graph, trained: bool) -> Evaluation<'_> {
    let modules = (0..graph.modules.len() as u32).map(ModuleId).filter(|_| trained).collect();
    Evaluation::new(graph, vec![NodeId(graph.nodes.len() as u32 - 1)], modules, 1, Processor::Cpu)
}

#[test]
fn a_prediction_holds_what_will_be_read() {
    // Functions of each element write over what nobody reads any more.
    assert_eq!(evaluation(&chain(&[false; 5]), false).peak(&[]), VALUE + 4);
    // A product needs what it reads and what it makes.
    assert_eq!(evaluation(&chain(&[true; 5]), false).peak(&[]), 2 * VALUE);
}

#[test]
fn a_step_holds_what_backward_functions_keep_until_they_are_used() {
    // x for the weight; the result of each exponential, the first over what the layer made. On the way back the gradient of
    // the weight is made beside x and the gradient of what the layer made; the loss is kept.
    let graph = chain(&[true, false, false]);
    assert_eq!(evaluation(&graph, true).peak(&[]), 2 * VALUE + WEIGHT + 4);
    // Seven more results, and nothing of them is left when the weight's gradient is made.
    let longer = chain(&[true, false, false, false, false, false, false, false, false, false]);
    assert_eq!(evaluation(&longer, true).peak(&[]), 2 * VALUE + WEIGHT + 4);
    // Without a layer that learns nothing is kept.
    assert_eq!(evaluation(&chain(&[false; 9]), true).peak(&[]), VALUE + 4);
}

#[test]
fn segments_cover_every_node_once_and_take_less() {
    let layers: Vec<bool> = (0..40).map(|at| at == 0).collect();
    let graph = chain(&layers);
    let mut evaluation = evaluation(&graph, true);
    evaluation.rows = 1000;
    let segments = evaluation.segments();
    assert!(segments.len() > 3, "{segments:?}");
    let joined: Vec<usize> = segments.iter().cloned().flatten().collect();
    assert!(joined.iter().copied().eq(0..graph.nodes.len()));
    let (whole, less) = (evaluation.peak(&[]), evaluation.peak(&segments));
    // 40 values, or some dozen: those between segments and those of one.
    assert!(whole > 40_000 * VALUE && less < 16_000 * VALUE, "{less} of {whole}");
    let again: usize = segments[..segments.len() - 1].iter().map(Range::len).sum();
    assert_eq!(evaluation.repeated(&segments), again as u64);
}

#[test]
fn what_a_later_segment_reads_is_kept() {
    let graph = chain(&[true, false, false, false]);
    let live = vec![true; graph.nodes.len()];
    let crossed = crossing(&graph, &live, &[0..2, 2..4, 4..7]);
    assert_eq!(crossed.into_iter().collect::<Vec<_>>(), [(1, 1), (3, 2)]);
}
