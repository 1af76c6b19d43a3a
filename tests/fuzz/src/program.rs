//! Programs of the tree, a world for them, and changes of them that are read from bytes.
//!
//! ```text
//!  [program: 2 bytes] [change: 1 byte, where: 2, what: 2] ..   ──▶ text
//! ```
//!
//! So every input of the fuzzer is a program close to one that compiles, and coverage guides which changes are kept.

use crate::pieces::PIECES;
use crate::root;
use fascicle_lang::compile::{ColumnSummary, Shapes, TableProblem, TableSummary, Who, World};
use fascicle_lang::program::Cohort;
use fascicle_syntax::{LexemeKind, lexemes};
use std::collections::BTreeMap;
use std::path::Path;

/// Where the programs of the tree are.
pub const FOLDERS: &[&str] = &["experiments", "stdlib", "tests/cases", "src/syntax/format"];
/// Longest program that changes may lead to.
const LONGEST: usize = 1 << 16;

/// What is put in place of a number.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "64",
    "65",
    "1000",
    "10000",
    "10001",
    "100000",
    "1000000000",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "0.0",
    "-0.0",
    "0.5",
    "1.0",
    "1.5",
    "1e-308",
    "1e308",
    "1e999",
    "0.1e-400",
    "1mm",
    "10%",
    "1e15",
    "123456789012345678901234567890",
];

/// A program of the tree.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name without folders.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Every program below these folders of the repository, sorted by path.
pub fn programs(folders: &[&str]) -> Vec<Program> {
    let mut found = Vec::new();
    let mut left: Vec<_> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|e| e == "fx") {
                found.push(path);
            }
        }
    }
    found.sort();
    let read = |path: &Path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some(Program { name, text: std::fs::read_to_string(path).ok()? })
    };
    found.iter().filter_map(|path| read(path)).collect()
}

/// The bytes of an input, taken one after the other.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn one(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn two(&mut self) -> Option<usize> {
        Some(usize::from(self.one()?) << 8 | usize::from(self.one()?))
    }
}

/// The program that an input stands for, with its place among them and its new text.
pub fn changed<'p>(data: &[u8], programs: &'p [Program]) -> Option<(&'p Program, String)> {
    let mut bytes = Bytes(data);
    let program = &programs[bytes.two()? % programs.len()];
    let mut text = program.text.clone();
    while let (Some(change), Some(at), Some(what)) = (bytes.one(), bytes.two(), bytes.two()) {
        text = change_of(&text, change, at, what, programs);
        if text.len() > LONGEST {
            return None;
        }
    }
    Some((program, text))
}

/// One change of a text.
fn change_of(text: &str, change: u8, at: usize, what: usize, programs: &[Program]) -> String {
    let words = lexemes(text);
    let of_kind = |kinds: fn(LexemeKind) -> bool| -> Vec<(usize, usize)> {
        words.iter().filter(|l| kinds(l.kind)).map(|l| (l.start, l.end)).collect()
    };
    let code = || of_kind(|kind| !matches!(kind, LexemeKind::Comment | LexemeKind::Doc));
    let pick = |all: &[(usize, usize)], at: usize| all.get(at % all.len().max(1)).copied();
    let replaced = |place: Option<(usize, usize)>, new: &str| match place {
        Some((start, end)) => format!("{}{new}{}", &text[..start], &text[end..]),
        None => text.to_owned(),
    };
    let is_number = |(start, _): &(usize, usize)| text[*start..].starts_with(|c: char| c.is_ascii_digit());
    let is_name = |(start, _): &(usize, usize)| text[*start..].starts_with(|c: char| c.is_ascii_alphabetic());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    match change % 12 {
        0 => {
            let numbers: Vec<_> = code().into_iter().filter(is_number).collect();
            replaced(pick(&numbers, at), NUMBERS[what % NUMBERS.len()])
        }
        1 => {
            // A name becomes another of the file.
            let names: Vec<_> = code().into_iter().filter(is_name).collect();
            let other = pick(&names, what).map_or("x", |(start, end)| &text[start..end]);
            replaced(pick(&names, at), other)
        }
        2 => {
            let other = &programs[what % programs.len()].text;
            let theirs: Vec<_> = lexemes(other).iter().map(|l| (l.start, l.end)).collect();
            let taken = pick(&theirs, what / 7).map_or("x", |(start, end)| &other[start..end]);
            replaced(pick(&code(), at), taken)
        }
        3 => replaced(pick(&code(), at), ""),
        4 => {
            let place = pick(&code(), at).map(|(start, _)| (start, start));
            replaced(place, &format!(" {} ", PIECES[what % PIECES.len()]))
        }
        5 => {
            let place = pick(&code(), at);
            let doubled = place.map_or("", |(start, end)| &text[start..end]);
            replaced(place, &format!("{doubled} {doubled}"))
        }
        6 => {
            let all = code();
            match (pick(&all, at), pick(&all, what)) {
                (Some(a), Some(b)) if a != b => {
                    let (first, second) = (a.min(b), a.max(b));
                    format!(
                        "{}{}{}{}{}",
                        &text[..first.0],
                        &text[second.0..second.1],
                        &text[first.1..second.0],
                        &text[first.0..first.1],
                        &text[second.1..]
                    )
                }
                _ => text.to_owned(),
            }
        }
        7 => {
            let gone = at % lines.len().max(1);
            lines.iter().enumerate().filter(|(i, _)| *i != gone).map(|(_, l)| *l).collect()
        }
        8 => {
            // A line of the file, or of another, somewhere else.
            let other = if what % 2 == 0 { text } else { &programs[what / 2 % programs.len()].text };
            let theirs: Vec<&str> = other.split_inclusive('\n').collect();
            let taken = theirs.get(what / 3 % theirs.len().max(1)).copied().unwrap_or("\n");
            let at = at % (lines.len() + 1);
            [&lines[..at], &[taken], &lines[at..]].concat().concat()
        }
        9 => {
            // A name of its own once more, as one that is long, or none.
            let names: Vec<_> = code().into_iter().filter(is_name).collect();
            let long = "n".repeat(what % 300);
            replaced(pick(&names, at), &long)
        }
        10 => {
            let end = text.char_indices().nth(at).map_or(text.len(), |(i, _)| i);
            text[..end].to_owned()
        }
        _ => {
            // An expression within itself: many brackets around one word.
            let deep = 1 + what % 100;
            let place = pick(&code(), at);
            let word = place.map_or("", |(start, end)| &text[start..end]);
            replaced(place, &format!("{}{word}{}", "(".repeat(deep), ")".repeat(deep)))
        }
    }
}

