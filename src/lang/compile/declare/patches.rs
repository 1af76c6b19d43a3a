//! `patches [64, 64, 64], balanced(by: lesion)`: a stage that sees its images by parts.
//!
//! ```text
//!  inputs ─▶ settle: which images, how large a part ─▶ types of the graph's inputs ─▶ models, stages ─▶ checked: who reads them, what is a map
//! ```
//!
//! What a model reads has one shape, so that the clause is looked at before the model is compiled: the model is one of patches, in
//! training and in prediction, while the input keeps the shape of its whole image.

use super::entry::Chapter;
use super::training::entry;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported, all};
use crate::compile::reader::Reader;
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::{Coalesce, Kind, NodeId, Op, TensorType, show_shape};
use crate::program::{AnalysisKind, Argument, Patches, Program, Stage, Window};
use fascicle_syntax::{Clause, DeclarationKind, Expr, Name, Span};
use std::collections::BTreeSet;

/// What neighbouring windows share where nothing is said: MONAI's default.
const OVERLAP: f64 = 0.25;

/// The clause, read.
struct Read {
    /// As many extents as are given; one stands for all axes.
    size: Vec<usize>,
    size_span: Span,
    balanced: Option<(usize, Span)>,
    each: usize,
    overlap: f64,
}

/// Looks at the `patches` of all stages, and gives the images that they read the extents of a patch.
pub(in crate::compile) fn settle(e: &mut Evaluator<'_>, main: &[usize]) -> Eval<()> {
    let unit = e.unit;
    let mut settled: Vec<(usize, Window, Span)> = Vec::new();
    let stages = main.iter().filter_map(|i| match &unit.declarations[*i].declaration.kind {
        DeclarationKind::Train { model, clauses, .. } => {
            Some((model, clauses, clauses.iter().find(|clause| clause.word.text == "patches")?))
        }
        _ => None,
    });
    all(stages.map(|(model, clauses, clause)| {
        let read = e.in_scope(0, |e| read(e, clause))?;
        of_stage(e, (model, clauses, clause.word.span), &read, &mut settled)
    }))?;
    for (input, window, _) in settled {
        e.inputs[input].window = Some(window);
        e.graph.inputs[input].ty.shape = e.inputs[input].seen_shape();
    }
    Ok(())
}

/// The clause of a stage, behind [`settle`].
pub(super) fn patches(e: &mut Evaluator<'_>, clause: &Clause) -> Eval<Patches> {
    let read = read(e, clause)?;
    let balanced = read.balanced.map(|(input, _)| e.inputs[input].name.clone());
    Ok(Patches { balanced, each: read.each })
}

fn read(e: &mut Evaluator<'_>, clause: &Clause) -> Eval<Read> {
    let Some((first, options)) = clause.values.split_first() else { return Err(Reported) };
    let (size, size_span) = (extents(e, &first.value)?, first.value.span);
    let mut read = Read { size, size_span, balanced: None, each: 1, overlap: OVERLAP };
    for option in options {
        let (parts, mut reader) = entry(e, &option.value, Chapter::Patch)?;
        match parts.name {
            "balanced" => read.balanced = Some(balanced(e, &mut reader)?),
            "each" => read.each = reader.whole(e, "count")?,
            _ => read.overlap = reader.number(e, "share")?,
        }
        reader.finish(e)?;
    }
    Ok(read)
}

