//! Between the protocol's words and the functions': places, ranges, addresses of files.

use crate::document::{Document, Encoding, Place};
use gen_lsp_types as lsp;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::ops::Range;

/// Documents that lie in no folder, such as the standard library: `fascicle:/std/blocks.fx`.
pub const OWN_SCHEME: &str = "fascicle:/";

/// What is not written as it is in the path of an address.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}');

/// The path of a file by its address: `file:///home/a%20b.fx` is `/home/a b.fx`. Addresses that are no file's stay as they are.
pub fn path_of(uri: &lsp::Uri) -> String {
    let Some(rest) = uri.as_ref().strip_prefix("file://") else { return uri.as_ref().to_owned() };
    // `file://host/path` names a share; its path begins behind the host.
    let path = rest.find('/').map_or(rest, |at| &rest[at..]);
    let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
    // `/c:/data` on Windows.
    match path.as_bytes() {
        [b'/', letter, b':', ..] if letter.is_ascii_alphabetic() => path[1..].to_owned(),
        _ => path,
    }
}

/// The address of a file by its path.
pub fn uri_of(path: &str) -> lsp::Uri {
    if path.contains("://") || path.starts_with(OWN_SCHEME) || path.starts_with("untitled:") {
        return lsp::Uri::from(path);
    }
    let plain = path.replace('\\', "/");
    let slash = if plain.starts_with('/') { "" } else { "/" };
    lsp::Uri::from(format!("file://{slash}{}", utf8_percent_encode(&plain, ESCAPED)))
}

/// A byte as the client's place.
pub fn position(document: &Document, at: usize, encoding: Encoding) -> lsp::Position {
    let Place { line, column } = document.place(at, encoding);
    lsp::Position { line, character: column }
}

/// Bytes as the client's range.
pub fn range(document: &Document, bytes: Range<usize>, encoding: Encoding) -> lsp::Range {
    lsp::Range { start: position(document, bytes.start, encoding), end: position(document, bytes.end, encoding) }
}

/// The client's place as a byte.
pub fn offset(document: &Document, position: lsp::Position, encoding: Encoding) -> usize {
    document.offset(Place { line: position.line, column: position.character }, encoding)
}

/// The client's range as bytes.
pub fn bytes(document: &Document, range: lsp::Range, encoding: Encoding) -> Range<usize> {
    let start = offset(document, range.start, encoding);
    start..offset(document, range.end, encoding).max(start)
}

/// Markdown.
pub fn markdown(text: String) -> lsp::MarkupContent {
    lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_its_address() {
        for path in ["/home/a b/é#1.fx", "/x.fx", "c:/data/x.fx", "untitled:Untitled-1", "fascicle:/std/blocks.fx"] {
            assert_eq!(path_of(&uri_of(path)), path);
        }
        assert_eq!(path_of(&lsp::Uri::from("file:///home/a%20b.fx")), "/home/a b.fx");
        assert_eq!(uri_of("/home/a b.fx").as_ref(), "file:///home/a%20b.fx");
    }
}
