//! `ensemble`: models of several training runs that predict the held-out people as one.

use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator};
use crate::compile::reader::{Reader, unknown_function};
use crate::graph::Kind;
use crate::program::{Ensemble, EnsembleOver, Protocol, Rule, Score, Subset};
use fascicle_syntax::{Argument, Name, Span};

/// An ensemble with what is asked of it: the model's scores on the people who are held out.
pub(in crate::compile) fn ensemble(
    e: &mut Evaluator<'_>,
    model: &Name,
    over: &Name,
    arguments: &[Argument],
    protocol: &Protocol,
    scores: &[Score],
) -> Eval<(Ensemble, Vec<Score>)> {
    let found = e.name(&model.text, model.span)?;
    let Some(at) = e.models.iter().position(|m| m.name == model.text) else {
        return e.expected("a model", &found, model.span);
    };
    let over = members(e, over, protocol)?;
    if !protocol.kind.holds_out() {
        let message =
            "an ensemble is judged on people who trained none of its models, and the protocol keeps nobody out";
        let hint = "keep some out of every fold: kfold(5, holdout: 100)";
        return e.fail(Diagnostic::error(Code::SubsetUnknown, model.span, message).hint(hint));
    }
    let asked: Vec<&Score> = scores.iter().filter(|s| s.model == at && s.on == Subset::Holdout).collect();
    if asked.is_empty() {
        let message = format!("nothing is scored of the ensemble of `{}`", model.text);
        let hint = format!("ask for it: score {} on holdout: auc", model.text);
        return e.fail(Diagnostic::error(Code::MissingArgument, model.span, message).hint(hint));
    }
    let classes = asked
        .iter()
        .flat_map(|s| &s.pairs)
        .any(|pair| matches!(e.graph.inputs[pair.truth.index()].ty.kind, Kind::Class(_) | Kind::Mask(_)));
    if let Some(baseline) = e.baselines.iter().find(|b| b.model == at && classes && !b.method.gives_probabilities()) {
        let message = format!("an ensemble combines probabilities, and `{}` gives decisions", baseline.method.name());
        let declared = e.model_spans[at];
        return e.fail(
            Diagnostic::error(Code::NoProbabilities, model.span, message)
                .also(declared, "declared here")
                .hint("for example `logistic` or `random_forest` give probabilities"),
        );
    }
    let rule = rule(e, model, arguments, classes)?;
    let place = asked.iter().map(|score| {
        let of = format!("ensemble of {}", score.of);
        // Models together are judged with all that there is.
        let complete = score.pairs.iter().filter(|pair| pair.without.is_none()).cloned().collect();
        Score { of, pairs: complete, ..(*score).clone() }
    });
    Ok((Ensemble { model: at, over, rule }, place.collect()))
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
        return e.fail(Diagnostic::error(Code::WrongArgument, over.span, message).hint(hint));
    }
    if *found == EnsembleOver::Runs && protocol.kind.redraws() && protocol.seeds.len() > 1 {
        let message =
            "with `redraw` each seed keeps out others: who judges the models of one seed trained those of another";
        let hint = "combine the models of a seed: `over folds`; or keep the same people out of all: remove `redraw`";
        return e.fail(Diagnostic::error(Code::SubsetUnknown, over.span, message).hint(hint));
    }
    Ok(*found)
}

fn rule(e: &mut Evaluator<'_>, model: &Name, arguments: &[Argument], classes: bool) -> Eval<Rule> {
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
    reader.finish(e)?;
    if let (false, Some((given, at))) =
        (classes, weight.filter(|(w, _)| *w != "equal").or(combine.filter(|(c, _)| *c != "mean")))
    {
        let message = format!("`{given}` is for probabilities of classes, and `{}` predicts numbers", model.text);
        let hint = "remove it: predicted numbers are averaged";
        return e.fail(Diagnostic::error(Code::WrongArgument, at, message).hint(hint));
    }
    let weighted = weight.is_some_and(|(weight, _)| weight == "inverse_entropy");
    match (combine.map_or("mean", |(combine, _)| combine), weighted) {
        ("vote", true) => Ok(Rule::InverseEntropyVote),
        ("vote", false) => Ok(Rule::Vote),
        ("most_confident", false) => Ok(Rule::MostConfident),
        ("most_confident", true) => {
            let message = "the surest model alone predicts each subject: there is nothing to weigh";
            let hint = "remove `weight`, or use `combine: mean`";
            e.fail(Diagnostic::error(Code::WrongArgument, span, message).hint(hint))
        }
        (_, true) => Ok(Rule::InverseEntropy),
        (_, false) => Ok(Rule::Mean),
    }
}
