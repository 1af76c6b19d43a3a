//! Named arrays, and safetensors files, which they come out of and go into.

use crate::ExchangeError;
use crate::numbers::Number;
use crate::pytorch::read_pytorch_in_order;
use indexmap::IndexMap;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, Metadata, TensorView};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::Path;

/// Shape and row-major values.
pub type Array = (Vec<usize>, Vec<f32>);

/// Arrays on the host by name. Weights of a network have this form too.
pub type Tensors = BTreeMap<String, Array>;

/// Arrays in the order of the file they come from.
pub type OrderedTensors = IndexMap<String, Array>;

/// The arrays of a safetensors file or of a PyTorch checkpoint, whatever its name ends in.
///
/// # Errors
/// What the operating system says; a file that is neither, cut short or damaged.
pub fn read_tensors(path: &Path) -> Result<Tensors, ExchangeError> {
    Ok(read_in_order(path)?.into_iter().collect())
}

/// [`read_tensors`] in the order of the file, which for a checkpoint of PyTorch is that of its modules.
///
/// # Errors
/// As [`read_tensors`].
pub fn read_in_order(path: &Path) -> Result<OrderedTensors, ExchangeError> {
    // A safetensors file begins with the length of its header, which begins with a brace.
    let mut head = [0; 9];
    let mut file = std::fs::File::open(path).map_err(ExchangeError::io("read", path))?;
    let is_safetensors = file.read_exact(&mut head).is_ok() && head[8] == b'{';
    if !is_safetensors {
        return read_pytorch_in_order(path);
    }
    let bytes = std::fs::read(path).map_err(ExchangeError::io("read", path))?;
    parse_in_order(&bytes).map_err(|problem| ExchangeError::Unreadable { path: path.to_owned(), problem })
}

/// The arrays of a safetensors file. Numbers of every type become 32-bit floats.
///
/// # Errors
/// What the operating system says, a file that is no safetensors archive, a type that holds no real numbers.
pub fn read_safetensors(path: &Path) -> Result<Tensors, ExchangeError> {
    let bytes = std::fs::read(path).map_err(ExchangeError::io("read", path))?;
    parse_safetensors(&bytes).map_err(|problem| ExchangeError::Unreadable { path: path.to_owned(), problem })
}

/// The arrays of a safetensors archive in memory.
///
/// # Errors
/// Bytes that are no such archive, or a type that holds no real numbers, in words.
pub fn parse_safetensors(bytes: &[u8]) -> Result<Tensors, String> {
    Ok(parse_in_order(bytes)?.into_iter().collect())
}

/// In the order of the data. Writers of safetensors sort by name, which says nothing but puts `layer.10` before `layer.2`:
/// then numbers in names count.
fn parse_in_order(bytes: &[u8]) -> Result<OrderedTensors, String> {
    let archive = SafeTensors::deserialize(bytes).map_err(|e| format!("it is no safetensors archive: {e}"))?;
    let mut views = archive.tensors();
    views.sort_by_key(|(name, view)| (view.data().as_ptr() as usize, name.clone()));
    if views.is_sorted_by_key(|(name, _)| name) {
        views.sort_by(|(a, _), (b, _)| natural(a, b));
    }
    let read = |(name, view): (String, TensorView<'_>)| {
        let number = number(view.dtype()).ok_or_else(|| {
            format!("`{name}` is of type {:?}, which holds no real numbers that are known here", view.dtype())
        })?;
        Ok((name, (view.shape().to_vec(), number.all(view.data()))))
    };
    views.into_iter().map(read).collect()
}

/// `layer.2` before `layer.10`.
pub(crate) fn natural(a: &str, b: &str) -> Ordering {
    let key = |part: &str| (part.parse::<u64>().unwrap_or(u64::MAX), part.to_string());
    a.split('.').map(key).cmp(b.split('.').map(key))
}

