//! Requests that ask for names: definition, references, renaming, completion, signatures, outline, folding, tokens, layout.

use super::requests::Refused;
use super::{State, colours, protocol};
use crate::complete::{self, Proposal, ProposalKind};
use crate::document::Document;
use crate::names::{self, Location};
use crate::outline::{self, Part};
use crate::signature::signature;
use crate::snapshot::Snapshot;
use crate::tokens::{MODIFIERS, TokenClass};
use gen_lsp_types as lsp;
use lsp_server::ErrorCode;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// What the client can do with answers of these.
#[derive(Debug, Clone, Copy, Default)]
pub struct Client {
    /// Proposals may have places to go on at.
    snippets: bool,
    /// Edits may say what else follows from them.
    annotations: bool,
}

/// What this client can do.
pub fn client(params: &lsp::InitializeParams) -> Client {
    let capabilities = serde_json::to_value(&params.capabilities).unwrap_or(Value::Null);
    let edit = &capabilities["workspace"]["workspaceEdit"];
    Client {
        snippets: capabilities["textDocument"]["completion"]["completionItem"]["snippetSupport"]
            .as_bool()
            .unwrap_or(false),
        annotations: edit["documentChanges"].as_bool().unwrap_or(false) && !edit["changeAnnotationSupport"].is_null(),
    }
}

/// Adds what is answered here.
pub fn capabilities(to: &mut lsp::ServerCapabilities) {
    to.completion_provider = Some(lsp::CompletionOptions {
        trigger_characters: Some([".", ">", "(", ",", ":", "\"", "=", "{", "[", " "].map(str::to_owned).to_vec()),
        resolve_provider: Some(true),
        ..lsp::CompletionOptions::default()
    });
    to.signature_help_provider = Some(lsp::SignatureHelpOptions {
        trigger_characters: Some(["(", ",", ":"].map(str::to_owned).to_vec()),
        retrigger_characters: Some(vec![")".to_owned()]),
        ..lsp::SignatureHelpOptions::default()
    });
    to.definition_provider = Some(true.into());
    to.references_provider = Some(true.into());
    to.document_highlight_provider = Some(true.into());
    to.document_symbol_provider = Some(true.into());
    to.workspace_symbol_provider = Some(true.into());
    to.folding_range_provider = Some(true.into());
    to.selection_range_provider = Some(true.into());
    to.document_formatting_provider = Some(true.into());
    to.document_on_type_formatting_provider = Some(lsp::DocumentOnTypeFormattingOptions {
        first_trigger_character: "}".to_owned(),
        more_trigger_character: None,
    });
    to.rename_provider =
        Some(lsp::RenameOptions { prepare_provider: Some(true), ..lsp::RenameOptions::default() }.into());
    to.semantic_tokens_provider = Some(
        lsp::SemanticTokensOptions {
            legend: lsp::SemanticTokensLegend {
                token_types: TokenClass::ALL.iter().map(|class| class.name().to_owned()).collect(),
                token_modifiers: MODIFIERS.iter().map(|modifier| (*modifier).to_owned()).collect(),
            },
            full: Some(lsp::SemanticTokensFullDelta { delta: Some(true) }.into()),
            ..lsp::SemanticTokensOptions::default()
        }
        .into(),
    );
}

