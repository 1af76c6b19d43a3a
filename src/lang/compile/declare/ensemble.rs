//! `ensemble`: models of several training runs that predict the held-out people as one.

use super::protocol::in_protocol;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{Reader, unknown_function};
use crate::compile::repair;
use crate::graph::Kind;
use crate::program::{Best, Ensemble, EnsembleOver, Keep, Metric, Monitor, Protocol, Rule, Score, Stage, Subset};
use fascicle_syntax::{Argument, DeclarationKind, Expr, Fix, Name, Span};

/// What an ensemble is made and judged by.
pub(in crate::compile) struct Judged<'p> {
    pub protocol: &'p Protocol,
    pub stages: &'p [Stage],
    pub scores: &'p [Score],
}

/// An ensemble with what is asked of it: the model's scores on the people who trained none of its members.
pub(in crate::compile) fn ensemble(
    e: &mut Evaluator<'_>,
    model: &Name,
    over: &Name,
    arguments: &[Argument],
    judged: &Judged<'_>,
) -> Eval<(Ensemble, Vec<Score>)> {
    let &Judged { protocol, stages, scores } = judged;
    let found = e.name(&model.text, model.span)?;
    let Some(at) = e.models.iter().position(|m| m.name == model.text) else {
        return e.expected("a model", &found, model.span);
    };
    let over_span = over.span;
    let over = members(e, over, protocol)?;
    let Some(on) = judges(over, protocol) else {
        let message =
            "an ensemble is judged on people who trained none of its models, and the protocol keeps nobody out";
        let hint = "keep some out of every fold: kfold(5, holdout: 100); `over repeats` the models of a fold have one test set";
        return e.fail(
            Diagnostic::error(Code::SubsetUnknown, model.span, message)
                .hint(hint)
                .repairs(in_protocol(e, "holdout", "one fold")),
        );
    };
    let asked: Vec<&Score> = scores.iter().filter(|s| s.model == at && s.on == on && s.ensemble.is_none()).collect();
    if asked.is_empty() {
        let message = format!("nothing is scored of the ensemble of `{}`", model.text);
        let hint = format!("ask for it: score {} on {}: auc", model.text, on.name());
        let number = e.models[at].target.is_some_and(|t| !matches!(e.graph.inputs[t.index()].ty.kind, Kind::Class(_)));
        let metric = if number { "mae" } else { "auc" };
        let place = arguments.last().map_or(over_span, |argument| argument.value.span);
        let line = repair::with_line(e.sources, place, &format!("score {} on {}: {metric}", model.text, on.name()));
        return e.fail(Diagnostic::error(Code::MissingArgument, model.span, message).hint(hint).repairs(line));
    }
    let classes = asked
        .iter()
        .flat_map(|s| &s.pairs)
        .any(|pair| matches!(e.graph.inputs[pair.truth.index()].ty.kind, Kind::Class(_) | Kind::Mask(_)));
    if let Some(baseline) = e.baselines.iter().find(|b| b.model == at && classes && !b.method.gives_probabilities()) {
        let message = format!("an ensemble combines probabilities, and `{}` gives decisions", baseline.method.name());
        let declared = e.model_spans[at];
        let method = e.unit.declarations.iter().find_map(|d| match &d.declaration.kind {
            DeclarationKind::Baseline { name, method, .. } if name.text == model.text => Some(method.span),
            _ => None,
        });
        let fixes: Vec<Fix> = method.map_or_else(Vec::new, |method| {
            ["logistic()", "random_forest()"].map(|other| repair::written(method, other)).to_vec()
        });
        return e.fail(
            Diagnostic::error(Code::NoProbabilities, model.span, message)
                .also(declared, "declared here")
                .hint("for example `logistic` or `random_forest` give probabilities")
                .repairs(fixes),
        );
    }
    let (rule, best) = rule(e, model, arguments, classes)?;
    let best = match best {
        Some(best) => Some(self::best(e, (model, kept_by(stages, at)), &best, (over, over_span, protocol), &asked)?),
        None => None,
    };
    let place = asked.iter().map(|score| {
        let of = match best {
            None => format!("ensemble of {}", score.of),
            Some(Best { count, .. }) => format!("ensemble of the best {count} of {}", score.of),
        };
        // Models together are judged with all that there is.
        let complete = score.pairs.iter().filter(|pair| pair.without.is_none()).cloned().collect();
        Score { of, pairs: complete, ..(*score).clone() }
    });
    Ok((Ensemble { model: at, over, rule, on, best }, place.collect()))
}

