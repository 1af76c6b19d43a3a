//! The server, spoken with in memory: what a client sends, what it gets.

mod conversation;

use conversation::Client;
use fascicle_editor::outside::Results;
use fascicle_editor::{NoOutside, Outside};
use fascicle_lang::compile::{TableProblem, TableSummary};
use fascicle_lang::program::Cohort;
use serde_json::{Value, json};
use std::time::Duration;

const TEXT: &str = "\
cohort c = bids(\"data\")
modality t1: volume[1, 16, 16, 16] = c.image(\"anat/*_T1w.nii.gz\") |> zscore
param width: int = 4
model m(t1) { t1 |> Conv3d(width, 3, stride: 2) |> relu |> flatten |> Linear(2) }
train m { minimize cross_entropy(m, y) }
target y: class{A, B} = c.column(\"y\")
";

/// What these tests ask about.
trait Asks {
    /// What is published of a version of a file.
    fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value>;
    fn replace(&self, uri: &str, version: i32, range: [[u32; 2]; 2], text: &str);
    fn hints(&mut self, uri: &str) -> Vec<String>;
    fn over(&mut self, uri: &str) -> Vec<String>;
}

impl Asks for Client {
    fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value> {
        loop {
            if let Some(known) = self.published.get(uri).filter(|known| known["version"] == version) {
                return known["diagnostics"].as_array().cloned().unwrap_or_default();
            }
            self.next();
        }
    }

    fn replace(&self, uri: &str, version: i32, range: [[u32; 2]; 2], text: &str) {
        let [start, end] = range.map(|[line, character]| json!({ "line": line, "character": character }));
        let change = json!({ "range": { "start": start, "end": end }, "text": text });
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
    }

    fn hints(&mut self, uri: &str) -> Vec<String> {
        let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
        let hints = self.ask("textDocument/inlayHint", json!({ "textDocument": { "uri": uri }, "range": range }));
        let label = |hint: &Value| hint["label"].as_str().unwrap_or_default().to_owned();
        hints.as_array().map(|hints| hints.iter().map(label).collect()).unwrap_or_default()
    }

    fn over(&mut self, uri: &str) -> Vec<String> {
        let lenses = self.ask("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
        let title = |lens: &Value| lens["command"]["title"].as_str().unwrap_or_default().to_owned();
        lenses.as_array().map(|lenses| lenses.iter().map(title).collect()).unwrap_or_default()
    }
}

#[test]
fn a_file_is_opened_broken_and_mended() {
    let mut client = Client::new(NoOutside, &Value::Null, &json!({}));
    let uri = "file:///study/a%20b.fx";
    client.open(uri, TEXT);
    let told = client.diagnostics(uri, 1);
    assert!(told.iter().all(|d| d["severity"] != 1), "{told:?}");
    assert!(client.hints(uri).contains(&": [4, 8, 8, 8]".to_owned()), "{:?}", client.hints(uri));
    assert!(client.over(uri).iter().any(|title| title.starts_with("4,210 parameters")), "{:?}", client.over(uri));
    let place = json!({ "line": 3, "character": 22 });
    let hover = client.ask("textDocument/hover", json!({ "textDocument": { "uri": uri }, "position": place }));
    let said = hover["contents"]["value"].as_str().unwrap_or_default();
    assert!(said.contains("[1, 16, 16, 16] → [4, 8, 8, 8]") && said.contains("112 parameters"), "{said}");

    client.replace(uri, 2, [[3, 20], [3, 26]], "Conv4d");
    let told = client.diagnostics(uri, 2);
    let error = told.iter().find(|d| d["severity"] == 1).expect("an error");
    assert_eq!(error["code"], "E0201");
    assert_eq!(error["codeDescription"]["href"], "fascicle:/explain/E0201.md");
    assert_eq!(error["range"]["start"], json!({ "line": 3, "character": 20 }));
    // What the last good text knew of the untouched stages is still there.
    assert!(client.hints(uri).contains(&": [2048]".to_owned()), "{:?}", client.hints(uri));
    assert!(client.over(uri).iter().any(|title| title.starts_with("4,210 parameters")));

    client.replace(uri, 3, [[3, 20], [3, 26]], "Conv3d");
    let told = client.diagnostics(uri, 3);
    assert!(told.iter().all(|d| d["severity"] != 1), "{told:?}");

    client.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    let nothing = client.ask("textDocument/hover", json!({ "textDocument": { "uri": uri }, "position": place }));
    assert_eq!(nothing, Value::Null);
}

#[test]
fn a_mistake_is_repaired() {
    let mut client = Client::new(NoOutside, &Value::Null, &json!({}));
    let uri = "file:///x.fx";
    client.open(uri, &TEXT.replace("relu", "rellu"));
    let told = client.diagnostics(uri, 1);
    let error = told.iter().find(|d| d["severity"] == 1).expect("an error");
    let context = json!({ "diagnostics": [error] });
    let asked = json!({ "textDocument": { "uri": uri }, "range": error["range"], "context": context });
    let actions = client.ask("textDocument/codeAction", asked);
    let edit = &actions[0]["edit"]["changes"][uri][0];
    assert_eq!(edit["newText"], "relu", "{actions}");
    assert_eq!(edit["range"], error["range"]);
    assert_eq!(actions[0]["diagnostics"][0]["code"], error["code"]);
}

#[test]
fn hints_are_those_of_the_text_that_was_typed_last() {
    let mut client = Client::new(NoOutside, &Value::Null, &json!({}));
    let uri = "file:///x.fx";
    client.open(uri, TEXT);
    assert!(client.hints(uri).contains(&": [4, 8, 8, 8]".to_owned()));
    client.replace(uri, 2, [[2, 19], [2, 20]], "6");
    assert!(client.hints(uri).contains(&": [6, 8, 8, 8]".to_owned()));
    // To give up what was not asked is passed over.
    client.replace(uri, 3, [[2, 19], [2, 20]], "5");
    client.tell("$/cancelRequest", json!({ "id": client.asked + 1 }));
    assert!(client.over(uri).iter().any(|title| title.contains("since opened")));
}

#[test]
fn columns_are_counted_as_the_client_asks() {
    let text = TEXT.replace("data", "dätä𝛼");
    let bytes = json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } });
    for (capabilities, column) in [(json!({}), 24), (bytes, 28)] {
        let mut client = Client::new(NoOutside, &Value::Null, &capabilities);
        client.open("file:///x.fx", &text);
        client.replace("file:///x.fx", 2, [[0, column], [0, column]], "x");
        // Behind the quote nothing may stand: the edit landed where it was meant to.
        let told = client.diagnostics("file:///x.fx", 2);
        let error = told.iter().find(|d| d["severity"] == 1).expect("an error");
        assert_eq!(error["range"]["start"]["line"], 0, "{error}");
    }
}

