//! What is by subject: fields of analyses, columns of tables, outputs of models; as numbers or as groups.

use super::people::cohort;
use super::{Context, functions};
use crate::compile::code::Code;
use crate::compile::declare::column::{self, unknown_column};
use crate::compile::declare::described;
use crate::compile::declare::input::tables;
use crate::compile::declare::together::Beside;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::reader::{Reader, call_parts};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::Kind;
use crate::program::{Analysis, Argument, Covariate, CovariateKind, FieldType, InputRole, InputSource};
use fascicle_syntax::{BinaryOp, DeclarationKind, Expr, ExprKind, Fix, Name, Span, nearest};

/// Something by subject, and what it is; `None`: numbers that may also stand for groups, as those of a column.
struct Found {
    argument: Argument,
    answer: Option<FieldType>,
}

/// `deviation.z`, `patients.adas13`, `people.columns(/^lh_/)`, a target, an output: numbers.
pub(super) fn numbers(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    let found = found(e, expr, context)?;
    as_numbers(e, expr, context, found)
}

fn as_numbers(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>, found: Found) -> Eval<Argument> {
    let function = context.function.name;
    match found.answer {
        None | Some(FieldType::Real | FieldType::Vector | FieldType::Columns) => Ok(found.argument),
        Some(FieldType::Labels) => {
            let spelled = e.sources.text(expr.span).to_owned();
            let message = format!("`{spelled}` gives groups, and `{function}` needs numbers here");
            e.fail(
                Diagnostic::error(Code::KindMismatch, expr.span, message)
                    .hint(format!("groups stand behind `by`: kruskal_wallis(x by {spelled})")),
            )
        }
        Some(FieldType::Maps) => {
            let spelled = e.sources.text(expr.span).to_owned();
            let message = format!("`{spelled}` is a map for every subject, and `{function}` needs numbers here");
            e.fail(
                Diagnostic::error(Code::KindMismatch, expr.span, message)
                    .hint(format!("maps are tested voxel by voxel: mann_whitney({spelled} by diagnosis)")),
            )
        }
        Some(other) => {
            let what = other.describe();
            let message =
                format!("`{}` is {what}, and `{function}` needs numbers by subject", e.sources.text(expr.span));
            e.fail(
                Diagnostic::error(Code::KindMismatch, expr.span, message)
                    .hint("numbers by subject are columns, outputs of models, and fields such as `deviation.z`"),
            )
        }
    }
}

/// `regions.t`: a number for every column.
pub(super) fn columnwise(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    let found = found(e, expr, context)?;
    if let (Argument::Result { .. }, Some(FieldType::Columns)) = (&found.argument, found.answer) {
        return Ok(found.argument);
    }
    let what = found.answer.map_or("numbers by subject", FieldType::describe);
    let (spelled, function) = (e.sources.text(expr.span).to_owned(), context.function.name);
    let message = format!("`{spelled}` is {what}, and `{function}` needs a number for every column");
    e.fail(
        Diagnostic::error(Code::KindMismatch, expr.span, message)
            .hint("name a field of an analysis that is by column: regions.t, often.share"),
    )
}

/// As [`numbers`], or maps of an analysis: `saliency`, `saliency[t1].maps`.
pub(super) fn tested(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    let found = found(e, expr, context)?;
    match (found.answer, found.argument) {
        (Some(FieldType::Maps), argument) => Ok(argument),
        (answer, argument) => as_numbers(e, expr, context, Found { argument, answer }),
    }
}

