//! `fascicle check`

use super::progress::duration;
use super::world::Files;
use super::{Program, source, status, table};
use crate::compile::{JsonDiagnostic, LayerRow, ModelTable, json_diagnostics, model_tables};
use crate::data::{DataCheck, Flow, availability, check_data};
use crate::nn::Device;
use crate::plan::{Clock, Trainings, trainings};
use crate::program::Program as Compiled;
use clap::Args;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

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
    /// What becomes of everybody in each cohort, where the tables can be read; with `--data`, who has what.
    flows: Vec<Flow>,
    /// What trainings take on this machine, where the tables can be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trainings: Vec<Trainings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(flatten)]
    data: Option<DataCheck>,
}

pub(super) fn check(args: &CheckArgs) -> u8 {
    let (_, compilation, world) = match source::compile(&args.program, args.data) {
        Ok(compiled) => compiled,
        Err(message) => {
            if args.json {
                source::print_json(&unread(&args.program.file, &message));
            }
            source::fail(&message);
            return status::WRONG;
        }
    };
    let models = compilation.base.as_ref().filter(|_| !compilation.failed()).map(model_tables).unwrap_or_default();
    let (flows, data) = match compilation.base.as_ref().filter(|_| !compilation.failed()) {
        Some(program) if args.data => data_check(program, &world),
        Some(program) => (table_flows(program, &world), None),
        None => (Vec::new(), None),
    };
    let wrong = compilation.failed() || data.as_ref().is_some_and(|d| !d.problems.is_empty());
    let trainings = match compilation.base.as_ref().filter(|_| !compilation.failed()) {
        Some(program) => timed(program, &flows),
        None => Vec::new(),
    };
    if args.json {
        let diagnostics = json_diagnostics(&compilation.diagnostics, &compilation.sources);
        let json = Json { models, diagnostics, flows, trainings, data };
        source::print_json(&json);
    } else {
        source::tell(&compilation);
        for model in &models {
            source::print(&layers(model));
        }
        if let Some(program) = compilation.base.as_ref().filter(|_| !compilation.failed()) {
            baselines(program);
        }
        if let Some(experiment) = &compilation.experiment
            && !experiment.sweeps.is_empty()
        {
            for sweep in &experiment.sweeps {
                source::print(&format!("sweep {}: {}\n", sweep.name, source::plural(sweep.variants.len(), "variant")));
            }
        }
        for flow in flows.iter().filter(|flow| args.data || !flow.is_whole()) {
            source::print(&format!("{flow}\n"));
        }
        source::print(&times(&trainings));
        if let Some(data) = &data {
            tell(data, &flows);
        }
    }
    // The process ends here: the programs of a thousand variants need not be taken apart first.
    std::mem::forget(compilation);
    if wrong { status::WRONG } else { status::DONE }
}

/// What trainings take on this machine's processor, where it is known how many people there are.
fn timed(program: &Compiled, flows: &[Flow]) -> Vec<Trainings> {
    if program.stages.is_empty() || flows.is_empty() {
        return Vec::new();
    }
    let records = flows.iter().map(|flow| (flow.cohort.clone(), flow.analysed)).collect();
    let clock = Clock::kept(&Device::cpu(), std::slice::from_ref(program));
    clock.map_or_else(Vec::new, |clock| trainings(program, &records, &clock))
}

