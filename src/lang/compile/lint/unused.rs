//! What nothing uses, and what nobody asks.

use crate::compile::code::Code;
use crate::compile::diagnostic::{Diagnostic, Sources};
use crate::compile::repair;
use crate::compile::unit::Unit;
use crate::graph::{InputId, Kind, Op};
use crate::program::{Argument, InputRole, InputSource, InputSpec, Program, Sampling};
use fascicle_syntax::{DeclarationKind, SourceId, Type, TypeKind};
use std::collections::BTreeSet;

pub(super) fn unused(
    (unit, sources): (&Unit, &Sources),
    used: &[bool],
    base: Option<&Program>,
    variants: &[Program],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let block = |ty: &Type| matches!(&ty.kind, TypeKind::Named { name, .. } if name.text == "block");
    let blocks_are_chosen = unit
        .declarations
        .iter()
        .any(|d| matches!(&d.declaration.kind, DeclarationKind::Param { ty, .. } if d.scope == 0 && block(ty)));
    let read = inputs_read(unit, base.into_iter().chain(variants));
    for (declared, used) in unit.declarations.iter().zip(used) {
        let read = match (&declared.declaration.kind, &read) {
            (DeclarationKind::Input { name, .. }, Some(read)) => read.contains(name.text.as_str()),
            _ => *used,
        };
        // What a file extends it need not use; the other file is told of its own.
        let inherited = declared.declaration.kind.name().is_some_and(|name| Some(name.span.source) != unit.main);
        if read || declared.scope != 0 || inherited {
            continue;
        }
        // A parameter may name any block from outside.
        if blocks_are_chosen && matches!(declared.declaration.kind, DeclarationKind::Block(_)) {
            continue;
        }
        let (code, name, what) = match &declared.declaration.kind {
            DeclarationKind::Param { name, .. } => (Code::UnusedParam, name, "parameter"),
            DeclarationKind::Input { name, .. } => (Code::UnusedInput, name, "input"),
            DeclarationKind::Block(block) => (Code::UnusedBlock, &block.name, "block"),
            DeclarationKind::Loss { name, .. } => (Code::UnusedBlock, name, "loss"),
            DeclarationKind::Group { name, .. } => (Code::UnusedInput, name, "group"),
            _ => continue,
        };
        // What an extended file declares for its own use, this one may have replaced the use of.
        if name.span.source != SourceId::default() {
            continue;
        }
        let verb = if what == "input" { "reads" } else { "uses" };
        diagnostics.push(
            Diagnostic::error(code, name.span, format!("nothing {verb} the {what} `{}`", name.text))
                .hint("remove it, or use it")
                .repairs(repair::without(
                    sources,
                    declared.declaration.span,
                    format!("remove the {what} `{}`", name.text),
                )),
        );
    }
    let Some(program) = base else { return };
    for (index, model) in program.models.iter().enumerate() {
        let modules = program.graph.live_modules(&program.graph.live(model.live_roots.iter().copied()));
        let trained =
            program.stages.iter().any(|s| s.model == index || modules.iter().any(|m| s.trainable.contains(m)));
        let asked = program.scores.iter().any(|s| s.model == index) || !program.analyses.is_empty();
        if !trained && asked && program.baseline_of(index).is_none() && program.used(index).is_none() {
            let place = unit.resolve(0, &model.name).and_then(|p| unit.declarations[p].declaration.kind.name());
            if let Some(name) = place {
                let declared = unit.resolve(0, &model.name).map(|p| unit.declarations[p].declaration.span);
                let line = format!("train {} {{ minimize {} }}", model.name, loss_of(program, index));
                let fix = declared.and_then(|place| repair::with_line(sources, place, &line));
                diagnostics.push(
                    Diagnostic::error(
                        Code::NoTraining,
                        name.span,
                        format!("nothing trains the model `{}`", model.name),
                    )
                    .hint(format!("add: train {} {{ minimize .. }}", model.name))
                    .repairs(fix),
                );
            }
        }
    }
    let learns = !(program.stages.is_empty() && program.baselines.is_empty() && program.used.is_empty());
    if learns && program.scores.is_empty() && program.analyses.is_empty() {
        let place = unit.declarations.iter().find_map(|d| match &d.declaration.kind {
            DeclarationKind::Train { model, .. } if d.scope == 0 => Some(model),
            DeclarationKind::Baseline { name, .. } | DeclarationKind::UseModel { name, .. } if d.scope == 0 => {
                Some(name)
            }
            _ => None,
        });
        if let Some(model) = place {
            let index = program.models.iter().position(|m| m.name == model.text);
            let asked = index.and_then(|index| score_of(program, index));
            let stands = unit.declarations.iter().map(|d| d.declaration.span).find(|span| {
                span.source == model.span.source && span.start <= model.span.start && model.span.end <= span.end
            });
            let line = match asked {
                Some(metric) => Some(format!("score {}: {metric}", model.text)),
                None => index
                    .and_then(|index| compared_with(program, index))
                    .map(|input| format!("score {}: mse, against: {input}", model.text)),
            };
            let fix = stands.zip(line).and_then(|(place, line)| repair::with_line(sources, place, &line));
            let message = match program.used.is_empty() {
                true => "the file trains and asks nothing of the result",
                false => "the file uses a model and asks nothing of it",
            };
            diagnostics.push(
                Diagnostic::error(Code::NoScore, model.span, message)
                    .hint(format!("add for example: score {}: auc", model.text))
                    .repairs(fix),
            );
        }
    }
}

