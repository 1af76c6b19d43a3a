//! Any text: the parser ends, spans lie in the text, and the formatter keeps tree and comments and settles at once.
#![no_main]

use fascicle_fuzz::limit::within;
use fascicle_syntax::{LexemeKind, SourceId, format, lexemes, parse};
use libfuzzer_sys::fuzz_target;

/// A tree without places.
fn tree(source: &str) -> Option<String> {
    let (file, errors) = parse(source, SourceId::default());
    if !errors.is_empty() {
        return None;
    }
    let debug = format!("{file:?}");
    let mut parts = debug.split("Span {");
    let mut tree = parts.next().unwrap_or_default().to_string();
    for part in parts {
        // `source: SourceId(0), start: 0, end: 0 }`
        tree.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    Some(tree)
}

fn comments(source: &str) -> Vec<&str> {
    let found = lexemes(source).into_iter().filter(|l| matches!(l.kind, LexemeKind::Comment | LexemeKind::Doc));
    found.map(|l| source[l.start..l.end].trim_end()).collect()
}

fuzz_target!(init: fascicle_fuzz::seeds::write("parse"), |data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let most = (64 << 20) + 20_000 * text.len();
    let (_, errors) = within(most, || parse(text, SourceId::default()));
    for error in &errors {
        assert!(text.get(error.span.range()).is_some(), "{error:?} is not in the text");
    }
    match within(most, || format(text)) {
        Err(told) => assert!(!told.is_empty() && !errors.is_empty(), "the formatter refuses what the parser takes"),
        Ok(once) => {
            assert!(errors.is_empty(), "the formatter takes what the parser refuses");
            assert_eq!(tree(text), tree(&once), "another meaning:\n{text}\n---\n{once}");
            assert_eq!(comments(text), comments(&once), "other comments:\n{text}\n---\n{once}");
            assert_eq!(format(&once).as_ref(), Ok(&once), "not settled:\n{text}\n---\n{once}");
        }
    }
});