/// The answer to a request that asks for names; `None` where it asks for something else.
pub(super) fn answer(state: &State, method: &str, params: &Value) -> Option<Result<Value, Refused>> {
    Some(match method {
        "textDocument/completion" => on::<lsp::CompletionRequest>(state, params, completion),
        "completionItem/resolve" => on::<lsp::CompletionResolveRequest>(state, params, resolved),
        "textDocument/signatureHelp" => on::<lsp::SignatureHelpRequest>(state, params, signatures),
        "textDocument/definition" => on::<lsp::DefinitionRequest>(state, params, definition),
        "textDocument/references" => on::<lsp::ReferencesRequest>(state, params, references),
        "textDocument/documentHighlight" => on::<lsp::DocumentHighlightRequest>(state, params, highlights),
        "textDocument/prepareRename" => on::<lsp::PrepareRenameRequest>(state, params, renamable),
        "textDocument/rename" => on::<lsp::RenameRequest>(state, params, rename),
        "textDocument/documentSymbol" => on::<lsp::DocumentSymbolRequest>(state, params, symbols),
        "workspace/symbol" => on::<lsp::WorkspaceSymbolRequest>(state, params, workspace_symbols),
        "textDocument/foldingRange" => on::<lsp::FoldingRangeRequest>(state, params, folds),
        "textDocument/selectionRange" => on::<lsp::SelectionRangeRequest>(state, params, selections),
        "textDocument/semanticTokens/full" => on::<lsp::SemanticTokensRequest>(state, params, colours::full),
        "textDocument/semanticTokens/full/delta" => {
            on::<lsp::SemanticTokensDeltaRequest>(state, params, colours::delta)
        }
        "textDocument/formatting" => on::<lsp::DocumentFormattingRequest>(state, params, formatting),
        "textDocument/onTypeFormatting" => {
            on::<lsp::DocumentOnTypeFormattingRequest>(state, params, formatting_on_brace)
        }
        _ => return None,
    })
}

fn on<R: lsp::Request>(
    state: &State,
    params: &Value,
    answer: impl FnOnce(&State, R::Params) -> Result<R::Result, String>,
) -> Result<Value, Refused> {
    let params: R::Params =
        serde_json::from_value(params.clone()).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))?;
    // What cannot be done is told to the user in the client's own way.
    let result = answer(state, params).map_err(|why| (ErrorCode::RequestFailed, why))?;
    serde_json::to_value(result).map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

/// The file and the byte that a request is about.
fn asked<'s>(state: &'s State, at: &lsp::TextDocumentPositionParams) -> Option<(&'s Snapshot, usize)> {
    let snapshot = state.snapshot(&at.text_document.uri)?;
    Some((snapshot, protocol::offset(&snapshot.document, at.position, state.encoding)))
}

/// The address of a file, a part of the library among them.
fn address(state: &State, file: &str) -> lsp::Uri {
    match names::library_part(file) {
        Some(part) => lsp::Uri::from(format!("{}std/{part}.fx", protocol::OWN_SCHEME)),
        None => state.address(file),
    }
}

/// Where a file's places stand as the client counts them; each file is read once.
#[derive(Default)]
struct Documents(BTreeMap<String, Document>);

impl Documents {
    fn range(&mut self, state: &State, file: &str, bytes: Range<usize>) -> lsp::Range {
        let document = self.0.entry(file.to_owned()).or_insert_with(|| match state.workspace.files.get(file) {
            Some(open) => open.document.clone(),
            None => Document::new(&names::text_of(file, &state.workspace).unwrap_or_default(), 0),
        });
        protocol::range(document, bytes, state.encoding)
    }

    fn location(&mut self, state: &State, location: &Location) -> lsp::Location {
        lsp::Location {
            uri: address(state, &location.file),
            range: self.range(state, &location.file, location.range()),
        }
    }
}

fn edit(state: &State, snapshot: &Snapshot, (bytes, new_text): (Range<usize>, String)) -> lsp::TextEdit {
    lsp::TextEdit { range: protocol::range(&snapshot.document, bytes, state.encoding), new_text }
}

