//! What the server answers of names, spoken with in memory.

mod conversation;

use conversation::Client;
use fascicle_editor::{NoOutside, Outside};
use fascicle_lang::compile::{TableProblem, TableSummary};
use fascicle_lang::program::Cohort;
use lsp_server::Message;
use serde_json::{Value, json};

const BASE: &str = "param width: int = 4\n";
const TEXT: &str = "\
extends \"base.fx\"
use std.blocks.ConvBnRelu
cohort c = bids(\"data\")
modality t1: volume[1, 16, 16, 16] = c.image(\"anat/*_T1w.nii.gz\") |> zscore
// é𝛼 stands before what follows
model m(t1) { output é = t1 }
model n(t1) -> y { t1 |> ConvBnRelu(width) |> flatten |> Linear(2) }
target y: class{A, B} = c.column(\"y\")
train n { minimize cross_entropy(n, y) }
";

/// A file beside the one that is open.
struct Beside;

impl Outside for Beside {
    fn text(&self, path: &str) -> Result<String, String> {
        if path == "/study/base.fx" { Ok(BASE.to_owned()) } else { Err(format!("there is no {path}")) }
    }

    fn beside(&self, file: &str, named: &str) -> String {
        format!("{}/{named}", file.rsplit_once('/').map_or("", |(folder, _)| folder))
    }

    fn experiments(&self) -> Vec<String> {
        vec!["/study/base.fx".to_owned(), "/study/main.fx".to_owned()]
    }

    fn table(&self, cohort: &Cohort, wait: bool) -> Option<Result<TableSummary, TableProblem>> {
        NoOutside.table(cohort, wait)
    }
}

/// The client of these tests, with the file open.
fn opened(capabilities: &Value) -> Client {
    let client = Client::new(Beside, &Value::Null, capabilities);
    client.open(MAIN, TEXT);
    client
}

/// Asks at the first place of a word in the text.
fn at(client: &mut Client, method: &str, word: &str, more: Value) -> Value {
    let at = TEXT.find(word).expect("the word stands there");
    let line = TEXT[..at].matches('\n').count();
    let start = TEXT[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let column = TEXT[start..at].encode_utf16().count();
    let mut params = json!({ "textDocument": { "uri": MAIN }, "position": { "line": line, "character": column } });
    for (key, value) in more.as_object().into_iter().flatten() {
        params[key] = value.clone();
    }
    client.ask(method, params)
}

const MAIN: &str = "file:///study/main.fx";

#[test]
fn names_lead_to_other_files_and_to_the_library() {
    let mut client = opened(&json!({}));
    let found = at(&mut client, "textDocument/definition", "width)", json!({}));
    assert_eq!(found[0]["uri"], "file:///study/base.fx");
    assert_eq!(found[0]["range"]["start"], json!({ "line": 0, "character": 6 }));
    let found = at(&mut client, "textDocument/definition", "ConvBnRelu(", json!({}));
    assert_eq!(found[0]["uri"], "fascicle:/std/blocks.fx");
    let content = client.ask("workspace/textDocumentContent", json!({ "uri": "fascicle:/std/blocks.fx" }));
    let line = found[0]["range"]["start"]["line"].as_u64().unwrap_or_default() as usize;
    let text = content["text"].as_str().unwrap_or_default();
    assert!(text.lines().nth(line).is_some_and(|line| line.starts_with("block ConvBnRelu(")), "{line}: {text}");
    let context = json!({ "context": { "includeDeclaration": true } });
    let found = at(&mut client, "textDocument/references", "width)", context);
    assert_eq!(found.as_array().map(Vec::len), Some(2), "{found}");
    let lit = at(&mut client, "textDocument/documentHighlight", "t1 |> Conv", json!({}));
    // The declaration, two heads and two bodies, of which one cannot be read; places are counted in UTF-16.
    assert_eq!(lit.as_array().map(Vec::len), Some(5), "{lit}");
}

#[test]
fn a_renaming_says_what_follows_from_it() {
    let able = json!({ "workspace": { "workspaceEdit": { "documentChanges": true, "changeAnnotationSupport": {} } } });
    let mut client = opened(&able);
    let range = at(&mut client, "textDocument/prepareRename", "width)", json!({}));
    assert_eq!(range["placeholder"], "width");
    let renamed = at(&mut client, "textDocument/rename", "width)", json!({ "newName": "filters" }));
    let files = renamed["changes"].as_object().map(|changes| changes.keys().cloned().collect::<Vec<_>>());
    assert_eq!(files, Some(vec!["file:///study/base.fx".to_owned(), MAIN.to_owned()]), "{renamed}");
    let refused = at(&mut client, "textDocument/rename", "width)", json!({ "newName": "t1" }));
    assert!(refused["error"].as_str().is_some_and(|why| why.contains("`t1` is taken: modality")), "{refused}");
    let refused = at(&mut client, "textDocument/prepareRename", "flatten", json!({}));
    assert!(refused["error"].as_str().is_some_and(|why| why.contains("a word of the language")), "{refused}");
}

#[test]
fn who_cannot_be_asked_before_a_renaming_is_told_afterwards() {
    let mut client = Client::new(Beside, &Value::Null, &json!({}));
    let (good, text) = (
        "file:///study/good.fx",
        "\
cohort c = bids(\"data\")
modality t1: volume[1, 16, 16, 16] = c.image(\"anat/*_T1w.nii.gz\")
model net(t1) { t1 |> Conv3d(1) }
",
    );
    client.open(good, text);
    // The paths of its weights are known once it is compiled.
    while !matches!(client.next(), Message::Notification(said) if said.method == "textDocument/publishDiagnostics") {}
    let place = json!({ "line": 2, "character": 7 });
    let asked = json!({ "textDocument": { "uri": good }, "position": place, "newName": "encoder" });
    let renamed = client.ask("textDocument/rename", asked);
    assert!(renamed["changes"][good].is_array(), "{renamed}");
    let said = loop {
        if let Message::Notification(said) = client.next()
            && said.method == "window/showMessage"
        {
            break said.params["message"].as_str().unwrap_or_default().to_owned();
        }
    };
    assert!(said.contains("weights"), "{said}");
}

#[test]
fn tokens_are_told_again_where_they_have_changed() {
    let mut client = opened(&json!({}));
    let document = json!({ "uri": MAIN });
    let full = client.ask("textDocument/semanticTokens/full", json!({ "textDocument": document }));
    let numbers = |of: &Value| of.as_array().into_iter().flatten().filter_map(Value::as_u64).collect::<Vec<u64>>();
    let before = numbers(&full["data"]);
    let version = json!({ "uri": MAIN, "version": 2 });
    let at = json!({ "line": 8, "character": 0 });
    let change = json!({ "range": { "start": at, "end": at }, "text": "param depth: int = 2\n" });
    client.tell("textDocument/didChange", json!({ "textDocument": version, "contentChanges": [change] }));
    let asked = json!({ "textDocument": document, "previousResultId": full["resultId"] });
    let told = client.ask("textDocument/semanticTokens/full/delta", asked.clone());
    let edit = &told["edits"][0];
    let (start, count) =
        (edit["start"].as_u64().unwrap_or(0) as usize, edit["deleteCount"].as_u64().unwrap_or(0) as usize);
    let added = numbers(&edit["data"]);
    assert!(added.len() < before.len() / 2, "{told}");
    let made = [&before[..start], &added, &before[start + count..]].concat();
    // The client that has not heard the last answer is told everything.
    let all = client.ask("textDocument/semanticTokens/full/delta", asked);
    assert_eq!(numbers(&all["data"]), made, "{all}");
}

#[test]
fn proposals_are_written_as_the_client_can_and_documented_when_asked() {
    for snippets in [true, false] {
        let able = json!({ "textDocument": { "completion": { "completionItem": { "snippetSupport": snippets } } } });
        let mut client = opened(&able);
        let found = at(&mut client, "textDocument/completion", "Linear(2)", json!({}));
        let items = found["items"].as_array().cloned().unwrap_or_default();
        let linear = items.iter().find(|item| item["label"] == "Linear").expect("an operator");
        let written = if snippets { "Linear(${1:outputs})" } else { "Linear(outputs)" };
        assert_eq!(linear["textEdit"]["newText"], written);
        assert_eq!(linear["documentation"], Value::Null);
        let resolved = client.ask("completionItem/resolve", linear.clone());
        let said = resolved["documentation"]["value"].as_str().unwrap_or_default();
        assert!(said.contains("**Linear** (operator)"), "{said}");
        let unit = items.iter().find(|item| item["label"] == "LinearBnRelu").expect("a block of the library");
        let also = &unit["additionalTextEdits"][0];
        assert_eq!(also["newText"], "{ConvBnRelu, LinearBnRelu}", "{unit}");
    }
}

#[test]
fn the_rest_is_answered_in_the_protocol_s_words() {
    let mut client = opened(&json!({}));
    let document = json!({ "textDocument": { "uri": MAIN } });
    let symbols = client.ask("textDocument/documentSymbol", document.clone());
    let names: Vec<&str> = symbols.as_array().into_iter().flatten().filter_map(|s| s["name"].as_str()).collect();
    assert_eq!(names[..4], ["base.fx", "std.blocks.ConvBnRelu", "c", "t1"], "{names:?}");
    let found = client.ask("workspace/symbol", json!({ "query": "wid" }));
    assert_eq!(found[0]["location"]["uri"], "file:///study/base.fx", "{found}");
    let tokens = client.ask("textDocument/semanticTokens/full", document.clone());
    let data: Vec<u64> = tokens["data"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    assert!(data.len() > 100 && data.len().is_multiple_of(5), "{data:?}");
    let help = at(&mut client, "textDocument/signatureHelp", "2) }", json!({}));
    assert_eq!(help["signatures"][0]["parameters"][0]["label"], json!([7, 14]), "{help}");
    assert_eq!(help["activeParameter"], 0);
    let folds = client.ask("textDocument/foldingRange", document.clone());
    assert!(folds.is_array());
    let positions = json!({ "textDocument": { "uri": MAIN }, "positions": [{ "line": 6, "character": 22 }] });
    let selections = client.ask("textDocument/selectionRange", positions);
    assert!(selections[0]["parent"]["parent"].is_object(), "{selections}");
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let laid_out =
        client.ask("textDocument/formatting", json!({ "textDocument": { "uri": MAIN }, "options": options }));
    // The declaration with `é` is none: a broken file is left alone.
    assert_eq!(laid_out, Value::Null);
}