/// `64`, `[64, 64, 64]`.
fn extents(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Vec<usize>> {
    let value = e.eval(expr)?;
    let one = |value: &Value| match value {
        Value::Int(n) if *n > 0 => usize::try_from(*n).ok(),
        _ => None,
    };
    let size = match &value {
        Value::List(items) => items.iter().map(one).collect::<Option<Vec<usize>>>(),
        alone => one(alone).map(|n| vec![n]),
    };
    match size {
        Some(size) if (1..=3).contains(&size.len()) => Ok(size),
        _ => {
            let reader = Reader::new("patches", &[], expr.span);
            reader.wrong(
                e,
                "",
                "the voxels of a patch along each axis, such as [64, 64, 64], or 64 of all",
                &value,
                expr.span,
            )
        }
    }
}

/// `balanced(by: lesion)`: the mask.
fn balanced(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<(usize, Span)> {
    let mask = e.graph.inputs.iter().find(|input| matches!(input.ty.kind, Kind::Mask(_))).map(|mask| mask.name.clone());
    let Some(by) = reader.positional("by") else {
        let fix = mask.map(|mask| repair::with_argument(e.sources, reader.span, &format!("by: {mask}")));
        return reader.missing_with(e, "by", "the mask whose classes are drawn alike: balanced(by: lesion)", fix);
    };
    match e.eval(by)? {
        Value::Input(input) if matches!(e.graph.inputs[input].ty.kind, Kind::Mask(_)) => Ok((input, by.span)),
        Value::Input(input) => {
            let (name, declared) = (e.inputs[input].name.clone(), e.input_spans[input]);
            let hint = match &mask {
                Some(mask) => {
                    format!("draw by a mask: `balanced(by: {mask})`; people are drawn by a class with `sample`")
                }
                None => "declare a mask: target lesion: mask[64, 64, 64]{rest, lesion} = c.image(\"..\")".into(),
            };
            e.fail(
                Diagnostic::error(
                    Code::KindMismatch,
                    by.span,
                    format!("`{name}` has no class at each voxel to draw patches by"),
                )
                .also(declared, "declared here")
                .hint(hint)
                .repairs(mask.map(|mask| repair::written(by.span, &mask))),
            )
        }
        other => e.expected("a mask", &other, by.span),
    }
}

/// The images of one stage, with its patches.
fn of_stage(
    e: &mut Evaluator<'_>,
    (model, clauses, place): (&Name, &[Clause], Span),
    read: &Read,
    settled: &mut Vec<(usize, Window, Span)>,
) -> Eval<()> {
    let mut reached = reached(e, model, clauses);
    reached.extend(read.balanced.map(|(input, _)| input));
    let images: Vec<usize> = reached.into_iter().filter(|input| e.inputs[*input].extents().is_some()).collect();
    let Some(first) = images.iter().copied().next() else {
        let message = format!("nothing that trains `{}` has axes in space to cut patches along", model.text);
        return e.fail(
            Diagnostic::error(Code::Patches, place, message)
                .hint("patches are cut from volumes, images, slices and masks: leave the clause out"),
        );
    };
    let whole = e.inputs[first].extents().unwrap_or([1; 3]);
    let axes = e.inputs[first].spatial_axes();
    let shown = |extents: [usize; 3], axes: usize| show_shape(&extents[..axes]);
    for other in &images {
        let extents = e.inputs[*other].extents().unwrap_or(whole);
        if (extents, e.inputs[*other].spatial_axes()) == (whole, axes) {
            continue;
        }
        let (one, two) = (e.inputs[first].name.clone(), e.inputs[*other].name.clone());
        let message = format!(
            "`{two}` has {} voxels and `{one}` {}: a patch of one is no patch of the other",
            shown(extents, e.inputs[*other].spatial_axes()),
            shown(whole, axes)
        );
        let declared = (e.input_spans[first], e.input_spans[*other]);
        return e.fail(
            Diagnostic::error(Code::Patches, place, message)
                .also(declared.0, "declared here")
                .also(declared.1, "and here")
                .hint("give all images that the stage reads the same extents: `resample` or `crop` them alike"),
        );
    }
    let size: Vec<usize> = if let [n] = read.size.as_slice() { vec![*n; axes] } else { read.size.clone() };
    let name = e.inputs[first].name.clone();
    if size.len() != axes {
        let message = format!("a patch of `{name}` has {axes} extents, found {}", size.len());
        return e.fail(
            Diagnostic::error(Code::Patches, read.size_span, message)
                .also(e.input_spans[first], "declared here")
                .hint(format!("one for each axis of space, or one number for all: patches {}", shown(whole, axes))),
        );
    }
    if (0..axes).any(|axis| size[axis] > whole[axis]) {
        let fitting: Vec<usize> = (0..axes).map(|axis| size[axis].min(whole[axis])).collect();
        let message = format!(
            "a patch of {} does not lie within `{name}`, which has {} voxels",
            show_shape(&size),
            shown(whole, axes)
        );
        return e.fail(
            Diagnostic::error(Code::Patches, read.size_span, message)
                .also(e.input_spans[first], "declared here")
                .hint(format!(
                    "at most {}; or declare `{name}` larger: images are padded to the shape that is declared",
                    show_shape(&fitting)
                ))
                .repair(repair::written(read.size_span, &show_shape(&fitting))),
        );
    }
    let window =
        Window { size: std::array::from_fn(|axis| size.get(axis).copied().unwrap_or(1)), overlap: read.overlap };
    for input in images {
        match settled.iter().find(|(known, ..)| *known == input) {
            Some((_, known, _)) if *known == window => {}
            Some((_, _, before)) => {
                let (name, before) = (e.inputs[input].name.clone(), *before);
                let message = format!("`{name}` is seen by patches of two kinds");
                return e
                    .fail(Diagnostic::error(Code::SeenTwoWays, place, message).also(before, "and here").hint(TWICE));
            }
            None => settled.push((input, window, place)),
        }
    }
    Ok(())
}

const TWICE: &str = "an input has one shape for all models: give both stages the same patches, or declare the image a second time under another name";

/// The inputs that a stage reads, as far as names tell before anything is compiled: those of its model, of models that this one reads, and
/// of what is minimised, through the losses and groups that are named on the way. In the order of the inputs.
fn reached(e: &Evaluator<'_>, model: &Name, clauses: &[Clause]) -> BTreeSet<usize> {
    let mut open: Vec<Span> = clauses
        .iter()
        .filter(|clause| clause.word.text == "minimize")
        .flat_map(|clause| clause.values.iter().map(|value| value.value.span))
        .collect();
    let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
    let mut named: Vec<String> = vec![model.text.clone()];
    loop {
        while let Some(name) = named.pop() {
            let Some(position) = e.unit.resolve(0, &name).filter(|position| seen.insert(*position)) else { continue };
            let declared = &e.unit.declarations[position];
            match &declared.declaration.kind {
                DeclarationKind::Input { .. } => {
                    found.extend(e.inputs.iter().position(|input| input.name == name));
                }
                DeclarationKind::Model { inputs, target, .. } => {
                    open.extend(inputs.iter().map(|input| input.span));
                    named.extend(target.iter().map(|target| target.text.clone()));
                }
                DeclarationKind::Group { members, .. } => open.push(members.span),
                DeclarationKind::Loss { body, .. } if declared.scope == 0 => open.push(body.span),
                _ => {}
            }
        }
        let Some(span) = open.pop() else { break found };
        named.extend(words(e.sources.text(span)));
    }
}

/// The names in a piece of the file that stand for themselves: no field, no argument's name, nothing in a comment.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or(line);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let mut rest = line;
        while let Some(start) = rest.find(is_part) {
            let length = rest[start..].find(|c| !is_part(c)).unwrap_or(rest.len() - start);
            let (before, word, behind) = (&rest[..start], &rest[start..start + length], &rest[start + length..]);
            if !before.ends_with('.') && !behind.trim_start().starts_with(':') {
                words.push(word.to_string());
            }
            rest = behind;
        }
    }
    words
}