fn completion(state: &State, params: lsp::CompletionParams) -> Result<Option<lsp::CompletionResponse>, String> {
    let Some((snapshot, at)) = asked(state, &params.text_document_position_params) else { return Ok(None) };
    let space = params.context.as_ref().and_then(|context| context.trigger_character.as_deref()) == Some(" ");
    // A space asks only behind what calls for something: `|> `, `optimizer `.
    let before = snapshot.text()[..at].trim_end_matches(' ');
    let calls =
        ["|>", ",", ":", "=", "->", "(", "[", "optimizer", "schedule", "sampler", "against", "with", "on", "over"];
    if space && !calls.iter().any(|call| before.ends_with(call)) {
        return Ok(None);
    }
    let found = complete::complete(snapshot, &state.workspace, at);
    let range = protocol::range(&snapshot.document, found.replace.clone(), state.encoding);
    let items = found.proposals.into_iter().enumerate();
    let items = items.map(|(place, proposal)| item(state, snapshot, (place, range), proposal)).collect();
    let list = lsp::CompletionList { is_incomplete: false, items, ..lsp::CompletionList::default() };
    Ok(Some(list.into()))
}

fn item(
    state: &State,
    snapshot: &Snapshot,
    (place, range): (usize, lsp::Range),
    proposal: Proposal,
) -> lsp::CompletionItem {
    let snippet = proposal.snippet && state.client.snippets;
    let new_text = match proposal.snippet && !snippet {
        true => plain(&proposal.insert),
        false => proposal.insert,
    };
    let also: Vec<lsp::TextEdit> = proposal.also.into_iter().map(|also| edit(state, snapshot, also)).collect();
    lsp::CompletionItem {
        label: proposal.label,
        kind: Some(kind(proposal.kind)),
        detail: Some(proposal.detail).filter(|detail| !detail.is_empty()),
        documentation: (!proposal.documentation.is_empty()).then(|| protocol::markdown(proposal.documentation).into()),
        sort_text: Some(format!("{place:04}")),
        insert_text_format: snippet.then_some(lsp::InsertTextFormat::Snippet),
        text_edit: Some(lsp::TextEdit { range, new_text }.into()),
        additional_text_edits: (!also.is_empty()).then_some(also),
        data: (!proposal.key.is_empty()).then_some(Value::String(proposal.key)),
        ..lsp::CompletionItem::default()
    }
}

/// A snippet without its places: `Conv3d(filters)` of `Conv3d(${1:filters})`.
fn plain(snippet: &str) -> String {
    let mut found = String::new();
    let mut rest = snippet;
    while let Some(at) = rest.find("${") {
        found.push_str(&rest[..at]);
        let inner = &rest[at + 2..];
        let end = inner.find('}').unwrap_or(inner.len());
        found.push_str(inner[..end].split_once(':').map_or("", |(_, text)| text));
        rest = inner.get(end + 1..).unwrap_or("");
    }
    found + rest
}

fn kind(kind: ProposalKind) -> lsp::CompletionItemKind {
    match kind {
        ProposalKind::Snippet => lsp::CompletionItemKind::Snippet,
        ProposalKind::Keyword => lsp::CompletionItemKind::Keyword,
        ProposalKind::Block => lsp::CompletionItemKind::Class,
        ProposalKind::Function => lsp::CompletionItemKind::Function,
        ProposalKind::Step => lsp::CompletionItemKind::Method,
        ProposalKind::Model => lsp::CompletionItemKind::Struct,
        ProposalKind::Value => lsp::CompletionItemKind::Variable,
        ProposalKind::Param => lsp::CompletionItemKind::Constant,
        ProposalKind::Argument => lsp::CompletionItemKind::Property,
        ProposalKind::Field => lsp::CompletionItemKind::Field,
        ProposalKind::Word => lsp::CompletionItemKind::EnumMember,
        ProposalKind::Type => lsp::CompletionItemKind::TypeParameter,
        ProposalKind::Cohort => lsp::CompletionItemKind::Module,
        ProposalKind::File => lsp::CompletionItemKind::File,
    }
}

fn resolved(_: &State, mut item: lsp::CompletionItem) -> Result<lsp::CompletionItem, String> {
    let key = item.data.as_ref().and_then(Value::as_str);
    if let Some(text) = key.and_then(complete::documentation) {
        item.documentation = Some(protocol::markdown(text).into());
    }
    Ok(item)
}

