//! The formatter, as edits: of the whole text, and of the declaration that a brace ends.

use crate::snapshot::Snapshot;
use fascicle_syntax::format;
use std::ops::Range;

/// The text laid out, as the bytes to be replaced by what; `None` where nothing changes, or where the file cannot be read.
pub fn formatting(snapshot: &Snapshot) -> Option<(Range<usize>, String)> {
    let text = snapshot.text();
    let laid_out = format(text).ok()?;
    replacement(text, &laid_out)
}

/// The declaration that a `}` right before a place ends, laid out: the rest of the file stays as it is, and may be broken.
pub fn formatting_on_brace(snapshot: &Snapshot, at: usize) -> Option<(Range<usize>, String)> {
    let text = snapshot.text();
    if !text.get(..at)?.ends_with('}') {
        return None;
    }
    let declaration = snapshot.tree().declarations.iter().find(|d| d.span.end as usize == at)?;
    let range = declaration.span.range();
    let laid_out = format(text.get(range.clone())?).ok()?;
    let (within, replacement) = replacement(&text[range.clone()], laid_out.trim_end())?;
    Some((range.start + within.start..range.start + within.end, replacement))
}

/// The lines that differ, so that an editor keeps its place.
fn replacement(old: &str, new: &str) -> Option<(Range<usize>, String)> {
    if old == new {
        return None;
    }
    let lines = |text: &str| text.split_inclusive('\n').map(str::len).collect::<Vec<usize>>();
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (old_lines, new_lines) = (lines(old), lines(new));
    let start: usize = old_lines[..head].iter().sum();
    let end = old.len() - old_lines[a.len() - tail..].iter().sum::<usize>();
    let new_end = new.len() - new_lines[b.len() - tail..].iter().sum::<usize>();
    Some((start..end, new[start..new_end].to_owned()))
}