/// Who trained no model of a group, and is the same for all of them.
fn judges(over: EnsembleOver, protocol: &Protocol) -> Option<Subset> {
    let one_division = protocol.kind.folds() == 1 && protocol.seeds.len() == 1;
    match over {
        _ if protocol.kind.holds_out() => Some(Subset::Holdout),
        EnsembleOver::Repeats => Some(Subset::Test),
        EnsembleOver::Runs if one_division => Some(Subset::Test),
        EnsembleOver::Folds | EnsembleOver::Runs => None,
    }
}

/// `best: 5, by: auc`, as it is asked.
struct AskedBest<'t> {
    count: &'t Expr,
    by: Option<&'t Expr>,
}

/// The best of the runs of a group by what they reach on those who validate.
fn best(
    e: &mut Evaluator<'_>,
    (model, kept_by): (&Name, Option<Metric>),
    asked: &AskedBest<'_>,
    (over, over_span, protocol): (EnsembleOver, Span, &Protocol),
    scores: &[&Score],
) -> Eval<Best> {
    let span = asked.count.span;
    let count = Reader::new("ensemble", &[], span).count_of(e, "best", asked.count, 1)?;
    // Folds that only the table tells are none here, and are counted when it runs.
    let runs = match over {
        EnsembleOver::Folds => protocol.kind.folds(),
        EnsembleOver::Repeats => protocol.repeats,
        EnsembleOver::Runs => protocol.kind.folds() * protocol.repeats * protocol.seeds.len(),
    };
    if runs > 0 && count > runs {
        let message = format!("the best {count} are to be taken of {runs} run{}", if runs == 1 { "" } else { "s" });
        let hint = match over {
            EnsembleOver::Repeats => format!("train each fold more often: `repeats: {}` in the protocol", 2 * count),
            _ => format!("take at most {runs}, or train more: `repeats: {}` in the protocol", count.div_ceil(runs) + 1),
        };
        let said = format!("{runs} here");
        return e.fail(
            Diagnostic::error(Code::EnsembleBest, span, message)
                .also(over_span, said)
                .hint(hint)
                .repair(repair::written(span, &runs.to_string())),
        );
    }
    if !protocol.kind.validates() {
        let message = "the best runs are chosen on those who validate, and nobody does";
        let hint = "let some validate: `validation: 0.1` in the protocol";
        return e.fail(Diagnostic::error(Code::EnsembleBest, span, message).hint(hint).repairs(in_protocol(
            e,
            "validation",
            "0.1",
        )));
    }
    let (by, by_span) = match asked.by {
        Some(expr) => {
            let name = e.sources.text(expr.span).to_string();
            (super::training::metric(e, &name, expr.span)?, expr.span)
        }
        None => match kept_by {
            Some(metric) => (metric, span),
            None => {
                let message =
                    format!("by what the best are chosen is not said, and no epoch of `{}` is by a metric", model.text);
                let hint = "say it: `best: 5, by: mae`, or `keep best mae on validation` where it is trained";
                return e.fail(Diagnostic::error(Code::EnsembleBest, span, message).hint(hint).repairs(
                    usual_metric(e, scores).map(|metric| {
                        Fix::new(
                            format!("add `by: {metric}`"),
                            Span { start: span.end, ..span },
                            format!(", by: {metric}"),
                        )
                    }),
                ));
            }
        },
    };
    let truth = |e: &Evaluator<'_>, score: &&&Score| {
        // What is no metric of numbers alone is one of images that are scored by it.
        (!by.is_of_images() || score.metrics.contains(&by))
            && score.pairs.first().is_some_and(|pair| by.ranks(&e.graph.inputs[pair.truth.index()].ty.kind))
    };
    if !scores.iter().any(|score| truth(e, &score)) {
        let message = format!("nothing that is scored of `{}` is ranked by `{}`", model.text, by.name());
        let hint = "runs are ranked by a metric of what they are scored on: mae, r2 of numbers, auc, balanced_accuracy of classes";
        return e.fail(
            Diagnostic::error(Code::EnsembleBest, by_span, message)
                .hint(hint)
                .repairs(usual_metric(e, scores).map(|metric| repair::written(by_span, metric))),
        );
    }
    Ok(Best { count, by })
}

/// The metric by which the last stage that trains a model keeps an epoch.
fn kept_by(stages: &[Stage], model: usize) -> Option<Metric> {
    match stages.iter().rfind(|stage| stage.model == model)?.keep {
        Keep::Best(Monitor::Metric(metric)) => Some(metric),
        Keep::Best(Monitor::Loss) | Keep::Last => None,
    }
}

