//! `fascicle export`: a model as PyTorch source, or its prediction as an ONNX file.

use super::{Program, source, status};
use crate::exchange::{self, Tensors};
use crate::graph::NodeId;
use crate::nn::{Device, Network};
use crate::plan::{PackOptions, Packed, pack};
use crate::program;
use clap::{Args, ValueEnum};
use fascicle_export::{onnx, pytorch};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What `export` is asked.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    program: Program,
    /// The model, where the file has several
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// What it is written for
    #[arg(long, value_enum, default_value = "torch")]
    to: Target,
    /// With `--to onnx`: a run's folder, a packed model, or weights by the program's names
    #[arg(long, value_name = "RUN|FILE")]
    weights: Option<PathBuf>,
    /// The training run, where the folder or the packed model has several: `fold 1, seed 1`
    #[arg(long, value_name = "NAME", requires = "weights")]
    run: Option<String>,
    /// The variant, where the run's folder has several: `fusion=film`
    #[arg(long, value_name = "NAME", requires = "weights")]
    variant: Option<String>,
    /// Decides the initial weights of `--to onnx` without `--weights`
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The file to write; standard output where not given
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    overwrite: bool,
}

/// What a model is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Python source for PyTorch
    Torch,
    /// An ONNX file of the prediction, with weights
    Onnx,
}

const HELP: &str = "\
The source for PyTorch is a module: a layer each, in modules named after the blocks, one line an operation; `forward` gives the
outputs, `loss_STAGE` the loss of a stage, and `load_weights` takes the safetensors file of a run. It needs torch and, for weights,
safetensors; nothing of fascicle.

  fascicle export experiments/quickstart.fx --set fusion=film --model fused -o net.py
  python -c 'import torch, net; print(net.Fused())'

The ONNX file holds the prediction of a model with its weights, for onnxruntime and whatever else reads ONNX (operators of set 18).
Inputs and outputs have the file's names, the rows first and as many as are given; classes are whole numbers from 0. It computes
the network alone: what the file does to images and columns before (scaling, imputation) is done by who calls it.
Where some people lack an input, NAME/present says who has it, a truth a row; outputs are not-a-number for those who lack them.

  fascicle export experiments/quickstart.fx --set fusion=film --model fused --to onnx \\
    --weights runs/quickstart --variant fusion=film --run 'fold 1, seed 1' -o fused.onnx";

pub(super) fn export(args: &ExportArgs) -> u8 {
    match exported(args) {
        Ok(()) => status::DONE,
        Err(message) => {
            source::fail(&message);
            status::WRONG
        }
    }
}

fn exported(args: &ExportArgs) -> Result<(), String> {
    let program = source::base(&args.program)?;
    let model = chosen(&program, args.model.as_deref())?;
    let bytes = match args.to {
        Target::Torch if args.weights.is_some() => {
            return Err("PyTorch source holds no weights: its `load_weights` takes them; leave out --weights, or export `--to onnx`".into());
        }
        Target::Torch => {
            let file = args.program.file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            pytorch(&program, model, &file, env!("CARGO_PKG_VERSION")).map_err(|e| e.to_string())?.into_bytes()
        }
        Target::Onnx if args.out.is_none() => {
            return Err("an ONNX file is no text to be printed; name it: -o net.onnx".into());
        }
        Target::Onnx => {
            let Known { weights, means } = known(args, &program, model)?;
            onnx(&program, model, &weights, &means, env!("CARGO_PKG_VERSION")).map_err(|e| e.to_string())?
        }
    };
    let Some(out) = &args.out else {
        source::print(&String::from_utf8_lossy(&bytes));
        return Ok(());
    };
    if out.exists() && !args.overwrite {
        return Err(format!("{} is there already; give another name, or --overwrite", out.display()));
    }
    std::fs::write(out, bytes).map_err(|e| format!("{} cannot be written: {e}", out.display()))?;
    source::note(&format!("wrote {}", out.display()));
    Ok(())
}

