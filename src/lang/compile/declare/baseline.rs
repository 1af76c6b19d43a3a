//! `baseline`: a classical method, what it reads, what it predicts, and on whom it is fitted.

use super::entry::{Chapter, find, names};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported, all};
use crate::compile::reader::{Reader, call_parts, unknown_entry, unknown_function};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::{InputId, Kind};
use crate::program::{Baseline, BaselineMethod, InputRole, InputSource, Stage, SvmKernel};
use fascicle_syntax::{DeclarationKind, Expr, Fix, Name, Span};

/// What a baseline can read, in an error's words.
const READS: &str = "it reads vectors (`columns(..)`), numbers and classes; groups of these, too";

/// Compiles a baseline; its model and the node of its prediction are made by the evaluator.
pub(in crate::compile) fn baseline(
    e: &mut Evaluator<'_>,
    name: &Name,
    inputs: &[Expr],
    target: &Name,
    on: &[Name],
    method: &Expr,
) -> Eval<Baseline> {
    let (read, predicted) = (read(e, name, inputs), predicted(e, target));
    let (cohorts, settings) = (all(on.iter().map(|cohort| known_cohort(e, cohort))), settings(e, method));
    let (read, predicted, cohorts, method) = (read?, predicted?, cohorts?, (settings?, method.span));
    fits(e, method, predicted, target.span)?;
    let (inputs, target) = (read.into_iter().map(|input| InputId(input as u32)).collect(), InputId(predicted as u32));
    Ok(Baseline { model: 0, inputs, target, cohorts, method: method.0 })
}

/// The inputs that are read, each once, in the order of the file.
fn read(e: &mut Evaluator<'_>, name: &Name, inputs: &[Expr]) -> Eval<Vec<usize>> {
    let mut read: Vec<usize> = Vec::new();
    all(inputs.iter().map(|expr| {
        let members = match e.eval(expr)? {
            Value::Input(input) => vec![input],
            Value::Group(group) => group.to_vec(),
            other => return e.expected("an input or a group of inputs", &other, expr.span),
        };
        for input in members.iter().copied() {
            readable(e, input, &members, expr.span)?;
            if !read.contains(&input) {
                read.push(input);
            }
        }
        Ok(())
    }))?;
    if read.is_empty() {
        let message = format!("baseline `{}` reads nothing", name.text);
        let hint = format!("name what it reads: baseline {}(thickness) -> ..; {READS}", name.text);
        let rows = (0..e.inputs.len()).filter(|input| e.inputs[*input].role != InputRole::Target && is_row(e, *input));
        let fixes: Vec<Fix> = rows
            .map(|input| repair::with_argument(e.sources, name.span, &e.inputs[input].name))
            .take(repair::FEW)
            .collect();
        return e.fail(Diagnostic::error(Code::MissingArgument, name.span, message).hint(hint).repairs(fixes));
    }
    Ok(read)
}

/// Whether an input is a row of a table: numbers or a class.
fn is_row(e: &Evaluator<'_>, input: usize) -> bool {
    let ty = &e.graph.inputs[input].ty;
    let is_row = match ty.kind {
        Kind::Tensor => ty.shape.len() <= 1,
        Kind::Class(_) => true,
        Kind::Normal | Kind::Mask(_) => false,
    };
    is_row && !matches!(e.inputs[input].source, InputSource::Image { .. })
}

/// An input is none that a baseline cannot read; `members` are those that stand for it at its place.
fn readable(e: &mut Evaluator<'_>, input: usize, members: &[usize], span: Span) -> Eval<()> {
    let spec = &e.inputs[input];
    let (name, declared) = (spec.name.clone(), e.input_spans[input]);
    if spec.role == InputRole::Target {
        return e.fail(
            Diagnostic::error(Code::TargetRead, span, format!("`{name}` is a target: a baseline cannot read it"))
                .also(declared, "declared here")
                .hint("declare it as a `condition` if it is known in use")
                .repairs(repair::without_item(e.sources, span)),
        );
    }
    if is_row(e, input) {
        return Ok(());
    }
    let ty = &e.graph.inputs[input].ty;
    let rows: Vec<&str> = members.iter().filter(|m| is_row(e, **m)).map(|m| e.inputs[*m].name.as_str()).collect();
    let fix = match rows.is_empty() {
        true => repair::without_item(e.sources, span),
        false => Some(repair::written(span, &rows.join(", "))),
    };
    let message = format!("a baseline cannot read `{name}`, which is {ty} of each person");
    e.fail(
        Diagnostic::error(Code::BaselineInput, span, message)
            .also(declared, "declared here")
            .hint(format!("{READS}; of an image a model makes numbers"))
            .repairs(fix),
    )
}

