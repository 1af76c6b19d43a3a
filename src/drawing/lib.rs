//! A program's networks as drawings.
//!
//! ```text
//!  Program ──diagram──▶ Diagram { boxes, arrows } ──┬─ layout ─ svg ──▶ one SVG, its variants side by side
//!                         folded to a depth         └─ dot ──────────▶ text for Graphviz
//! ```
//!
//! A box is an input, a block with its layers as lines, a chain of layers, or an output; an arrow a value with its shape,
//! dashed where some people lack it. Boxes that share weights have one colour. The same program gives the same bytes.
//!
//! Layers of boxes are found as by Sugiyama, Tagawa and Toda (1981): longest paths, barycentres, and then places as near
//! to those of the neighbours as widths allow. Crates that do this place no bends for long arrows, which then run behind boxes.

mod diagram;
mod dot;
mod layout;
mod panel;
mod svg;
#[cfg(test)]
mod tests;

pub use diagram::{Arrow, Diagram, Kind, Line, Vertex, diagram};
pub use dot::dot;
pub use panel::{Panel, panels};
pub use svg::svg;
