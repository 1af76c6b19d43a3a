//! Weights from PyTorch's own files (`.pt`, `.pth`).
//!
//! ```text
//!  file ──archive──▶ entries ──pickle, calls──▶ values ──state──▶ names and views ──views──▶ OrderedTensors
//!       └─legacy───▶ (files of PyTorch before 1.6) ─┘                    ▲
//!                                                          storages ─────┘
//! ```
//!
//! A checkpoint is a pickle, a program for Python, beside the numbers of its tensors. Only what dictionaries of state are
//! made of is understood; other objects are passed over where they hold no tensors, and refused by name where they do.
//! Sizes, strides, offsets, checksums and the file's order of bytes are all checked before a number is taken.

mod archive;
mod calls;
mod legacy;
mod pickle;
mod state;
mod values;
mod views;

use crate::numbers::ByteOrder;
use crate::{ExchangeError, OrderedTensors, Tensors};
use archive::Archive;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use views::Storages;

/// The tensors of a PyTorch checkpoint: a `state_dict`, or a checkpoint that holds one under `state_dict`,
/// `model_state_dict`, `model` or `net`.
///
/// # Errors
/// What the operating system says; a file that is no checkpoint, cut short or damaged; a whole pickled model, whose classes
/// only Python knows.
pub fn read_pytorch(path: &Path) -> Result<Tensors, ExchangeError> {
    Ok(read_pytorch_in_order(path)?.into_iter().collect())
}

/// [`read_pytorch`] in the order of the file.
pub(crate) fn read_pytorch_in_order(path: &Path) -> Result<OrderedTensors, ExchangeError> {
    let file = File::open(path).map_err(ExchangeError::io("read", path))?;
    parse(BufReader::new(file)).map_err(|problem| ExchangeError::Unreadable {
        path: path.to_owned(),
        problem: format!("it cannot be read as a PyTorch checkpoint: {problem}"),
    })
}

/// The tensors of a checkpoint in memory or in a file.
fn parse(mut file: impl Read + Seek) -> Result<OrderedTensors, String> {
    let words = |error: std::io::Error| error.to_string();
    let mut head = Vec::new();
    file.by_ref().take(64).read_to_end(&mut head).map_err(words)?;
    file.seek(SeekFrom::Start(0)).map_err(words)?;
    if head.starts_with(b"PK") {
        return parse_archive(file);
    }
    if !legacy::is_legacy(&head) {
        return Err("it is neither an archive of `torch.save` nor a safetensors file; expected what \
             `torch.save(model.state_dict(), ..)` of PyTorch 1.6 or newer wrote"
            .into());
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(words)?;
    let (mut legacy, values, root) = legacy::Legacy::open(&bytes)?;
    views::read(&values, state::tensors(&values, root)?, &mut legacy)
}

fn parse_archive(file: impl Read + Seek) -> Result<OrderedTensors, String> {
    let mut archive = Archive::open(file)?;
    let roots: Vec<&str> = archive.names().filter_map(|name| name.strip_suffix("/data.pkl")).collect();
    let [root] = roots[..] else {
        return Err(format!(
            "the archive has {} entries `NAME/data.pkl`, expected one: it is not of `torch.save`",
            roots.len()
        ));
    };
    let root = root.to_owned();
    let pickle = archive.read(&format!("{root}/data.pkl"))?.unwrap_or_default();
    let order = match archive.read(&format!("{root}/byteorder"))?.as_deref() {
        // Written since 2.1; before, nothing else was.
        None | Some(b"little") => ByteOrder::Little,
        Some(b"big") => ByteOrder::Big,
        Some(other) => {
            let other = state::shown(&String::from_utf8_lossy(other));
            return Err(format!("its order of bytes is `{other}`, expected `little` or `big`"));
        }
    };
    let read = pickle::unpickle(&pickle)?;
    drop(pickle);
    let tensors = state::tensors(&read.values, read.root)?;
    views::read(&read.values, tensors, &mut InArchive { archive, root, order })
}

/// The storages of an archive, an entry each.
struct InArchive<R> {
    archive: Archive<R>,
    root: String,
    order: ByteOrder,
}

impl<R: Read + Seek> Storages for InArchive<R> {
    fn size(&self, key: &str) -> Option<u64> {
        self.archive.size(&format!("{}/data/{key}", self.root))
    }

    fn read(&mut self, key: &str) -> Result<Vec<u8>, String> {
        let read = self.archive.read(&format!("{}/data/{key}", self.root))?;
        read.ok_or_else(|| format!("its storage `{}` is missing", state::shown(key)))
    }

    fn order(&self) -> ByteOrder {
        self.order
    }

    fn length(&self) -> u64 {
        self.archive.length()
    }
}

#[cfg(test)]
mod crafted;
#[cfg(test)]
mod tests;
