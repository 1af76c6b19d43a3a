//! The language server: the one place that knows the protocol.
//!
//! ```text
//!  client ─▶ messages ─▶ State { workspace, settings } ─▶ requests: a Snapshot is asked ─▶ client
//!                          │        ▲
//!                          ▼        │ Done
//!                        Jobs: compile on threads ─▶ diagnostics are published, hints and lenses refreshed
//! ```
//!
//! One thread speaks and owns the state; a request takes milliseconds, since what takes longer has been done by then.

mod capabilities;
mod colours;
mod jobs;
mod names;
mod protocol;
mod requests;
mod settings;

pub use settings::Settings;

use crate::diagnostics::{Elsewhere, Problem, diagnostics};
use crate::document::Encoding;
use crate::outside::{Outside, Results};
use crate::snapshot::{Snapshot, Workspace};
use crossbeam_channel::{Receiver, select, unbounded};
use fascicle_lang::compile::Severity;
use gen_lsp_types as lsp;
use jobs::{Done, Job, Jobs, Stage};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where the explanation of a code is read.
const EXPLANATIONS: &str = "fascicle:/explain/";

/// Why the conversation ended before it was over.
pub type Broken = Box<dyn std::error::Error + Send + Sync>;

/// Speaks with a client until it says that it is over.
///
/// # Errors
/// When the connection breaks, or the client says what the protocol does not have.
pub fn serve(connection: &Connection, outside: Arc<dyn Outside>) -> Result<(), Broken> {
    let (id, params) = connection.initialize_start()?;
    let params: lsp::InitializeParams = serde_json::from_value(params)?;
    let encoding = capabilities::encoding(&params);
    let answer = capabilities::capabilities(encoding);
    connection.initialize_finish(id, serde_json::to_value(answer)?)?;
    let (send, done) = unbounded();
    let mut state = State {
        workspace: Workspace::new(outside.clone()),
        addresses: BTreeMap::new(),
        results: BTreeMap::new(),
        cancelled: BTreeMap::new(),
        encoding,
        settings: Settings::default(),
        refreshes: capabilities::refreshes(&params),
        client: names::client(&params),
        waiting: Vec::new(),
        notices: RefCell::default(),
        told: RefCell::default(),
        answers: Cell::new(0),
        asked: 0,
        jobs: Jobs::start(outside, send),
    };
    if let Some(options) = &params.initialization_options {
        state.set(options, connection)?;
    }
    let ended = state.converse(connection, &done);
    state.jobs.stop();
    ended
}

/// What the server knows.
pub(crate) struct State {
    pub workspace: Workspace,
    /// The addresses of open files as the client gave them, by path.
    addresses: BTreeMap<String, lsp::Uri>,
    /// What the last runs left, by path.
    pub results: BTreeMap<String, Results>,
    /// How the jobs of a file's present text are told that there is a later one.
    cancelled: BTreeMap<String, Arc<AtomicBool>>,
    pub encoding: Encoding,
    pub settings: Settings,
    refreshes: capabilities::Refreshes,
    /// What the client can do with completions and edits.
    client: names::Client,
    /// Requests that wait for the present text of a file to be compiled, by its path.
    waiting: Vec<(String, Request)>,
    /// What the user is to be told of answers, once they are sent.
    notices: RefCell<Vec<String>>,
    /// The semantic tokens that the client has, by path.
    told: RefCell<BTreeMap<String, colours::Told>>,
    /// How many answers with tokens there were.
    answers: Cell<u64>,
    /// How many requests the client was sent.
    asked: i32,
    jobs: Jobs,
}

