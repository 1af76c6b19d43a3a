//! `init m from "weights.safetensors"`: modules that start from weights in a file, whose names and shapes are checked here.

use super::stage::Load;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::repair;
use crate::graph::{Module, ModuleId, show_shape};
use crate::program::{Stage, StageLoad};
use fascicle_syntax::{DeclarationKind, Span, nearest};
use std::sync::Arc;

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
                ))
                .repair(repair::written(load.file_span, &format!("\"{made}.safetensors\""))),
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

/// Modules at or below a path: `ad.Embed` is `ad.Embed.Linear`, `ad.Embed[t1].Linear`, ..., and `ad` is all of the
/// model.
pub(super) fn modules_below(e: &mut Evaluator<'_>, path: &str, span: Span) -> Eval<Vec<(ModuleId, String)>> {
    let below = |(index, module): (usize, &Arc<Module>)| {
        let rest = module.path.strip_prefix(path)?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then(|| (ModuleId(index as u32), rest.to_string()))
    };
    let found: Vec<_> = e.graph.modules.iter().enumerate().filter_map(below).collect();
    if found.is_empty() { unknown_path(e, path, span) } else { Ok(found) }
}

fn unknown_path<T>(e: &mut Evaluator<'_>, path: &str, span: Span) -> Eval<T> {
    let paths: Vec<String> = e.graph.modules.iter().map(|m| m.path.clone()).collect();
    let mut known: Vec<&str> = Vec::new();
    for full in &paths {
        for (at, _) in full.match_indices('.').chain([(full.len(), "")]) {
            if !known.contains(&&full[..at]) {
                known.push(&full[..at]);
            }
        }
    }
    // The second place: what was most likely meant, or the model that the path begins with.
    let below = |near: &str| e.graph.modules.iter().position(|m| m.path.starts_with(near)).map(|i| ModuleId(i as u32));
    let root = path.split(['.', '[']).next().unwrap_or(path);
    let place = match nearest(path, &known) {
        Some(near) => below(near).map(|module| (made_at(e, module), format!("`{near}` is made here"))),
        None => declared_at(e, root).map(|place| (place, format!("`{root}` is declared here"))),
    };
    let hint = match nearest(path, &known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let model = |path: &str| path.split('.').next().unwrap_or_default().to_string();
            let (own, others): (Vec<&str>, Vec<&str>) = known.iter().partition(|known| model(known) == model(path));
            format!("there is {}", own.into_iter().chain(others).take(12).collect::<Vec<_>>().join(", "))
        }
    };
    let mut diagnostic = Diagnostic::error(Code::UnknownField, span, format!("no module has the path `{path}`"))
        .hint(hint)
        .repairs(repair::meant(path, &known, span));
    if diagnostic.fixes.is_empty() {
        // Of few parts of the model that it names, each; the model as a whole is not what a part stands for.
        let parts: Vec<&str> = known
            .iter()
            .copied()
            .filter(|known| known.strip_prefix(root).is_some_and(|rest| rest.starts_with('.')))
            .collect();
        diagnostic = diagnostic.repairs(repair::one_of(path, &parts, span));
    }
    if let Some((place, what)) = place {
        diagnostic = diagnostic.also(place, what);
    }
    e.fail(diagnostic)
}

/// Where the module is first applied.
pub(super) fn made_at(e: &Evaluator<'_>, module: ModuleId) -> Span {
    let first = e.graph.nodes.iter().position(|n| n.module == Some(module));
    first.and_then(|i| e.origins.get(i).copied()).unwrap_or_default()
}

/// Where the model of this name is declared.
pub(super) fn declared_at(e: &Evaluator<'_>, model: &str) -> Option<Span> {
    match &e.unit.declarations[e.unit.resolve(e.scope(), model)?].declaration.kind {
        DeclarationKind::Model { name, .. } => Some(name.span),
        _ => None,
    }
}
