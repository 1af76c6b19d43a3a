//! How long an editor waits for completion, signatures, names and tokens: at every place of every experiment, in the whole text and
//! in the text as it is typed up to there.
//!
//! `cargo bench -p fascicle-editor --bench names`

use fascicle_editor::analysis::{Depth, analyse};
use fascicle_editor::{NoOutside, Snapshot, Workspace, complete, names, outline, signature, tokens};
use fascicle_syntax::lexemes;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Every so many words of a text are asked at.
const STRIDE: usize = 7;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("experiments").flatten().map(|e| e.path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "fx"));
    files.sort();
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    let workspace = Workspace::new(Arc::new(NoOutside));
    for file in &files {
        let text = std::fs::read_to_string(file).expect("an experiment");
        let whole = Snapshot::new(file.to_string_lossy(), &text, 1);
        let analysis = analyse(&whole.file, &whole.document, &BTreeMap::new(), &NoOutside, Depth::default());
        let whole = whole.analysed(Arc::new(analysis));
        for lexeme in lexemes(&text).iter().step_by(STRIDE) {
            // As typed: what follows the caret is not there yet.
            let typed = whole.edited(lexeme.end..text.len(), "", 2);
            // Behind a pipe that was never compiled: what it is given is worked out then and there.
            let piped = Snapshot::new(whole.file.clone(), &format!("{} |> ", &text[..lexeme.end]), 1);
            let start = Instant::now();
            std::hint::black_box(complete::complete(&piped, &workspace, piped.text().len()));
            times.entry("new pipe").or_default().push(start.elapsed());
            for snapshot in [&whole, &typed] {
                let mut time = |what, work: &dyn Fn()| {
                    let start = Instant::now();
                    work();
                    times.entry(what).or_default().push(start.elapsed());
                };
                time("completion", &|| {
                    std::hint::black_box(complete::complete(snapshot, &workspace, lexeme.end));
                });
                time("signature", &|| {
                    std::hint::black_box(signature::signature(snapshot, &workspace, lexeme.end));
                });
                time("definition", &|| {
                    std::hint::black_box(names::definition(snapshot, &workspace, lexeme.start));
                });
                time("tokens", &|| {
                    std::hint::black_box(tokens::tokens(snapshot, &workspace));
                });
                time("outline", &|| {
                    std::hint::black_box((outline::outline(snapshot), outline::folds(snapshot)));
                });
            }
        }
    }
    println!("{} experiments", files.len());
    println!("{:<12} {:>7} {:>9} {:>9} {:>9}", "", "asked", "median", "95 %", "longest");
    for (what, mut all) in times {
        all.sort();
        let at = |share: f64| all[((all.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!("{what:<12} {:>7} {:>6.2} ms {:>6.2} ms {:>6.2} ms", all.len(), at(0.5), at(0.95), at(1.0));
    }
}