fn signatures(state: &State, params: lsp::SignatureHelpParams) -> Result<Option<lsp::SignatureHelp>, String> {
    let Some((snapshot, at)) = asked(state, &params.text_document_position_params) else { return Ok(None) };
    let Some(found) = signature(snapshot, &state.workspace, at) else { return Ok(None) };
    // Places in a label are counted in UTF-16, whatever was agreed for texts.
    let units = |bytes: usize| found.head[..bytes].encode_utf16().count() as u32;
    let parameters = found.callable.parameters.iter().zip(&found.places).map(|(parameter, (start, end))| {
        let said = match (parameter.doc.is_empty(), parameter.takes.is_empty()) {
            (false, false) => format!("{} ({})", parameter.doc, parameter.takes),
            (true, _) => parameter.takes.clone(),
            (false, true) => parameter.doc.clone(),
        };
        lsp::ParameterInformation {
            label: lsp::ParameterInformationLabel::Tuple((units(*start), units(*end))),
            documentation: (!said.is_empty()).then(|| protocol::markdown(said).into()),
        }
    });
    let parameters: Vec<_> = parameters.collect();
    let active = found.active.map(|at| lsp::ActiveParameter::Int(at as u32));
    let first = found.callable.doc.split("\n\n").next().unwrap_or("").to_owned();
    let information = lsp::SignatureInformation {
        label: found.head,
        documentation: (!first.is_empty()).then(|| protocol::markdown(first).into()),
        parameters: Some(parameters),
        active_parameter: active,
    };
    Ok(Some(lsp::SignatureHelp { signatures: vec![information], active_signature: Some(0), active_parameter: active }))
}

fn definition(state: &State, params: lsp::DefinitionParams) -> Result<Option<lsp::DefinitionResponse>, String> {
    let Some((snapshot, at)) = asked(state, &params.text_document_position_params) else { return Ok(None) };
    let mut documents = Documents::default();
    let found = names::definition(snapshot, &state.workspace, at);
    let places: Vec<_> = found.iter().map(|location| documents.location(state, location)).collect();
    Ok((!places.is_empty()).then(|| lsp::Definition::LocationList(places).into()))
}

fn references(state: &State, params: lsp::ReferenceParams) -> Result<Option<Vec<lsp::Location>>, String> {
    let Some((snapshot, at)) = asked(state, &params.text_document_position_params) else { return Ok(None) };
    let mut documents = Documents::default();
    let found = names::references(snapshot, &state.workspace, at, params.context.include_declaration);
    Ok(Some(found.iter().map(|location| documents.location(state, location)).collect()))
}

fn highlights(
    state: &State,
    params: lsp::DocumentHighlightParams,
) -> Result<Option<Vec<lsp::DocumentHighlight>>, String> {
    let Some((snapshot, at)) = asked(state, &params.text_document_position_params) else { return Ok(None) };
    let found = names::highlights(snapshot, &state.workspace, at).into_iter();
    let shown = found.map(|highlight| lsp::DocumentHighlight {
        range: protocol::range(&snapshot.document, highlight.range, state.encoding),
        kind: Some(match highlight.writes {
            true => lsp::DocumentHighlightKind::Write,
            false => lsp::DocumentHighlightKind::Read,
        }),
    });
    Ok(Some(shown.collect()))
}

fn renamable(state: &State, params: lsp::PrepareRenameParams) -> Result<Option<lsp::PrepareRenameResult>, String> {
    let Some((snapshot, at)) = asked(state, &params.text_document_position_params) else { return Ok(None) };
    let bytes = names::renamable(snapshot, &state.workspace, at)?;
    let placeholder = snapshot.text()[bytes.clone()].to_owned();
    let range = protocol::range(&snapshot.document, bytes, state.encoding);
    Ok(Some(lsp::PrepareRenamePlaceholder { range, placeholder }.into()))
}

/// The one annotation that edits of a renaming have.
const FOLLOWS: &str = "follows";

