//! `fascicle pack` and `fascicle predict`: a trained model leaves its run, and is applied to new people.

use super::progress::Terminal;
use super::{device, run, source, status};
use crate::nn::Device;
use crate::plan::{self, Listener, PackOptions, Packed, PackedModel, PlanError, PredictOptions};
use crate::program::{ColumnSelector, InputSource, InputSpec};
use clap::Args;
use std::path::PathBuf;

/// What `pack` is asked.
#[derive(Debug, Args)]
#[command(after_long_help = PACK_HELP)]
pub(super) struct PackArgs {
    /// The folder of a finished run: runs/NAME
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The model, where the run has several
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// The variant, where the run has several: `fusion=film`
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// The file to write; MODEL.fascicle where not given
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    overwrite: bool,
}

const PACK_HELP: &str = "\
The file holds the network, the weights of every fold, seed and repeat, and all that was fitted on training subjects
(scaling, imputation, harmonisation, intensity landmarks, means), and no subject's data. It is a safetensors archive with a
checksum. The run's folder is enough to make it: neither its data nor its store are read.

  fascicle pack runs/normative_thickness --model norm -o norm.fascicle
  fascicle predict norm.fascicle                                        what it needs
  fascicle predict norm.fascicle --data clinic.csv -o predicted

An experiment asks more of it: `use model norm from \"norm.fascicle\"` takes it into a file that trains nothing. Where the run's
file asks for a normative_deviation of the model, means and deviations of the reference's residuals are packed, too. Baselines
whose method keeps the people it was fitted on (nearest, svm) are not packed.";

/// What `predict` is asked.
#[derive(Debug, Args)]
#[command(after_long_help = PREDICT_HELP)]
pub(super) struct PredictArgs {
    /// The packed model: a file of `fascicle pack`
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Whom it is applied to: a BIDS folder or a table (CSV, TSV). Without it, what the model needs is told
    #[arg(long, value_name = "DIR|TABLE", requires = "out")]
    data: Option<PathBuf>,
    /// The folder to write
    #[arg(long, short, value_name = "DIR", requires = "data")]
    out: Option<PathBuf>,
    /// The column that identifies people
    #[arg(long, value_name = "COLUMN")]
    subject: Option<String>,
    /// A column by the name that the model uses: `--rename eTIV=EstimatedTotalIntraCranialVol`. May be given several times
    #[arg(long = "rename", value_name = "NAME=COLUMN", value_parser = super::setting)]
    renamed: Vec<(String, String)>,
    /// A further table with columns of the same people. May be given several times
    #[arg(long = "join", value_name = "TABLE")]
    join: Vec<String>,
    /// Take images whose voxels have another size than those of training
    #[arg(long)]
    any_spacing: bool,
    /// Also write the probabilities of the classes of masks, one volume a class
    #[arg(long)]
    probabilities: bool,
    /// Where numbers are computed: auto, cpu, cuda, cuda:1
    #[arg(long, default_value = "auto")]
    device: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Say nothing while predicting but warnings
    #[arg(long, short)]
    quiet: bool,
}

const PREDICT_HELP: &str = "\
Every training run predicts, and the mean is taken, of probabilities and not of decisions. DIR then holds

  predictions.tsv   participant_id, output, element, prediction, sd over training runs, how many runs
  sub-01/anat/..    label maps and images on the grid of the scan as it came
  flow.tsv          who was found, left out and why

A table or a folder that does not fit is told by name: a column that is missing, a class or a site that the model does not
know, voxels of another size.

  fascicle predict norm.fascicle --data clinic.csv --rename eTIV=EstimatedTotalIntraCranialVol -o predicted
  fascicle predict draw.fascicle --data bids/ --probabilities -o drawn";

pub(super) fn pack(args: &PackArgs) -> u8 {
    let options = PackOptions { model: args.model.clone(), variant: args.variant.clone() };
    let packed = match plan::pack(&args.run, &options) {
        Ok(packed) => packed,
        Err(error) => return failed(&error),
    };
    let name = &packed.model.program.models[0].name;
    let out = args.out.clone().unwrap_or_else(|| format!("{name}.fascicle").into());
    if out.exists() && !args.overwrite {
        source::fail(&format!("{} is there already; --overwrite writes over it", out.display()));
        return status::WRONG;
    }
    let written = packed.write(&out);
    match written {
        Ok(bytes) => {
            let runs = source::plural(packed.model.runs.len(), "training run");
            source::note(&format!("{name} of {runs} to {} ({:.1} MB)", out.display(), bytes as f64 / 1e6));
            status::DONE
        }
        Err(error) => failed(&error),
    }
}

