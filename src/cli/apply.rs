//! `fascicle apply`: a model with given weights on given tensors.

use super::weights::{name_map, write};
use super::{Program, device, source, status};
use crate::exchange::{self, Application, ApplyError};
use crate::nn::{Device, NnError};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What `apply` is asked.
#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(super) struct ApplyArgs {
    #[command(flatten)]
    program: Program,
    /// Weights by the program's names (safetensors); with --map, a PyTorch file
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// The name map of `fascicle weights import`
    #[arg(long, value_name = "TOML")]
    map: Option<PathBuf>,
    /// Values of inputs: safetensors, the batch first
    #[arg(long, value_name = "FILE")]
    inputs: PathBuf,
    /// An input that has another name in the file: `--input t1=image`. May be given several times
    #[arg(long = "input", value_name = "INPUT=NAME", value_parser = super::setting)]
    renamed: Vec<(String, String)>,
    /// The safetensors file to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// One model alone
    #[arg(long)]
    model: Option<String>,
    /// Running statistics, or those of the batch
    #[arg(long, value_enum, default_value_t = Mode::Eval)]
    mode: Mode,
    /// Also the losses of the stages with their gradients
    #[arg(long)]
    gradients: bool,
    /// Decides what is drawn in `--mode train`
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Where numbers are computed: auto, cpu, cuda, cuda:1
    #[arg(long, default_value = "auto")]
    device: String,
    /// Compute with 64 bits a number. What is read and written has 32 bits
    #[arg(long)]
    double: bool,
    /// Write over a file that is there
    #[arg(long)]
    overwrite: bool,
}

/// PyTorch's words.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Mode {
    /// As `model.eval()`
    Eval,
    /// As `model.train()` with every dropout at 0
    Train,
}

const HELP: &str = r#"No cohort is read: the file of inputs holds, under the inputs' names, [rows, ..shape]. Classes are numbers from 0. An
input with `?` that is not in the file is one that nobody has; NAME/present, one number a row, says who has it.

Of images that a model is trained on by `patches`, the file holds whole ones, over which the model goes by windows, or patches. Whole ones
give the outputs that are maps.

The file that is written holds, by name:
  m.z  m.z[t1]  m                outputs, one row a subject, not-a-number for those who lack it
  loss/STAGE                     with --gradients: the loss of each `train`
  gradient/STAGE/WEIGHT          ... its gradient with respect to each weight
  gradient/STAGE/input/NAME      ... and each input
  after/WEIGHT                   with --mode train: running statistics that have moved

To look at a part of a network, declare what goes into it: `modality x: tensor[8, 6, 7, 5] = given()`.

  fascicle apply net.fx --weights net.safetensors --inputs batch.safetensors -o out.safetensors
  fascicle apply net.fx --weights net.pt --map names.toml --inputs batch.safetensors --gradients -o out.safetensors"#;

pub(super) fn apply(args: &ApplyArgs) -> u8 {
    match attempt(args) {
        Ok(()) => status::DONE,
        Err((message, status)) => {
            source::fail(&message);
            status
        }
    }
}

fn attempt(args: &ApplyArgs) -> Result<(), (String, u8)> {
    let wrong = |message: String| (message, status::WRONG);
    let program = source::base(&args.program).map_err(wrong)?;
    let mut weights = exchange::read_tensors(&args.weights).map_err(|e| wrong(e.to_string()))?;
    if args.map.is_some() {
        let map = name_map(args.map.as_deref()).map_err(wrong)?;
        let places = exchange::places(&program, args.model.as_deref()).map_err(wrong)?;
        let shapes = weights.iter().map(|(name, (shape, _))| (name.clone(), shape.clone())).collect();
        let binding = map.bind(&places, &shapes).map_err(|e| wrong(e.to_string()))?;
        weights = binding.import(&weights).map_err(|e| wrong(e.to_string()))?;
    }
    let inputs = exchange::read_tensors(&args.inputs).map_err(|e| wrong(e.to_string()))?;
    let inputs = exchange::renamed(inputs, &args.renamed).map_err(wrong)?;
    if args.out.exists() && !args.overwrite {
        return Err(wrong(format!("{} is there already; --overwrite writes over it", args.out.display())));
    }
    let device = Device::parse(&args.device)
        .and_then(|device| if args.double { device.in_double_precision() } else { Ok(device) })
        .map_err(|e| wrong(e.to_string()))?;
    device::guard(&[&program.graph], &device).map_err(|error| (error.to_string(), status::FAILED))?;
    let job = Application {
        program: &program,
        model: args.model.as_deref(),
        weights: &weights,
        inputs: &inputs,
        training: (args.mode == Mode::Train).then_some(args.seed),
        gradients: args.gradients,
        device,
    };
    let result = exchange::apply(&job).map_err(|error| {
        let status = match &error {
            ApplyError::Network(NnError::DeviceFailed { .. }) => status::FAILED,
            _ => status::WRONG,
        };
        (error.to_string(), status)
    })?;
    write(&args.out, &result, args.overwrite).map_err(wrong)?;
    source::note(&format!("{} to {}", source::plural(result.len(), "tensor"), args.out.display()));
    Ok(())
}
