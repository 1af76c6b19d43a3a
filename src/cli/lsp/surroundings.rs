//! The file system around open files: texts, tables that are kept until they change, results of runs.

use super::super::world::{Files, counted, summarised};
use super::results;
use crate::compile::{ColumnSummary, PackedContents, Shapes, TableProblem, TableProblemKind, TableSummary, Who, World};
use crate::data::table::Tables;
use crate::data::{CohortData, TableSummary as DataSummary};
use crate::program::{Cohort, CohortSource};
use fascicle_editor::Outside;
use fascicle_editor::outside::Results;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use walkdir::WalkDir;

/// A table of so many bytes is read at once: it takes less than a key is down.
const SMALL: u64 = 256 << 10;
/// Most experiments of a folder that are looked through.
const EXPERIMENTS: usize = 1_000;
/// How deep they may lie.
const DEPTH: usize = 8;
/// Cells that are kept, of all tables together: some 25 MB. A key changes who is read, and then there is another table.
const CELLS: usize = 1_000_000;
/// Tables that are kept, however small: one that cannot be read has no cells.
const MOST: usize = 64;
/// Tables that are kept whatever their size: an experiment reads few, and asks for them again with the next key.
const KEPT: usize = 6;

/// The file system, with what was read of it.
pub(super) struct Surroundings {
    files: Files,
    out: PathBuf,
    tables: Mutex<Vec<KeptTable>>,
    packed: Mutex<BTreeMap<String, KeptArchive>>,
}

/// An archive, with the state of its file when it was read.
type KeptArchive = (Stamp, Result<PackedContents, String>);

/// When the files of a cohort or of an archive were changed, and how long they are.
type Stamp = Vec<(PathBuf, Option<(SystemTime, u64)>)>;

/// A cohort's table, with the state of its files when it was read.
struct KeptTable {
    cohort: Cohort,
    stamp: Stamp,
    table: Result<Arc<(CohortData, TableSummary)>, TableProblem>,
    /// The files that were read for it: cohorts of the same files share them.
    files: Arc<Tables>,
}

impl KeptTable {
    /// How many cells it has.
    fn cells(&self) -> usize {
        self.table.as_ref().map_or(0, |read| read.0.records.len() * read.1.columns.len().max(1))
    }
}

fn stamp(paths: impl IntoIterator<Item = PathBuf>) -> Stamp {
    let state = |path: &Path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    paths.into_iter().map(|path| (path.clone(), state(&path))).collect()
}

impl Surroundings {
    pub(super) fn new(out: PathBuf) -> Self {
        let files = Files::beside(Path::new(""));
        Self { files, out, tables: Mutex::default(), packed: Mutex::default() }
    }

    fn tables(&self) -> MutexGuard<'_, Vec<KeptTable>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept of a cohort, if its files are as they were.
    fn kept(&self, cohort: &Cohort) -> Option<Result<Arc<(CohortData, TableSummary)>, TableProblem>> {
        let now = stamp(CohortData::read_from(cohort, Path::new("")));
        let mut tables = self.tables();
        let at = tables.iter().position(|kept| kept.stamp == now && kept.cohort == *cohort)?;
        // What is asked for last stands last.
        let kept = tables.remove(at);
        let table = kept.table.clone();
        tables.push(kept);
        Some(table)
    }

    fn read(&self, cohort: &Cohort) -> Result<Arc<(CohortData, TableSummary)>, TableProblem> {
        let stamp = stamp(CohortData::read_from(cohort, Path::new("")));
        let known = self.tables().iter().find(|kept| kept.stamp == stamp).map(|kept| kept.files.clone());
        let files = known.unwrap_or_default();
        let loaded = CohortData::load_with(cohort, Path::new(""), &files).and_then(|data| {
            let mut summary = summarised(DataSummary::of(&data)?);
            summary.columns.iter_mut().for_each(|column| column.range = range(&data, column));
            Ok(Arc::new((data, summary)))
        });
        let table = loaded.map_err(|error| self.files.problem(&error));
        let mut tables = self.tables();
        tables.retain(|kept| kept.cohort != *cohort);
        tables.push(KeptTable { cohort: cohort.clone(), stamp, table: table.clone(), files });
        let mut cells: usize = tables.iter().map(KeptTable::cells).sum();
        while (cells > CELLS || tables.len() > MOST) && tables.len() > KEPT {
            cells -= tables.remove(0).cells();
        }
        table
    }
}

/// The smallest and the largest cell of a column of numbers.
fn range(data: &CohortData, column: &ColumnSummary) -> Option<(f64, f64)> {
    if !column.numeric {
        return None;
    }
    let place = data.column(&column.name).ok()?;
    let cells = (0..data.records.len()).filter_map(|record| data.text(record, &place));
    let numbers = cells.filter_map(|cell| cell.trim().parse::<f64>().ok()).filter(|number| number.is_finite());
    numbers.fold(None, |range, n| Some(range.map_or((n, n), |(low, high): (f64, f64)| (low.min(n), high.max(n)))))
}

