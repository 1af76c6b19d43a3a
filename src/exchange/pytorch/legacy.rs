//! Checkpoints as PyTorch wrote them before 1.6, and still does where it is told to: pickles one after the other, then the
//! numbers of each storage behind their count. They carry no checksums.

use super::pickle::unpickle;
use super::values::{Value, Values};
use super::views::Storages;
use crate::numbers::ByteOrder;
use std::collections::HashMap;
use std::ops::Range;

/// The pickle of a large number that such a file begins with.
const MAGIC: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";

/// The version of the layout, as a pickle.
const VERSION: &[u8] = b"\x80\x02M\xe9\x03.";

/// A file of old, taken apart.
pub(super) struct Legacy<'a> {
    bytes: &'a [u8],
    storages: HashMap<String, Range<usize>>,
}

/// Whether a file begins as one.
pub(super) fn is_legacy(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

impl<'a> Legacy<'a> {
    /// Takes a file apart: the values of its checkpoint, the one that was saved, and where its storages are.
    pub fn open(bytes: &'a [u8]) -> Result<(Self, Values, u32), String> {
        let rest = bytes.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(VERSION)).ok_or_else(again)?;
        let system = unpickle(rest)?;
        check_order(&system.values, system.root)?;
        let rest = &rest[system.read..];
        let checkpoint = unpickle(rest)?;
        let rest = &rest[checkpoint.read..];
        let keys = unpickle(rest)?;
        let mut at = bytes.len() - rest.len() + keys.read;

        // The list of keys says in which order, the checkpoint how large their numbers are.
        let mut widths: HashMap<&str, u64> = HashMap::new();
        for id in 0..checkpoint.values.len() as u32 {
            if let Value::Storage(storage) = checkpoint.values.get(id)
                && let Some(number) = super::views::number(&storage.class)
            {
                widths.insert(&storage.key, number.size());
            }
        }
        let mut storages = HashMap::new();
        let listed = keys.values.items(keys.root).ok_or("the list of its storages is missing")?;
        for id in listed {
            let key = keys.values.text(*id).ok_or("the name of a storage is no text")?;
            let cut = || "it is cut short: its storages end before all are there".to_string();
            let count = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or_else(cut)?;
            let width = widths.get(&**key).copied().ok_or_else(|| {
                format!(
                    "the type of its storage `{}` is not known: save it with PyTorch 1.6 or newer",
                    super::state::shown(key)
                )
            })?;
            let size = u64::from_le_bytes(*count).checked_mul(width).and_then(|size| usize::try_from(size).ok());
            let end = size.and_then(|size| (at + 8).checked_add(size)).filter(|end| *end <= bytes.len());
            let end = end.ok_or_else(cut)?;
            storages.insert(key.to_string(), at + 8..end);
            at = end;
        }
        if at != bytes.len() {
            return Err("it holds more than its storages: it is damaged".into());
        }
        drop(widths);
        Ok((Self { bytes, storages }, checkpoint.values, checkpoint.root))
    }
}

/// Such files have the lowest byte first, unless the machine had it last and said so.
fn check_order(values: &Values, root: u32) -> Result<(), String> {
    let Value::Dict(pairs) = values.get(root) else { return Err(again()) };
    let little = pairs.iter().find(|(key, _)| values.text(*key).is_some_and(|key| &**key == "little_endian"));
    match little.map(|(_, value)| values.get(*value)) {
        Some(Value::Bool(true)) => Ok(()),
        _ => {
            Err("it was written on a machine whose highest byte comes first: save it with PyTorch 1.6 or newer".into())
        }
    }
}

fn again() -> String {
    "it is of a version of PyTorch before 1.6 that is not read: save it again with `torch.save` of PyTorch 1.6 or newer"
        .into()
}

impl Storages for Legacy<'_> {
    fn size(&self, key: &str) -> Option<u64> {
        self.storages.get(key).map(|range| range.len() as u64)
    }

    fn read(&mut self, key: &str) -> Result<Vec<u8>, String> {
        let range = self.storages.get(key).cloned().unwrap_or_default();
        Ok(self.bytes.get(range).unwrap_or_default().to_vec())
    }

    fn order(&self) -> ByteOrder {
        ByteOrder::Little
    }

    fn length(&self) -> u64 {
        self.bytes.len() as u64
    }
}