/// Whoever reads an image by patches trains by patches, and what is asked of a whole person is a map.
pub(in crate::compile) fn checked(e: &mut Evaluator<'_>, program: &Program) -> Eval<()> {
    if program.inputs.iter().all(|input| input.window.is_none()) {
        return Ok(());
    }
    // Where packed models are used nothing is trained.
    if !program.used.is_empty() {
        return asked(e, program);
    }
    all([stages(e, program), targets(e, program), means(e, program), asked(e, program)]).map(|_| ())
}

/// The first image that is seen by patches among what a node depends on.
fn seen_by_patches(program: &Program, node: NodeId) -> Option<usize> {
    let live = program.graph.live([node]);
    let inputs = program.graph.live_inputs(&live);
    inputs.into_iter().map(|input| input.index()).find(|input| program.inputs[*input].window.is_some())
}

fn stages(e: &mut Evaluator<'_>, program: &Program) -> Eval<()> {
    let whole = program.stages.iter().filter(|stage| stage.patches.is_none());
    let reading: Vec<(&Stage, usize)> =
        whole.filter_map(|stage| Some((stage, seen_by_patches(program, stage.loss)?))).collect();
    all(reading.into_iter().map(|(stage, input)| {
        let (name, model) = (&program.inputs[input].name, &program.models[stage.model].name);
        let by = program
            .stages
            .iter()
            .find(|other| other.patches.is_some())
            .map_or("", |other| &program.models[other.model].name);
        let message = format!("`train {model}` reads `{name}` whole, and `train {by}` by patches");
        let place = place_of_stage(e, model);
        let declared = e.input_spans[input];
        e.fail::<()>(Diagnostic::error(Code::SeenTwoWays, place, message).also(declared, "declared here").hint(TWICE))
    }))
    .map(|_| ())
}

