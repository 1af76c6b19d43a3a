//! `init m from "weights.safetensors"`: modules that start from weights in a file, whose names and shapes are checked here.

use super::order::{made_at, modules_below};
use super::stage::Load;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::graph::{ModuleId, show_shape};
use crate::program::{Stage, StageLoad};
use fascicle_syntax::nearest;

/// How the files end in which other frameworks keep weights.
const FOREIGN: [&str; 7] = [".pt", ".pth", ".ckpt", ".bin", ".h5", ".keras", ".onnx"];

/// How many further weights an error counts up.
const SHOWN: usize = 3;

/// Every weight below the path must be in the file, in its shape.
pub(super) fn loaded(e: &mut Evaluator<'_>, stage: &mut Stage, load: &Load) -> Eval<()> {
    let targets = modules_below(e, &load.to, load.to_span)?;
    let is_foreign = |ending: &&&str| load.file.ends_with(**ending);
    if let Some(ending) = FOREIGN.iter().find(is_foreign) {
        let made = load.file.trim_end_matches(*ending);
        return e.fail(
            Diagnostic::error(Code::WeightsFile, load.file_span, format!("`{}` is no safetensors file", load.file))
                .hint(format!(
                    "make one of PyTorch's weights: `fascicle weights import`, then `from \"{made}.safetensors\"`"
                )),
        );
    }
    let held = match e.tables.weights(&load.file) {
        Ok(held) => held,
        Err(why) => {
            return e.fail(
                Diagnostic::error(
                    Code::WeightsFile,
                    load.file_span,
                    format!("no weights can be taken from this: {why}"),
                )
                .hint("a path is relative to the folder in which the command runs"),
            );
        }
    };
    let mut differing: Vec<(ModuleId, String, String)> = Vec::new();
    let mut missing: Vec<(ModuleId, String)> = Vec::new();
    for (target, _) in &targets {
        let module = e.graph.module(*target);
        for weight in &module.weights {
            let name = format!("{}.{}", module.path, weight.name);
            match held.get(&name) {
                None => missing.push((*target, name)),
                Some(found) if *found != weight.shape => {
                    let message = format!(
                        "`{name}` is {} here, and {} in the file",
                        show_shape(&weight.shape),
                        show_shape(found)
                    );
                    differing.push((*target, name, message));
                }
                Some(_) => {}
            }
        }
    }
    if let Some((target, _, message)) = differing.first() {
        let others: Vec<&str> = differing[1..].iter().map(|(_, name, _)| name.as_str()).collect();
        let hint = match others.as_slice() {
            [] => "bring the layer to the width that was trained, or start only what fits: `init m.Part from ..`"
                .to_string(),
            others => format!("so do {}: the file is of a network of another width", listed(others)),
        };
        let origin = made_at(e, *target);
        return e
            .fail(Diagnostic::error(Code::WeightsFile, load.file_span, message).also(origin, "made here").hint(hint));
    }
    if let Some((target, name)) = missing.first() {
        let known: Vec<&str> = held.keys().map(String::as_str).collect();
        let others: Vec<&str> = missing[1..].iter().map(|(_, name)| name.as_str()).collect();
        let mut message = format!("the file has no weight `{name}`");
        if !others.is_empty() {
            message.push_str(&format!(", nor {}", listed(&others)));
        }
        let hint = match nearest(name, &known) {
            Some(near) => format!("it has `{near}`; `fascicle weights import` renames with a map"),
            None => format!("it has {}; `fascicle weights import` renames with a map", listed(&known)),
        };
        let origin = made_at(e, *target);
        return e
            .fail(Diagnostic::error(Code::WeightsFile, load.file_span, message).also(origin, "made here").hint(hint));
    }
    // A later `init` of a part replaces what an earlier one of the whole has given it.
    stage.init.retain(|i| !targets.iter().any(|(target, _)| i.to == *target));
    stage.loads.retain(|l| !targets.iter().any(|(target, _)| l.to == *target));
    stage.loads.extend(targets.iter().map(|(to, _)| StageLoad { to: *to, file: load.file.clone() }));
    Ok(())
}

/// `a, b, c and 4 others`.
fn listed(names: &[&str]) -> String {
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => first.join(", "),
        more => format!("{} and {more} other{}", first.join(", "), if more == 1 { "" } else { "s" }),
    }
}
