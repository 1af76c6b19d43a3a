//! `fascicle check`

use super::{Program, source, status, table};
use crate::compile::{JsonDiagnostic, LayerRow, ModelTable, json_diagnostics, model_tables};
use crate::data::{CohortData, check_data};
use clap::Args;
use serde::Serialize;
use std::path::Path;

/// What `check` is asked.
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    #[command(flatten)]
    program: Program,
    /// Also read the headers and tables that the cohorts name, and tell of every subject that does not fit
    #[arg(long)]
    data: bool,
    /// Print JSON: models, diagnostics, and with --data problems of the data
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Json {
    models: Vec<ModelTable>,
    diagnostics: Vec<JsonDiagnostic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<crate::data::Problem>>,
}

pub(super) fn check(args: &CheckArgs) -> u8 {
    let (_, compilation) = match source::compile(&args.program) {
        Ok(compiled) => compiled,
        Err(message) => {
            source::fail(&message);
            return status::WRONG;
        }
    };
    let models = compilation.base.as_ref().filter(|_| !compilation.failed()).map(model_tables).unwrap_or_default();
    let problems = match (&compilation.base, args.data) {
        (Some(program), true) => Some(data_problems(program)),
        _ => None,
    };
    let wrong = compilation.failed() || problems.as_ref().is_some_and(|p| !p.is_empty());
    if args.json {
        let diagnostics = json_diagnostics(&compilation.diagnostics, &compilation.sources);
        let json = Json { models, diagnostics, problems };
        source::print_json(&json);
    } else {
        source::tell(&compilation);
        for model in &models {
            source::print(&layers(model));
        }
        if let Some(experiment) = &compilation.experiment
            && !experiment.sweeps.is_empty()
        {
            for sweep in &experiment.sweeps {
                source::print(&format!("sweep {}: {}\n", sweep.name, source::plural(sweep.variants.len(), "variant")));
            }
        }
        if let Some(problems) = &problems {
            tell_problems(problems);
        }
    }
    // The process ends here: the programs of a thousand variants need not be taken apart first.
    std::mem::forget(compilation);
    if wrong { status::WRONG } else { status::DONE }
}

fn layers(model: &ModelTable) -> String {
    // Told where it makes a difference of a tenth.
    let on_the_cpu = match model.memory_bytes_cpu.abs_diff(model.memory_bytes) > model.memory_bytes / 10 {
        true => format!(" ({} on the CPU)", table::bytes(model.memory_bytes_cpu)),
        false => String::new(),
    };
    let mut out = format!("model {}\n", model.name);
    out.push_str(&rows(&model.layers));
    out.push_str(&format!(
        "{} parameters, {} multiply-adds a subject, about {} for a training step of {}{on_the_cpu}\n\n",
        table::thousands(model.parameters),
        table::operations(model.operations),
        table::bytes(model.memory_bytes),
        source::plural(model.batch as usize, "subject"),
    ));
    for critic in &model.critics {
        out.push_str(&format!("critic {} of {}\n", critic.name, model.name));
        out.push_str(&rows(&critic.layers));
        let parameters = table::thousands(critic.parameters);
        out.push_str(&format!(
            "{parameters} parameters, besides those of `{}`: they train it, and are in no total\n\n",
            model.name
        ));
    }
    out
}

fn rows(layers: &[LayerRow]) -> String {
    let row = |l: &LayerRow| vec![l.path.clone(), l.op.clone(), l.output.clone(), table::thousands(l.parameters)];
    let rows: Vec<Vec<String>> = layers.iter().map(row).collect();
    table::aligned(&["layer", "operator", "output", "parameters"], &rows, 3)
}

/// What the files say that the program cannot know.
fn data_problems(program: &crate::program::Program) -> Vec<crate::data::Problem> {
    let mut problems = Vec::new();
    let (mut loaded, tables) = (Vec::new(), crate::data::table::Tables::default());
    for cohort in &program.cohorts {
        match CohortData::load_with(cohort, Path::new("."), &tables) {
            Ok(data) => loaded.push(data),
            Err(error) => problems.push(crate::data::Problem {
                subject: String::new(),
                file: None,
                message: format!("cohort `{}`: {error}", cohort.name),
            }),
        }
    }
    problems.extend(check_data(&program.inputs, &loaded));
    problems
}

fn tell_problems(problems: &[crate::data::Problem]) {
    if problems.is_empty() {
        source::print("the data fit: every subject has what the file asks for, or may lack it\n");
        return;
    }
    for problem in problems {
        let subject = if problem.subject.is_empty() { String::new() } else { format!("{}: ", problem.subject) };
        source::fail(&format!("{subject}{}", problem.message));
    }
    source::fail(&format!("{} in the data", source::plural(problems.len(), "problem")));
}
