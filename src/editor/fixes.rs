//! What can be done about a mistake: the repairs that the compiler gives with it, as edits of the present text.

use crate::snapshot::Snapshot;
use fascicle_syntax::SourceId;
use std::ops::Range;

/// A repair of something that [`diagnostics`](crate::diagnostics::diagnostics) tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What it does, as an order.
    pub title: String,
    /// What is replaced by what, in the present text.
    pub edits: Vec<(Range<usize>, String)>,
    /// Position of the mistake in the compilation's diagnostics.
    pub diagnostic: usize,
    /// Whether nothing else can have been meant.
    pub is_certain: bool,
}

/// The repairs of mistakes that touch these bytes of the present text. Those that change another file are left out.
pub fn fixes(snapshot: &Snapshot, within: Range<usize>) -> Vec<Repair> {
    let Some(analysis) = &snapshot.present else { return Vec::new() };
    let own = |span: fascicle_syntax::Span| span.source == SourceId::default();
    let mut repairs = Vec::new();
    for (index, diagnostic) in analysis.compilation.diagnostics.iter().enumerate() {
        let Some(place) = diagnostic.labels.iter().map(|label| label.span).find(|span| own(*span)) else { continue };
        let place = place.range();
        if place.end < within.start || within.end < place.start {
            continue;
        }
        for fix in diagnostic.fixes.iter().filter(|fix| fix.edits.iter().all(|edit| own(edit.span))) {
            let edits = fix.edits.iter().map(|edit| (edit.span.range(), edit.text.clone())).collect();
            repairs.push(Repair { title: fix.title.clone(), edits, diagnostic: index, is_certain: fix.is_certain });
        }
    }
    repairs
}
