//! Every argument of every operator that may be one value for the whole batch is computed as if each subject had that value.
//!
//! The example of each operator is taken with one of its arguments replaced by a parameter of that argument's shape. Where that
//! compiles it must compute, and give value and gradient of the example in which each subject has a copy.

use super::*;
use std::ops::Range;

const HEAD: &str = "modality x: tensor[8, 16, 16, 16] = given()\n\
                    modality g: class{A, B, C} = given()\n\
                    modality m: mask[16, 16, 16]{rest, core, rim} = given()\n\
                    block Example(x: [8, 16, 16, 16], g: class{A, B, C}, m: mask[16, 16, 16]{rest, core, rim}) {\n";
const TAIL: &str = "\n}\nmodel example(x, g, m) { Example()(x, g, m) }\n";

fn compiled(body: &str) -> Option<(Graph, NodeId)> {
    let program = compile("example.fx", &format!("{HEAD}{body}{TAIL}"), &[], &EmptyWorld).base?;
    let (_, value) = program.models.first()?.outputs.first()?.members.first()?;
    Some((program.graph, *value))
}

/// Where the arguments of calls of an operator stand in a body.
fn arguments(body: &str, operator: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in body.match_indices(&format!("{operator}(")) {
        let mut start = at + operator.len() + 1;
        let mut depth = 0;
        for (offset, c) in body[start..].to_owned().char_indices() {
            let here = at + operator.len() + 1 + offset;
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' if depth > 0 => depth -= 1,
                ',' | ')' if depth == 0 => {
                    // What stands behind the argument's name.
                    let named = body[start..here].split_once(": ").map_or(0, |(name, _)| name.len() + 2);
                    let lead = body[start + named..here].len() - body[start + named..here].trim_start().len();
                    found.push(start + named + lead..here);
                    start = here + 1;
                    if c == ')' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    found
}

fn replaced(body: &str, range: &Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &body[..range.start], &body[range.end..])
}

#[test]
fn a_value_for_the_whole_batch_counts_as_one_that_everybody_has() {
    let (mut computed, mut report) = (Vec::new(), String::new());
    for stanza in ops::table() {
        let body = stanza.example;
        for range in arguments(body, stanza.name) {
            let text = body[range.clone()].to_owned();
            let Some((graph, node)) = compiled(&text) else { continue };
            let ty = &graph.node(node).ty;
            if ty.kind != Kind::Tensor || !ty.batched || ty.shape.is_empty() {
                continue;
            }
            let extents: Vec<String> = ty.shape.iter().map(usize::to_string).collect();
            let parameter = format!("Parameter({})()", extents.join(", "));
            // What is refused needs no computing.
            let Some((one, value)) = compiled(&replaced(body, &range, &parameter)) else { continue };
            let name = format!("{} with {text} the same for all", stanza.name);
            let for_each =
                replaced(body, &range, &format!("({parameter} + ((x |> reduce_mean) - (x |> reduce_mean)))"));
            let Some((each, each_value)) = compiled(&for_each) else {
                report.push_str(&format!("{name}: {for_each} does not compile\n"));
                continue;
            };
            let probe = Probe::of(name.clone(), one, value);
            let Ok(found) = std::panic::catch_unwind(|| probe.computed(&Device::CPU)) else {
                report.push_str(&format!("{name}: panics\n"));
                continue;
            };
            let wanted = Probe::of(name.clone(), each, each_value).computed(&Device::CPU);
            match (found, wanted) {
                // A power of a negative number is no number on both sides.
                (Ok(_), Ok(wanted)) if wanted.gradients.iter().any(|(_, g)| g.iter().any(|v| v.is_nan())) => {}
                (Ok(found), Ok(wanted)) => {
                    let off = distance(&found.value, &wanted.value, f64::abs, f64::max);
                    let of = |c: &Computed| {
                        c.gradients.iter().find(|(n, _)| n.contains("Parameter")).map(|(_, g)| g.clone())
                    };
                    let by = match (of(&found), of(&wanted)) {
                        (Some(found), Some(wanted)) => distance(&found, &wanted, |v| v * v, |a, b| a + b).sqrt(),
                        (None, None) => 0.0,
                        _ => f64::INFINITY,
                    };
                    // Where all arguments are one for the batch, so is the value.
                    let same_extent = found.value.len() == wanted.value.len();
                    if same_extent && (off > 1e-5 || by > 1e-4 || off.is_nan() || by.is_nan()) {
                        report.push_str(&format!("{name}: value off by {off:.1e}, gradient by {by:.1e}\n"));
                    }
                    computed.push(name);
                }
                (found, wanted) => report.push_str(&format!("{name}: {:?}, {:?}\n", found.err(), wanted.err())),
            }
        }
    }
    assert!(report.is_empty(), "{report}\nof {} that were computed", computed.len());
    assert!(computed.len() > 30, "{} were computed: {computed:?}", computed.len());
}
