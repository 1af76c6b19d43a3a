//! `analysis`: what is asked of predictions, tables and one another.
//!
//! Each function is one entry of [`FUNCTIONS`]: its name, its parameters with what they take, and the fields of its
//! result, which later analyses and `compare` can name.

use super::score::subset_named;
use crate::compile::code::Code;
use crate::compile::diagnostic::Diagnostic;
use crate::compile::evaluate::{Eval, Evaluator, Reported};
use crate::compile::reader::{Reader, call_parts, unknown_function};
use crate::compile::value::Value;
use crate::program::{Analysis, AnalysisKind, Argument, Correction, InputSource, Protocol, Subset};
use crate::syntax::{BinaryOp, DeclarationKind, Expr, ExprKind, Name, Span, nearest};
use indexmap::IndexMap;

/// What a parameter of an analysis takes.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Model,
    People,
    /// Numbers by subject: a field of an analysis, a column, an output.
    Values,
    /// Groups of people: a column.
    Groups,
    Correction,
    Number(f64),
}

struct Function {
    name: &'static str,
    kind: AnalysisKind,
    parameters: &'static [(&'static str, Takes)],
    fields: &'static [&'static str],
}

/// All analyses.
const FUNCTIONS: &[Function] = &[
    Function {
        name: "normative_deviation",
        kind: AnalysisKind::NormativeDeviation,
        parameters: &[("model", Takes::Model), ("reference", Takes::People), ("cases", Takes::People)],
        fields: &["z", "mean", "extreme"],
    },
    Function {
        name: "one_sample_t",
        kind: AnalysisKind::OneSampleT,
        parameters: &[("values", Takes::Values), ("correct", Takes::Correction), ("alpha", Takes::Number(0.05))],
        fields: &["t", "p", "q", "significant"],
    },
    Function {
        name: "two_sample_t",
        kind: AnalysisKind::TwoSampleT,
        parameters: &[
            ("values", Takes::Values),
            ("groups", Takes::Groups),
            ("correct", Takes::Correction),
            ("alpha", Takes::Number(0.05)),
        ],
        fields: &["t", "p", "q", "significant"],
    },
    Function {
        name: "mann_whitney",
        kind: AnalysisKind::MannWhitney,
        parameters: &[
            ("values", Takes::Values),
            ("groups", Takes::Groups),
            ("correct", Takes::Correction),
            ("alpha", Takes::Number(0.05)),
        ],
        fields: &["u", "p", "q", "effect", "significant"],
    },
    Function {
        name: "kruskal_wallis",
        kind: AnalysisKind::KruskalWallis,
        parameters: &[
            ("values", Takes::Values),
            ("groups", Takes::Groups),
            ("correct", Takes::Correction),
            ("alpha", Takes::Number(0.05)),
        ],
        fields: &["h", "p", "q", "significant"],
    },
    Function {
        name: "correlation",
        kind: AnalysisKind::Correlation,
        parameters: &[
            ("values", Takes::Values),
            ("with", Takes::Values),
            ("correct", Takes::Correction),
            ("alpha", Takes::Number(0.05)),
        ],
        fields: &["r", "p", "q", "significant"],
    },
];

/// The fields of an analysis of this kind.
pub(in crate::compile) fn fields(kind: AnalysisKind) -> &'static [&'static str] {
    FUNCTIONS.iter().find(|f| f.kind == kind).map_or(&[], |f| f.fields)
}

