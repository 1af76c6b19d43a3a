//! Weights from PyTorch's own files (`.pt`, `.pth`), and from whichever kind of file a path holds.

use super::{ExchangeError, Tensors, read_safetensors};
use burn_store::pytorch::{PytorchError, PytorchReader};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Where training scripts keep the weights in a checkpoint that holds more, the most telling first.
const NESTS: [&str; 4] = ["state_dict", "model_state_dict", "model", "net"];

/// The arrays of a safetensors file or of a PyTorch checkpoint, whatever its name ends in.
///
/// # Errors
/// What the operating system says; a file that is neither, cut short or damaged.
pub fn read_tensors(path: &Path) -> Result<Tensors, ExchangeError> {
    // A safetensors file begins with the length of its header, which begins with a brace.
    let mut head = [0; 9];
    let mut file = std::fs::File::open(path).map_err(ExchangeError::io("read", path))?;
    let is_safetensors = file.read_exact(&mut head).is_ok() && head[8] == b'{';
    if is_safetensors { read_safetensors(path) } else { read_pytorch(path) }
}

/// The tensors of a PyTorch checkpoint: a `state_dict`, or a checkpoint that holds one under `state_dict`,
/// `model_state_dict`, `model` or `net`.
///
/// # Errors
/// What the operating system says; a file that is no checkpoint, cut short or damaged; a whole pickled model, whose classes
/// only Python knows.
pub fn read_pytorch(path: &Path) -> Result<Tensors, ExchangeError> {
    let refuse = |problem: String| ExchangeError::Unreadable { path: path.to_owned(), problem };
    // The reader indexes into what a damaged file claims to hold.
    let read = catch_unwind(AssertUnwindSafe(|| tensors_of(path)));
    let tensors = read.unwrap_or_else(|_| Err("it is damaged".into())).map_err(|problem| {
        refuse(format!(
            "it cannot be read as a PyTorch checkpoint: {problem}; expected a file that \
             `torch.save(model.state_dict(), ..)` wrote, or a safetensors file"
        ))
    })?;
    if tensors.is_empty() {
        return Err(refuse("it holds no tensor".into()));
    }
    Ok(tensors)
}

fn tensors_of(path: &Path) -> Result<Tensors, String> {
    let nested = |key: &&str| PytorchReader::with_top_level_key(path, key).ok().filter(|reader| !reader.is_empty());
    let reader = match NESTS.iter().find_map(nested) {
        Some(reader) => reader,
        None => PytorchReader::new(path).map_err(words)?,
    };
    let mut tensors = Tensors::new();
    for (name, snapshot) in reader.into_tensors() {
        let data = snapshot.to_data().map_err(|e| format!("`{name}`: {e:?}"))?;
        let shape = data.shape.to_vec();
        let values =
            data.convert::<f32>().into_vec::<f32>().map_err(|e| format!("`{name}` holds no real numbers: {e:?}"))?;
        tensors.insert(name, (shape, values));
    }
    Ok(tensors)
}

fn words(error: PytorchError) -> String {
    match error {
        PytorchError::InvalidFormat(words) | PytorchError::KeyNotFound(words) => words,
        PytorchError::Pickle(error) => error.to_string(),
        PytorchError::Io(error) | PytorchError::Tar(error) => error.to_string(),
        PytorchError::Zip(error) => error.to_string(),
        PytorchError::Serde(error) => format!("{error:?}"),
    }
}