/// The shapes of a safetensors file, from its header alone.
///
/// # Errors
/// As [`read_safetensors`].
pub fn shapes_of_safetensors(path: &Path) -> Result<BTreeMap<String, Vec<usize>>, ExchangeError> {
    let refuse = |problem: String| ExchangeError::Unreadable { path: path.to_owned(), problem };
    let mut file = std::fs::File::open(path).map_err(ExchangeError::io("read", path))?;
    let length = file.metadata().map_err(ExchangeError::io("read", path))?.len();
    let mut header = vec![0; 8];
    let short = || refuse("it is no safetensors archive: it ends before its header does".into());
    file.read_exact(&mut header).map_err(|_| short())?;
    let extent = u64::from_le_bytes(header[..8].try_into().unwrap_or_default());
    if extent > length.saturating_sub(8) {
        return Err(short());
    }
    header.resize(8 + extent as usize, 0);
    file.read_exact(&mut header[8..]).map_err(|_| short())?;
    let metadata: Metadata = serde_json::from_slice(&header[8..])
        .map_err(|e| refuse(format!("it is no safetensors archive: its header cannot be read ({e})")))?;
    let data: usize = metadata.tensors().values().map(|info| info.data_offsets.1).max().unwrap_or(0);
    if 8 + extent + data as u64 != length {
        return Err(refuse("it is cut short: its header describes more than it holds".into()));
    }
    Ok(metadata.tensors().into_iter().map(|(name, info)| (name, info.shape.clone())).collect())
}

/// A safetensors archive of 32-bit floats; the same arrays give the same bytes.
///
/// # Errors
/// A shape that does not fit its number of values, in words.
pub fn safetensors_bytes(tensors: &Tensors) -> Result<Vec<u8>, String> {
    archive(tensors, None)
}

/// [`safetensors_bytes`] with a text in the metadata of the archive. One, so that the bytes are the same every time: the
/// archive's writer has no order of several.
///
/// # Errors
/// As [`safetensors_bytes`].
pub fn safetensors_bytes_with(tensors: &Tensors, name: &str, text: String) -> Result<Vec<u8>, String> {
    archive(tensors, Some([(name.to_owned(), text)].into()))
}

/// The arrays of a safetensors file, and a text of its metadata, where it has one of this name.
///
/// # Errors
/// As [`read_safetensors`].
pub fn read_safetensors_with(path: &Path, name: &str) -> Result<(Tensors, Option<String>), ExchangeError> {
    let refuse = |problem: String| ExchangeError::Unreadable { path: path.to_owned(), problem };
    let bytes = std::fs::read(path).map_err(ExchangeError::io("read", path))?;
    let (_, metadata) =
        SafeTensors::read_metadata(&bytes).map_err(|e| refuse(format!("it is no safetensors archive: {e}")))?;
    let text = metadata.metadata().as_ref().and_then(|texts| texts.get(name).cloned());
    Ok((parse_safetensors(&bytes).map_err(refuse)?, text))
}

fn archive(tensors: &Tensors, metadata: Option<HashMap<String, String>>) -> Result<Vec<u8>, String> {
    let bytes: Vec<(&String, &Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, (shape, values))| (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        .collect();
    let views = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, (*shape).clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
    views.and_then(|views| safetensors::serialize(views, metadata)).map_err(|e| e.to_string())
}

/// The type of a tensor's numbers; `None` for one that is not known here.
fn number(dtype: Dtype) -> Option<Number> {
    Some(match dtype {
        Dtype::F64 => Number::F64,
        Dtype::F32 => Number::F32,
        Dtype::F16 => Number::F16,
        Dtype::BF16 => Number::BF16,
        Dtype::I64 => Number::I64,
        Dtype::U64 => Number::U64,
        Dtype::I32 => Number::I32,
        Dtype::U32 => Number::U32,
        Dtype::I16 => Number::I16,
        Dtype::U16 => Number::U16,
        Dtype::I8 => Number::I8,
        Dtype::U8 => Number::U8,
        Dtype::BOOL => Number::Bool,
        _ => return None,
    })
}

/// A shape as messages write it: `[4, 3]`.
pub(crate) fn show_shape(shape: &[usize]) -> String {
    format!("{shape:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let tensors: Tensors = [
            ("a.weight".to_string(), (vec![2, 2], vec![1.0, -2.5, f32::MIN_POSITIVE, 4e30])),
            ("b".to_string(), (vec![], vec![7.0])),
        ]
        .into();
        assert_eq!(parse_safetensors(&safetensors_bytes(&tensors).unwrap()).unwrap(), tensors);
    }

    #[test]
    fn a_file_in_the_order_of_the_alphabet_counts_upwards() {
        let tensors: Tensors =
            ["net.10.w", "net.2.w", "net.1.w"].map(|name| (name.to_string(), (vec![1], vec![0.0]))).into();
        let read = parse_in_order(&safetensors_bytes(&tensors).unwrap()).unwrap();
        assert_eq!(read.keys().collect::<Vec<_>>(), ["net.1.w", "net.2.w", "net.10.w"]);
    }

    #[test]
    fn a_broken_file_is_told_in_words() {
        let problem = parse_safetensors(b"PK\x03\x04 something else").unwrap_err();
        assert!(problem.starts_with("it is no safetensors archive"), "{problem}");
    }
}
