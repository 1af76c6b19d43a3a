//! `modality`, `condition`, `target`: what is read, and the type it has.

use super::centred;
use super::column::{Tables, columns, in_line, unknown_column, width};
use super::entry::{Chapter, find};
use super::step::{channels, image_step};
use super::target;
use super::together::Beside;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::reader::{CallParts, Reader, call_parts, pipe_steps, unknown_entry, unknown_function};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::{GraphInput, InputId, Kind, Presence, TensorType, show_shape};
use crate::program::{ColumnSelector, ImageStep, InputRole, InputSource, InputSpec, SpatialKind};
use fascicle_syntax::{Argument, DeclarationKind, Expr, ExprKind, Fix, InputWord, Name, Span, Type, TypeKind};

/// What the declared type says.
struct Declared {
    word: String,
    shape: Option<Vec<Option<usize>>>,
    levels: Vec<String>,
    span: Span,
}

/// Compiles an input declaration and gives it its place among the graph's inputs.
pub(in crate::compile) fn declare(e: &mut Evaluator<'_>, position: usize) -> Eval<Value> {
    let unit = e.unit;
    let DeclarationKind::Input { role, name, ty, source } = &unit.declarations[position].declaration.kind else {
        return Err(Reported);
    };
    if !e.cohorts_known {
        let message = format!("`{}` is read from a cohort, and a cohort needs it", name.text);
        return e
            .fail(Diagnostic::error(Code::Circular, name.span, message).hint(
                "what describes a cohort is known without its people: texts, numbers, params, columns in quotes",
            ));
    }
    let declared = declared_type(e, ty)?;
    let (head, steps) = pipe_steps(source);
    let Some(parts) = call_parts(head) else { return not_a_source(e, head) };
    let cohort = match parts.receiver {
        Some(receiver) => Some(cohort_name(e, receiver)?),
        None => None,
    };
    let (source, shape) = match parts.name {
        "image" => image(e, &declared, &parts, &steps, cohort.as_deref())?,
        "columns" => table(e, name, &declared, &parts, &steps, cohort.as_deref())?,
        "column" => column(e, &declared, &parts, &steps, (cohort.as_deref(), *role == InputWord::Target))?,
        "given" => given(e, &declared, &parts, &steps)?,
        other => return unknown_entry(e, Code::InputSource, Chapter::InputSource, other, parts.name_span),
    };
    let role = match role {
        InputWord::Modality => InputRole::Modality,
        InputWord::Condition => InputRole::Condition,
        InputWord::Target => InputRole::Target,
    };
    if ty.maybe && role == InputRole::Target {
        return e.fail(
            Diagnostic::error(Code::InputType, ty.span, "a target needs no `?`")
                .hint("people without it are used where no target is needed, and left out where one is")
                .repairs(
                    e.sources
                        .text(ty.span)
                        .ends_with('?')
                        .then(|| Fix::new("remove `?`", Span { start: ty.span.end - 1, ..ty.span }, "").certain()),
                ),
        );
    }
    let id = e.inputs.len();
    let presence: Presence = if ty.maybe { [InputId(id as u32)].into() } else { Presence::new() };
    let kind = match declared.word.as_str() {
        "class" => Kind::Class(declared.levels.clone()),
        "mask" => Kind::Mask(declared.levels.clone()),
        _ => Kind::Tensor,
    };
    let tensor = TensorType { kind, shape: shape.clone(), batched: true, presence };
    e.graph.inputs.push(GraphInput { name: name.text.clone(), ty: tensor });
    e.inputs.push(InputSpec {
        name: name.text.clone(),
        role,
        cohort,
        source,
        optional: ty.maybe,
        shape,
        levels: declared.levels,
        window: None,
    });
    e.input_spans.push(name.span.to(ty.span));
    Ok(Value::Input(id))
}