#[test]
fn settings_switch_kinds_off() {
    let options = json!({ "inlayHints": { "params": false }, "lens": { "commands": false } });
    let mut client = Client::new(NoOutside, &options, &json!({}));
    client.open("file:///x.fx", TEXT);
    client.diagnostics("file:///x.fx", 1);
    assert!(!client.hints("file:///x.fx").iter().any(|hint| hint.starts_with('=')));
    assert!(!client.over("file:///x.fx").contains(&"run".to_owned()));
    let settings = json!({ "settings": { "fascicle": { "inlayHints": { "shapes": false } } } });
    client.tell("workspace/didChangeConfiguration", settings);
    assert_eq!(client.hints("file:///x.fx"), ["= 4"]);
    assert!(client.over("file:///x.fx").contains(&"run".to_owned()));
}

#[test]
fn an_unsaved_file_is_what_others_read() {
    let mut client = Client::new(NoOutside, &Value::Null, &json!({}));
    client.open("parts.fx", "block Half(x: [c, d, h, w]) -> [c, d/2, h/2, w/2] { x |> max_pool3d(2) }\n");
    client.diagnostics("parts.fx", 1);
    let text = format!("use \"parts.fx\".Half\n{}", TEXT.replace("|> relu", "|> Half() |> relu"));
    client.open("main.fx", &text);
    let told = client.diagnostics("main.fx", 1);
    assert!(told.iter().all(|d| d["severity"] != 1), "{told:?}");
    // The promise is broken in the other file, and this one is told so, at its own place and at the other's.
    client.published.clear();
    client.replace("parts.fx", 2, [[0, 68], [0, 69]], "4");
    let told = client.diagnostics("main.fx", 1);
    let error = told.iter().find(|d| d["severity"] == 1).expect("an error");
    assert_eq!(error["code"], "E0305", "{error}");
    assert_eq!(error["relatedInformation"][0]["location"]["uri"], "parts.fx", "{error}");
}