/// Compiles an analysis. `known` are those compiled before it.
pub(in crate::compile) fn analysis(
    e: &mut Evaluator<'_>,
    name: &Name,
    calls: &[Expr],
    protocol: &Protocol,
    known: &[Analysis],
    trained_on: &[String],
) -> Eval<Analysis> {
    let [call] = calls else {
        let place = calls.get(1).map_or(name.span, |c| c.span);
        return e.fail(
            Diagnostic::error(Code::WrongArgument, place, "an analysis asks one thing")
                .hint("declare the second as an analysis of its own"),
        );
    };
    let names: Vec<&str> = FUNCTIONS.iter().map(|f| f.name).collect();
    let Some(parts) = call_parts(call).filter(|p| p.receiver.is_none()) else {
        let message = "an analysis is the call of a function";
        return e.fail(Diagnostic::error(Code::WrongArgument, call.span, message).hint(names.join(", ")));
    };
    let Some(function) = FUNCTIONS.iter().find(|f| f.name == parts.name) else {
        return unknown_function(e, Code::UnknownName, "analysis", parts.name, parts.name_span, &names);
    };
    let mut reader = Reader::of(&parts);
    let context = Context { protocol, known, trained_on, function: function.name };
    let mut arguments: IndexMap<String, Argument> = IndexMap::new();
    let mut failed = false;
    for (parameter, takes) in function.parameters {
        let given = match takes {
            Takes::Correction | Takes::Number(_) => reader.named(parameter),
            _ => reader.positional(parameter),
        };
        let argument = match (given, takes) {
            (None, Takes::Correction) => Ok(Argument::Correction(Correction::None)),
            (None, Takes::Number(default)) => Ok(Argument::Number(*default)),
            (None, Takes::Groups) if arguments.contains_key("groups") => continue,
            (None, _) => return reader.missing(e, parameter, "give it by position or by name"),
            // `f(x by groups)` gives two parameters at once.
            (Some(Expr { kind: ExprKind::Binary { op: BinaryOp::By, left, right }, span }), Takes::Values) => {
                if !function.parameters.iter().any(|(_, takes)| *takes == Takes::Groups) {
                    let message = format!("`{}` compares no groups", function.name);
                    return e.fail(
                        Diagnostic::error(Code::WrongArgument, *span, message)
                            .hint("kruskal_wallis, mann_whitney and two_sample_t do: kruskal_wallis(x by g)"),
                    );
                }
                let groups = groups(e, right, &context);
                failed |= groups.is_err();
                arguments.insert("groups".into(), groups.unwrap_or(Argument::Nothing));
                values(e, left, &context)
            }
            (Some(expr), takes) => argument(e, expr, *takes, &context, &reader),
        };
        failed |= argument.is_err();
        arguments.insert((*parameter).to_string(), argument.unwrap_or(Argument::Nothing));
    }
    if failed {
        return Err(Reported);
    }
    reader.finish(e)?;
    let spelling: String = e.sources.text(call.span).split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Analysis { name: name.text.clone(), kind: function.kind, arguments, spelling })
}

struct Context<'a> {
    protocol: &'a Protocol,
    known: &'a [Analysis],
    trained_on: &'a [String],
    function: &'static str,
}

fn argument(
    e: &mut Evaluator<'_>,
    expr: &Expr,
    takes: Takes,
    context: &Context<'_>,
    reader: &Reader<'_>,
) -> Eval<Argument> {
    match takes {
        Takes::Model => {
            let value = e.eval(expr)?;
            match value {
                Value::Model(model) => {
                    let nodes: Vec<_> =
                        e.models[model].outputs.iter().flat_map(|o| o.members.iter().map(|(_, n)| *n)).collect();
                    e.read.extend(nodes);
                    Ok(Argument::Model(model))
                }
                other => e.expected("a model", &other, expr.span),
            }
        }
        Takes::People => people(e, expr, context),
        Takes::Values => values(e, expr, context),
        Takes::Groups => groups(e, expr, context),
        Takes::Correction => {
            let word = reader.word_of(e, "correct", expr, &["none", "fdr", "fdr_by", "bonferroni", "holm"])?;
            Ok(Argument::Correction(match word {
                "fdr" => Correction::Fdr,
                "fdr_by" => Correction::FdrBy,
                "bonferroni" => Correction::Bonferroni,
                "holm" => Correction::Holm,
                _ => Correction::None,
            }))
        }
        Takes::Number(_) => Ok(Argument::Number(reader.real_of(e, "alpha", expr, 0.0, 1.0)?)),
    }
}

fn cohort(e: &mut Evaluator<'_>, expr: &Expr) -> Option<String> {
    let ExprKind::Name(name) = &expr.kind else { return None };
    let position = e.unit.resolve(e.scope(), name)?;
    if !matches!(e.unit.declarations[position].declaration.kind, DeclarationKind::Cohort { .. }) {
        return None;
    }
    e.used[position] = true;
    Some(name.clone())
}

