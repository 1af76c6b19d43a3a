//! The standard library: blocks, encoders, fusion operators and losses written in the language, embedded in the binary.
//!
//! A part is a file of `stdlib/`; `use std.blocks.ConvBlock` takes a name from `stdlib/blocks.fx`.

use fascicle_syntax::{File, SourceId, parse};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Parts with their text.
const PARTS: &[(&str, &str)] = &[
    ("blocks", include_str!("../../stdlib/blocks.fx")),
    ("encoders", include_str!("../../stdlib/encoders.fx")),
    ("fusion", include_str!("../../stdlib/fusion.fx")),
    ("heads", include_str!("../../stdlib/heads.fx")),
    ("losses", include_str!("../../stdlib/losses.fx")),
    ("disentangle", include_str!("../../stdlib/disentangle.fx")),
    ("attention", include_str!("../../stdlib/attention.fx")),
    ("segmentation", include_str!("../../stdlib/segmentation.fx")),
    ("unet", include_str!("../../stdlib/unet.fx")),
];

/// The text of a part: `blocks`.
pub fn source(part: &str) -> Option<&'static str> {
    PARTS.iter().find(|(name, _)| *name == part).map(|(_, text)| *text)
}

/// The names of all parts.
pub fn names() -> impl Iterator<Item = &'static str> {
    PARTS.iter().map(|(name, _)| *name)
}

/// A part as the source of this number, if the text is one: each is parsed once, however often files that take from it are compiled.
pub(crate) fn parsed(text: &str, source: SourceId) -> Option<Arc<File>> {
    type Parts = BTreeMap<(&'static str, SourceId), Arc<File>>;
    static KNOWN: Mutex<Parts> = Mutex::new(BTreeMap::new());
    let (part, own) = PARTS.iter().find(|(_, own)| *own == text)?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    Some(known.entry((part, source)).or_insert_with(|| Arc::new(parse(own, source).0)).clone())
}
