//! What the server can do, and what the client said that it can.

use crate::document::Encoding;
use gen_lsp_types as lsp;
use serde_json::Value;

/// In which units columns are counted: bytes where the client can, since the text is kept so.
pub fn encoding(params: &lsp::InitializeParams) -> Encoding {
    let general = params.capabilities.general.as_ref();
    let offered = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
    match () {
        () if offered.contains(&lsp::PositionEncodingKind::UTF8) => Encoding::Utf8,
        () if offered.contains(&lsp::PositionEncodingKind::UTF16) || offered.is_empty() => Encoding::Utf16,
        () if offered.contains(&lsp::PositionEncodingKind::UTF32) => Encoding::Utf32,
        () => Encoding::Utf16,
    }
}

/// What the client can be asked to ask again for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Refreshes {
    /// Hints beside the text.
    pub hints: bool,
    /// Lines over declarations.
    pub lenses: bool,
    /// Semantic tokens.
    pub tokens: bool,
}

/// What this client can be asked.
pub fn refreshes(params: &lsp::InitializeParams) -> Refreshes {
    let capabilities = serde_json::to_value(&params.capabilities).unwrap_or(Value::Null);
    let can = |what: &str| capabilities["workspace"][what]["refreshSupport"].as_bool().unwrap_or(false);
    Refreshes { hints: can("inlayHint"), lenses: can("codeLens"), tokens: can("semanticTokens") }
}

/// What the server answers.
pub fn capabilities(encoding: Encoding) -> lsp::InitializeResult {
    let sync = lsp::TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(lsp::TextDocumentSyncKind::Incremental),
        save: Some(true.into()),
        ..lsp::TextDocumentSyncOptions::default()
    };
    let mut capabilities = lsp::ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => lsp::PositionEncodingKind::UTF8,
            Encoding::Utf16 => lsp::PositionEncodingKind::UTF16,
            Encoding::Utf32 => lsp::PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(sync.into()),
        hover_provider: Some(true.into()),
        inlay_hint_provider: Some(true.into()),
        code_action_provider: Some(true.into()),
        code_lens_provider: Some(lsp::CodeLensOptions::default()),
        ..lsp::ServerCapabilities::default()
    };
    super::names::capabilities(&mut capabilities);
    let about = lsp::ServerInfo { name: "fascicle".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    lsp::InitializeResult { capabilities, server_info: Some(about) }
}
