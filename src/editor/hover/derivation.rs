//! How a shape came about: the sum that a window operation does along each axis, in numbers.

use fascicle_lang::graph::{ConvOp, NodeId, Op, PoolOp, show_shape};
use fascicle_lang::program::Program;

/// One line of Markdown; `None` where the shape says it all, or where the node does not read `from` itself: what goes into a block
/// and what comes out are many operations apart.
pub(super) fn derivation(program: &Program, node: NodeId, from: NodeId) -> Option<String> {
    let node = program.graph.nodes.get(node.index())?;
    if !node.inputs.contains(&from) {
        return None;
    }
    let input = program.graph.nodes.get(node.inputs.first()?.index())?;
    let (from, to) = (&input.ty.shape, &node.ty.shape);
    match &node.op {
        Op::Conv(ConvOp { kernel, stride, padding, dilation, transposed, .. }) => {
            if let Some(added) = transposed {
                return distinct(from, to, |axis, n, m| {
                    let (k, s, d, a) = (at(kernel, axis), at(stride, axis), at(dilation, axis), at(added, axis));
                    let (before, after) = around(padding, axis);
                    format!("({n} − 1) · {s} − {} + {d} · ({k} − 1) + {a} + 1 = {m}", before + after)
                });
            }
            distinct(from, to, |axis, n, m| {
                let reach = at(dilation, axis) * at(kernel, axis).saturating_sub(1) + 1;
                window(n, around(padding, axis), reach, at(stride, axis), m)
            })
        }
        Op::Pool(PoolOp { kernel, stride, padding, .. }) => {
            distinct(from, to, |axis, n, m| window(n, around(padding, axis), at(kernel, axis), at(stride, axis), m))
        }
        Op::Reshape if to.len() == 1 && from.len() > 1 => {
            let product: Vec<String> = from.iter().map(usize::to_string).collect();
            Some(format!("{} = {}", product.join(" · "), to[0]))
        }
        Op::Concat { axis } => {
            let shapes = node.inputs.iter().filter_map(|i| program.graph.nodes.get(i.index())).map(|n| &n.ty.shape);
            let parts: Vec<String> = shapes.filter_map(|s| s.get(*axis)).map(usize::to_string).collect();
            let sum = to.get(*axis)?;
            Some(format!("{} = {sum} along axis {axis}", parts.join(" + ")))
        }
        Op::Permute { order } => Some(format!("axes {} of {}", show_shape(order), show_shape(from))),
        _ => None,
    }
}

fn at(extents: &[usize], axis: usize) -> usize {
    extents.get(axis).copied().unwrap_or(1)
}

fn around(padding: &[(usize, usize)], axis: usize) -> (usize, usize) {
    padding.get(axis).copied().unwrap_or_default()
}

fn window(n: usize, (before, after): (usize, usize), reach: usize, step: usize, result: usize) -> String {
    let padded = if before + after == 0 { n.to_string() } else { format!("{n} + {}", before + after) };
    format!("⌊({padded} − {reach}) / {step}⌋ + 1 = {result}")
}

/// The sum along each spatial axis that changes; equal ones once.
fn distinct(from: &[usize], to: &[usize], sum: impl Fn(usize, usize, usize) -> String) -> Option<String> {
    let (from, to) = (from.get(1..)?, to.get(1..)?);
    let changed = from.iter().zip(to).enumerate().filter(|(_, (n, m))| n != m);
    let mut sums: Vec<String> = Vec::new();
    for (axis, (n, m)) in changed {
        let said = sum(axis, *n, *m);
        if !sums.contains(&said) {
            sums.push(said);
        }
    }
    (!sums.is_empty()).then(|| sums.join("; "))
}
