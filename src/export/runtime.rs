//! The functions that a file brings with it: those of `runtime.py` that it uses, and what these use.

const SOURCE: &str = include_str!("runtime.py");

/// The functions and classes of the source: name and text.
fn pieces() -> impl Iterator<Item = (&'static str, &'static str)> {
    SOURCE.split("\n\n\n").filter_map(|piece| {
        let head = piece.trim_start().strip_prefix("def ").or_else(|| piece.trim_start().strip_prefix("class "))?;
        Some((&head[..head.find(['(', ':'])?], piece.trim()))
    })
}

/// Their names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    pieces().map(|(name, _)| name)
}

/// Functions and classes that a text calls, in the order of the source.
pub(super) fn used(text: &str) -> String {
    let pieces: Vec<(&str, &str)> = pieces().collect();
    let mut wanted: Vec<bool> = pieces.iter().map(|(name, _)| calls(text, name)).collect();
    // A piece uses those before it and behind it.
    while let Some(more) = (0..pieces.len()).find(|at| {
        !wanted[*at] && pieces.iter().zip(&wanted).any(|((_, piece), on)| *on && calls(piece, pieces[*at].0))
    }) {
        wanted[more] = true;
    }
    let chosen = pieces.iter().zip(&wanted).filter(|(_, on)| **on).map(|((_, piece), _)| format!("{piece}\n\n\n"));
    chosen.collect()
}

/// Whether a name is called: not as a method, not as the end of another name.
fn calls(text: &str, name: &str) -> bool {
    let call = format!("{name}(");
    text.match_indices(&call).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let declares = text[..at].ends_with("def ") || text[..at].ends_with("class ");
        !declares && !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
    })
}