pub(super) fn predict(args: &PredictArgs) -> u8 {
    let packed = match Packed::read(&args.model) {
        Ok(packed) => packed,
        Err(error) => return failed(&error),
    };
    let (Some(data), Some(out)) = (&args.data, &args.out) else {
        if args.json {
            source::print_json(&packed.model);
        } else {
            source::print(&needs(&packed.model));
        }
        return status::DONE;
    };
    let device = match Device::parse(&args.device) {
        Ok(device) => device,
        Err(error) => {
            source::fail(&error.to_string());
            return status::WRONG;
        }
    };
    if let Err(error) = device::guard(&[&packed.model.program.graph], &device) {
        source::fail(&error.to_string());
        return status::FAILED;
    }
    let terminal = Terminal::new(args.quiet);
    let progress = |what: &str, done: usize, total: usize| match what {
        "images" => terminal.decoded(done, total),
        _ if done < total => terminal.task_started(&format!("training run {} of {total}", done + 1)),
        _ => {}
    };
    let options = PredictOptions {
        data: data.clone(),
        out: out.clone(),
        subject: args.subject.clone(),
        rename: args.renamed.iter().cloned().collect(),
        join: args.join.clone(),
        any_spacing: args.any_spacing,
        probabilities: args.probabilities,
        device,
        interrupt: run::listen_for_interrupts(),
        progress: &progress,
        command: run::command_line(),
    };
    let applied = plan::predict(&packed, &options);
    terminal.finish();
    match applied {
        Ok(applied) => {
            for warning in &applied.warnings {
                terminal.warning(warning);
            }
            if args.json {
                source::print_json(&applied);
            } else {
                source::print(&format!("{}\n", applied.flow));
                let (people, runs) = (applied.predicted, source::plural(applied.runs, "training run"));
                let rows = source::plural(people, "row");
                if !args.quiet {
                    source::note(&format!("{rows} predicted by {runs}, to {}", out.display()));
                }
            }
            status::DONE
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &PlanError) -> u8 {
    source::fail(&error.to_string());
    run::status_of(error)
}

/// What a packed model needs of whoever it is applied to.
fn needs(model: &PackedModel) -> String {
    let program = &model.program;
    let own = &program.models[0];
    let mut text = format!("model {} of {} ({})\n", own.name, model.experiment, program.variant);
    if !model.doc.trim().is_empty() {
        text.push_str(&format!("  {}\n", model.doc.trim().lines().next().unwrap_or_default()));
    }
    text.push_str(&format!(
        "  {}, packed by fascicle {}\n\nneeds\n",
        source::plural(model.runs.len(), "training run"),
        model.version
    ));
    for (at, spec) in program.inputs[..model.reads].iter().enumerate() {
        let absent = if spec.optional { ", may be absent" } else { "" };
        let voxels = model.grids.get(at).and_then(Option::as_ref).map_or(String::new(), |grid| {
            format!(", voxels of {} mm", grid.voxel_mm().map(|mm| mm.to_string()).join(" x "))
        });
        text.push_str(&format!("  {}: {}{voxels}{absent}\n", spec.name, described(spec)));
    }
    text.push_str("\ngives\n");
    for output in &own.outputs {
        for (key, node) in &output.members {
            let key = if key.is_empty() { String::new() } else { format!("[{key}]") };
            text.push_str(&format!("  {}{key}: {}\n", output.name, program.graph.node(*node).ty));
        }
    }
    text
}

fn described(spec: &InputSpec) -> String {
    match &spec.source {
        InputSource::Image { pattern, .. } => format!("image {pattern}"),
        InputSource::Column { column, .. } if spec.levels.is_empty() => format!("column `{column}`"),
        InputSource::Column { column, .. } => format!("column `{column}`, one of {}", spec.levels.join(", ")),
        InputSource::Columns { columns, .. } => {
            let names: Vec<&str> = columns
                .iter()
                .flat_map(|column| match &column.select {
                    ColumnSelector::Matching(pattern) => std::slice::from_ref(pattern),
                    select => select.names(),
                })
                .map(String::as_str)
                .collect();
            match names.as_slice() {
                [first, .., last] if names.len() > 6 => format!("{} columns, `{first}` to `{last}`", names.len()),
                names => format!("columns {}", names.join(", ")),
            }
        }
        InputSource::Given => "values".into(),
    }
}
