//! `score`: what is measured of which output, on whom.

use super::metric::{asked_metric, fits_image};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::frameworks::{Place, suggest};
use crate::compile::value::Value;
use crate::graph::{InputId, Kind};
use crate::program::{Metric, Protocol, ProtocolKind, Score, ScorePair, Subset};
use fascicle_syntax::{Argument, DeclarationKind, Expr, ExprKind, Name, Span};

/// Compiles a score.
pub(in crate::compile) fn score(
    e: &mut Evaluator<'_>,
    of: &Expr,
    on: Option<&Name>,
    items: &[Argument],
    protocol: &Protocol,
) -> Eval<Score> {
    let outputs = e.output_members(of);
    let on = subset(e, on, protocol);
    let mut metrics = Vec::new();
    let mut against = None;
    let mut left_out: Vec<(usize, Span)> = Vec::new();
    all(items.iter().map(|item| match &item.name {
        Some(name) if name.text == "against" => match e.eval(&item.value)? {
            Value::Input(input) => {
                against = Some(input);
                Ok(())
            }
            other => e.expected("an input", &other, item.value.span),
        },
        Some(name) if name.text == "without" => {
            left_out = without(e, &item.value)?;
            Ok(())
        }
        Some(name) => {
            let message = format!("a score has no option `{}`", name.text);
            e.fail(
                Diagnostic::error(Code::UnknownArgument, name.span, message)
                    .hint("it has `against` and `without`: score m: mse, against: t1, without: each of mri"),
            )
        }
        None => {
            metrics.push(asked_metric(e, &item.value)?);
            Ok(())
        }
    }))?;
    let ((model, output, members), on) = (outputs?, on?);
    let mut pairs = Vec::with_capacity(members.len());
    for (key, node) in &members {
        let truth = match against {
            Some(input) => input,
            None => truth(e, model, &output, key, of)?,
        };
        let truth = InputId(truth as u32);
        pairs.push(ScorePair { key: key.clone(), prediction: *node, truth, without: None });
        e.read.insert(*node);
    }
    let complete = pairs.clone();
    for (input, span) in left_out {
        let without = InputId(input as u32);
        dispensable(e, without, &complete, span)?;
        let name = &e.inputs[input].name;
        pairs.extend(complete.iter().map(|pair| ScorePair {
            key: match pair.key.as_str() {
                "" => format!("without {name}"),
                key => format!("{key}, without {name}"),
            },
            without: Some(without),
            ..pair.clone()
        }));
    }
    if let Some(pair) = pairs.first() {
        let truth = &e.graph.inputs[pair.truth.index()];
        let classes = matches!(truth.ty.kind, Kind::Class(_));
        let name = truth.name.clone();
        for (metric, span) in &metrics {
            let fits = if metric.is_of_classes() { classes } else { !classes || *metric == Metric::Dice };
            if !fits {
                let what = if classes { "classes" } else { "numbers" };
                let declared = e.input_spans[pair.truth.index()];
                let hint = if classes {
                    "for classes: accuracy, balanced_accuracy, f1, auc"
                } else {
                    "for numbers: mae, mse, r2, pearson"
                };
                return e.fail(
                    Diagnostic::error(
                        Code::MetricKind,
                        *span,
                        format!("`{}` does not measure {what}, and `{name}` holds {what}", metric.name()),
                    )
                    .also(declared, "declared here")
                    .hint(hint),
                );
            }
        }
        for pair in &pairs {
            shapes_agree(e, pair, of)?;
            for (metric, span) in &metrics {
                fits_image(e, *metric, *span, pair)?;
            }
        }
    }
    let spelled = e.sources.text(of.span).to_string();
    Ok(Score { of: spelled, model, pairs, metrics: metrics.into_iter().map(|(m, _)| m).collect(), on, ensemble: None })
}

/// `without: t1`, `without: [t1, t2]`, `without: each of mri`: inputs, each to be left out in its turn.
fn without(e: &mut Evaluator<'_>, expr: &Expr) -> Eval<Vec<(usize, Span)>> {
    if let ExprKind::Phrase(words) = &expr.kind {
        if let [each, of, group] = words.as_slice()
            && each.text == "each"
            && of.text == "of"
        {
            let value = e.name(&group.text, group.span)?;
            return match value {
                Value::Group(inputs) => Ok(inputs.iter().map(|input| (*input, group.span)).collect()),
                other => e.expected("a group", &other, group.span),
            };
        }
        let text = e.sources.text(expr.span).to_string();
        return e.fail(
            Diagnostic::error(Code::WrongArgument, expr.span, format!("`without` cannot be `{text}`"))
                .hint("write `without: each of GROUP`, or name an input: `without: t1`"),
        );
    }
    match e.eval(expr)? {
        Value::Input(input) => Ok(vec![(input, expr.span)]),
        Value::List(items) => all(items.iter().map(|item| match item {
            Value::Input(input) => Ok((*input, expr.span)),
            other => e.expected("an input", other, expr.span),
        })),
        Value::Group(_) => {
            let text = e.sources.text(expr.span).to_string();
            e.fail(
                Diagnostic::error(Code::WrongArgument, expr.span, "without a whole group there is nothing to go by")
                    .hint(format!("leave out one after the other: `without: each of {text}`")),
            )
        }
        other => e.expected("an input, or `each of` a group", &other, expr.span),
    }
}