/// One line a stage.
fn times(trainings: &[Trainings]) -> String {
    let about = |seconds: f64| duration(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    let line = |of: &Trainings| {
        let (all, steps) = (of.seconds_a_run * of.runs as f64, source::plural(of.steps, "step"));
        let runs = if of.runs == 1 { String::new() } else { format!("{} trainings of ", of.runs) };
        let epochs = source::plural(of.epochs, "epoch");
        let by = if of.is_measured { "" } else { " by its multiply-adds and bytes; `fascicle plan` times its steps" };
        format!("train {}: {runs}{epochs} of {steps}, about {} on this machine's processor{by}\n", of.stage, about(all))
    };
    trainings.iter().map(line).collect()
}

/// One line a baseline: the method, how many columns it reads, what it predicts.
fn baselines(program: &Compiled) {
    for baseline in &program.baselines {
        let name = program.models.get(baseline.model).map_or("", |model| model.name.as_str());
        let columns = source::plural(baseline.columns(program), "column");
        let target = program.inputs.get(baseline.target.index()).map_or("", |input| input.name.as_str());
        source::print(&format!("baseline {name}: {} of {columns}, predicts {target}\n", baseline.method.name()));
    }
}

/// The answer about a file that could not be read: an error at its first character, of no code, for whoever reads JSON.
fn unread(file: &Path, message: &str) -> Json {
    let diagnostic = JsonDiagnostic {
        code: String::new(),
        severity: "error".into(),
        message: message.into(),
        file: file.display().to_string(),
        line: 1,
        column: 1,
        labels: Vec::new(),
        hint: None,
        fixes: Vec::new(),
    };
    Json { models: Vec::new(), diagnostics: vec![diagnostic], flows: Vec::new(), trainings: Vec::new(), data: None }
}

fn layers(model: &ModelTable) -> String {
    let mut out = format!("model {}\n", model.name);
    out.push_str(&rows(&model.layers));
    let [on_card, on_cpu] = model.prediction_bytes;
    out.push_str(&format!(
        "{} parameters, {} multiply-adds a subject\nmemory for {}: a training step takes about {} on the CPU, {} on a card; a \
         prediction {} and {}\n",
        table::thousands(model.parameters),
        table::operations(model.operations),
        source::plural(model.batch as usize, "subject"),
        table::bytes(model.memory_bytes_cpu),
        table::bytes(model.memory_bytes),
        table::bytes(on_cpu),
        table::bytes(on_card),
    ));
    if let Some(windows) = &model.windows {
        let shown = |extents: [usize; 3]| {
            let axes = if extents[2] == 1 { 2 } else { 3 };
            extents[..axes].iter().map(usize::to_string).collect::<Vec<_>>().join(" x ")
        };
        out.push_str(&format!(
            "a subject of a step is a patch of {} voxels; a prediction goes over an image of {} by {} of them, {} at a time, and holds one image\n",
            shown(windows.size),
            shown(windows.image),
            windows.count,
            model.batch,
        ));
    }
    if let Some(recomputed) = &model.recomputed {
        out.push_str(&format!(
            "values are made again on the way back: without `memory recompute` a step takes {} on the CPU, {} on a card, and {} \
             multiply-adds a subject less\n",
            table::bytes(recomputed.kept_bytes_cpu),
            table::bytes(recomputed.kept_bytes),
            table::operations(recomputed.operations),
        ));
    }
    out.push('\n');
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

/// Who is found and kept, as the tables alone tell; nothing where one is not here.
fn table_flows(program: &Compiled, world: &Files) -> Vec<Flow> {
    let flow = |cohort| world.cohort(cohort).map(|data| data.flow);
    program.cohorts.iter().map(flow).collect::<Result<_, _>>().unwrap_or_default()
}

/// What the files say that the program cannot know: who has what, and what does not fit.
fn data_check(program: &Compiled, world: &Files) -> (Vec<Flow>, Option<DataCheck>) {
    let mut loaded = Vec::new();
    let mut wrong = Vec::new();
    let whole = |message: String| crate::data::Problem { subject: String::new(), file: None, message };
    for cohort in &program.cohorts {
        match world.cohort(cohort) {
            Ok(data) => loaded.push(data),
            Err(problem) => wrong.push(whole(format!("cohort `{}`: {}", cohort.name, problem.message))),
        }
    }
    let mut data = check_data(&program.inputs, &loaded);
    data.problems.splice(0..0, wrong);
    let sets: Vec<Vec<usize>> =
        program.at_least_one.iter().map(|set| set.iter().map(|i| i.index()).collect()).collect();
    let flows = match availability(&program.inputs, &sets, &loaded) {
        Ok(flows) => flows,
        // What is wrong with one subject, or one input, was found above.
        Err(error) if data.problems.is_empty() => {
            data.problems.push(whole(error.to_string()));
            Vec::new()
        }
        Err(_) => loaded.into_iter().map(|cohort| cohort.flow).collect(),
    };
    (flows, Some(data))
}

fn tell(data: &DataCheck, flows: &[Flow]) {
    for warning in &data.warnings {
        source::note(&format!("warning: {warning}"));
    }
    if data.problems.is_empty() {
        let (found, analysed) = flows.iter().fold((0, 0), |(f, a), flow| (f + flow.found, a + flow.analysed));
        source::print(&match flows.iter().all(Flow::is_whole) {
            true => format!("the data fit: all {analysed} have what the file asks for\n"),
            false => format!("the data can be read: {analysed} of {found} are analysed\n"),
        });
        return;
    }
    for problem in &data.problems {
        let subject = if problem.subject.is_empty() { String::new() } else { format!("{}: ", problem.subject) };
        source::fail(&format!("{subject}{}", problem.message));
    }
    source::fail(&format!("{} in the data", source::plural(data.problems.len(), "problem")));
}
