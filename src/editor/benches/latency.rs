//! How long somebody who writes waits: `cargo build --release && cargo bench -p fascicle-editor --bench latency`.
//!
//! Starts `target/release/fascicle lsp` (another by `FASCICLE=PATH`) in the repository, opens every experiment in it as an editor
//! does, and measures what is between a message and its answer: from the start of the process to the first diagnostics of each
//! file, from an edit to the diagnostics of that text, hover, hints and completion at random places; then the memory after 10,000
//! edits. `EDITS=N` makes these fewer.

use lsp_server::{Message, Notification, Request};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Starts of the server.
const STARTS: usize = 7;
/// Edits of each experiment, one at a time.
const EDITS: usize = 12;
/// Places that are asked of in each.
const PLACES: usize = 25;
/// Longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server and what came of it, each with the moment.
struct Server {
    child: Child,
    input: BufWriter<ChildStdin>,
    output: Receiver<(Instant, Message)>,
    asked: i32,
    started: Instant,
}

impl Server {
    fn start(program: &Path, folder: &Path) -> Outcome<Self> {
        let started = Instant::now();
        let mut child = Command::new(program)
            .arg("lsp")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}; build it first", program.display()))?;
        let input = BufWriter::new(child.stdin.take().ok_or("no input")?);
        let mut reader = BufReader::new(child.stdout.take().ok_or("no output")?);
        let (send, output) = channel();
        std::thread::spawn(move || {
            while let Ok(Some(message)) = Message::read(&mut reader) {
                if send.send((Instant::now(), message)).is_err() {
                    return;
                }
            }
        });
        let mut server = Self { child, input, output, asked: 0, started };
        server.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": {} }))?;
        server.tell("initialized", json!({}))?;
        Ok(server)
    }

    fn tell(&mut self, method: &str, params: Value) -> Outcome<()> {
        Ok(Message::Notification(Notification::new(method.to_owned(), params)).write(&mut self.input)?)
    }

    fn next(&self) -> Outcome<(Instant, Message)> {
        Ok(self.output.recv_timeout(PATIENCE)?)
    }

    /// Asks, and gives the time to the answer in milliseconds.
    fn ask(&mut self, method: &str, params: Value) -> Outcome<(f64, Value)> {
        self.asked += 1;
        let id = self.asked;
        let began = Instant::now();
        Message::Request(Request::new(id.into(), method.to_owned(), params)).write(&mut self.input)?;
        loop {
            if let (at, Message::Response(response)) = self.next()?
                && response.id == id.into()
            {
                let result = response.response_result.unwrap_or(Value::Null);
                return Ok((milliseconds(at - began), result));
            }
        }
    }

    fn open(&mut self, uri: &str, text: &str) -> Outcome<()> {
        let item = json!({ "uri": uri, "languageId": "fascicle", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }))
    }

    fn edit(&mut self, uri: &str, version: i32, text: &str) -> Outcome<()> {
        let document = json!({ "uri": uri, "version": version });
        let change = json!([{ "text": text }]);
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": change }))
    }

    /// When diagnostics of a version came.
    fn told(&self, uri: &str, version: i32) -> Outcome<Instant> {
        loop {
            if let (at, Message::Notification(said)) = self.next()?
                && said.method == "textDocument/publishDiagnostics"
                && said.params["uri"] == uri
                && said.params["version"] == version
            {
                return Ok(at);
            }
        }
    }

    /// When the first diagnostics of each file came.
    fn first_told(&self, files: &BTreeMap<String, String>) -> Outcome<Vec<Instant>> {
        let mut waiting: Vec<&String> = files.keys().collect();
        let mut moments = Vec::new();
        while !waiting.is_empty() {
            if let (at, Message::Notification(said)) = self.next()?
                && said.method == "textDocument/publishDiagnostics"
                && let Some(known) = waiting.iter().position(|uri| said.params["uri"] == **uri)
            {
                waiting.remove(known);
                moments.push(at);
            }
        }
        Ok(moments)
    }

    fn stop(mut self) -> Outcome<()> {
        self.ask("shutdown", Value::Null)?;
        self.tell("exit", Value::Null)?;
        self.child.wait()?;
        Ok(())
    }

    /// Resident memory and its peak, in MB.
    fn memory(&self) -> Option<(f64, f64)> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let of = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb * 1024.0 / 1e6)
        };
        Some((of("VmRSS:")?, of("VmHWM:")?))
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn row(name: &str, mut times: Vec<f64>, goal: f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get(((times.len() as f64 - 1.0) * share).round() as usize).copied().unwrap_or(f64::NAN);
    println!("{name:34}{:>8}{:>10.1}{:>10.1}{:>10.1}{:>8.0}", times.len(), at(0.5), at(0.95), at(1.0), goal);
}