/// `patients`, `healthy.validation`.
fn people(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    if let Some(cohort) = cohort(e, expr) {
        if context.trained_on.contains(&cohort) {
            return e.fail(
                Diagnostic::error(
                    Code::TrainingScored,
                    expr.span,
                    format!("`{cohort}` holds people who trained the model"),
                )
                .hint(format!("ask for those who did not: `{cohort}.test` or `{cohort}.validation`")),
            );
        }
        super::leak::judged(e, &cohort, context.trained_on, expr.span)?;
        return Ok(Argument::People { cohort, subset: Subset::All });
    }
    if let ExprKind::Field { of, name } = &expr.kind
        && let Some(cohort) = cohort(e, of)
    {
        let subset = subset_named(e, &name.text, name.span, context.protocol)?;
        if subset == Subset::Training {
            return e.fail(
                Diagnostic::error(
                    Code::TrainingScored,
                    name.span,
                    "people who trained the model are not a fair reference",
                )
                .hint(format!("use `{cohort}.validation` or `{cohort}.test`")),
            );
        }
        if !context.trained_on.contains(&cohort) {
            return e.fail(
                Diagnostic::error(
                    Code::SubsetUnknown,
                    name.span,
                    format!("no stage trains on `{cohort}`, so it is not divided"),
                )
                .hint(format!("use all of it: `{cohort}`")),
            );
        }
        return Ok(Argument::People { cohort, subset });
    }
    e.fail(
        Diagnostic::error(Code::KindMismatch, expr.span, format!("`{}` needs people here", context.function))
            .hint("name a cohort, or a subset of one: `patients`, `healthy.test`"),
    )
}

/// `deviation.z`, `patients.adas13`, a target.
fn values(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    if let ExprKind::Field { of, name } = &expr.kind {
        if let ExprKind::Name(root) = &of.kind {
            if let Some(analysis) = context.known.iter().find(|a| a.name == *root) {
                return result(e, analysis, name);
            }
            if is_later_analysis(e, root) {
                let message = format!("`{root}` cannot be worked out before this");
                return e.fail(
                    Diagnostic::error(Code::Circular, of.span, message)
                        .hint("two analyses need each other; remove what one reads of the other"),
                );
            }
        }
        if let Some(cohort) = cohort(e, of) {
            return column(e, Some(cohort), &name.text, name.span);
        }
    }
    let value = e.eval(expr)?;
    if let Value::Input(input) = value {
        return match &e.inputs[input].source {
            InputSource::Column { column } => {
                Ok(Argument::Column { cohort: e.inputs[input].cohort.clone(), column: column.clone() })
            }
            _ => {
                let message = format!("`{}` needs one number a subject", context.function);
                e.fail(
                    Diagnostic::error(Code::KindMismatch, expr.span, message)
                        .hint("use a target, a column or an output"),
                )
            }
        };
    }
    let (model, output, members) = e.output_members(expr)?;
    e.read.extend(members.iter().map(|(_, n)| *n));
    Ok(Argument::Output { model, output, members })
}

fn is_later_analysis(e: &Evaluator<'_>, name: &str) -> bool {
    e.unit
        .resolve(e.scope(), name)
        .is_some_and(|p| matches!(e.unit.declarations[p].declaration.kind, DeclarationKind::Analysis { .. }))
}

fn result(e: &mut Evaluator<'_>, analysis: &Analysis, field: &Name) -> Eval<Argument> {
    let known = fields(analysis.kind);
    if known.contains(&field.text.as_str()) {
        return Ok(Argument::Result { analysis: analysis.name.clone(), field: field.text.clone() });
    }
    let hint = match nearest(&field.text, known) {
        Some(near) => format!("did you mean `{}.{near}`?", analysis.name),
        None => format!("it has {}", known.join(", ")),
    };
    let message = format!("the result of `{}` has no field `{}`", analysis.name, field.text);
    e.fail(Diagnostic::error(Code::UnknownField, field.span, message).hint(hint))
}

fn groups(e: &mut Evaluator<'_>, expr: &Expr, context: &Context<'_>) -> Eval<Argument> {
    match values(e, expr, context)? {
        argument @ Argument::Column { .. } => Ok(argument),
        _ => e.fail(
            Diagnostic::error(Code::KindMismatch, expr.span, "groups are the levels of a column or a target")
                .hint("for example: kruskal_wallis(deviation.mean by patients.stage)"),
        ),
    }
}

fn column(e: &mut Evaluator<'_>, cohort: Option<String>, name: &str, span: Span) -> Eval<Argument> {
    let found = e.cohorts.iter().find(|c| Some(&c.name) == cohort.as_ref()).map(|c| e.tables.of(c));
    if let Some(Ok(table)) = found
        && table.column(name).is_none()
    {
        let cohort = cohort.unwrap_or_default();
        return super::column::unknown_column(e, &cohort, &table, name, span);
    }
    Ok(Argument::Column { cohort, column: name.to_string() })
}