impl Outside for Surroundings {
    fn text(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_string(),
            _ => error.to_string(),
        })
    }

    fn beside(&self, file: &str, named: &str) -> String {
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        let mut plain = PathBuf::new();
        for part in folder.join(named).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                    plain.pop();
                }
                part => plain.push(part),
            }
        }
        plain.to_string_lossy().into_owned()
    }

    fn experiments(&self) -> Vec<String> {
        let Ok(here) = std::env::current_dir() else { return Vec::new() };
        let skipped = |name: &str| name.starts_with('.') || matches!(name, "target" | "node_modules");
        let is_looked_at = |entry: &walkdir::DirEntry| {
            entry.depth() == 0
                || !skipped(&entry.file_name().to_string_lossy()) && !entry.path().join("provenance.json").is_file()
        };
        let walk = WalkDir::new(here).max_depth(DEPTH).sort_by_file_name().into_iter().filter_entry(is_looked_at);
        let files = walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
        let experiments = files.filter(|entry| entry.path().extension().is_some_and(|e| e == "fx"));
        experiments.take(EXPERIMENTS).map(|entry| entry.path().to_string_lossy().into_owned()).collect()
    }

    fn table(&self, cohort: &Cohort, wait: bool) -> Option<Result<TableSummary, TableProblem>> {
        let known = self.kept(cohort).or_else(|| {
            let bytes = stamp(CohortData::read_from(cohort, Path::new("")))
                .iter()
                .filter_map(|(_, state)| state.map(|(_, bytes)| bytes))
                .sum::<u64>();
            let is_quick = match cohort.source {
                CohortSource::Table { .. } => bytes <= SMALL,
                // Made here, as many as the file says.
                CohortSource::Phantom(_) => true,
                // A folder of many subjects is walked through.
                CohortSource::Bids { ref path } => !Path::new(path).exists(),
            };
            (wait || is_quick).then(|| self.read(cohort))
        })?;
        Some(known.map(|known| known.1.clone()))
    }

    fn count(&self, cohort: &Cohort, who: &Who) -> Option<usize> {
        counted(&self.kept(cohort)?.ok()?.0, who)
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        self.files.weights(path)
    }

    fn is_file(&self, path: &str) -> Result<(), (TableProblemKind, String)> {
        self.files.file(path)
    }

    fn packed(&self, path: &str) -> Result<PackedContents, String> {
        let now = stamp([PathBuf::from(path)]);
        let mut packed = self.packed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = packed.get(path).filter(|(then, _)| *then == now) {
            return known.clone();
        }
        let read = self.files.packed(path);
        packed.insert(path.to_owned(), (now, read.clone()));
        read
    }

    fn results(&self, file: &str) -> Option<Results> {
        results::of(&self.out, file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn cohort(path: &Path) -> Cohort {
        let source = CohortSource::Table { path: path.to_string_lossy().into_owned() };
        Cohort::new("c", source)
    }

    #[test]
    fn a_table_is_read_again_when_it_has_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("people.tsv");
        let around = Surroundings::new(folder.path().join("runs"));
        fs::write(&path, "participant_id\tage\na\t61.5\nb\tn/a\n").expect("a table");
        let table = around.table(&cohort(&path), false).expect("a small table").expect("read");
        let age = table.column("age").expect("a column");
        assert_eq!((age.range, age.missing), (Some((61.5, 61.5)), 1));
        fs::write(&path, "participant_id\tyears\na\t61.5\nb\t70\n").expect("a table");
        let table = around.table(&cohort(&path), false).expect("a small table").expect("read");
        assert!(table.column("years").is_some());
    }

    #[test]
    fn a_large_table_is_read_only_when_it_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("people.tsv");
        let rows: String = (0..40_000).map(|row| format!("sub-{row}\t{row}\n")).collect();
        fs::write(&path, format!("participant_id\tage\n{rows}")).expect("a table");
        let around = Surroundings::new(folder.path().join("runs"));
        assert!(around.table(&cohort(&path), false).is_none());
        assert!(around.table(&cohort(&path), true).is_some_and(|table| table.is_ok()));
        assert!(around.table(&cohort(&path), false).is_some_and(|table| table.is_ok()));
    }

    #[test]
    fn tables_that_nobody_asks_for_any_more_are_let_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("people.tsv");
        let columns: String = (0..100).map(|column| format!("\tc{column}")).collect();
        let cells = "\t1".repeat(100);
        let rows: String = (0..1_000).map(|row| format!("sub-{row}{cells}\n")).collect();
        fs::write(&path, format!("participant_id{columns}\n{rows}")).expect("a table");
        let around = Surroundings::new(folder.path().join("runs"));
        let named = |at: usize| Cohort { name: format!("c{at}"), ..cohort(&path) };
        for at in 0..30 {
            assert!(around.table(&named(0), true).is_some_and(|table| table.is_ok()));
            assert!(around.table(&named(at), true).is_some_and(|table| table.is_ok()));
        }
        let tables = around.tables();
        assert!(tables.iter().map(KeptTable::cells).sum::<usize>() <= CELLS);
        let kept: Vec<&str> = tables.iter().map(|kept| kept.cohort.name.as_str()).collect();
        assert!(kept.contains(&"c0") && kept.contains(&"c29") && !kept.contains(&"c1"), "{kept:?}");
    }

    #[test]
    fn what_a_file_names_lies_beside_it() {
        let around = Surroundings::new(PathBuf::new());
        assert_eq!(around.beside("/study/a/x.fx", "../b/./y.fx"), "/study/b/y.fx");
        assert_eq!(around.beside("x.fx", "y.fx"), "y.fx");
    }
}
