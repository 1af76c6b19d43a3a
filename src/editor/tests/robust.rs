//! Whatever stands in a file, and whatever is asked of it: no panic, no hang, and answers that lie in the text.
//!
//! The short forms run with every test; `cargo test --release -p fascicle-editor --test robust -- --ignored` runs every prefix of
//! every experiment, and 100,000 edits.

use fascicle_editor::analysis::{Depth, analyse};
use fascicle_editor::diagnostics::diagnostics;
use fascicle_editor::hover::hover;
use fascicle_editor::inlay::{Shown, inlay};
use fascicle_editor::lens::lenses;
use fascicle_editor::{NoOutside, Snapshot};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Longest that an edit with all its questions may compute.
const PATIENCE: Duration = Duration::from_secs(1);

/// What this thread has computed since it began: what others compute beside it does not count. Where the system does not say, the clock.
fn computed(since: Instant) -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = told.and_then(|told| told.split_whitespace().next()?.parse().ok());
    spent.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// Does something for each of several on as many threads as there are processors; a failure of one is one of all.
fn beside_each_other<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

/// The experiments of the repository, by name.
fn experiments() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
    let files = fs::read_dir(&folder).expect("experiments").flatten().map(|entry| entry.path());
    let mut found: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|e| e == "fx"))
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("an experiment"))
        })
        .collect();
    found.sort();
    found
}

fn compiled(snapshot: &Snapshot) -> Snapshot {
    let depth = Depth { base_only: true, ..Depth::default() };
    let analysis = analyse(&snapshot.file, &snapshot.document, &BTreeMap::new(), &NoOutside, depth);
    assert_eq!(analysis.panic, None, "the compiler panicked on:\n{}", snapshot.text());
    snapshot.analysed(Arc::new(analysis))
}

/// Asks everything at a place, and looks whether what is answered lies in the text.
fn ask(snapshot: &Snapshot, at: usize) {
    let text = snapshot.text();
    let lies = |range: std::ops::Range<usize>| {
        assert!(text.get(range.clone()).is_some(), "{range:?} does not lie in the text:\n{text}");
    };
    if let Some(found) = hover(snapshot, at) {
        lies(found.range);
    }
    inlay(snapshot, 0..text.len(), Shown::default()).into_iter().for_each(|hint| lies(hint.at..hint.at));
    lenses(snapshot, None).into_iter().for_each(|lens| lies(lens.range));
    diagnostics(snapshot).into_iter().for_each(|problem| lies(problem.range));
}

/// Every `step`-th prefix of an experiment, as if it were being written.
fn prefixes(name: &str, text: &str, step: usize) {
    let mut snapshot = Snapshot::new(name, "", 0);
    let ends = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).step_by(step);
    let start = Instant::now();
    for (version, end) in ends.enumerate() {
        let began = computed(start);
        let so_far = snapshot.text().len();
        snapshot = compiled(&snapshot.edited(so_far..so_far, &text[so_far..end], version as i32));
        ask(&snapshot, end);
        let took = computed(start) - began;
        assert!(took < PATIENCE, "{name}, {end} bytes of it: {took:?}");
    }
}

/// Random edits: pieces go, come twice, come from elsewhere; a letter here and there. Now and then the file is whole again.
fn edits(count: usize, seed: u64) {
    let experiments = experiments();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut snapshot = Snapshot::new("x.fx", "", 0);
    let mut longest = Duration::ZERO;
    let start = Instant::now();
    for version in 0..count {
        let began = computed(start);
        let (_, other) = &experiments[random.random_range(0..experiments.len())];
        let length = snapshot.text().len();
        snapshot = if version % 200 == 0 {
            compiled(&snapshot.edited(0..length, other, version as i32))
        } else {
            let start = random.random_range(0..=length);
            let end = (start + random.random_range(0..20usize) * random.random_range(0..3usize)).min(length);
            let piece = match random.random_range(0..4u8) {
                0 => String::new(),
                1 => ["{", "}", "(", "|>", "\"", "é𝛼", "\n", " 9", "x", ",", "param"][random.random_range(0..11usize)]
                    .to_owned(),
                _ => {
                    let from = random.random_range(0..other.len());
                    other.chars().skip(from).take(random.random_range(0..30usize)).collect()
                }
            };
            let edited = snapshot.edited(start..end, &piece, version as i32);
            // Between two edits there is not always time to compile.
            if random.random_range(0..4u8) == 0 { edited } else { compiled(&edited) }
        };
        let at = random.random_range(0..=snapshot.text().len());
        ask(&snapshot, at);
        let took = computed(start) - began;
        longest = longest.max(took);
        assert!(took < PATIENCE, "edit {version} of seed {seed}: {took:?}\n{}", snapshot.text());
    }
    println!("{count} edits, the longest took {longest:?}");
}

#[test]
fn a_file_may_end_anywhere() {
    for (name, text) in experiments() {
        prefixes(&name, &text, 211);
    }
}

#[test]
fn any_edit_may_come() {
    edits(600, 1);
}

#[test]
#[ignore = "minutes: every prefix of every experiment"]
fn every_prefix_of_every_experiment() {
    beside_each_other(&experiments(), |(name, text)| {
        let began = Instant::now();
        prefixes(name, text, 1);
        println!("{name}: {} bytes in {:?}", text.len(), began.elapsed());
    });
}

#[test]
#[ignore = "minutes: 100,000 edits"]
fn a_hundred_thousand_edits() {
    beside_each_other(&[2, 3, 4, 5], |seed| edits(25_000, *seed));
}