/// The target: a number or a class.
fn predicted(e: &mut Evaluator<'_>, target: &Name) -> Eval<usize> {
    let input = match e.name(&target.text, target.span)? {
        Value::Input(input) if e.inputs[input].role != InputRole::Condition => input,
        other => return e.expected("a target", &other, target.span),
    };
    let ty = &e.graph.inputs[input].ty;
    if matches!(ty.kind, Kind::Class(_)) || (ty.kind == Kind::Tensor && ty.shape.is_empty()) {
        return Ok(input);
    }
    let (message, declared) =
        (format!("a baseline predicts a number or a class, and `{}` is {ty}", target.text), e.input_spans[input]);
    let others = e.inputs.iter().zip(&e.graph.inputs).filter(|(spec, input)| {
        let one = input.ty.kind == Kind::Tensor && input.ty.shape.is_empty();
        spec.role == InputRole::Target && (one || matches!(input.ty.kind, Kind::Class(_)))
    });
    let fixes: Vec<Fix> = others.map(|(spec, _)| repair::written(target.span, &spec.name)).take(repair::FEW).collect();
    e.fail(
        Diagnostic::error(Code::BaselineTarget, target.span, message)
            .also(declared, "declared here")
            .hint("one baseline for each number: target age: real = c.column(\"age\")")
            .repairs(fixes),
    )
}

fn known_cohort(e: &mut Evaluator<'_>, name: &Name) -> Eval<String> {
    if e.cohorts.iter().any(|cohort| cohort.name == name.text) {
        return Ok(name.text.clone());
    }
    let declared = e.unit.resolve(e.scope(), &name.text).map(|p| &e.unit.declarations[p].declaration.kind);
    if matches!(declared, Some(DeclarationKind::Cohort { .. })) || e.unit.is_broken(e.scope(), &name.text) {
        return Err(Reported);
    }
    let known: Vec<String> = e.cohorts.iter().map(|c| c.name.clone()).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    unknown_function(e, Code::UnknownName, "cohort", &name.text, name.span, &known)
}

/// The method with its settings: numbers of the file, and `param`s, which a sweep can vary.
fn settings(e: &mut Evaluator<'_>, method: &Expr) -> Eval<BaselineMethod> {
    let Some(parts) = call_parts(method).filter(|parts| parts.receiver.is_none()) else {
        let message = format!("expected a method: {}", names(Chapter::Baseline).join(", "));
        return e.fail(
            Diagnostic::error(Code::WrongArgument, method.span, message)
                .hint("for example ridge(strength: 1.0)")
                .repair(repair::written(method.span, "ridge(strength: 1.0)")),
        );
    };
    let Some(entry) = find(Chapter::Baseline, parts.name) else {
        return unknown_entry(e, Code::UnknownName, Chapter::Baseline, parts.name, parts.name_span);
    };
    let mut reader = Reader::by(&parts, entry);
    let method = match parts.name {
        "ridge" => BaselineMethod::Ridge { strength: reader.number(e, "strength")? },
        "elastic_net" => BaselineMethod::ElasticNet {
            strength: reader.number(e, "strength")?,
            mixture: reader.number(e, "mixture")?,
        },
        "logistic" => BaselineMethod::Logistic { strength: reader.number(e, "strength")? },
        "svm" => {
            let strength = reader.number(e, "strength")?;
            let kernel = match reader.choice(e, "kernel")? {
                "linear" => SvmKernel::Linear,
                _ => SvmKernel::Gaussian,
            };
            let width = reader.named_real(e, "width", 1e-9, 1e9)?;
            BaselineMethod::Svm { strength, kernel, width, epsilon: reader.number(e, "epsilon")? }
        }
        "decision_tree" => {
            BaselineMethod::DecisionTree { depth: depth(e, &mut reader)?, leaf: reader.whole(e, "leaf")? }
        }
        "random_forest" => BaselineMethod::RandomForest {
            trees: reader.whole(e, "trees")?,
            depth: depth(e, &mut reader)?,
            leaf: reader.whole(e, "leaf")?,
            columns: reader.named_real(e, "columns", 0.0, 1.0)?,
        },
        // The last of the table: `nearest`.
        _ => BaselineMethod::Nearest {
            neighbours: reader.whole(e, "neighbours")?,
            by_distance: reader.choice(e, "weights")? == "distance",
        },
    };
    reader.finish(e)?;
    Ok(method)
}

