//! `score`: what is measured of which output, on whom.

use super::entry::{Chapter, names};
use super::metric::{asked_metric, fits_image};
use super::{judged, packed};
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, all};
use crate::compile::frameworks::{Place, suggest};
use crate::compile::repair;
use crate::compile::value::Value;
use crate::graph::{InputId, Kind};
use crate::program::{Metric, Predicate, Protocol, Score, ScorePair};
use fascicle_syntax::{Argument, Expr, ExprKind, Fix, Name, Span};

/// Compiles a score.
pub(in crate::compile) fn score(
    e: &mut Evaluator<'_>,
    of: &Expr,
    on: Option<&Name>,
    items: &[Argument],
    protocol: &Protocol,
    trained: &[String],
) -> Eval<Score> {
    let outputs = e.output_members(of);
    let judged = judged::judged(e, (on, of.span), protocol, trained);
    let mut metrics = Vec::new();
    let mut options = Options::default();
    all(items.iter().map(|item| match &item.name {
        Some(name) => options.read(e, name, &item.value),
        None => {
            metrics.push(asked_metric(e, &item.value)?);
            Ok(())
        }
    }))?;
    let ((model, output, members), (on, cohort)) = (outputs?, judged?);
    let (against, left_out) = (options.against, std::mem::take(&mut options.left_out));
    let mut pairs = Vec::with_capacity(members.len());
    for (key, node) in &members {
        let truth = match against {
            Some(input) => input,
            None => match e.packed_truth(model, *node, of.span)? {
                Some(input) => input,
                None => truth(e, model, &output, key, of)?,
            },
        };
        packed::known_of(e, truth, cohort.as_deref(), of.span)?;
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
    told_apart(e, &metrics)?;
    packed::has_training_mean(e, model, &metrics)?;
    if let Some(pair) = pairs.first() {
        let truth = &e.graph.inputs[pair.truth.index()];
        let classes = matches!(truth.ty.kind, Kind::Class(_));
        let name = truth.name.clone();
        for (metric, span) in &metrics {
            let fits = if metric.is_of_classes() { classes || has_classes(&truth.ty.kind, *metric) } else { !classes };
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
                    .hint(hint)
                    .repair(repair::written(*span, if classes { "balanced_accuracy" } else { "mae" })),
                );
            }
        }
        gives_probabilities(e, model, &metrics, of)?;
        options.fit(e, &metrics, InputId(pair.truth.index() as u32))?;
        for pair in &pairs {
            shapes_agree(e, pair, of)?;
            for (metric, span) in &metrics {
                fits_image(e, *metric, *span, pair)?;
            }
        }
    }
    let spelled = e.sources.text(of.span).to_string();
    let metrics = metrics.into_iter().map(|(metric, _)| metric).collect();
    let score = Score::new(spelled, model, pairs, metrics, on);
    Ok(Score {
        cohort,
        within: options.within,
        each_class: options.each_class,
        probabilities: options.probabilities,
        ..score
    })
}

/// What a score says besides its metrics.
#[derive(Default)]
struct Options {
    against: Option<usize>,
    left_out: Vec<(usize, Span)>,
    within: Vec<(String, Predicate)>,
    each_class: bool,
    probabilities: bool,
    /// Where the last two stand.
    class_span: Span,
    probabilities_span: Span,
}

impl Options {
    fn read(&mut self, e: &mut Evaluator<'_>, name: &Name, value: &Expr) -> Eval<()> {
        match name.text.as_str() {
            "against" => match e.eval(value)? {
                Value::Input(input) => self.against = Some(input),
                other => return e.expected("an input", &other, value.span),
            },
            "without" => self.left_out = without(e, value)?,
            "within" => self.within.extend(judged::within(e, value)?),
            "each" if matches!(&value.kind, ExprKind::Name(word) if word == "class") => {
                (self.each_class, self.class_span) = (true, value.span);
            }
            "each" => {
                return e.fail(
                    Diagnostic::error(Code::WrongArgument, value.span, "a score is taken of each class, or of all")
                        .hint("write each: class; for groups of people within: sex")
                        .repair(repair::written(value.span, "class")),
                );
            }
            "probabilities" => match e.eval(value)? {
                Value::Bool(asked) => (self.probabilities, self.probabilities_span) = (asked, value.span),
                other => return e.expected("`true` or `false`", &other, value.span),
            },
            other => {
                let known = names(Chapter::ScoreOption);
                let message = format!("a score has no option `{other}`");
                let diagnostic = Diagnostic::error(Code::UnknownArgument, name.span, message);
                return e.fail(match suggest(other, &known, Place::Value) {
                    Some(suggestion) => diagnostic.suggest(e.sources, name.span, suggestion),
                    None => diagnostic.hint(
                        "it has against: t1, without: each of mri, within: sex, each: class, probabilities: true",
                    ),
                });
            }
        }
        Ok(())
    }