/// The model that is asked for, or the only one.
fn chosen(program: &program::Program, asked: Option<&str>) -> Result<usize, String> {
    let networks: Vec<usize> = (0..program.models.len()).filter(|at| program.baseline_of(*at).is_none()).collect();
    let names: Vec<&str> = networks.iter().map(|at| program.models[*at].name.as_str()).collect();
    let there = names.join(", ");
    match (asked, networks.as_slice()) {
        (Some(name), _) => program
            .models
            .iter()
            .position(|model| model.name == *name)
            .ok_or_else(|| format!("the file has no model `{name}`; it has {there}")),
        (None, [one]) => Ok(*one),
        (None, []) => Err("the file has no model".into()),
        (None, _) => Err(format!("the file has several models: {there}; choose one with --model")),
    }
}

/// What a trained model has learnt.
struct Known {
    weights: Tensors,
    /// Of inputs over the training people, by name.
    means: BTreeMap<String, Vec<f32>>,
}

/// The weights that are asked for; initial ones where none are.
fn known(args: &ExportArgs, program: &program::Program, model: usize) -> Result<Known, String> {
    let Some(path) = &args.weights else {
        source::note(&format!("initial weights of seed {}: --weights takes those of a run", args.seed));
        let outputs = program.models[model].outputs.iter().flat_map(|output| &output.members);
        let nodes: Vec<NodeId> = outputs.map(|(_, node)| *node).collect();
        let modules = program.graph.live_modules(&program.graph.live(nodes));
        let network = Network::new(&program.graph, &modules, args.seed, &Device::cpu());
        let weights = network.weights().map_err(|e| e.to_string())?;
        let weights = weights.into_iter().map(|weight| (weight.name, (weight.shape, weight.values))).collect();
        return Ok(Known { weights, means: BTreeMap::new() });
    };
    let name = &program.models[model].name;
    if path.is_dir() {
        let options = PackOptions { model: Some(name.clone()), variant: args.variant.clone() };
        let packed = pack(path, &options).map_err(|e| e.to_string())?;
        return of_run(packed, path, name, args.run.as_deref());
    }
    match Packed::read(path) {
        Ok(packed) => of_run(packed, path, name, args.run.as_deref()),
        Err(error) if path.extension().is_some_and(|extension| extension == "fascicle") => Err(error.to_string()),
        // A file of weights alone.
        Err(_) => {
            let weights = exchange::read_tensors(path).map_err(|e| e.to_string())?;
            Ok(Known { weights, means: BTreeMap::new() })
        }
    }
}

/// What one training run has learnt.
fn of_run(packed: Packed, path: &Path, model: &str, asked: Option<&str>) -> Result<Known, String> {
    let there = packed.model.program.models.first().map_or("", |model| model.name.as_str());
    if there != model {
        return Err(format!(
            "{} holds the model `{there}`, and `{model}` is to be exported; choose with --model",
            path.display()
        ));
    }
    let names: Vec<&str> = packed.model.runs.iter().map(|run| run.name.as_str()).collect();
    let at = match (asked, names.as_slice()) {
        (Some(name), names) => names
            .iter()
            .position(|known| *known == name)
            .ok_or_else(|| format!("{} has no training run `{name}`; it has: {}", path.display(), names.join("; ")))?,
        (None, [_]) => 0,
        (None, _) => {
            return Err(format!(
                "{} holds {} training runs; choose one with --run '{}' (there: {})",
                path.display(),
                names.len(),
                names.first().unwrap_or(&""),
                names.join("; ")
            ));
        }
    };
    let run = &packed.model.runs[at];
    if !run.units.is_empty() {
        source::note(
            "what it gives is in the unit of its training, which the target's steps make of the table's; `fascicle predict` brings it back",
        );
    }
    let inputs = &packed.model.program.inputs;
    let named = |(input, mean): &(crate::graph::InputId, Vec<f32>)| {
        inputs.get(input.index()).map(|spec| (spec.name.clone(), mean.clone()))
    };
    let means = run.means.iter().filter_map(named).collect();
    let weights = packed.weights.into_iter().nth(at).unwrap_or_default();
    Ok(Known { weights, means })
}