fn depth(e: &mut Evaluator<'_>, reader: &mut Reader<'_>) -> Eval<Option<usize>> {
    reader.named_count(e, "depth", 1)
}

/// Whether the method predicts what the target is.
fn fits(e: &mut Evaluator<'_>, (method, place): (BaselineMethod, Span), target: usize, span: Span) -> Eval<()> {
    let is_class = matches!(e.graph.inputs[target].ty.kind, Kind::Class(_));
    let (does, others, found): (_, fn(BaselineMethod) -> bool, _) = match is_class {
        true => (method.predicts_classes(), BaselineMethod::predicts_classes, "a class"),
        false => (method.predicts_numbers(), BaselineMethod::predicts_numbers, "a number"),
    };
    if does {
        return Ok(());
    }
    let (name, declared) = (e.inputs[target].name.clone(), e.input_spans[target]);
    let (own, wanted) = if is_class { ("numbers", "classes") } else { ("classes", "numbers") };
    let known: Vec<&str> = EVERY_METHOD.iter().filter(|method| others(**method)).map(|method| method.name()).collect();
    let message = format!("`{}` predicts {own}, and `{name}` is {found}", method.name());
    e.fail(
        Diagnostic::error(Code::BaselineTarget, place, message)
            .also(span, "predicted here")
            .also(declared, "declared here")
            .hint(format!("for {wanted}: {}", known.join(", ")))
            .repairs(known.iter().map(|name| repair::written(place, &format!("{name}()"))).collect::<Vec<_>>()),
    )
}

/// One of each, whatever its settings.
const EVERY_METHOD: [BaselineMethod; 7] = [
    BaselineMethod::Ridge { strength: 1.0 },
    BaselineMethod::ElasticNet { strength: 1.0, mixture: 0.5 },
    BaselineMethod::Logistic { strength: 1.0 },
    BaselineMethod::Svm { strength: 1.0, kernel: SvmKernel::Gaussian, width: None, epsilon: 0.1 },
    BaselineMethod::DecisionTree { depth: None, leaf: 1 },
    BaselineMethod::RandomForest { trees: 100, depth: None, leaf: 1, columns: None },
    BaselineMethod::Nearest { neighbours: 5, by_distance: false },
];

/// On whom baselines are fitted that do not say it: on those who train the stages. Stages that train on different cohorts leave
/// it open.
pub(in crate::compile) fn cohorts(e: &mut Evaluator<'_>, stages: &[Stage]) -> Eval<()> {
    let Some(first) = stages.first() else { return Ok(()) };
    let other = stages.iter().find(|stage| stage.cohorts != first.cohorts);
    all((0..e.baselines.len()).filter(|at| e.baselines[*at].cohorts.is_empty()).collect::<Vec<_>>().into_iter().map(
        |at| {
            let Some(other) = other else {
                e.baselines[at].cohorts.clone_from(&first.cohorts);
                return Ok(());
            };
            let model = e.baselines[at].model;
            let (name, target) = (e.models[model].name.clone(), e.inputs[e.baselines[at].target.index()].name.clone());
            let (span, shown) = (e.model_spans[model], |stage: &Stage| match stage.cohorts.as_slice() {
                [] => "every cohort".to_owned(),
                cohorts => format!("`{}`", cohorts.join(", ")),
            });
            let message = format!(
                "baseline `{name}` does not say on whom it is fitted: the stage of `{}` trains on {}, that of `{}` on {}",
                first.name,
                shown(first),
                other.name,
                shown(other)
            );
            let own: Vec<String> = stages.iter().flat_map(|stage| stage.cohorts.iter().cloned()).collect();
            let arrow = e.sources.get(span.source).and_then(|s| {
                let at = span.end as usize + s.text.get(span.end as usize..)?.find("->")?;
                repair::word_in(e.sources, Span { start: at as u32, end: s.text.len() as u32, ..span }, &target)
            });
            let on: Vec<Fix> = arrow.map_or_else(Vec::new, |place| {
                let end = Span { start: place.end, ..place };
                own.iter().map(|name| Fix::new(format!("add `on {name}`"), end, format!(" on {name}"))).collect()
            });
            let cohort = first.cohorts.first().or(other.cohorts.first()).cloned().unwrap_or_default();
            e.fail(
                Diagnostic::error(Code::MissingArgument, span, message)
                    .hint(format!("name the cohort: baseline {name}(..) -> {target} on {cohort} = ..")).repairs(on),
            )
        },
    ))?;
    Ok(())
}