/// Whose predictions become one; a single model is no ensemble.
fn members(e: &mut Evaluator<'_>, over: &Name, protocol: &Protocol) -> Eval<EnsembleOver> {
    let names: Vec<&str> = EnsembleOver::ALL.iter().map(|(name, _)| *name).collect();
    let Some((_, found)) = EnsembleOver::ALL.iter().find(|(name, _)| *name == over.text) else {
        return unknown_function(e, Code::WrongArgument, "ensemble over", &over.text, over.span, &names);
    };
    if *found == EnsembleOver::Repeats && protocol.repeats < 2 {
        let message = "an ensemble over repeats has a single model here: every fold is trained once";
        let hint = "train each fold several times: kfold(5, holdout: 100, repeats: 3)";
        return e.fail(
            Diagnostic::error(Code::WrongArgument, over.span, message)
                .hint(hint)
                .repairs(in_protocol(e, "repeats", "3")),
        );
    }
    if *found == EnsembleOver::Runs && protocol.kind.redraws() && protocol.seeds.len() > 1 {
        let message =
            "with `redraw` each seed keeps out others: who judges the models of one seed trained those of another";
        let hint = "combine the models of a seed: `over folds`; or keep the same people out of all: remove `redraw`";
        return e.fail(
            Diagnostic::error(Code::SubsetUnknown, over.span, message)
                .hint(hint)
                .repair(repair::written(over.span, "folds")),
        );
    }
    Ok(*found)
}

fn rule<'t>(
    e: &mut Evaluator<'_>,
    model: &Name,
    arguments: &'t [Argument],
    classes: bool,
) -> Eval<(Rule, Option<AskedBest<'t>>)> {
    let span = arguments.first().map_or(model.span, |first| {
        let last = arguments.last().map_or(first.value.span, |a| a.value.span);
        Span { end: last.end, ..first.name.as_ref().map_or(first.value.span, |n| n.span) }
    });
    let mut reader = Reader::new("ensemble", arguments, span);
    let mut word = |name, words: &[&'static str]| match reader.named(name) {
        Some(expr) => Ok(Some((reader.word_of(e, name, expr, words)?, expr.span))),
        None => Ok(None),
    };
    let weight = word("weight", &["equal", "inverse_entropy"])?;
    let combine = word("combine", &["mean", "vote", "most_confident"])?;
    let by = reader.named("by");
    let best = match (reader.named("best"), by) {
        (Some(count), by) => Some(AskedBest { count, by }),
        (None, Some(by)) => {
            let message = "`by` says by what the best runs are chosen, and how many of them is not said";
            let hint = "write for example `best: 5, by: mae`";
            return e.fail(
                Diagnostic::error(Code::EnsembleBest, by.span, message).hint(hint).repairs(repair::before_named(
                    e.sources,
                    by.span,
                    "best: 3, ",
                )),
            );
        }
        (None, None) => None,
    };
    reader.finish(e)?;
    if let (false, Some((given, at))) =
        (classes, weight.filter(|(w, _)| *w != "equal").or(combine.filter(|(c, _)| *c != "mean")))
    {
        let message = format!("`{given}` is for probabilities of classes, and `{}` predicts numbers", model.text);
        let hint = "remove it: predicted numbers are averaged";
        return e.fail(
            Diagnostic::error(Code::WrongArgument, at, message)
                .hint(hint)
                .repairs(repair::without_named(e.sources, at)),
        );
    }
    let weighted = weight.is_some_and(|(weight, _)| weight == "inverse_entropy");
    let rule = match (combine.map_or("mean", |(combine, _)| combine), weighted) {
        ("vote", true) => Rule::InverseEntropyVote,
        ("vote", false) => Rule::Vote,
        ("most_confident", false) => Rule::MostConfident,
        ("most_confident", true) => {
            let message = "the surest model alone predicts each subject: there is nothing to weigh";
            let hint = "remove `weight`, or use `combine: mean`";
            return e.fail(Diagnostic::error(Code::WrongArgument, span, message).hint(hint));
        }
        (_, true) => Rule::InverseEntropy,
        (_, false) => Rule::Mean,
    };
    Ok((rule, best))
}

/// A metric that ranks what is scored.
fn usual_metric(e: &Evaluator<'_>, scores: &[&Score]) -> Option<&'static str> {
    let truth = scores.iter().flat_map(|score| &score.pairs).next()?.truth;
    Some(if matches!(e.graph.inputs[truth.index()].ty.kind, Kind::Class(_)) { "balanced_accuracy" } else { "mae" })
}