/// Where a stage of a model begins.
fn place_of_stage(e: &Evaluator<'_>, name: &str) -> Span {
    let stages = e.unit.declarations.iter().filter_map(|declared| match &declared.declaration.kind {
        DeclarationKind::Train { model, clauses, .. } if model.text == name => Some((
            model.span,
            clauses.iter().find(|clause| clause.word.text == "patches").map(|clause| clause.word.span),
        )),
        _ => None,
    });
    let stages: Vec<(Span, Option<Span>)> = stages.collect();
    let with = stages.iter().find_map(|(_, clause)| *clause);
    with.or_else(|| stages.first().map(|(model, _)| *model)).unwrap_or_default()
}

/// A target that is one thing for the whole person is not told by a patch.
fn targets(e: &mut Evaluator<'_>, program: &Program) -> Eval<()> {
    let patched = program.stages.iter().filter(|stage| stage.patches.is_some());
    let models: BTreeSet<usize> = patched.map(|stage| stage.model).collect();
    all(models
        .into_iter()
        .filter_map(|at| {
            let model = &program.models[at];
            let target = model.target.filter(|target| program.inputs[target.index()].window.is_none())?;
            Some((model, target.index()))
        })
        .map(|(model, target)| {
            let name = &program.inputs[target].name;
            let place = place_of_stage(e, &model.name);
            let declared = e.input_spans[target];
            let message =
                format!("`{}` predicts `{name}`, which a person has one of, and is trained by patches", model.name);
            e.fail::<()>(
                Diagnostic::error(Code::NoMap, place, message)
                    .also(declared, "declared here")
                    .hint("train on whole images (leave `patches` out), smaller ones if need be: `resample(2mm)`"),
            )
        }))
    .map(|_| ())
}

/// The mean of whole images is no patch.
fn means(e: &mut Evaluator<'_>, program: &Program) -> Eval<()> {
    let of = |node: &crate::graph::Node| match program.graph.node(*node.inputs.first()?).op {
        Op::Input(input) => program.inputs[input.index()].window.map(|_| input.index()),
        _ => None,
    };
    let nodes = program.graph.nodes.iter().enumerate();
    let found = nodes.filter(|(_, node)| node.op == Op::Coalesce(Coalesce::TrainingMean));
    let found: Vec<(usize, usize)> = found.filter_map(|(at, node)| Some((at, of(node)?))).collect();
    all(found.into_iter().map(|(at, input)| {
        let origin = e.origin(NodeId(at as u32));
        let name = &program.inputs[input].name;
        e.fail::<()>(
            Diagnostic::error(
                Code::Patches,
                origin,
                format!("the mean of `{name}` is one of whole images, and patches of it are read"),
            )
            .hint(format!("write `{name} ?? zeros`, or let a block treat those who have it")),
        )
    }))
    .map(|_| ())
}