fn rename(state: &State, params: lsp::RenameParams) -> Result<Option<lsp::WorkspaceEdit>, String> {
    let Some((snapshot, at)) = asked(state, &params.text_document_position_params) else { return Ok(None) };
    let renaming = names::rename(snapshot, &state.workspace, at, &params.new_name)?;
    let mut documents = Documents::default();
    let mut by_file: BTreeMap<String, Vec<lsp::TextEdit>> = BTreeMap::new();
    for (location, new_text) in &renaming.edits {
        let range = documents.range(state, &location.file, location.range());
        by_file.entry(location.file.clone()).or_default().push(lsp::TextEdit { range, new_text: new_text.clone() });
    }
    if renaming.warnings.is_empty() || !state.client.annotations {
        // Who cannot be asked before is told afterwards: a renaming that is refused would have to be done by hand.
        state.notices.borrow_mut().extend(renaming.warnings.iter().map(|warning| warning.description.clone()));
        let changes = by_file.into_iter().map(|(file, edits)| (address(state, &file), edits)).collect();
        return Ok(Some(lsp::WorkspaceEdit { changes: Some(changes), ..lsp::WorkspaceEdit::default() }));
    }
    let changes = by_file.into_iter().map(|(file, edits)| {
        let version = state.workspace.files.get(&file).map(|open| open.document.version);
        let identifier = lsp::TextDocumentIdentifier { uri: address(state, &file) };
        let edits = edits.into_iter().map(|text_edit| {
            lsp::Edit::AnnotatedTextEdit(lsp::AnnotatedTextEdit { annotation_id: FOLLOWS.to_owned(), text_edit })
        });
        lsp::DocumentChange::TextDocumentEdit(lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier {
                version,
                text_document_identifier: identifier,
            },
            edits: edits.collect(),
        })
    });
    let changes = changes.collect();
    let labels: Vec<&str> = renaming.warnings.iter().map(|warning| warning.label.as_str()).collect();
    let descriptions: Vec<&str> = renaming.warnings.iter().map(|warning| warning.description.as_str()).collect();
    let annotation = lsp::ChangeAnnotation {
        label: labels.join(", "),
        needs_confirmation: Some(true),
        description: Some(descriptions.join(" ")),
    };
    Ok(Some(lsp::WorkspaceEdit {
        document_changes: Some(changes),
        change_annotations: Some(HashMap::from([(FOLLOWS.to_owned(), annotation)])),
        ..lsp::WorkspaceEdit::default()
    }))
}

fn symbols(state: &State, params: lsp::DocumentSymbolParams) -> Result<Option<lsp::DocumentSymbolResponse>, String> {
    let Some(snapshot) = state.snapshot(&params.text_document.uri) else { return Ok(None) };
    let parts = outline::outline(snapshot);
    let symbols: Vec<_> = parts.into_iter().map(|part| symbol(state, snapshot, part)).collect();
    Ok(Some(symbols.into()))
}

fn symbol(state: &State, snapshot: &Snapshot, part: Part) -> lsp::DocumentSymbol {
    let children: Vec<_> = part.parts.into_iter().map(|part| symbol(state, snapshot, part)).collect();
    let detail = format!("{} {}", part.word, part.detail);
    #[allow(deprecated, reason = "the field is part of the type")]
    lsp::DocumentSymbol {
        name: part.name,
        detail: Some(detail.trim_end().to_owned()),
        kind: symbol_kind(part.word),
        tags: None,
        deprecated: None,
        range: protocol::range(&snapshot.document, part.range, state.encoding),
        selection_range: protocol::range(&snapshot.document, part.selection, state.encoding),
        children: (!children.is_empty()).then_some(children),
    }
}