/// Whether people who lack an input still have the outputs.
fn dispensable(e: &mut Evaluator<'_>, input: InputId, pairs: &[ScorePair], span: Span) -> Eval<()> {
    let name = e.inputs[input.index()].name.clone();
    let declared = e.input_spans[input.index()];
    if !e.inputs[input.index()].optional {
        return e.fail(
            Diagnostic::error(Code::NotLeftOut, span, format!("`{name}` cannot be left out: nobody is without it"))
                .also(declared, "declared without `?`")
                .hint(format!("declare it as one that may be absent: `modality {name}: ..? = ..`")),
        );
    }
    if let Some(needs) = pairs.iter().find(|pair| e.ty(pair.prediction).presence.contains(&input)) {
        let origin = e.origin(needs.prediction);
        let message = format!("without `{name}` nobody has the output");
        return e.fail(
            Diagnostic::error(Code::NotLeftOut, span, message)
                .also(origin, format!("is there for those who have `{name}` alone"))
                .hint(format!("pool over the family, or say what stands in for it: `{name} ?? zeros`")),
        );
    }
    Ok(())
}

fn shapes_agree(e: &mut Evaluator<'_>, pair: &ScorePair, of: &Expr) -> Eval<()> {
    let truth = e.graph.inputs[pair.truth.index()].ty.clone();
    let found = e.ty(pair.prediction).clone();
    let fits = match &truth.kind {
        Kind::Class(levels) => found.shape == [levels.len()],
        Kind::Mask(levels) => found.shape.first() == Some(&levels.len()),
        _ if truth.shape.is_empty() => found.shape.is_empty() || found.shape == [1],
        _ => found.shape == truth.shape,
    };
    if fits {
        return Ok(());
    }
    let declared = e.input_spans[pair.truth.index()];
    let origin = e.origin(pair.prediction);
    let name = e.graph.inputs[pair.truth.index()].name.clone();
    e.fail(
        Diagnostic::error(
            Code::ShapeMismatch,
            of.span,
            format!("the output is {found}, its truth `{name}` is {truth}"),
        )
        .also(origin, format!("this is {found}"))
        .also(declared, format!("this is {truth}"))
        .hint("say what it is compared to: `score x: mse, against: y`"),
    )
}

/// What an output is compared to: the input it is named after, or the model's target.
fn truth(e: &mut Evaluator<'_>, model: usize, output: &str, key: &str, of: &Expr) -> Eval<usize> {
    // In pairs the second names the truth: `drawn[i, j]` has i's shape in j's contrast.
    let name = key.rsplit(", ").next().unwrap_or(key);
    if let Some(input) = e.inputs.iter().position(|i| i.name == name) {
        return Ok(input);
    }
    if let Some(target) = e.models[model].target {
        return Ok(target.index());
    }
    // An output that is called like an input is its reconstruction.
    if let Some(input) = e.inputs.iter().position(|i| i.name == output) {
        return Ok(input);
    }
    e.fail(
        Diagnostic::error(Code::MissingArgument, of.span, "what is this compared to?")
            .hint("give the model a target (`model m(..) -> diagnosis`) or write `score m: mse, against: t1`"),
    )
}

/// The subset a score is taken on: the test subjects unless it says otherwise.
pub(in crate::compile) fn subset(e: &mut Evaluator<'_>, on: Option<&Name>, protocol: &Protocol) -> Eval<Subset> {
    let Some(name) = on else { return Ok(tested(protocol)) };
    subset_named(e, &name.text, name.span, protocol)
}

/// Who tests: the test subjects, or those held out where the protocol lets them test.
fn tested(protocol: &Protocol) -> Subset {
    if protocol.kind.tests_on_holdout() { Subset::Holdout } else { Subset::Test }
}

pub(in crate::compile) fn subset_named(
    e: &mut Evaluator<'_>,
    word: &str,
    span: fascicle_syntax::Span,
    protocol: &Protocol,
) -> Eval<Subset> {
    let known = ["test", "validation", "training", "holdout"];
    let subset = match word {
        "test" => tested(protocol),
        "validation" => Subset::Validation,
        "training" => Subset::Training,
        "holdout" => Subset::Holdout,
        other => {
            let mut diagnostic =
                Diagnostic::error(Code::SubsetUnknown, span, format!("there are no `{other}` subjects"));
            let declared = e.unit.resolve(e.scope(), other).map(|p| &e.unit.declarations[p].declaration.kind);
            let hint = if let Some(DeclarationKind::Cohort { name, .. }) = declared {
                diagnostic = diagnostic.also(name.span, "this is a cohort");
                "`on` says which part of a division: test, validation, training or holdout".to_string()
            } else {
                suggest(other, &known, Place::Value).unwrap_or_else(|| format!("there is {}", known.join(", ")))
            };
            return e.fail(diagnostic.hint(hint));
        }
    };
    let missing = match (&protocol.kind, subset) {
        (ProtocolKind::KFold { holdout, .. }, Subset::Holdout) if *holdout == 0 => {
            Some("the protocol keeps nobody out of the folds; write kfold(5, holdout: 100)")
        }
        (ProtocolKind::LeaveOut { .. }, Subset::Holdout) => {
            Some("each level is left out once, and nobody of all of them: use `on test`")
        }
        (ProtocolKind::Holdout { .. }, Subset::Holdout) => {
            Some("a single division has training, validation and test subjects: use `on test`")
        }
        (ProtocolKind::Holdout { test, .. }, Subset::Test) if *test <= 0.0 => {
            Some("the protocol has no test subjects; write holdout(test: 0.1)")
        }
        (kind, Subset::Validation) if !kind.validates() => {
            Some("the protocol has no validation subjects; give it `validation: 0.1`")
        }
        _ => None,
    };
    match missing {
        Some(hint) => e.fail(
            Diagnostic::error(Code::SubsetUnknown, span, format!("the protocol makes no `{word}` subjects")).hint(hint),
        ),
        None => Ok(subset),
    }
}
