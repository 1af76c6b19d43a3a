//! Requests: each reads its words, asks a function of the editor, and says the answer in the protocol's.

use super::{State, protocol};
use crate::document::Document;
use crate::inlay::{HintKind, inlay};
use crate::lens::{Command, lenses};
use fascicle_lang::compile::Code;
use fascicle_lang::stdlib;
use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Request, Response};
use serde_json::{Value, json};
use std::ops::Range;

/// Why there is no answer.
pub(super) type Refused = (ErrorCode, String);

/// The answer to a request.
pub(super) fn answer(state: &State, request: Request) -> Response {
    let Request { id, method, params } = request;
    let named = super::names::answer(state, &method, &params);
    let other = |method: &str| Err((ErrorCode::MethodNotFound, format!("fascicle does not answer {method}")));
    let answered = match method.as_str() {
        "textDocument/hover" => on::<lsp::HoverRequest>(state, params, hover),
        "textDocument/inlayHint" => on::<lsp::InlayHintRequest>(state, params, hints),
        "textDocument/codeLens" => on::<lsp::CodeLensRequest>(state, params, over),
        "textDocument/codeAction" => repairs(state, params),
        // What lies in no folder: the library, and explanations of codes. LSP 3.18 calls it so.
        "workspace/textDocumentContent" => content(&params),
        method => named.unwrap_or_else(|| other(method)),
    };
    match answered {
        Ok(result) => Response::new_ok(id, result),
        Err((code, message)) => Response::new_err(id, code as i32, message),
    }
}

/// Reads the words of a request, has it answered, and writes the answer.
fn on<R: lsp::Request>(
    state: &State,
    params: Value,
    answer: impl FnOnce(&State, R::Params) -> R::Result,
) -> Result<Value, Refused> {
    let params: R::Params =
        serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))?;
    let result = answer(state, params);
    serde_json::to_value(result).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

fn hover(state: &State, params: lsp::HoverParams) -> Option<lsp::Hover> {
    let asked = params.text_document_position_params;
    let snapshot = state.snapshot(&asked.text_document.uri)?;
    let at = protocol::offset(&snapshot.document, asked.position, state.encoding);
    let found = crate::hover::hover(snapshot, at)?;
    Some(lsp::Hover {
        contents: protocol::markdown(found.text).into(),
        range: Some(range(state, &snapshot.document, found.range)),
    })
}

fn hints(state: &State, params: lsp::InlayHintParams) -> Option<Vec<lsp::InlayHint>> {
    let snapshot = state.snapshot(&params.text_document.uri)?;
    let within = protocol::bytes(&snapshot.document, params.range, state.encoding);
    let hints = inlay(snapshot, within, state.settings.inlay_hints.shown());
    let hint = |hint: crate::inlay::Hint| lsp::InlayHint {
        position: protocol::position(&snapshot.document, hint.at, state.encoding),
        // Space between it and the text is the client's.
        padding_left: Some(hint.text.starts_with(' ')),
        label: hint.text.trim_start().to_owned().into(),
        kind: Some(match hint.kind {
            HintKind::Params => lsp::InlayHintKind::Parameter,
            HintKind::Shape | HintKind::Presence | HintKind::Dimensions => lsp::InlayHintKind::Type,
        }),
        text_edits: None,
        tooltip: (!hint.tooltip.is_empty()).then(|| hint.tooltip.clone().into()),
        padding_right: None,
        data: None,
    };
    Some(hints.into_iter().map(hint).collect())
}

fn over(state: &State, params: lsp::CodeLensParams) -> Option<Vec<lsp::CodeLens>> {
    let snapshot = state.snapshot(&params.text_document.uri)?;
    let shown = state.settings.lens;
    let results = state.results.get(&snapshot.file).filter(|_| shown.results);
    let lenses = lenses(snapshot, results).into_iter().filter(|lens| match lens.kind {
        crate::lens::LensKind::Command => shown.commands,
        crate::lens::LensKind::Model => shown.models,
        crate::lens::LensKind::Sweep => shown.sweeps,
        crate::lens::LensKind::Result => shown.results,
    });
    let lens = |lens: crate::lens::Lens| {
        let command = match lens.command {
            Some(Command::Check) => "fascicle.check",
            Some(Command::Run) => "fascicle.run",
            // A lens without a command is drawn by no client: this one does nothing.
            None => "",
        };
        let arguments = lens.command.map(|_| vec![Value::String(snapshot.file.clone())]);
        lsp::CodeLens {
            range: range(state, &snapshot.document, lens.range),
            command: Some(lsp::Command { title: lens.title, tooltip: None, command: command.to_owned(), arguments }),
            data: None,
        }
    };
    Some(lenses.map(lens).collect())
}

/// Quick fixes of what is wrong at a place.
fn repairs(state: &State, params: Value) -> Result<Value, Refused> {
    let params: lsp::CodeActionParams =
        serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))?;
    let uri = &params.text_document.uri;
    let Some(snapshot) = state.snapshot(uri) else { return Ok(Value::Null) };
    let within = protocol::bytes(&snapshot.document, params.range, state.encoding);
    let action = |repair: crate::fixes::Repair| {
        let edit = |(bytes, text): (Range<usize>, String)| json!({ "range": range(state, &snapshot.document, bytes), "newText": text });
        let edits: Vec<Value> = repair.edits.into_iter().map(edit).collect();
        let mends = |told: &&lsp::Diagnostic| told.data.as_ref().is_some_and(|data| data["index"] == repair.diagnostic);
        let mended: Vec<&lsp::Diagnostic> = params.context.diagnostics.iter().filter(mends).collect();
        json!({
            "title": repair.title,
            "kind": "quickfix",
            "diagnostics": mended,
            "isPreferred": repair.is_certain,
            "edit": { "changes": { uri.as_ref(): edits } },
        })
    };
    Ok(crate::fixes::fixes(snapshot, within).into_iter().map(action).collect())
}

/// The text of a document of ours: `fascicle:/std/blocks.fx`, `fascicle:/explain/E0302.md`.
fn content(params: &Value) -> Result<Value, Refused> {
    let uri = params["uri"].as_str().unwrap_or_default();
    let own = uri.strip_prefix(protocol::OWN_SCHEME).unwrap_or_default();
    let library = own.strip_prefix("std/").and_then(|part| stdlib::source(part.trim_end_matches(".fx")));
    let explained = own.strip_prefix("explain/").and_then(|code| {
        let code = Code::ALL.iter().find(|known| known.code() == code.trim_end_matches(".md"))?;
        Some(format!("# {}: {}\n\n{}\n", code.code(), code.title(), code.explanation()))
    });
    match library.map(str::to_owned).or(explained) {
        Some(text) => Ok(json!({ "text": text })),
        None => Err((ErrorCode::InvalidParams, format!("there is no document {uri}"))),
    }
}

fn range(state: &State, document: &Document, bytes: Range<usize>) -> lsp::Range {
    protocol::range(document, bytes, state.encoding)
}