fn symbol_kind(word: &str) -> lsp::SymbolKind {
    match word {
        "use" | "extends" | "use model" => lsp::SymbolKind::Module,
        "param" | "parameter" => lsp::SymbolKind::Constant,
        "cohort" => lsp::SymbolKind::Namespace,
        "modality" | "condition" | "target" | "input" | "let" => lsp::SymbolKind::Variable,
        "group" => lsp::SymbolKind::Array,
        "block" => lsp::SymbolKind::Class,
        "model" | "baseline" => lsp::SymbolKind::Struct,
        "loss" => lsp::SymbolKind::Function,
        "output" | "clause" => lsp::SymbolKind::Field,
        "train" | "search" => lsp::SymbolKind::Event,
        "analysis" | "score" | "compare" => lsp::SymbolKind::Method,
        _ => lsp::SymbolKind::Object,
    }
}

fn workspace_symbols(
    state: &State,
    params: lsp::WorkspaceSymbolParams,
) -> Result<Option<lsp::WorkspaceSymbolResponse>, String> {
    let mut documents = Documents::default();
    let found = outline::in_workspace(&state.workspace, &params.query).into_iter();
    let symbols = found.map(|(part, place)| lsp::WorkspaceSymbol {
        location: documents.location(state, &place).into(),
        data: None,
        base_symbol_information: lsp::BaseSymbolInformation {
            name: part.name,
            kind: symbol_kind(part.word),
            tags: None,
            container_name: Some(part.word.to_owned()),
        },
    });
    let symbols: Vec<_> = symbols.collect();
    Ok(Some(symbols.into()))
}

fn folds(state: &State, params: lsp::FoldingRangeParams) -> Result<Option<Vec<lsp::FoldingRange>>, String> {
    let Some(snapshot) = state.snapshot(&params.text_document.uri) else { return Ok(None) };
    let line = |at: usize| snapshot.document.line_of(at) as u32;
    let folds = outline::folds(snapshot).into_iter().map(|fold| lsp::FoldingRange {
        start_line: line(fold.range.start),
        end_line: line(fold.range.end),
        kind: match (fold.comment, fold.imports) {
            (true, _) => Some(lsp::FoldingRangeKind::Comment),
            (_, true) => Some(lsp::FoldingRangeKind::Imports),
            _ => None,
        },
        start_character: None,
        end_character: None,
        collapsed_text: None,
    });
    Ok(Some(folds.collect()))
}

fn selections(state: &State, params: lsp::SelectionRangeParams) -> Result<Option<Vec<lsp::SelectionRange>>, String> {
    let Some(snapshot) = state.snapshot(&params.text_document.uri) else { return Ok(None) };
    let one = |position: lsp::Position| {
        let at = protocol::offset(&snapshot.document, position, state.encoding);
        let ranges = outline::selections(snapshot, at).into_iter().rev();
        let nested = ranges.fold(None, |parent: Option<Box<lsp::SelectionRange>>, bytes| {
            Some(Box::new(lsp::SelectionRange {
                range: protocol::range(&snapshot.document, bytes, state.encoding),
                parent,
            }))
        });
        nested.map_or_else(
            || lsp::SelectionRange { range: lsp::Range { start: position, end: position }, parent: None },
            |nested| *nested,
        )
    };
    Ok(Some(params.positions.into_iter().map(one).collect()))
}

fn formatting(state: &State, params: lsp::DocumentFormattingParams) -> Result<Option<Vec<lsp::TextEdit>>, String> {
    let Some(snapshot) = state.snapshot(&params.text_document.uri) else { return Ok(None) };
    Ok(outline::formatting(snapshot).map(|change| vec![edit(state, snapshot, change)]))
}

fn formatting_on_brace(
    state: &State,
    params: lsp::DocumentOnTypeFormattingParams,
) -> Result<Option<Vec<lsp::TextEdit>>, String> {
    let Some(snapshot) = state.snapshot(&params.text_document.uri) else { return Ok(None) };
    let at = protocol::offset(&snapshot.document, params.position, state.encoding);
    Ok(outline::formatting_on_brace(snapshot, at).map(|change| vec![edit(state, snapshot, change)]))
}
