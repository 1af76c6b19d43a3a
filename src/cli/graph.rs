//! `fascicle graph`

use super::{Program, source, status};
use crate::drawing::{Panel, dot, panels, svg};
use crate::program::{Experiment, Program as Compiled};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// What `graph` is asked.
#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    #[command(flatten)]
    program: Program,
    /// A model; all of the file where none is named
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// A variant of a sweep, as `fascicle plan` names it: `width=32`
    #[arg(long, value_name = "VARIANT", conflicts_with = "sweep")]
    variant: Option<String>,
    /// The variants of a sweep side by side, with what differs marked
    #[arg(long, value_name = "NAME")]
    sweep: Option<String>,
    /// As a picture, or as text for Graphviz; by the name of the file where that says it, else svg
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// The file that is written; standard output where none is named
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Levels of blocks that are boxes of their own; what is deeper is lines in them
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=9))]
    depth: u8,
}

/// How a drawing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Svg,
    Dot,
}

/// Networks of a model that are drawn side by side.
const MOST: usize = 8;

pub(super) fn graph(args: &GraphArgs) -> u8 {
    match draw(args) {
        Ok(()) => status::DONE,
        Err(message) => {
            source::fail(&message);
            status::WRONG
        }
    }
}

fn draw(args: &GraphArgs) -> Result<(), String> {
    let (_, compilation, _) = source::compile(&args.program, false)?;
    if compilation.failed() {
        source::tell(&compilation);
        return Err(format!("{} does not compile", args.program.file.display()));
    }
    let (Some(base), Some(experiment)) = (&compilation.base, &compilation.experiment) else {
        return Err(format!("{} does not compile", args.program.file.display()));
    };
    let variants = chosen(args, base, experiment)?;
    let mut drawn: Vec<Panel> = Vec::new();
    for model in models(args, base, &variants)? {
        let mut of_model = panels(&variants, &model, usize::from(args.depth));
        if of_model.len() > MOST {
            let left = of_model.len() - MOST;
            source::note(&format!("`{model}` has {left} more networks: `--variant` draws one of them"));
            of_model.truncate(MOST);
        }
        drawn.extend(of_model);
    }
    let format = args.format.unwrap_or_else(|| by_name(args.output.as_deref()));
    let text = match format {
        Format::Svg => svg(&drawn),
        Format::Dot => dot(&drawn),
    };
    match &args.output {
        None => source::print(&format!("{text}\n")),
        Some(path) => std::fs::write(path, text).map_err(|e| format!("{}: cannot be written: {e}", path.display()))?,
    }
    Ok(())
}

fn by_name(output: Option<&Path>) -> Format {
    let is_text = |path: &Path| path.extension().is_some_and(|e| e == "dot" || e == "gv");
    if output.is_some_and(is_text) { Format::Dot } else { Format::Svg }
}

/// The variants that are asked for: the file as it stands where none is.
fn chosen<'e>(args: &GraphArgs, base: &'e Compiled, experiment: &'e Experiment) -> Result<Vec<&'e Compiled>, String> {
    if let Some(name) = &args.variant {
        let known = experiment.variants.iter().find(|v| v.variant == *name);
        return known.map(|v| vec![v]).ok_or_else(|| {
            let known: Vec<&str> = experiment.variants.iter().map(|v| v.variant.as_str()).collect();
            format!("there is no variant `{name}`{}", listed(name, &known))
        });
    }
    if let Some(name) = &args.sweep {
        let Some(sweep) = experiment.sweeps.iter().find(|s| s.name == *name) else {
            let known: Vec<&str> = experiment.sweeps.iter().map(|s| s.name.as_str()).collect();
            return Err(format!("there is no sweep `{name}`{}", listed(name, &known)));
        };
        return Ok(sweep.variants.iter().filter_map(|at| experiment.variants.get(*at)).collect());
    }
    Ok(vec![base])
}

/// The names of the models that are drawn.
fn models(args: &GraphArgs, base: &Compiled, variants: &[&Compiled]) -> Result<Vec<String>, String> {
    let mut known: Vec<&str> = Vec::new();
    for program in variants.iter().copied().chain([base]) {
        for (at, model) in program.models.iter().enumerate() {
            if program.baseline_of(at).is_none() && !known.contains(&model.name.as_str()) {
                known.push(&model.name);
            }
        }
    }
    match &args.model {
        Some(name) if known.contains(&name.as_str()) => Ok(vec![name.clone()]),
        Some(name) => Err(format!("there is no model `{name}`{}", listed(name, &known))),
        None if known.is_empty() => Err("the file has no network to be drawn".into()),
        None => Ok(known.into_iter().map(String::from).collect()),
    }
}

fn listed(name: &str, known: &[&str]) -> String {
    match crate::syntax::nearest(name, known) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None => format!("; there is {}", known.iter().take(12).copied().collect::<Vec<_>>().join(", ")),
    }
}
