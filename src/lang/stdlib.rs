//! The standard library: blocks, encoders, fusion operators and losses written in the language, embedded in the binary.
//!
//! A part is a file of `stdlib/`; `use std.blocks.ConvBlock` takes a name from `stdlib/blocks.fx`.

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
