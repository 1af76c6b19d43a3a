//! How long the compiler takes, as whoever types a command waits for it: `cargo bench --bench compile`, or
//! `cargo bench --bench compile -- disentangle` for the rows whose name holds a word.
//!
//! Each row starts the program anew, best and median of 21. Rows: what answers without a file; `check` of every experiment as it stands in
//! `experiments/`; sweeps of 1,000 and 5,000 variants of two of them, once of a learning rate, which no network depends on, and once of a
//! width, which makes another network of each variant; a wide and a long table.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Starts of a command.
const RUNS: usize = 21;
/// ... of one that takes longer.
const FEW: usize = 5;

type Row = (String, Vec<String>, usize);

fn main() -> Result<(), Box<dyn Error>> {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let experiments = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let folder = tempfile::tempdir()?;
    let mut rows = answers(&experiments);
    rows.extend(of_experiments(&experiments)?);
    rows.extend(sweeps(&experiments, folder.path())?);
    rows.extend(tables(folder.path())?);
    rows.retain(|(name, ..)| asked.is_empty() || asked.iter().any(|word| name.contains(word.as_str())));
    println!("{:40}{:>12}{:>12}", "milliseconds", "best", "median");
    for (name, arguments, runs) in rows {
        let mut times = Vec::with_capacity(runs);
        for _ in 0..runs {
            let started = Instant::now();
            let mut command = Command::new(env!("CARGO_BIN_EXE_fascicle"));
            command.args(&arguments).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            let status = command.status()?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
            if !status.success() {
                return Err(format!("{name}: {status}").into());
            }
        }
        times.sort_by(f64::total_cmp);
        println!("{name:40}{:>12.1}{:>12.1}", times[0], times[runs / 2]);
    }
    Ok(())
}

fn row(name: impl Into<String>, arguments: &[&str], runs: usize) -> Row {
    (name.into(), arguments.iter().map(|argument| (*argument).to_owned()).collect(), runs)
}

fn answers(experiments: &Path) -> Vec<Row> {
    let quickstart = experiments.join("quickstart.fx").display().to_string();
    vec![
        row("--version", &["--version"], RUNS),
        row("--help", &["--help"], RUNS),
        row("explain E0302", &["explain", "E0302"], RUNS),
        row("doc", &["doc"], RUNS),
        row("doc Conv3d", &["doc", "Conv3d"], RUNS),
        row("fmt --check quickstart", &["fmt", "--check", &quickstart], RUNS),
    ]
}

fn of_experiments(experiments: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(experiments)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "fx"));
    files.sort();
    let named = |file: &PathBuf| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        row(format!("check {name}"), &["check", &file.display().to_string()], RUNS)
    };
    Ok(files.iter().map(named).collect())
}

/// Writes files with long sweeps into `folder`.
fn sweeps(experiments: &Path, folder: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let quickstart = std::fs::read_to_string(experiments.join("quickstart.fx"))?;
    let own = quickstart.split("\nsweep ").next().unwrap_or_default();
    let own = own.replace("lr: 3e-3", "lr: rate").replace("\nparam width", "\nparam rate: real = 3e-3\nparam width");
    let contrastive = std::fs::read_to_string(experiments.join("contrastive_phantom.fx"))?;
    std::fs::copy(experiments.join("contrastive.fx"), folder.join("contrastive.fx"))?;
    let mut rows = Vec::new();
    for count in [1000, 5000] {
        let rates: Vec<String> = (1..=count).map(|i| format!("{i}e-6")).collect();
        let rates = format!("\nsweep many: rate in [{}]\n", rates.join(", "));
        let widths = format!("\nsweep many: width in 2..={}\n", count + 1);
        let files = [
            ("quickstart, rates", own.clone() + &rates),
            ("contrastive_phantom, rates", contrastive.clone() + &rates),
            ("quickstart, widths", own.clone() + &widths),
        ];
        for (name, text) in files {
            let file = format!("{count}_{}.fx", name.replace(", ", "_"));
            std::fs::write(folder.join(&file), text)?;
            rows.push(row(format!("{count} variants: {name}"), &["check", &file], FEW));
        }
    }
    Ok(rows)
}

/// Writes a table of many rows, one of many columns, one of five lines, and files that read them.
fn tables(folder: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = Vec::new();
    for (name, people, columns) in
        [("five lines", 40, 2), ("table of 100,000 rows", 100_000, 10), ("table of 5,000 columns", 200, 5000)]
    {
        let stem = name.replace([' ', ','], "_");
        let mut text = String::from("participant_id");
        (0..columns).try_for_each(|column| write!(text, ",v{column}"))?;
        text.push_str(",y\n");
        for person in 0..people {
            write!(text, "s{person}")?;
            (0..columns)
                .try_for_each(|column| write!(text, ",{:.3}", f64::from((person * 7 + column * 13) % 1000) / 7.0))?;
            writeln!(text, ",{}", person % 50)?;
        }
        std::fs::write(folder.join(format!("{stem}.csv")), text)?;
        let program = format!(
            "cohort people = table(\"{stem}.csv\")\n\
             modality x: vector[{columns}] = people.columns(/^v/ |> standardize)\n\
             target y: real = people.column(\"y\")\n\
             model m(x) -> y {{ x |> Linear(1) }}\n\
             train m {{\n  minimize mse(m, y)\n  optimizer Adam(lr: 1e-3)\n  epochs 2\n  batch 4\n}}\n"
        );
        std::fs::write(folder.join(format!("{stem}.fx")), program)?;
        rows.push(row(
            format!("check: {name}"),
            &["check", &format!("{stem}.fx")],
            if people > 40 { FEW } else { RUNS },
        ));
    }
    Ok(rows)
}
