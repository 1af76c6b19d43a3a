//! Views of storages: what a checkpoint says of its tensors is held against what the file holds, then the numbers are
//! taken in row-major order, whatever their strides.

use super::state::shown;
use super::values::{Tensor, Value, Values};
use crate::numbers::{ByteOrder, Number};
use crate::{Array, OrderedTensors};
use indexmap::IndexMap;
use std::collections::HashMap;
use std::rc::Rc;

/// Where the bytes of storages are.
pub(super) trait Storages {
    /// Bytes of a storage; `None` where the file does not have it.
    fn size(&self, key: &str) -> Option<u64>;

    /// Its bytes, once they are known to be whole.
    fn read(&mut self, key: &str) -> Result<Vec<u8>, String>;

    /// How its numbers are written.
    fn order(&self) -> ByteOrder;

    /// Bytes of the whole file.
    fn length(&self) -> u64;
}

/// Tensors that share or repeat the numbers of a storage may hold this many times what the file stores ..
const MOST_REPEATED: u64 = 16;
/// .. and this many more.
const MORE_NUMBERS: u64 = 1 << 24;

/// The most axes of a tensor, as in PyTorch.
const MOST_AXES: usize = 64;

/// A view that lies inside its storage.
struct View {
    key: Rc<str>,
    number: Number,
    offset: usize,
    sizes: Vec<usize>,
    strides: Vec<usize>,
    count: usize,
}

/// The numbers of all tensors. Nothing is read before all of them are checked.
pub(super) fn read(
    values: &Values,
    tensors: IndexMap<String, &Tensor>,
    file: &mut impl Storages,
) -> Result<OrderedTensors, String> {
    let mut views: Vec<(String, View)> = Vec::with_capacity(tensors.len());
    let mut uses: HashMap<Rc<str>, usize> = HashMap::new();
    let (mut asked, mut stored, mut bytes) = (0u64, 0u64, 0u64);
    for (name, tensor) in tensors {
        let (view, size) = checked(values, tensor, file).map_err(|problem| format!("`{}`: {problem}", shown(&name)))?;
        let users = uses.entry(view.key.clone()).or_default();
        if *users == 0 {
            stored += size / view.number.size();
            bytes += size;
        }
        *users += 1;
        asked = asked.saturating_add(view.count as u64);
        views.push((name, view));
    }
    if bytes > file.length() {
        return Err(format!("its storages lie over each other: {bytes} bytes in a file of {}", file.length()));
    }
    if asked > stored * MOST_REPEATED + MORE_NUMBERS {
        return Err(format!(
            "its tensors repeat numbers beyond all measure: {asked}, of {stored} that are stored; expected at most \
             {MOST_REPEATED} times as many and {MORE_NUMBERS} more"
        ));
    }
    let mut held: HashMap<Rc<str>, Vec<u8>> = HashMap::new();
    let mut read = OrderedTensors::with_capacity(views.len());
    for (name, view) in views {
        let bytes = match held.remove(&view.key) {
            Some(bytes) => bytes,
            None => file.read(&view.key)?,
        };
        read.insert(name, view.take(&bytes, file.order()));
        // Kept for as long as other tensors want it.
        if let Some(left) = uses.get_mut(&view.key) {
            *left -= 1;
            if *left > 0 {
                held.insert(view.key, bytes);
            }
        }
    }
    Ok(read)
}