/// The inputs that any variant reads: to list one in the head of a model is not to read it. `None` where a parameter
/// chooses among parts of the file: then what this setting leaves out may be read in another.
fn inputs_read<'p>(unit: &Unit, programs: impl Iterator<Item = &'p Program>) -> Option<BTreeSet<&'p str>> {
    let chooses = |ty: &Type| matches!(&ty.kind, TypeKind::Named { name, .. } if ["one_of", "bool", "block"].contains(&name.text.as_str()));
    let mut declarations = unit.declarations.iter();
    if declarations.any(|d| matches!(&d.declaration.kind, DeclarationKind::Param { ty, .. } if chooses(ty))) {
        return None;
    }
    let mut read = BTreeSet::new();
    for program in programs {
        let name = |input: InputId| program.inputs.get(input.index()).map(|i| i.name.as_str());
        let nodes = program.graph.nodes.iter().filter_map(|n| if let Op::Input(i) = n.op { name(i) } else { None });
        read.extend(nodes);
        read.extend(program.models.iter().filter_map(|m| m.target.and_then(name)));
        read.extend(program.scores.iter().flat_map(|s| &s.pairs).filter_map(|p| name(p.truth)));
        read.extend(program.stages.iter().filter_map(|s| match &s.sampling {
            Sampling::Balanced { by } => Some(by.as_str()),
            Sampling::Shuffled => None,
        }));
        // An image that others are cut around is read by them.
        let centres: BTreeSet<&str> = program.inputs.iter().filter_map(|i| i.source.centred_on()).collect();
        read.extend(program.inputs.iter().filter_map(|i| match &i.source {
            InputSource::Image { pattern, .. } if centres.contains(pattern.as_str()) => Some(i.name.as_str()),
            _ => None,
        }));
        // An analysis reads a target by its column, and a score a condition by which people are told apart.
        let of_analyses =
            program.analyses.iter().flat_map(|a| a.arguments.values()).filter_map(|argument| match argument {
                Argument::Column { column, .. } => Some(column.as_str()),
                _ => None,
            });
        let of_scores = program.scores.iter().flat_map(|s| &s.within).flat_map(|(_, condition)| condition.columns());
        for column in of_analyses.chain(of_scores) {
            let same = |i: &&InputSpec| matches!(&i.source, InputSource::Column { column: c, .. } if c == column);
            read.extend(program.inputs.iter().filter(same).map(|i| i.name.as_str()));
        }
    }
    Some(read)
}

/// The input that a model predicts, or the first target of the file.
fn target_of(program: &Program, model: usize) -> Option<InputId> {
    let is_target = |input: &&InputSpec| input.role == InputRole::Target;
    let first = || program.inputs.iter().position(|input| is_target(&input)).map(|at| InputId(at as u32));
    program.models.get(model)?.target.or_else(first)
}

/// The loss of what a model predicts.
fn loss_of(program: &Program, model: usize) -> String {
    let name = &program.models[model].name;
    let Some(target) = target_of(program, model) else { return format!("mse({name}, {name})") };
    let loss = if is_class(program, target) { "cross_entropy" } else { "mse" };
    format!("{loss}({name}, {})", program.inputs[target.index()].name)
}

/// The image or the numbers that a model reads and that its result is like, where it is one alone.
fn compared_with(program: &Program, model: usize) -> Option<&str> {
    let model = program.models.get(model)?;
    let result = model.output(&model.name)?;
    let [(_, node)] = result.members.as_slice() else { return None };
    let ty = &program.graph.nodes.get(node.index())?.ty;
    let read = program.graph.live_inputs(&program.graph.live([*node]));
    let mut like = read.iter().filter_map(|input| program.graph.inputs.get(input.index())).filter(|input| {
        matches!(input.ty.kind, Kind::Tensor) && !input.ty.shape.is_empty() && input.ty.shape == ty.shape
    });
    match (like.next(), like.next()) {
        (Some(only), None) => Some(&only.name),
        _ => None,
    }
}

/// A metric of what a model says that it predicts.
fn score_of(program: &Program, model: usize) -> Option<&'static str> {
    let target = program.models.get(model)?.target?;
    Some(match program.graph.inputs.get(target.index())?.ty.kind {
        Kind::Class(_) => "balanced_accuracy",
        Kind::Mask(_) => "dice",
        _ => "mae",
    })
}

fn is_class(program: &Program, input: InputId) -> bool {
    program.graph.inputs.get(input.index()).is_some_and(|i| matches!(i.ty.kind, Kind::Class(_) | Kind::Mask(_)))
}