/// A world with a table for every cohort, and with the programs of the tree as files.
pub struct Tabled<'p> {
    programs: &'p [Program],
    own: BTreeMap<String, TableSummary>,
    common: TableSummary,
}

/// The columns that the programs of the tree read, most of them.
const COMMON: &str = "participant_id text; sub_id text; age number; education number; atrophy number; \
    hypometabolism number; abeta number; ptau number, 3 missing; tau number; sex F M; apoe4 0 1 2; \
    diagnosis control*20 patient*20; dx CN*20 MCI*5 AD*15; eTIV number; lh_G_a_thickness number; \
    lh_S_b_thickness number; rh_G_a_thickness number; lh_a number; lh_b number; lh_c number; site A B C; \
    stage CN MCI AD; severity number; fdg number; av45 number";

impl<'p> Tabled<'p> {
    /// The tables that a program's comments describe, and one for every other cohort.
    pub fn of(text: &str, programs: &'p [Program]) -> Self {
        let described = |line: &str| {
            let (cohort, columns) = line.trim().strip_prefix("// table:")?.split_once(':')?;
            Some((cohort.trim().to_owned(), table(columns)))
        };
        Self { programs, own: text.lines().filter_map(described).collect(), common: table(COMMON) }
    }
}

/// `age number; sex F M; dx CN*50 AD*10, 3 missing`
fn table(columns: &str) -> TableSummary {
    let column = |text: &str| {
        let (text, missing) = text.split_once(',').unwrap_or((text, "0"));
        let missing = missing.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let mut words = text.split_whitespace();
        let name = words.next()?.to_owned();
        let levels: Vec<&str> = words.collect();
        Some(match levels[..] {
            ["number"] => ColumnSummary { name, numeric: true, missing, ..ColumnSummary::default() },
            ["text"] => ColumnSummary { name, missing, ..ColumnSummary::default() },
            _ => {
                let counted = |level: &&str| match level.split_once('*') {
                    Some((level, count)) => (level.to_owned(), count.parse().unwrap_or(1)),
                    None => ((*level).to_owned(), 1),
                };
                let (levels, counts): (Vec<String>, Vec<usize>) = levels.iter().map(counted).unzip();
                let numeric = levels.iter().all(|level| level.parse::<f64>().is_ok());
                ColumnSummary { name, numeric, levels: Some(levels), counts, missing, ..ColumnSummary::default() }
            }
        })
    };
    TableSummary { people: Some(40), columns: columns.split(';').filter_map(column).collect() }
}

impl World for Tabled<'_> {
    fn source(&self, path: &str) -> Result<String, String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let found = self.programs.iter().find(|p| p.name == name);
        found.map(|p| p.text.clone()).ok_or_else(|| "there is no such file".to_owned())
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        Ok(self.own.get(&cohort.name).unwrap_or(&self.common).clone())
    }

    fn count(&self, _cohort: &Cohort, who: &Who) -> Option<usize> {
        match who {
            Who::Lacking(columns) => Some(columns.len() % 3),
            Who::With { column, .. } => Some(column.len() % 4),
        }
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        if path.len() % 2 == 1 {
            return Err(format!("there is no file `{path}`"));
        }
        Ok([("m.Linear.weight".to_owned(), vec![2, 3]), ("m.Linear.bias".to_owned(), vec![2])].into())
    }
}