/// The view, and how many bytes its storage has.
fn checked(values: &Values, tensor: &Tensor, file: &impl Storages) -> Result<(View, u64), String> {
    let Value::Storage(storage) = values.get(tensor.storage) else { return Err("it has no storage".into()) };
    let class = tensor.dtype.as_ref().unwrap_or(&storage.class);
    let number = number(class)
        .ok_or_else(|| format!("{} holds no real numbers that are known here: save it as float32", shown(class)))?;
    // It names an entry of the archive and is never a path; `torch.save` counts storages.
    if storage.key.contains(['/', '\\']) {
        return Err(format!("its storage is called `{}`, expected a number", shown(&storage.key)));
    }
    let size = file
        .size(&storage.key)
        .ok_or_else(|| format!("its storage `{}` is missing in the file: the file is damaged", shown(&storage.key)))?;
    // A storage without a type counts bytes.
    let own = self::number(&storage.class).map_or(1, Number::size);
    let claimed = u64::try_from(storage.count).ok().and_then(|count| count.checked_mul(own));
    if claimed != Some(size) {
        return Err(format!(
            "its storage `{}` should hold {} numbers of {own} bytes, and holds {size} bytes: the file is damaged",
            shown(&storage.key),
            storage.count
        ));
    }
    let numbers = size / number.size();
    let sizes = extents(values, tensor.sizes, "size")?;
    let strides = extents(values, tensor.strides, "stride")?;
    if sizes.len() != strides.len() {
        return Err(format!("{} sizes and {} strides: expected as many", sizes.len(), strides.len()));
    }
    let shape = format!("sizes {sizes:?}, strides {strides:?}");
    let absurd = || format!("{shape}: more numbers than any file holds");
    // Also where one size is 0: others multiply the shape.
    sizes
        .iter()
        .try_fold(1u64, |all, size| all.checked_mul((*size).max(1)))
        .filter(|n| *n < 1 << 48)
        .ok_or_else(absurd)?;
    let count: u64 = sizes.iter().product();
    let outside = || {
        let (offset, start, extent) = (tensor.offset, storage.start, storage.extent);
        let part = if start == 0 { String::new() } else { format!(" (its part of {extent} from {start})") };
        format!("{shape}, offset {offset}: it reaches outside of its storage of {numbers} numbers{part}")
    };
    let [offset, start, extent] = [tensor.offset, storage.start, storage.extent].map(|n| u64::try_from(n).ok());
    let (offset, start, extent) = match (offset, start, extent) {
        (Some(offset), Some(start), Some(extent)) => (offset, start, extent),
        _ => return Err(outside()),
    };
    let extent = if storage.extent == storage.count { numbers } else { extent };
    if start.checked_add(extent).is_none_or(|end| end > numbers) {
        return Err(outside());
    }
    if count > 0 {
        let reach = |last: u64, (size, stride): (&u64, &u64)| last.checked_add((size - 1).checked_mul(*stride)?);
        let last = sizes.iter().zip(&strides).try_fold(offset, reach);
        if last.is_none_or(|last| last >= extent) {
            return Err(outside());
        }
    }
    // Along an axis of one number, a stride may be anything: it is not gone.
    let strides: Vec<u64> =
        sizes.iter().zip(strides).map(|(size, stride)| if *size < 2 { 0 } else { stride }).collect();
    let strides = if count > 0 { strides } else { vec![0; strides.len()] };
    let narrow = |wide: &[u64]| wide.iter().map(|n| usize::try_from(*n)).collect::<Result<Vec<_>, _>>();
    let view = || -> Result<View, std::num::TryFromIntError> {
        Ok(View {
            key: storage.key.clone(),
            number,
            offset: usize::try_from(start.saturating_add(offset))?,
            sizes: narrow(&sizes)?,
            strides: narrow(&strides)?,
            count: usize::try_from(count)?,
        })
    };
    Ok((view().map_err(|_| absurd())?, size))
}

/// Sizes or strides, none of which is negative.
fn extents(values: &Values, id: u32, what: &str) -> Result<Vec<u64>, String> {
    let axes = values.items(id).map_or(0, <[u32]>::len);
    if axes > MOST_AXES {
        return Err(format!("{axes} axes: expected at most {MOST_AXES}"));
    }
    let given = values.ints(id).ok_or_else(|| format!("a {what} that is no whole number"))?;
    match given.iter().find(|n| **n < 0) {
        Some(negative) => Err(format!("the {what} {negative}: expected 0 or more")),
        None => Ok(given.into_iter().map(i64::unsigned_abs).collect()),
    }
}

impl View {
    /// Its numbers in row-major order.
    fn take(&self, bytes: &[u8], order: ByteOrder) -> Array {
        let walk = Walk { view: self, at: vec![0; self.sizes.len()], position: self.offset, left: self.count };
        (self.sizes.clone(), self.number.take(bytes, order, walk))
    }
}

/// The positions of a view's numbers in its storage, the last axis fastest.
struct Walk<'a> {
    view: &'a View,
    at: Vec<usize>,
    position: usize,
    left: usize,
}

impl Iterator for Walk<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let here = self.position;
        for axis in (0..self.at.len()).rev() {
            self.at[axis] += 1;
            self.position += self.view.strides[axis];
            if self.at[axis] < self.view.sizes[axis] {
                break;
            }
            self.position -= self.view.strides[axis] * self.view.sizes[axis];
            self.at[axis] = 0;
        }
        Some(here)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

/// The type of number that a storage's class or a tensor's dtype stands for.
pub(super) fn number(class: &str) -> Option<Number> {
    let name = class.strip_prefix("torch.")?;
    let name = name.strip_prefix("cuda.").unwrap_or(name);
    Some(match name {
        "DoubleStorage" | "float64" | "double" => Number::F64,
        "FloatStorage" | "float32" | "float" => Number::F32,
        "HalfStorage" | "float16" | "half" => Number::F16,
        "BFloat16Storage" | "bfloat16" => Number::BF16,
        "LongStorage" | "int64" | "long" => Number::I64,
        "IntStorage" | "int32" | "int" => Number::I32,
        "ShortStorage" | "int16" | "short" => Number::I16,
        "CharStorage" | "int8" => Number::I8,
        "ByteStorage" | "uint8" => Number::U8,
        "BoolStorage" | "bool" => Number::Bool,
        "uint16" => Number::U16,
        "uint32" => Number::U32,
        "uint64" => Number::U64,
        _ => return None,
    })
}
