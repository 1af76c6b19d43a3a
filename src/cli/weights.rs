//! `fascicle weights`: weights in and out of PyTorch's files.

use super::{Program, source, status};
use crate::exchange::{self, NameMap, Place, Tensors};
use clap::{Args, Subcommand};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What `weights` is asked.
#[derive(Debug, Args)]
#[command(after_long_help = MAP_HELP)]
pub(super) struct WeightsArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Guess which tensor of a file is which weight of a program: a name map to start from
    #[command(after_long_help = MAP_HELP)]
    Map(MapArgs),
    /// Take weights from a PyTorch file: `weights import net.fx net.pt --map names.toml -o net.safetensors`
    #[command(after_long_help = MAP_HELP)]
    Import(ImportArgs),
    /// Give weights to PyTorch: `weights export net.fx net.safetensors --map names.toml -o torch.safetensors`
    #[command(after_long_help = MAP_HELP)]
    Export(ExportArgs),
}

const MAP_HELP: &str = r#"The name map, a small TOML file, pairs the tensors of a PyTorch file with the weights of a program:

  ignore = ["head.*"]             # tensors of the file that have no weight in the program
  initial = ["m.Linear_2.*"]      # weights of the program that are not in the file

  [names]                         # the file's name = the program's; a prefix ends at a dot
  "encoder.0" = "m.Encoder.Conv3d"
  "encoder.1" = "m.Encoder.BatchNorm"

  [inside]                        # what is left behind such a prefix, for blocks that recur
  "conv.depthwise" = "DepthwiseConv3d"

  [weights]                       # a weight that is laid out otherwise in the file
  "m.Linear_3.weight" = { from = "dense", view = [8, 4, 2], permute = [0, 2, 1], shape = [64] }
  "m.Linear_4.bias" = { from = ["mean.bias", "scale.bias"], axis = 0, sizes = [8, 4] }
  "m.Linear_5.bias" = { from = "both.bias", axis = 0, part = [0, 8] }

Layouts are PyTorch's on both sides (a linear weight is [outputs, inputs]), so most maps need names alone. Several
tensors joined along `axis`, of which `part` is taken, are seen as `view`, their axes ordered by `permute`; `shape` is
that of the file's tensor, for the way back. `num_batches_tracked` is passed over. All shapes are checked, and every
name that is left on either side is listed, before anything is written.

  fascicle check net.fx                       lists the layers, whose names the map uses
  fascicle weights map net.fx net.pt          writes a first map, guessed by shapes, names and order

Lines that `map` guessed among several modules of the same shapes end in `# ?`. Check each and delete its mark: shapes
cannot tell whether it is right. `import`, `export` and `apply` say how many are left.

Of .pt and .pth files, dictionaries of tensors are read, as `torch.save(model.state_dict(), ..)` writes them, also under
`state_dict`, `model_state_dict`, `model` or `net`. Whole model objects are not: no code of a file is run."#;

#[derive(Debug, Args)]
struct MapArgs {
    #[command(flatten)]
    program: Program,
    /// The PyTorch checkpoint (.pt, .pth) or safetensors file
    #[arg(value_name = "WEIGHTS")]
    from: PathBuf,
    /// One model alone
    #[arg(long)]
    model: Option<String>,
}

#[derive(Debug, Args)]
struct ImportArgs {
    #[command(flatten)]
    ends: Ends,
}

