//! What stands under the cursor: shape, cost, who lacks it, documentation.

use crate::snapshot::Snapshot;
use std::ops::Range;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is about, in the present text.
    pub range: Range<usize>,
    /// Markdown.
    pub text: String,
}

/// What is known of what stands at a byte.
pub fn hover(snapshot: &Snapshot, at: usize) -> Option<Hover> {
    let sighting = snapshot.fact_at(at)?;
    let text = sighting.fact.seen.ty()?.to_string();
    Some(Hover { range: sighting.range, text })
}