/// A class, a column, `HC vs AD`, or what an analysis divided people into; or one of `words`.
pub(super) fn groups(
    e: &mut Evaluator<'_>,
    expr: &Expr,
    words: &'static [&'static str],
    context: &Context<'_>,
) -> Eval<Argument> {
    if let ExprKind::Name(word) = &expr.kind
        && words.contains(&word.as_str())
        && e.unit.resolve(e.scope(), word).is_none()
    {
        return Ok(Argument::Word(word.clone()));
    }
    if let ExprKind::Binary { op: BinaryOp::Versus, left, right } = &expr.kind {
        return versus(e, left, right, expr.span);
    }
    let found = found(e, expr, context)?;
    if matches!(found.answer, None | Some(FieldType::Labels)) {
        return Ok(found.argument);
    }
    let hint = match words {
        [] => "a class, or a column with few values: kruskal_wallis(deviation.mean by patients.stage)".to_owned(),
        words => format!("a class or a column with few values, or {}", words.join(", ")),
    };
    let spelled = e.sources.text(expr.span).to_owned();
    let what = found.answer.map_or("", FieldType::describe);
    let fixes: Vec<Fix> = known_groups(e).iter().map(|groups| repair::written(expr.span, groups)).collect();
    e.fail(
        Diagnostic::error(Code::KindMismatch, expr.span, format!("`{spelled}` is {what}, and groups are needed"))
            .hint(hint)
            .repairs(fixes),
    )
}

/// What divides people into groups in this file: its classes that are read from a column.
pub(super) fn known_groups(e: &Evaluator<'_>) -> Vec<String> {
    let inputs = e.inputs.iter().zip(&e.graph.inputs);
    let classes = inputs.filter(|(spec, input)| {
        matches!(input.ty.kind, Kind::Class(_)) && matches!(spec.source, InputSource::Column { .. })
    });
    classes.map(|(spec, _)| spec.name.clone()).take(repair::FEW).collect()
}

/// `HC vs AD`: two classes of one input, the first against the second.
fn versus(e: &mut Evaluator<'_>, left: &Expr, right: &Expr, span: Span) -> Eval<Argument> {
    let (first, second) = (level(e, left)?, level(e, right)?);
    let of_both = |input: &crate::program::InputSpec| input.levels.contains(&first) && input.levels.contains(&second);
    let Some(input) = e.inputs.iter().find(|input| of_both(input)) else {
        if an_input_is_broken(e, span) {
            return Err(Reported);
        }
        let known: Vec<&str> = e.inputs.iter().flat_map(|i| i.levels.iter().map(String::as_str)).collect();
        let hint = match [&first, &second].iter().find(|level| !known.contains(&level.as_str())) {
            Some(unknown) => match nearest(unknown, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "declare a class: target diagnosis: class{A, B} = ..".to_owned(),
                None => format!("there is {}", known.join(", ")),
            },
            None => "both must be classes of one target".to_owned(),
        };
        let sides = [(&first, left.span), (&second, right.span)];
        let unknown = sides.into_iter().find(|(level, _)| !known.contains(&level.as_str()));
        let fix = unknown.and_then(|(level, place)| repair::meant(level, &known, place));
        let message = format!("no class has both `{first}` and `{second}`");
        return e.fail(Diagnostic::error(Code::UnknownName, span, message).hint(hint).repairs(fix));
    };
    match &input.source {
        InputSource::Column { column, .. } => {
            Ok(Argument::Column { cohort: input.cohort.clone(), column: column.clone(), levels: vec![first, second] })
        }
        _ => e.fail(
            Diagnostic::error(Code::KindMismatch, span, "these are levels of an image, not groups of people")
                .hint("name two classes of a target that is read from a column"),
        ),
    }
}

/// Whether an input has been told to be wrong: it may be the one with the classes that are looked for.
fn an_input_is_broken(e: &mut Evaluator<'_>, span: Span) -> bool {
    let is_input =
        |position: &usize| matches!(e.unit.declarations[*position].declaration.kind, DeclarationKind::Input { .. });
    let inputs: Vec<usize> = (0..e.unit.declarations.len()).filter(is_input).collect();
    inputs.into_iter().any(|position| e.global(position, span).is_err())
}