#[derive(Debug, Args)]
struct ExportArgs {
    #[command(flatten)]
    ends: Ends,
    /// A PyTorch file whose names and shapes are followed, where the map leaves them open
    #[arg(long, value_name = "WEIGHTS")]
    like: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Ends {
    #[command(flatten)]
    program: Program,
    /// The file to read: .pt, .pth or .safetensors
    #[arg(value_name = "WEIGHTS")]
    from: PathBuf,
    /// The name map; without one, names must be equal
    #[arg(long, value_name = "TOML")]
    map: Option<PathBuf>,
    /// The safetensors file to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// One model alone
    #[arg(long)]
    model: Option<String>,
    /// Write over a file that is there
    #[arg(long)]
    overwrite: bool,
}

pub(super) fn weights(args: &WeightsArgs) -> u8 {
    let done = match &args.command {
        Command::Map(args) => map(args),
        Command::Import(args) => import(&args.ends),
        Command::Export(args) => export(&args.ends, args.like.as_deref()),
    };
    match done {
        Ok(()) => status::DONE,
        Err(message) => {
            source::fail(&message);
            status::WRONG
        }
    }
}

/// The weights of the program, once it compiles.
fn places(program: &Program, model: Option<&str>) -> Result<Vec<Place>, String> {
    exchange::places(&source::base(program)?, model)
}

/// A name map from a file; one that leaves all names as they are where there is none.
pub(super) fn name_map(path: Option<&Path>) -> Result<NameMap, String> {
    let Some(path) = path else { return Ok(NameMap::default()) };
    let map = NameMap::parse(&source::read(path)?).map_err(|e| format!("{}: {e}", path.display()))?;
    match map.guesses() {
        0 => {}
        1 => source::note(&format!(
            "warning: {}: 1 line ends in `# ?`: a guess among several of the same shapes. Check it and delete the mark",
            path.display()
        )),
        count => source::note(&format!(
            "warning: {}: {count} lines end in `# ?`: guesses among several of the same shapes. Check them and delete the marks",
            path.display()
        )),
    }
    Ok(map)
}

fn shapes(tensors: &Tensors) -> BTreeMap<String, Vec<usize>> {
    tensors.iter().map(|(name, (shape, _))| (name.clone(), shape.clone())).collect()
}

fn map(args: &MapArgs) -> Result<(), String> {
    let places = places(&args.program, args.model.as_deref())?;
    let file = exchange::read_in_order(&args.from).map_err(|e| e.to_string())?;
    let shapes = file.into_iter().map(|(name, (shape, _))| (name, shape)).collect();
    source::print(&exchange::draft(&shapes, &places));
    Ok(())
}

fn import(ends: &Ends) -> Result<(), String> {
    let places = places(&ends.program, ends.model.as_deref())?;
    let file = exchange::read_tensors(&ends.from).map_err(|e| e.to_string())?;
    let binding = name_map(ends.map.as_deref())?.bind(&places, &shapes(&file)).map_err(|e| advised(&e, ends))?;
    let weights = binding.import(&file).map_err(|e| e.to_string())?;
    write(&ends.out, &weights, ends.overwrite)?;
    let left = places.len() - weights.len();
    let rest = if left > 0 { format!("; {left} are left as they start and not written") } else { String::new() };
    source::note(&format!("{} to {}{rest}", source::plural(weights.len(), "weight"), ends.out.display()));
    Ok(())
}

fn export(ends: &Ends, like: Option<&Path>) -> Result<(), String> {
    let places = places(&ends.program, ends.model.as_deref())?;
    let weights = exchange::read_tensors(&ends.from).map_err(|e| e.to_string())?;
    let map = name_map(ends.map.as_deref())?;
    let binding = match like {
        Some(like) => {
            let followed = exchange::read_tensors(like).map_err(|e| e.to_string())?;
            map.bind(&places, &shapes(&followed)).map_err(|e| e.to_string())?
        }
        None => map.inverse(&places).map_err(|e| e.to_string())?,
    };
    let file = binding.export(&weights).map_err(|e| e.to_string())?;
    write(&ends.out, &file, ends.overwrite)?;
    source::note(&format!("{} to {}", source::plural(file.len(), "tensor"), ends.out.display()));
    Ok(())
}

/// A mismatch, with the way to a first map where there was none.
fn advised(error: &exchange::Mismatch, ends: &Ends) -> String {
    match ends.map {
        Some(_) => error.to_string(),
        None => format!(
            "{error}\n`fascicle weights map {} {}` writes a first name map",
            ends.program.file.display(),
            ends.from.display()
        ),
    }
}

/// Writes tensors aside and renames them into place.
pub(super) fn write(path: &Path, tensors: &Tensors, overwrite: bool) -> Result<(), String> {
    if path.exists() && !overwrite {
        return Err(format!("{} is there already; --overwrite writes over it", path.display()));
    }
    let bytes = exchange::safetensors_bytes(tensors)?;
    let refuse = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let aside = tempfile::NamedTempFile::new_in(folder).map_err(refuse)?;
    std::fs::write(aside.path(), bytes).map_err(refuse)?;
    aside.persist(path).map_err(|e| refuse(e.error))?;
    Ok(())
}