#[test]
fn what_lies_in_no_folder_can_be_read() {
    let mut client = Client::new(NoOutside, &Value::Null, &json!({}));
    let library = client.ask("workspace/textDocumentContent", json!({ "uri": "fascicle:/std/blocks.fx" }));
    assert!(library["text"].as_str().is_some_and(|text| text.contains("block ConvBnRelu")));
    let explained = client.ask("workspace/textDocumentContent", json!({ "uri": "fascicle:/explain/E0302.md" }));
    assert!(explained["text"].as_str().is_some_and(|text| text.starts_with("# E0302")));
    let unknown = client.ask("workspace/unknown", json!({}));
    assert!(unknown["error"].as_str().is_some_and(|error| error.contains("does not answer")), "{unknown}");
}

/// A table that takes its time.
struct Slow(std::sync::atomic::AtomicBool);

impl Outside for Slow {
    fn text(&self, path: &str) -> Result<String, String> {
        NoOutside.text(path)
    }

    fn beside(&self, _file: &str, named: &str) -> String {
        named.to_owned()
    }

    fn table(&self, _cohort: &Cohort, wait: bool) -> Option<Result<TableSummary, TableProblem>> {
        use std::sync::atomic::Ordering;
        if wait {
            std::thread::sleep(Duration::from_millis(200));
            self.0.store(true, Ordering::Relaxed);
        }
        self.0.load(Ordering::Relaxed).then(|| {
            let column = |name: &str| fascicle_lang::compile::ColumnSummary {
                name: name.to_owned(),
                numeric: true,
                ..Default::default()
            };
            Ok(TableSummary { people: Some(3), columns: ["age", "education"].map(column).into() })
        })
    }

    fn results(&self, _file: &str) -> Option<Results> {
        Some(Results { answers: Vec::new(), trainings: vec![("m".into(), "2 of 3 runs done".into())] })
    }
}

#[test]
fn tables_are_read_beside_the_conversation() {
    let mut client = Client::new(Slow(false.into()), &Value::Null, &json!({}));
    let uri = "file:///x.fx";
    let text = "cohort c = table(\"people.tsv\")\nmodality r: vector[_] = c.columns([education, schooling] |> standardize)\ntarget age: real = c.column(\"age\")\nmodel m(r) -> age { r |> Linear(1) }\ntrain m { minimize mse(m, age) }\n";
    client.open(uri, text);
    // First what is known without the table: nothing wrong.
    let told = client.diagnostics(uri, 1);
    assert!(told.iter().all(|d| d["severity"] != 1), "{told:?}");
    client.published.clear();
    let told = client.diagnostics(uri, 1);
    let error = told.iter().find(|d| d["severity"] == 1).expect("an error");
    assert_eq!(error["code"], "E0704", "{error}");
    assert!(client.over(uri).contains(&"2 of 3 runs done".to_owned()), "{:?}", client.over(uri));
}