impl State {
    fn converse(&mut self, connection: &Connection, done: &Receiver<Done>) -> Result<(), Broken> {
        loop {
            select! {
                recv(connection.receiver) -> message => match message {
                    Ok(Message::Request(request)) => {
                        if connection.handle_shutdown(&request)? {
                            return Ok(());
                        }
                        if let Some(path) = self.waits_for(&request) {
                            self.waiting.push((path, request));
                            continue;
                        }
                        let answer = self.answer(request);
                        connection.sender.send(Message::Response(answer))?;
                        for message in self.notices.take() {
                            let params = lsp::ShowMessageParams { kind: lsp::MessageType::Warning, message };
                            notify(connection, "window/showMessage", params)?;
                        }
                    }
                    Ok(Message::Notification(notification)) => self.told(notification, connection)?,
                    // Answers to requests to refresh say nothing.
                    Ok(Message::Response(_)) => {}
                    Err(_) => return Ok(()),
                },
                recv(done) -> finished => match finished {
                    Ok(finished) => self.finished(finished, connection)?,
                    Err(_) => return Err("the threads that compile have ended".into()),
                },
            }
        }
    }

    /// The file whose present text must be compiled before the request is answered: an editor that asks for hints right behind an
    /// edit keeps those it has until then, and some do not draw a second answer for the same text.
    fn waits_for(&self, request: &Request) -> Option<String> {
        if !matches!(request.method.as_str(), "textDocument/inlayHint" | "textDocument/codeLens") {
            return None;
        }
        let path = protocol::path_of(&lsp::Uri::from(request.params["textDocument"]["uri"].as_str()?));
        let is_compiled = self.workspace.files.get(&path)?.present.is_some();
        (!is_compiled).then_some(path)
    }

    /// Answers what waited for a file; says whether anything did.
    fn answer_waiting(&mut self, path: &str, connection: &Connection) -> Result<bool, Broken> {
        let all = std::mem::take(&mut self.waiting);
        let (mine, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(file, _)| file == path);
        self.waiting = others;
        let any = !mine.is_empty();
        for (_, request) in mine {
            let answer = self.answer(request);
            connection.sender.send(Message::Response(answer))?;
        }
        Ok(any)
    }

    /// Gives up a request that waits.
    fn give_up(&mut self, params: &Value, connection: &Connection) -> Result<(), Broken> {
        let Ok(id) = serde_json::from_value::<lsp_server::RequestId>(params["id"].clone()) else { return Ok(()) };
        let Some(at) = self.waiting.iter().position(|(_, request)| request.id == id) else { return Ok(()) };
        self.waiting.remove(at);
        let answer = Response::new_err(id, ErrorCode::RequestCanceled as i32, "the client gave it up".into());
        connection.sender.send(Message::Response(answer))?;
        Ok(())
    }

    /// Answers a request; a mistake of ours is an answer, too.
    fn answer(&self, request: Request) -> Response {
        let id = request.id.clone();
        match catch_unwind(AssertUnwindSafe(|| requests::answer(self, request))) {
            Ok(response) => response,
            Err(_) => {
                Response::new_err(id, ErrorCode::InternalError as i32, "a mistake of fascicle: please report it".into())
            }
        }
    }

    /// The file behind an address, where it is open.
    pub fn snapshot(&self, uri: &lsp::Uri) -> Option<&Arc<Snapshot>> {
        self.workspace.files.get(&protocol::path_of(uri))
    }

    /// The address of a path: the client's own where the file is open.
    pub fn address(&self, path: &str) -> lsp::Uri {
        self.addresses.get(path).cloned().unwrap_or_else(|| protocol::uri_of(path))
    }