fn not_a_source<T>(e: &mut Evaluator<'_>, head: &Expr) -> Eval<T> {
    // A text alone is the pattern of a file, where it looks like one, or a column.
    let of = match e.cohorts.as_slice() {
        [only] => format!("{}.", only.name),
        _ => String::new(),
    };
    let is_path = e.sources.text(head.span).contains(['/', '*', '.']);
    let read = format!("{of}{}", if is_path { "image" } else { "column" });
    e.fail(
        Diagnostic::error(Code::InputSource, head.span, "an input cannot be read from this")
            .hint("write c.image(\"anat/*_T1w.nii.gz\"), c.columns(age, sex |> onehot) or c.column(\"diagnosis\")")
            .repairs(matches!(head.kind, ExprKind::Text(_)).then(|| repair::in_brackets(e.sources, head.span, &read))),
    )
}

/// The cohort before the dot.
fn cohort_name(e: &mut Evaluator<'_>, receiver: &Expr) -> Eval<String> {
    if let ExprKind::Name(name) = &receiver.kind {
        if let Some(position) = e.unit.resolve(e.scope(), name)
            && matches!(e.unit.declarations[position].declaration.kind, DeclarationKind::Cohort { .. })
        {
            e.used[position] = true;
            return if e.cohorts.iter().any(|c| c.name == *name) { Ok(name.clone()) } else { Err(Reported) };
        }
        let known: Vec<String> = e.cohorts.iter().map(|c| c.name.clone()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        return unknown_function(e, Code::UnknownName, "cohort", name, receiver.span, &known);
    }
    e.fail(
        Diagnostic::error(Code::InputSource, receiver.span, "expected the name of a cohort")
            .hint("for example c.image(\"anat/*_T1w.nii.gz\")"),
    )
}

fn declared_type(e: &mut Evaluator<'_>, ty: &Type) -> Eval<Declared> {
    let TypeKind::Named { name, shape, levels, .. } = &ty.kind else {
        return e.fail(
            Diagnostic::error(Code::InputType, ty.span, "the type of an input says what its axes are")
                .hint("write volume[1, 64, 64, 64], image[..], slices[..] or vector[n]"),
        );
    };
    if find(Chapter::InputType, &name.text).is_none() {
        return unknown_entry(e, Code::InputType, Chapter::InputType, &name.text, name.span);
    }
    let shape = match shape {
        Some(dims) => Some(dims.iter().map(|d| dimension(e, d)).collect::<Eval<Vec<_>>>()?),
        None => None,
    };
    let levels: Vec<String> = levels.iter().flatten().map(|l| l.text.clone()).collect();
    if let Some(twice) = levels.iter().enumerate().find(|(i, l)| levels[..*i].contains(l)) {
        return e.fail(
            Diagnostic::error(Code::InputType, ty.span, format!("the level `{}` stands twice", twice.1))
                .hint("name each level once"),
        );
    }
    if matches!(name.text.as_str(), "class" | "mask") && levels.len() < 2 && !(name.text == "mask" && levels.len() == 1)
    {
        return e.fail(
            Diagnostic::error(Code::InputType, ty.span, "a class has at least two levels")
                .hint("write them in braces: class{control, patient}"),
        );
    }
    Ok(Declared { word: name.text.clone(), shape, levels, span: ty.span })
}

fn dimension(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Option<usize>> {
    if matches!(&expr.kind, ExprKind::Name(n) if n == "_") {
        return Ok(None);
    }
    let value = e.eval(expr)?;
    match &value {
        Value::Int(i) if *i > 0 && *i <= 1 << 20 => Ok(usize::try_from(*i).ok()),
        Value::Int(i) => {
            let message = format!("an axis cannot have {i} elements");
            e.fail(
                Diagnostic::error(Code::InputType, expr.span, message).hint("an axis has from 1 to 1048576 elements"),
            )
        }
        other => e.expected("a whole number", other, expr.span),
    }
}

/// A class of the levels that a column has.
fn class_of(levels: Option<&[String]>, place: Span) -> Option<Fix> {
    const MOST_LEVELS: usize = 20;
    let levels = levels.filter(|levels| (2..=MOST_LEVELS).contains(&levels.len()))?;
    let cells: Vec<String> = levels.iter().map(|level| repair::cell(level)).collect();
    Some(repair::written(place, &format!("class{{{}}}", cells.join(", "))))
}

fn type_mismatch<T>(e: &mut Evaluator<'_>, declared: &Declared, source: Span, what: &str, types: &str) -> Eval<T> {
    e.fail(
        Diagnostic::error(Code::InputType, declared.span, format!("`{}` cannot be read from {what}", declared.word))
            .also(source, "read here")
            .hint(format!("declare it as {types}")),
    )
}

fn image(
    e: &mut Evaluator<'_>,
    declared: &Declared,
    parts: &CallParts<'_>,
    steps: &[&Expr],
    cohort: Option<&str>,
) -> Eval<(InputSource, Vec<usize>)> {
    let (kind, axes) = match declared.word.as_str() {
        "volume" => (SpatialKind::Volume, 4),
        // A mask in the plane goes with slices: it is cut as they are.
        "mask" if declared.shape.as_ref().is_some_and(|shape| shape.len() == 2) => (SpatialKind::Slices, 2),
        "mask" => (SpatialKind::Volume, 3),
        "image" => (SpatialKind::Image, 3),
        "slices" => (SpatialKind::Slices, 3),
        _ => {
            return type_mismatch(
                e,
                declared,
                parts.span,
                "an image",
                "volume[1, 64, 64, 64], image[..], slices[..] or mask[..]{..}",
            );
        }
    };
    let mut reader = Reader::of(parts);
    let Some((pattern, _)) = reader.text(e, "pattern")? else {
        return reader.missing(e, "pattern", "for example image(\"anat/*_T1w.nii.gz\")");
    };
    let any_spacing = reader.word(e, "spacing", &["any"])?.is_some();
    reader.finish(e)?;
    let written = steps;
    let steps = steps.iter().map(|s| image_step(e, s, cohort)).collect::<Eval<Vec<ImageStep>>>()?;
    centred::in_order(e, written, &steps)?;
    let Some(shape) = &declared.shape else {
        return e.fail(
            Diagnostic::error(Code::InputType, declared.span, format!("`{}` needs its shape", declared.word)).hint(
                match declared.word.as_str() {
                    "mask" => "in voxels, before the levels: mask[64, 64, 64]{rest, lesion}",
                    _ => "channels first, for example volume[1, 64, 64, 64]",
                },
            ),
        );
    };
    let known: Option<Vec<usize>> = shape.iter().copied().collect();
    let Some(shape) = known else {
        return e.fail(
            Diagnostic::error(
                Code::UnknownWidth,
                declared.span,
                "the axes of an image are numbers: images are brought to them by cropping and padding",
            )
            .hint("write the numbers: volume[1, 64, 64, 64]"),
        );
    };
    if shape.len() != axes {
        let order = match (axes, declared.word.as_str()) {
            (4, _) => "[channels, x, y, z]",
            (_, "mask") => "[x, y, z], or 2 where it is cut into slices",
            _ => "[channels, height, width]",
        };
        let message = format!("`{}` has {axes} axes, {order}; found {}", declared.word, show_shape(&shape));
        if shape.len() == axes + 1 && declared.word != "mask" {
            let now = format!("{}{}", declared.word, show_shape(&shape[1..]));
            return e.fail(
                Diagnostic::error(Code::InputType, declared.span, message)
                    .hint(format!("the batch is left out: {now}"))
                    .repair(repair::shape_of(e.sources, declared.span, &shape[1..])),
            );
        }
        let volume = (declared.word == "volume" && shape.len() == 3).then(|| [&[1], &shape[..]].concat());
        let fix = volume.map(|shape| repair::shape_of(e.sources, declared.span, &shape));
        return e.fail(Diagnostic::error(Code::InputType, declared.span, message).repairs(fix).hint(format!(
            "for example {}",
            match (axes, declared.word.as_str()) {
                (4, _) => "volume[1, 64, 64, 64]: a scan has one channel",
                (_, "mask") => "mask[64, 64, 64]{rest, lesion}",
                _ => "image[1, 128, 128]",
            }
        )));
    }
    let made = channels(&steps).unwrap_or(1);
    if declared.word != "mask" && shape[0] != made {
        let message =
            format!("the image has {made} channel{}, the type says {}", if made == 1 { "" } else { "s" }, shape[0]);
        if shape.last() == Some(&made) {
            let mut first = shape.clone();
            first.rotate_right(1);
            return e.fail(
                Diagnostic::error(Code::InputType, declared.span, message)
                    .also(parts.span, "read here")
                    .hint(format!("channels come first: {}{}", declared.word, show_shape(&first)))
                    .repair(repair::shape_of(e.sources, declared.span, &first).certain()),
            );
        }
        return e.fail(
            Diagnostic::error(Code::InputType, declared.span, message)
                .also(parts.span, "read here")
                .hint("a scan has 1 channel; `labels(..)` makes one a label, `adjacent(n)` makes n")
                .repair(repair::shape_of(e.sources, declared.span, &[&[made], &shape[1..]].concat())),
        );
    }
    Ok((InputSource::Image { pattern, kind, steps, any_spacing }, shape))
}

/// The tables an input is read from: its cohort's, or all.
pub(super) fn tables(e: &mut Evaluator<'_>, cohort: Option<&str>) -> Eval<Tables> {
    let mut read = Vec::new();
    for c in e.cohorts.iter().filter(|c| cohort.is_none_or(|name| name == c.name)) {
        match e.tables.of(c) {
            Ok(summary) => read.push((c.name.clone(), summary)),
            Err(problem) => return Ok(Tables::Unknown(problem.message.clone())),
        }
    }
    let declared = |d: &crate::compile::unit::Declared| matches!(d.declaration.kind, DeclarationKind::Cohort { .. });
    if !read.is_empty() {
        Ok(Tables::Known(read))
    } else if e.unit.declarations.iter().any(declared) {
        // The cohorts are broken, which was told.
        Err(Reported)
    } else {
        Ok(Tables::Unknown("there is no cohort".into()))
    }
}

fn table(
    e: &mut Evaluator<'_>,
    name: &Name,
    declared: &Declared,
    parts: &CallParts<'_>,
    steps: &[&Expr],
    cohort: Option<&str>,
) -> Eval<(InputSource, Vec<usize>)> {
    if matches!(declared.word.as_str(), "class" | "real")
        && let [Argument { name: None, value }] = parts.arguments
        && let ExprKind::Name(column) = &value.kind
    {
        let cohort = cohort.map_or_else(String::new, |c| format!("{c}."));
        let message = format!("`{}` cannot be read from columns", declared.word);
        return e.fail(
            Diagnostic::error(Code::InputType, declared.span, message)
                .also(parts.span, "read here")
                .hint(format!("a single column is read so: {cohort}column(\"{column}\")"))
                .repair(repair::written(parts.span, &format!("{cohort}column(\"{column}\")")).certain()),
        );
    }
    if declared.word != "vector" {
        return type_mismatch(e, declared, parts.span, "columns", "vector[n]");
    }
    let tables = tables(e, cohort)?;
    let mut reader = Reader::of(parts);
    let written = match declared.shape.as_deref() {
        Some([width]) => *width,
        _ => None,
    };
    let mut beside = Beside::default();
    let (specs, missing) = columns(e, &mut reader, steps, &tables, written.is_some(), &mut beside)?;
    reader.finish(e)?;
    // The input that is being declared is the next one.
    let input = e.inputs.len();
    e.covariates.extend(beside.covariates.into_iter().map(|read| (input, read)));
    let found = match written {
        Some(width) if specs.iter().any(|s| matches!(s.select, ColumnSelector::Matching(_))) => width,
        _ => width(&specs, &missing),
    };
    match declared.shape.as_deref() {
        Some([None]) => {}
        Some([Some(n)]) if *n == found => {}
        Some([Some(n)]) => {
            let shown: Vec<String> = specs
                .iter()
                .take(6)
                .map(|s| match &s.select {
                    ColumnSelector::Name(n) => n.clone(),
                    _ => String::new(),
                })
                .collect();
            let more = if specs.len() > 6 { ", .." } else { "" };
            return e.fail(
                Diagnostic::error(
                    Code::WidthMismatch,
                    declared.span,
                    format!("`{}` is declared with {n} columns, the selection gives {found}", name.text),
                )
                .also(parts.span, format!("these are {}{more}", shown.join(", ")))
                .hint(format!(
                    "write vector[{found}], or vector[_] to take what there is; one-hot and flags count as columns"
                ))
                .repair(repair::shape_of(e.sources, declared.span, &[found])),
            );
        }
        _ => {
            return e.fail(
                Diagnostic::error(Code::InputType, declared.span, "a vector has one axis: vector[64], or vector[_]")
                    .hint("images have more axes: volume[1, 64, 64, 64] is read by c.image(..)"),
            );
        }
    }
    Ok((InputSource::Columns { columns: specs, missing }, vec![found]))
}

fn column(
    e: &mut Evaluator<'_>,
    declared: &Declared,
    parts: &CallParts<'_>,
    steps: &[&Expr],
    (cohort, is_target): (Option<&str>, bool),
) -> Eval<(InputSource, Vec<usize>)> {
    if !matches!(declared.word.as_str(), "class" | "real") {
        return type_mismatch(e, declared, parts.span, "a single column", "class{A, B} or real");
    }
    let steps = target::steps(e, steps, &declared.word, is_target)?;
    let mut reader = Reader::of(parts);
    let Some(expr) = reader.positional("column") else {
        return reader.missing(e, "column", "for example column(\"diagnosis\")");
    };
    let name = super::column::column_name(e, expr)?;
    reader.finish(e)?;
    if let Tables::Known(tables) = tables(e, cohort)? {
        for (cohort, table) in &tables {
            let Some(summary) = table.column(&name) else { return unknown_column(e, cohort, table, &name, expr.span) };
            if declared.word == "real" && !summary.numeric {
                return e.fail(
                    Diagnostic::error(
                        Code::InputType,
                        declared.span,
                        format!("column `{name}` of `{cohort}` holds text{}", in_line(summary)),
                    )
                    .also(expr.span, "read here")
                    .hint("declare it as a class: class{A, B}")
                    .repairs(class_of(summary.levels.as_deref(), declared.span)),
                );
            }
            if let (true, Some(levels)) = (declared.word == "class", &summary.levels)
                && let Some(lost) = declared.levels.iter().find(|l| !levels.contains(l))
            {
                let shown = levels.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
                let left: Vec<&str> =
                    levels.iter().filter(|l| !declared.levels.contains(l)).map(String::as_str).collect();
                let place = repair::word_in(e.sources, declared.span, lost);
                let left = place.map_or_else(Vec::new, |place| repair::one_of(lost, &left, place));
                return e.fail(
                    Diagnostic::error(
                        Code::InputType,
                        declared.span,
                        format!("nobody in `{cohort}` has {name} = {lost}"),
                    )
                    .also(expr.span, "read here")
                    .hint(format!("the column has {shown}"))
                    .repairs(left),
                );
            }
        }
    }
    Ok((InputSource::Column { column: name, steps }, Vec::new()))
}

/// `given()`: `fascicle apply` is handed the values, in any shape.
fn given(
    e: &mut Evaluator<'_>,
    declared: &Declared,
    parts: &CallParts<'_>,
    steps: &[&Expr],
) -> Eval<(InputSource, Vec<usize>)> {
    Reader::of(parts).finish(e)?;
    if let Some(what) = parts.receiver.or(steps.first().copied()) {
        return e.fail(
            Diagnostic::error(Code::InputSource, what.span, "what is given is in no cohort and is taken as it is")
                .hint("write `= given()`, and compute in the model")
                .repair(repair::written(parts.span, "given()")),
        );
    }
    if matches!(declared.word.as_str(), "class" | "real") {
        return Ok((InputSource::Given, Vec::new()));
    }
    match declared.shape.iter().flatten().copied().collect::<Option<Vec<usize>>>() {
        Some(shape) if !shape.is_empty() => Ok((InputSource::Given, shape)),
        _ => e.fail(
            Diagnostic::error(Code::InputType, declared.span, format!("`{}` needs its shape", declared.word))
                .also(parts.span, "no table is read that could tell it")
                .hint("in numbers, without the batch: tensor[8, 16, 16]"),
        ),
    }
}