/// `diagnosis == HC`, or `HC` where one target has that class: the people of a class.
pub(super) fn within(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    let (of, class) = match &expr.kind {
        ExprKind::Binary { op: BinaryOp::Equal, left, right } => (Some(left.as_ref()), right.as_ref()),
        _ => (None, expr),
    };
    let wanted = level(e, class)?;
    let (argument, known) = match of {
        Some(of) => {
            let argument = groups(e, of, &[], context)?;
            let known = match &argument {
                Argument::Column { levels, cohort, column } if levels.is_empty() => {
                    let cohort = e.cohorts.iter().find(|c| Some(&c.name) == cohort.as_ref());
                    let table = cohort.and_then(|cohort| e.tables.of(cohort).ok());
                    table.and_then(|table| table.column(column)?.levels.clone())
                }
                Argument::Column { levels, .. } => Some(levels.clone()),
                _ => {
                    let message = "people are picked by a column or a target";
                    return e.fail(
                        Diagnostic::error(Code::KindMismatch, of.span, message)
                            .hint("for example: within: diagnosis == HC"),
                    );
                }
            };
            (argument, known)
        }
        None => {
            let holds = |input: &&crate::program::InputSpec| input.levels.contains(&wanted);
            let columns = e.inputs.iter().filter(holds).filter_map(|input| match &input.source {
                InputSource::Column { column, .. } => Some((input.cohort.clone(), column.clone())),
                _ => None,
            });
            match columns.collect::<Vec<_>>().as_slice() {
                [(cohort, column)] => {
                    (Argument::Column { cohort: cohort.clone(), column: column.clone(), levels: Vec::new() }, None)
                }
                _ => {
                    let message = format!("`{wanted}` is not the class of one target");
                    return e.fail(
                        Diagnostic::error(Code::UnknownName, expr.span, message)
                            .hint("name the target: within: diagnosis == HC"),
                    );
                }
            }
        }
    };
    if let Some(known) = known.filter(|known| !known.contains(&wanted)) {
        let shown: Vec<&str> = known.iter().map(String::as_str).collect();
        let hint = match nearest(&wanted, &shown) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there is {}", shown.join(", ")),
        };
        let message = format!("nobody is `{wanted}`");
        return e.fail(
            Diagnostic::error(Code::UnknownName, class.span, message)
                .hint(hint)
                .repairs(repair::one_of(&wanted, &shown, class.span)),
        );
    }
    match argument {
        Argument::Column { cohort, column, .. } => Ok(Argument::Column { cohort, column, levels: vec![wanted] }),
        other => Ok(other),
    }
}

/// As [`numbers`], or columns of which those of text, and those that go through `onehot`, are levels.
pub(super) fn described(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    if let Some(parts) = call_parts(expr)
        && parts.name == "columns"
        && matches!(expr.kind, ExprKind::Call { .. })
    {
        let of = parts.receiver.and_then(|of| cohort(e, of));
        let tables = tables(e, of.as_deref())?;
        let mut reader = Reader::of(&parts);
        let columns = described::described(e, &mut reader, &tables)?;
        reader.finish(e)?;
        return Ok(Argument::Described { cohort: of, columns });
    }
    let found = found(e, expr, context)?;
    match (found.answer, found.argument) {
        (Some(FieldType::Labels), Argument::Column { cohort, column, .. }) => {
            Ok(Argument::Described { cohort, columns: vec![Covariate { column, kind: CovariateKind::Levels }] })
        }
        (answer, argument) => as_numbers(e, expr, context, Found { argument, answer }),
    }
}