    fn told(&mut self, notification: Notification, connection: &Connection) -> Result<(), Broken> {
        let Notification { method, params } = notification;
        match method.as_str() {
            "textDocument/didOpen" => {
                if let Some(lsp::DidOpenTextDocumentParams { text_document: item }) = read(params) {
                    let path = protocol::path_of(&item.uri);
                    self.addresses.insert(path.clone(), item.uri);
                    let snapshot = Snapshot::new(path.clone(), &item.text, item.version);
                    self.workspace.files.insert(path.clone(), Arc::new(snapshot));
                    self.compile(&path, false);
                }
            }
            "textDocument/didChange" => {
                if let Some(change) = read::<lsp::DidChangeTextDocumentParams>(params) {
                    self.changed(change);
                }
            }
            "textDocument/didClose" => {
                if let Some(closed) = read::<lsp::DidCloseTextDocumentParams>(params) {
                    let path = protocol::path_of(&closed.text_document.uri);
                    self.workspace.files.remove(&path);
                    self.answer_waiting(&path, connection)?;
                    self.results.remove(&path);
                    self.told.borrow_mut().remove(&path);
                    if let Some(cancelled) = self.cancelled.remove(&path) {
                        cancelled.store(true, Ordering::Relaxed);
                    }
                    let uri = self.addresses.remove(&path).unwrap_or(closed.text_document.uri);
                    let params = lsp::PublishDiagnosticsParams { uri, version: None, diagnostics: Vec::new() };
                    notify(connection, "textDocument/publishDiagnostics", params)?;
                }
            }
            "$/cancelRequest" => self.give_up(&params, connection)?,
            // Tables, weights and other files may be others than they were.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.compile_all(None),
            "workspace/didChangeConfiguration" => {
                let settings = params.get("settings").cloned().unwrap_or_default();
                self.set(&settings, connection)?;
                self.refresh(connection)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn set(&mut self, settings: &Value, connection: &Connection) -> Result<(), Broken> {
        match Settings::read(settings) {
            Ok(settings) => self.settings = settings,
            Err(why) => {
                let params = lsp::ShowMessageParams { kind: lsp::MessageType::Warning, message: why };
                notify(connection, "window/showMessage", params)?;
            }
        }
        Ok(())
    }

    fn changed(&mut self, change: lsp::DidChangeTextDocumentParams) {
        let document = change.text_document;
        let path = protocol::path_of(&document.text_document_identifier.uri);
        let Some(snapshot) = self.workspace.files.get(&path) else { return };
        let mut snapshot = Snapshot::clone(snapshot);
        for edit in change.content_changes {
            use lsp::TextDocumentContentChangeEvent as Event;
            let (range, text) = match edit {
                Event::TextDocumentContentChangePartial(part) => {
                    (protocol::bytes(&snapshot.document, part.range, self.encoding), part.text)
                }
                Event::TextDocumentContentChangeWholeDocument(whole) => (0..snapshot.text().len(), whole.text),
            };
            snapshot = snapshot.edited(range, &text, document.version);
        }
        self.workspace.files.insert(path.clone(), Arc::new(snapshot));
        self.compile(&path, true);
        self.compile_all(Some(&path));
    }

    /// Compiles open files again: those that read this one, or all.
    fn compile_all(&mut self, reading: Option<&str>) {
        let reads = |snapshot: &Snapshot| match reading {
            None => true,
            Some(path) => {
                let known = snapshot.present.as_ref().or(snapshot.good.as_ref().map(|good| &good.analysis));
                snapshot.file != path && known.is_some_and(|known| known.read.iter().any(|read| read == path))
            }
        };
        let files: Vec<String> =
            self.workspace.files.iter().filter(|(_, s)| reads(s)).map(|(path, _)| path.clone()).collect();
        files.iter().for_each(|file| self.compile(file, false));
    }

    fn compile(&mut self, path: &str, urgent: bool) {
        let Some(snapshot) = self.workspace.files.get(path) else { return };
        let document = snapshot.document.clone();
        let cancelled = Arc::new(AtomicBool::new(false));
        if let Some(earlier) = self.cancelled.insert(path.to_owned(), cancelled.clone()) {
            earlier.store(true, Ordering::Relaxed);
        }
        let open = Arc::new(self.workspace.open_texts());
        self.jobs.add(Job { file: path.to_owned(), document, open, stage: Stage::Base, urgent, cancelled });
    }

    fn finished(&mut self, done: Done, connection: &Connection) -> Result<(), Broken> {
        let Done { file, version, analysis, results } = done;
        // What was known before is taken apart when everything has been said: a large network takes its time.
        let _before = match self.workspace.files.get(&file) {
            Some(snapshot) if snapshot.document.version == version => {
                let snapshot = snapshot.analysed(Arc::new(analysis));
                self.workspace.files.insert(file.clone(), Arc::new(snapshot))
            }
            _ => return Ok(()),
        };
        match results {
            Some(Some(results)) => {
                self.results.insert(file.clone(), results);
            }
            Some(None) => {
                self.results.remove(&file);
            }
            None => {}
        }
        self.publish(&file, connection)?;
        match self.answer_waiting(&file, connection)? {
            true => Ok(()),
            false => self.refresh(connection),
        }
    }

    fn publish(&self, path: &str, connection: &Connection) -> Result<(), Broken> {
        let Some(snapshot) = self.workspace.files.get(path) else { return Ok(()) };
        let shown = diagnostics(snapshot).into_iter().map(|problem| self.diagnostic(snapshot, problem)).collect();
        let params = lsp::PublishDiagnosticsParams {
            uri: self.address(path),
            version: Some(snapshot.document.version),
            diagnostics: shown,
        };
        notify(connection, "textDocument/publishDiagnostics", params)
    }

    fn diagnostic(&self, snapshot: &Snapshot, problem: Problem) -> lsp::Diagnostic {
        let related = problem.related.into_iter().filter_map(|related| {
            let location = match related.place {
                Elsewhere::Here(bytes) => {
                    let range = protocol::range(&snapshot.document, bytes, self.encoding);
                    lsp::Location { uri: self.address(&snapshot.file), range }
                }
                Elsewhere::There(span) => self.elsewhere(snapshot, span)?,
            };
            Some(lsp::DiagnosticRelatedInformation { location, message: related.message })
        });
        let code = problem.code.map(|code| code.code());
        lsp::Diagnostic {
            range: protocol::range(&snapshot.document, problem.range, self.encoding),
            severity: Some(match problem.severity {
                Severity::Error => lsp::DiagnosticSeverity::Error,
                Severity::Warning => lsp::DiagnosticSeverity::Warning,
            }),
            code: code.map(|code| lsp::Code::String(code.to_owned())),
            code_description: code
                .map(|code| lsp::CodeDescription { href: lsp::Uri::from(format!("{EXPLANATIONS}{code}.md")) }),
            source: Some("fascicle".to_owned()),
            message: problem.message.into(),
            tags: problem.unnecessary.then(|| vec![lsp::DiagnosticTag::Unnecessary]),
            related_information: Some(related.collect::<Vec<_>>()).filter(|related| !related.is_empty()),
            data: problem.index.map(|index| json!({ "index": index })),
        }
    }

    /// A place in another file of a compilation, as the client finds it.
    pub fn elsewhere(&self, snapshot: &Snapshot, span: fascicle_syntax::Span) -> Option<lsp::Location> {
        let analysis = snapshot.present.as_ref().or(snapshot.good.as_ref().map(|good| &good.analysis))?;
        let source = analysis.compilation.sources.get(span.source)?;
        let document = crate::document::Document::new(&source.text, 0);
        let range = protocol::range(&document, span.range(), self.encoding);
        let uri = match source.name.strip_prefix("std/") {
            Some(_) => lsp::Uri::from(format!("{}{}", protocol::OWN_SCHEME, source.name)),
            None => self.address(&self.workspace.outside.beside(&snapshot.file, &source.name)),
        };
        Some(lsp::Location { uri, range })
    }

    /// Asks the client to ask again for what is written beside and over the text.
    fn refresh(&mut self, connection: &Connection) -> Result<(), Broken> {
        let methods = [
            (self.refreshes.hints, "workspace/inlayHint/refresh"),
            (self.refreshes.lenses, "workspace/codeLens/refresh"),
            (self.refreshes.tokens, "workspace/semanticTokens/refresh"),
        ];
        for (_, method) in methods.into_iter().filter(|(wanted, _)| *wanted) {
            self.asked += 1;
            let request = Request::new(self.asked.into(), method.to_owned(), Value::Null);
            connection.sender.send(Message::Request(request))?;
        }
        Ok(())
    }
}

/// What a client says, where it can be read; what cannot is passed over, as the protocol has it for notifications.
fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}

fn notify(connection: &Connection, method: &str, params: impl Serialize) -> Result<(), Broken> {
    connection.sender.send(Message::Notification(Notification::new(method.to_owned(), params)))?;
    Ok(())
}