fn main() -> Outcome<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let program = std::env::var_os("FASCICLE").map_or_else(|| root.join("target/release/fascicle"), PathBuf::from);
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for entry in std::fs::read_dir(root.join("experiments"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "fx") {
            files.insert(format!("file://{}", path.display()), std::fs::read_to_string(&path)?);
        }
    }
    println!("{} experiments; milliseconds", files.len());
    println!("{:34}{:>8}{:>10}{:>10}{:>10}{:>8}", "", "times", "median", "95 %", "longest", "goal");

    let mut first = Vec::new();
    for _ in 0..STARTS {
        let mut server = Server::start(&program, &root)?;
        for (uri, text) in &files {
            server.open(uri, text)?;
        }
        let started = server.started;
        first.extend(server.first_told(&files)?.into_iter().map(|at| milliseconds(at - started)));
        server.stop()?;
    }
    row("start to first diagnostics", first, 150.0);

    let mut server = Server::start(&program, &root)?;
    for (uri, text) in &files {
        server.open(uri, text)?;
    }
    server.first_told(&files)?;
    std::thread::sleep(Duration::from_secs(3));
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut versions: BTreeMap<&str, i32> = files.keys().map(|uri| (uri.as_str(), 1)).collect();
    let (mut edits, mut hovers, mut hints, mut completions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (uri, text) in &files {
        for turn in 0..EDITS {
            let version = versions.entry(uri).or_default();
            *version += 1;
            let version = *version;
            let changed = if turn % 2 == 0 { edited(text, &mut random) } else { text.clone() };
            let began = Instant::now();
            server.edit(uri, version, &changed)?;
            edits.push(milliseconds(server.told(uri, version)? - began));
        }
        let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 10_000, "character": 0 } });
        for _ in 0..PLACES {
            let line = random.random_range(0..text.lines().count());
            let columns = text.lines().nth(line).map_or(0, str::len);
            let place = json!({ "line": line, "character": random.random_range(0..=columns) });
            let at = json!({ "textDocument": { "uri": uri }, "position": place });
            hovers.push(server.ask("textDocument/hover", at.clone())?.0);
            completions.push(server.ask("textDocument/completion", at)?.0);
            let all = json!({ "textDocument": { "uri": uri }, "range": whole });
            hints.push(server.ask("textDocument/inlayHint", all)?.0);
        }
    }
    row("edit to diagnostics", edits, 60.0);
    row("hover", hovers, 10.0);
    row("inlay hints of the whole file", hints, 10.0);
    row("completion", completions, 10.0);

    let many = std::env::var("EDITS").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let uris: Vec<&String> = files.keys().collect();
    let began = Instant::now();
    for turn in 0..many {
        let uri = uris[turn % uris.len()];
        let version = versions.entry(uri).or_default();
        *version += 1;
        let version = *version;
        server.edit(uri, version, &edited(&files[uri], &mut random))?;
        // Somebody types on before the answer comes, and then looks.
        if turn % 10 == 9 {
            server.told(uri, version)?;
        }
    }
    let (now, peak) = server.memory().unwrap_or((f64::NAN, f64::NAN));
    let seconds = began.elapsed().as_secs_f64();
    println!("memory after {many} edits in {seconds:.0} s: {now:.0} MB, at most {peak:.0} MB (goal 200)");
    server.stop()
}

/// The text with a digit changed, a letter gone or a bracket too many.
fn edited(text: &str, random: &mut ChaCha8Rng) -> String {
    let mut changed: Vec<char> = text.chars().collect();
    let at = random.random_range(0..changed.len());
    match random.random_range(0..3u8) {
        0 => {
            let digits = (0..changed.len()).filter(|at| changed[*at].is_ascii_digit()).collect::<Vec<_>>();
            if let Some(place) = digits.get(at % digits.len().max(1)) {
                changed[*place] = '4';
            }
        }
        1 => {
            changed.remove(at);
        }
        _ => changed.insert(at, '{'),
    }
    changed.into_iter().collect()
}