    /// Classes must be there to be judged each, and the metric known of one.
    fn fit(&self, e: &mut Evaluator<'_>, metrics: &[(Metric, Span)], truth: InputId) -> Eval<()> {
        let input = &e.graph.inputs[truth.index()];
        let (name, kind) = (input.name.clone(), input.ty.kind.clone());
        let declared = e.input_spans[truth.index()];
        if self.probabilities && !matches!(kind, Kind::Mask(_)) {
            return e.fail(
                Diagnostic::error(
                    Code::WrongArgument,
                    self.probabilities_span,
                    format!("`{name}` is no mask, and no map of probabilities is drawn"),
                )
                .also(declared, "declared here")
                .hint("probabilities of classes stand in predictions.tsv in any case")
                .repairs(repair::without_named(e.sources, self.probabilities_span)),
            );
        }
        if !self.each_class {
            return Ok(());
        }
        if !matches!(kind, Kind::Class(_) | Kind::Mask(_)) {
            return e.fail(
                Diagnostic::error(Code::WrongArgument, self.class_span, format!("`{name}` has no classes"))
                    .also(declared, "declared here")
                    .hint("groups of people are judged apart by within: sex")
                    .repairs(repair::without_named(e.sources, self.class_span)),
            );
        }
        let of_classes = matches!(kind, Kind::Class(_));
        let lacks = |metric: &Metric| *metric != Metric::Confusion && !metric.has_classes(of_classes);
        match metrics.iter().find(|(metric, _)| lacks(metric)) {
            None => Ok(()),
            Some((metric, span)) => {
                let known = if of_classes {
                    "recall, precision, f1, auc, average_precision, brier"
                } else {
                    "dice, iou, hausdorff, recall, precision, f1"
                };
                e.fail(
                    Diagnostic::error(
                        Code::MetricKind,
                        *span,
                        format!("`{}` is of all classes together", metric.name()),
                    )
                    .also(self.class_span, "each class is asked for here")
                    .hint(format!("of each class there are {known}; write another `score` for the rest"))
                    .repairs(
                        (metrics.len() > 1)
                            .then(|| repair::without(e.sources, *span, format!("leave out `{}`", metric.name())))
                            .flatten()
                            .or_else(|| Some(repair::written(*span, if of_classes { "recall" } else { "dice" }))),
                    ),
                )
            }
        }
    }
}

/// A baseline that decides without probabilities cannot be judged by them.
fn gives_probabilities(e: &mut Evaluator<'_>, model: usize, metrics: &[(Metric, Span)], of: &Expr) -> Eval<()> {
    let method = e.baselines.iter().find(|baseline| baseline.model == model).map(|baseline| baseline.method);
    let Some(method) = method.filter(|method| !method.gives_probabilities()) else { return Ok(()) };
    match metrics.iter().find(|(metric, _)| metric.is_of_probabilities()) {
        None => Ok(()),
        Some((metric, span)) => {
            let (metric, method) = (metric.name(), method.name());
            e.fail(
                Diagnostic::error(Code::MetricKind, *span, format!("`{metric}` judges probabilities, and `{method}` gives none"))
                    .also(of.span, "this baseline")
                    .hint("of its decisions there are auc, accuracy, balanced_accuracy, f1; logistic, random_forest and nearest give probabilities").repairs((metrics.len() > 1).then(|| repair::without(e.sources, *span, format!("leave out `{metric}`"))).flatten().or_else(|| Some(repair::written(*span, "auc")))),
            )
        }
    }
}

/// Two forms of a metric that tables would call the same.
fn told_apart(e: &mut Evaluator<'_>, metrics: &[(Metric, Span)]) -> Eval<()> {
    for (at, (metric, span)) in metrics.iter().enumerate() {
        let same = |(other, _): &&(Metric, Span)| other.name() == metric.name();
        if let Some((_, first)) = metrics[..at].iter().find(same) {
            let name = metric.name();
            return e.fail(
                Diagnostic::error(Code::WrongArgument, *span, format!("tables would call both of these `{name}`"))
                    .also(*first, "the other")
                    .hint("ask for one here; a `sweep` over a `param` compares forms of a metric")
                    .repairs(repair::without(e.sources, *span, format!("leave out the second `{name}`"))),
            );
        }
    }
    Ok(())
}

/// Whether a metric of classes is one of the voxels of a mask, too.
fn has_classes(kind: &Kind, metric: Metric) -> bool {
    matches!(kind, Kind::Mask(_))
        && matches!(
            metric,
            Metric::Precision | Metric::Recall | Metric::F1 | Metric::Accuracy | Metric::BalancedAccuracy
        )
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
                    .hint(format!("leave out one after the other: `without: each of {text}`"))
                    .repair(repair::written(expr.span, &format!("each of {text}"))),
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
                .hint(format!("declare it as one that may be absent: `modality {name}: ..? = ..`"))
                .repair(Fix::new("declare it with `?`", Span { start: declared.end, ..declared }, "?"))
                .repairs(repair::without_named(e.sources, span)),
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
    if found.predicts(&truth) {
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