/// What a model predicts of a number, and the column that the number stands in.
pub(super) fn predicted(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<(Argument, Argument)> {
    let (model, output, members) = e.output_members(expr)?;
    let own = &e.models[model];
    let target = own.target.filter(|_| output == own.name).map(|target| &e.inputs[target.index()]);
    let column = target.filter(|spec| spec.levels.is_empty()).and_then(|spec| match &spec.source {
        InputSource::Column { column, .. } => Some((spec.cohort.clone(), column.clone())),
        _ => None,
    });
    let Some((cohort, column)) = column else {
        let spelled = e.sources.text(expr.span).to_owned();
        let (message, hint) = match target {
            Some(spec) => (
                format!("`{spelled}` predicts `{}`, which is no number of a column", spec.name),
                "of classes there is `score ..: confusion`; of images and masks scores by subject",
            ),
            None => (
                format!("`{spelled}` says not what it predicts"),
                "name the target in the model's head: model m(..) -> age, with target age: real = c.column(\"age\")",
            ),
        };
        let declared = e.model_spans[model];
        // Numbers of a column that nothing says to be predicted, of a model whose result is one number.
        let numbers = e.inputs.iter().zip(&e.graph.inputs).filter(|(spec, input)| {
            let is_number = input.ty.kind == Kind::Tensor && input.ty.shape.is_empty();
            is_number && spec.role == InputRole::Target && matches!(spec.source, InputSource::Column { .. })
        });
        let single = matches!(members.as_slice(), [(_, node)] if e.ty(*node).len() == 1);
        let place = head(e, &e.models[model].name).filter(|_| target.is_none() && single);
        let fixes: Vec<Fix> = place.map_or_else(Vec::new, |place| {
            let named = numbers.take(repair::FEW).map(|(spec, _)| spec.name.as_str());
            named.map(|name| Fix::new(format!("say that it predicts `{name}`"), place, format!(" -> {name}"))).collect()
        });
        return e.fail(
            Diagnostic::error(Code::KindMismatch, expr.span, message)
                .also(declared, "declared here")
                .hint(hint)
                .repairs(fixes),
        );
    };
    e.read.extend(members.iter().map(|(_, node)| *node));
    let truth = Argument::Column { cohort, column, levels: Vec::new() };
    Ok((Argument::Output { model, output, members }, truth))
}

/// Behind the brackets of a model's head.
fn head(e: &Evaluator<'_>, model: &str) -> Option<Span> {
    let position = e.unit.resolve(0, model)?;
    let DeclarationKind::Model { name, inputs, target: None, .. } = &e.unit.declarations[position].declaration.kind
    else {
        return None;
    };
    let from = inputs.last().map_or(name.span, |input| input.span).end;
    let text = &e.sources.get(name.span.source)?.text;
    let behind = from + text.get(from as usize..)?.find(')')? as u32 + 1;
    Some(Span { start: behind, end: behind, ..name.span })
}

fn level(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<String> {
    match &expr.kind {
        ExprKind::Name(name) => match e.lookup(name, expr.span) {
            Some(Ok(Value::Word(word))) => Ok(word.to_string()),
            _ => Ok(name.clone()),
        },
        ExprKind::Text(text) => Ok(text.clone()),
        ExprKind::Int(i) => Ok(i.to_string()),
        _ => {
            e.fail(Diagnostic::error(Code::WrongArgument, expr.span, "expected a class").hint("for example: HC vs AD"))
        }
    }
}

fn found(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Found> {
    if let Some(result) = result(e, expr, context)? {
        return Ok(result);
    }
    if let Some(parts) = call_parts(expr)
        && parts.name == "columns"
        && matches!(expr.kind, ExprKind::Call { .. })
    {
        let of = parts.receiver.and_then(|of| cohort(e, of));
        return columns(e, of.as_deref(), Reader::of(&parts), expr.span);
    }
    if let ExprKind::Field { of, name } = &expr.kind
        && let Some(cohort) = cohort(e, of)
    {
        return column(e, cohort, name);
    }
    match e.eval(expr)? {
        Value::Input(input) => of_input(e, input, expr.span, context),
        _ => output(e, expr),
    }
}

fn output(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Found> {
    let (model, output, members) = e.output_members(expr)?;
    e.read.extend(members.iter().map(|(_, n)| *n));
    let single = matches!(members.as_slice(), [(_, node)] if e.ty(*node).len() == 1);
    let answer = Some(if single { FieldType::Real } else { FieldType::Vector });
    Ok(Found { argument: Argument::Output { model, output, members }, answer })
}

fn of_input(e: &mut Evaluator<'_>, input: usize, span: Span, context: &Context<'_>) -> Eval<Found> {
    let spec = &e.inputs[input];
    if let InputSource::Column { column, .. } = &spec.source {
        let class = matches!(e.graph.inputs[input].ty.kind, Kind::Class(_));
        let argument =
            Argument::Column { cohort: spec.cohort.clone(), column: column.clone(), levels: spec.levels.clone() };
        return Ok(Found { argument, answer: Some(if class { FieldType::Labels } else { FieldType::Real }) });
    }
    let hint = match (&spec.source, &spec.cohort) {
        (InputSource::Columns { .. }, Some(cohort)) => format!("name the columns: {cohort}.columns(..)"),
        _ => "use a target, columns or an output of a model".to_owned(),
    };
    let message = format!("`{}` cannot read what is prepared for a model", context.function.name);
    e.fail(Diagnostic::error(Code::KindMismatch, span, message).hint(hint))
}

/// `people.columns(/^lh_/, age)`: several columns as they stand in the table.
fn columns(e: &mut Evaluator<'_>, cohort: Option<&str>, mut reader: Reader<'_>, span: Span) -> Eval<Found> {
    let tables = tables(e, cohort)?;
    let (specs, _) = column::columns(e, &mut reader, &[], &tables, false, &mut Beside::default())?;
    reader.finish(e)?;
    if specs.iter().any(|spec| !spec.steps.is_empty()) {
        let fix = only_step(e, span).and_then(|step| repair::without_stage(e.sources, step));
        return e.fail(
            Diagnostic::error(Code::Step, span, "an analysis reads columns as they are")
                .hint("remove the steps; what an analysis needs scaled it scales itself")
                .repairs(fix),
        );
    }
    let columns = specs.iter().flat_map(|spec| spec.select.names().to_vec()).collect();
    let argument = Argument::Columns { cohort: cohort.map(str::to_owned), columns };
    Ok(Found { argument, answer: Some(FieldType::Vector) })
}

/// The last step of a call's columns, where they have one alone.
fn only_step(e: &Evaluator<'_>, call: Span) -> Option<Span> {
    let text = e.sources.text(call);
    let at = text.find("|>").filter(|at| text.rfind("|>") == Some(*at))?;
    let rest = text.get(at + 2..)?;
    let start = at + 2 + (rest.len() - rest.trim_start().len());
    let step = text.get(start..)?;
    let end = start + step.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    // One with arguments ends behind them.
    (!text.get(end..)?.starts_with('(')).then(|| Span {
        start: call.start + start as u32,
        end: call.start + end as u32,
        ..call
    })
}

fn column(e: &mut Evaluator<'_>, cohort: String, name: &Name) -> Eval<Found> {
    let table = e.cohorts.iter().find(|c| c.name == cohort).map(|c| e.tables.of(c));
    let mut answer = None;
    if let Some(Ok(table)) = table {
        match table.column(&name.text) {
            None => return unknown_column(e, &cohort, &table, &name.text, name.span),
            Some(column) if !column.numeric => answer = Some(FieldType::Labels),
            Some(column) if column.levels.is_none() => answer = Some(FieldType::Real),
            Some(_) => {}
        }
    }
    let argument = Argument::Column { cohort: Some(cohort), column: name.text.clone(), levels: Vec::new() };
    Ok(Found { argument, answer })
}

/// `deviation.z`, `probe[t1].auc`, or `strata` for its first field; `None` where this is no analysis.
fn result(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Option<Found>> {
    let (of, field) = match &expr.kind {
        ExprKind::Field { of, name } => (of.as_ref(), Some(name)),
        _ => (expr, None),
    };
    let (root, index) = match &of.kind {
        ExprKind::Index { of: root, .. } => (root.as_ref(), Some(of)),
        _ => (of, None),
    };
    let ExprKind::Name(name) = &root.kind else { return Ok(None) };
    let declared = e.unit.resolve(e.scope(), name);
    let declared = declared.map(|position| &e.unit.declarations[position].declaration.kind);
    if !matches!(declared, Some(DeclarationKind::Analysis { .. })) {
        return Ok(None);
    }
    let analysis = member(e, name, root.span, index, context)?;
    let fields = functions::fields(analysis);
    let found = match field {
        Some(field) => fields.iter().find(|(known, _)| *known == field.text),
        // Without a field, the labels or maps that it gave.
        None => fields.iter().find(|(_, answer)| matches!(answer, FieldType::Labels | FieldType::Maps)),
    };
    if let Some((field, answer)) = found {
        let (analysis, field) = (analysis.name.clone(), (*field).to_owned());
        let argument = match answer {
            FieldType::Maps => Argument::Maps { analysis, field },
            _ => Argument::Result { analysis, field },
        };
        return Ok(Some(Found { argument, answer: Some(*answer) }));
    }
    let known = functions::field_names(analysis);
    match field {
        Some(field) => {
            let hint = match nearest(&field.text, &known) {
                Some(near) => format!("did you mean `{}.{near}`?", e.sources.text(of.span)),
                None => format!("it has {}", known.join(", ")),
            };
            let message = format!("the result of `{}` has no field `{}`", analysis.name, field.text);
            e.fail(Diagnostic::error(Code::UnknownField, field.span, message).hint(hint).repairs(repair::meant(
                &field.text,
                &known,
                field.span,
            )))
        }
        None => {
            let spelled = e.sources.text(expr.span).to_owned();
            let named: Vec<String> = known.iter().map(|field| format!("{spelled}.{field}")).collect();
            let message = format!("`{spelled}` has several answers");
            e.fail(
                Diagnostic::error(Code::UnknownField, expr.span, message)
                    .hint(format!("name one of its fields: {}", named.join(", "))),
            )
        }
    }
}

/// The analysis of this name, or the member of the family that `index` picks.
pub(super) fn member<'a>(
    e: &mut Evaluator<'_>,
    name: &str,
    span: Span,
    index: Option<&Expr>,
    context: &Context<'a>,
) -> Eval<&'a Analysis> {
    let of_name: Vec<&Analysis> = context.known.iter().filter(|a| a.is_of(name)).collect();
    let keys: Vec<&str> = of_name.iter().map(|a| a.key()).collect();
    match (of_name.as_slice(), index) {
        ([], _) => e.fail(
            Diagnostic::error(Code::Circular, span, format!("`{name}` cannot be worked out before this"))
                .hint("two analyses need each other; remove what one reads of the other"),
        ),
        ([one], None) if one.family().is_none() => Ok(one),
        ([one], Some(index)) if one.family().is_none() => e.fail(
            Diagnostic::error(Code::UnknownKey, index.span, format!("`{name}` is one analysis, not a family"))
                .hint(format!("write {name} without the brackets")),
        ),
        (_, None) => e.fail(
            Diagnostic::error(Code::KindMismatch, span, format!("`{name}` is a family of analyses"))
                .hint(format!("pick one: {name}[{}]", keys.join(&format!("], {name}["))))
                .repairs(
                    keys.iter().take(4).map(|key| repair::written(span, &format!("{name}[{key}]"))).collect::<Vec<_>>(),
                ),
        ),
        (members, Some(index)) => {
            let key = e.key_of_index(index)?;
            match members.iter().find(|a| a.key() == key) {
                Some(member) => Ok(member),
                None => e.fail(
                    Diagnostic::error(Code::UnknownKey, index.span, format!("`{name}` has no member [{key}]"))
                        .hint(format!("it has [{}]", keys.join("], ["))),
                ),
            }
        }
    }
}
