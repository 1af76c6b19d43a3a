//! Named arrays in and out of safetensors files.

use super::ExchangeError;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, Metadata, TensorView};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// Arrays on the host by name: shape and row-major values. Weights of a network have this form too
/// ([`crate::nn::Network::set_weights`]).
pub type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

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
    let archive = SafeTensors::deserialize(bytes).map_err(|e| format!("it is no safetensors archive: {e}"))?;
    archive
        .iter()
        .map(|(name, view)| {
            let values = numbers(&view).ok_or_else(|| {
                format!("`{name}` is of type {:?}, which holds no real numbers that are known here", view.dtype())
            })?;
            Ok((name.to_owned(), (view.shape().to_vec(), values)))
        })
        .collect()
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
    let bytes: Vec<(&String, &Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, (shape, values))| (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        .collect();
    let views = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, (*shape).clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
    views.and_then(|views| safetensors::serialize(views, None)).map_err(|e| e.to_string())
}

/// The numbers of a tensor as 32-bit floats; `None` for a type that holds none.
fn numbers(view: &TensorView<'_>) -> Option<Vec<f32>> {
    fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
        bytes.as_chunks::<N>().0.iter().map(|chunk| number(*chunk)).collect()
    }
    let bytes = view.data();
    Some(match view.dtype() {
        Dtype::F64 => each(bytes, |b| f64::from_le_bytes(b) as f32),
        Dtype::F32 => each(bytes, f32::from_le_bytes),
        Dtype::F16 => each(bytes, |b| half(u16::from_le_bytes(b))),
        Dtype::BF16 => each(bytes, |b| f32::from_bits(u32::from(u16::from_le_bytes(b)) << 16)),
        Dtype::I64 => each(bytes, |b| i64::from_le_bytes(b) as f32),
        Dtype::U64 => each(bytes, |b| u64::from_le_bytes(b) as f32),
        Dtype::I32 => each(bytes, |b| i32::from_le_bytes(b) as f32),
        Dtype::U32 => each(bytes, |b| u32::from_le_bytes(b) as f32),
        Dtype::I16 => each(bytes, |b| f32::from(i16::from_le_bytes(b))),
        Dtype::U16 => each(bytes, |b| f32::from(u16::from_le_bytes(b))),
        Dtype::I8 => each(bytes, |b| f32::from(i8::from_le_bytes(b))),
        Dtype::U8 | Dtype::BOOL => each(bytes, |[b]| f32::from(b)),
        _ => return None,
    })
}

/// IEEE 754 half precision.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f32::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f32.powi(exponent - 15),
    }
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
    fn numbers_of_every_type_become_floats() {
        let read = |dtype, bytes: &[u8]| numbers(&TensorView::new(dtype, vec![1], bytes).unwrap()).unwrap()[0];
        assert_eq!(read(Dtype::F16, &0x3555u16.to_le_bytes()), 0.333_251_95);
        assert_eq!(read(Dtype::F16, &0x8001u16.to_le_bytes()), -5.960_464_5e-8);
        assert_eq!(read(Dtype::F16, &0xfc00u16.to_le_bytes()), f32::NEG_INFINITY);
        assert_eq!(read(Dtype::BF16, &0xc040u16.to_le_bytes()), -3.0);
        assert_eq!(read(Dtype::I64, &(-12i64).to_le_bytes()), -12.0);
        assert_eq!(read(Dtype::F64, &0.1f64.to_le_bytes()), 0.1);
        assert_eq!(read(Dtype::BOOL, &[1]), 1.0);
    }

    #[test]
    fn a_broken_file_is_told_in_words() {
        let problem = parse_safetensors(b"PK\x03\x04 something else").unwrap_err();
        assert!(problem.starts_with("it is no safetensors archive"), "{problem}");
    }
}