/// Whether a value has the extents of the patches that it is computed from, at the end of its shape.
fn is_map(ty: &TensorType, window: &Window, axes: usize) -> bool {
    let first = ty.shape.len().checked_sub(axes);
    ty.kind != Kind::Normal && first.is_some_and(|first| ty.shape[first..] == window.size[..axes])
}

/// What scores and analyses ask of a model that sees patches is put together of windows, so that it must be a map.
fn asked(e: &mut Evaluator<'_>, program: &Program) -> Eval<()> {
    let mut asked: Vec<(NodeId, String)> = Vec::new();
    for score in &program.scores {
        asked.extend(score.pairs.iter().map(|pair| (pair.prediction, format!("score {}", score.of))));
    }
    for analysis in &program.analyses {
        for argument in analysis.arguments.values() {
            let Argument::Output { members, .. } = argument else { continue };
            asked.extend(members.iter().map(|(_, node)| (*node, format!("analysis {}", analysis.name))));
        }
    }
    let through: Vec<(NodeId, String)> = asked
        .into_iter()
        .filter(|(node, _)| {
            let ty = &program.graph.node(*node).ty;
            seen_by_patches(program, *node).is_some_and(|input| {
                let spec = &program.inputs[input];
                !spec.window.is_some_and(|window| is_map(ty, &window, spec.spatial_axes()))
            })
        })
        .collect();
    all(through.into_iter().map(|(node, asks)| {
        let (origin, ty) = (e.origin(node), program.graph.node(node).ty.clone());
        e.fail::<()>(
            Diagnostic::error(
                Code::NoMap,
                origin,
                format!("`{asks}` asks for {ty}, which windows of an image do not make a whole of"),
            )
            .label(format!("this is {ty}"))
            .hint("ask for what has a value at each voxel of the patch, or train on whole images"),
        )
    }))?;
    let in_network = |kind: &AnalysisKind| matches!(kind, AnalysisKind::SmoothGrad | AnalysisKind::LayerEntropy);
    let inside: Vec<(&str, usize)> = program
        .analyses
        .iter()
        .filter(|analysis| in_network(&analysis.kind))
        .flat_map(|analysis| analysis.arguments.values().map(move |argument| (analysis.name.as_str(), argument)))
        .filter_map(|(name, argument)| match argument {
            Argument::Model(model) | Argument::Trained(model) | Argument::Output { model, .. } => Some((name, *model)),
            _ => None,
        })
        .filter(|(_, model)| {
            let outputs = program.models[*model].outputs.iter().flat_map(|output| &output.members);
            outputs.into_iter().any(|(_, node)| seen_by_patches(program, *node).is_some())
        })
        .collect();
    all(inside.into_iter().map(|(analysis, model)| {
        let name = &program.models[model].name;
        let place = analysis_place(e, analysis);
        let message = format!("`analysis {analysis}` looks into `{name}` with whole images, and it is trained by patches");
        e.fail::<()>(
            Diagnostic::error(Code::NoMap, place, message)
                .hint("maps of gradients and layers are those of models that see a person at once: leave the analysis or `patches` out"),
        )
    }))
    .map(|_| ())
}

fn analysis_place(e: &Evaluator<'_>, name: &str) -> Span {
    let declared = e.unit.resolve(0, name).map(|at| &e.unit.declarations[at].declaration);
    declared.map(|declaration| declaration.kind.name().map_or(declaration.span, |name| name.span)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_are_those_that_stand_for_themselves() {
        let text = "0.5 * mse(m.t1, t2, weight: pet) // flair\n + l1(m, parts)";
        assert_eq!(words(text), ["0", "mse", "m", "t2", "pet", "l1", "m", "parts"]);
    }
}
