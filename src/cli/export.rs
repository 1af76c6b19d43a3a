//! `fascicle export`: PyTorch source of a model.

use super::{Program, source, status};
use clap::{Args, ValueEnum};
use fascicle_export::pytorch;
use std::path::PathBuf;

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
}

const HELP: &str = "\
The source is a module of PyTorch: a layer each, in modules named after the blocks, one line an operation; `forward` gives the
outputs, `loss_STAGE` the loss of a stage, and `load_weights` takes the safetensors file of a run. It needs torch and, for weights,
safetensors; nothing of fascicle.

  fascicle export experiments/quickstart.fx --set fusion=film --model fused -o net.py
  python -c 'import torch, net; print(net.Fused())'

For ONNX, PyTorch's own exporter takes the module: torch.onnx.export(net, (batch,), \"net.onnx\").";

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
    let networks: Vec<usize> = (0..program.models.len()).filter(|at| program.baseline_of(*at).is_none()).collect();
    let names: Vec<&str> = networks.iter().map(|at| program.models[*at].name.as_str()).collect();
    let there = names.join(", ");
    let model = match (&args.model, networks.as_slice()) {
        (Some(name), _) => program
            .models
            .iter()
            .position(|model| model.name == *name)
            .ok_or_else(|| format!("the file has no model `{name}`; it has {there}"))?,
        (None, [one]) => *one,
        (None, []) => return Err("the file has no model".into()),
        (None, _) => return Err(format!("the file has several models: {there}; choose one with --model")),
    };
    let Target::Torch = args.to;
    let file = args.program.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let text = pytorch(&program, model, &file, env!("CARGO_PKG_VERSION")).map_err(|e| e.to_string())?;
    let Some(out) = &args.out else {
        source::print(&text);
        return Ok(());
    };
    if out.exists() && !args.overwrite {
        return Err(format!("{} is there already; give another name, or --overwrite", out.display()));
    }
    std::fs::write(out, text).map_err(|e| format!("{} cannot be written: {e}", out.display()))?;
    source::note(&format!("wrote {}", out.display()));
    Ok(())
}
