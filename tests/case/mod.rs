//! A case: one `.fx` file with its expectations in comments.
//!
//! | comment | meaning |
//! |---|---|
//! | `// error[E0302] 7:15 words` | an error with this code at this line and column, whose message holds the words |
//! | `// error[E0302] base.fx 2:1 words` | the same in another file |
//! | `// warning[W0901] 3:7 words` | a warning |
//! | `// also 3:5` | the error before has a further label here (`// also base.fx 3:5` in another file) |
//! | `// hint: words` | its hint holds the words |
//! | `// shape: m.out = [64, 8]` | the output's type; `m.out[t1]` for the member of a family, `m` for the result |
//! | `// parameters: m = 1234` | learnable numbers of a model; `m.Critic` for those of a critic that it is to fool |
//! | `// variants: 4` | how many variants the sweeps make |
//! | `// set: width=16` | compiled with `--set width=16` |
//! | `// table: heads: age number; sex F M; site text` | the table of a cohort: columns with their levels |
//! | `// table: heads: 60 people; age number, 12 missing; dx CN*50 AD*10` | the same with counts |
//! | `// no table: heads: join: sites.csv joins nobody; HINT` | why it cannot be read: `source`, `join`, `keep`, or `elsewhere` |
//! | `// weights: w.safetensors: m.Linear.weight [8, 3]; m.Linear.bias [8]` | a file with weights of these shapes |
//! | `// packed: norm.fascicle: norm of spring.fx` | a file with the packed model of a program, which is one of the case's files |
//! | `// packed: norm.fascicle: norm of spring.fx, reference young.test` | the same with the residuals of a reference |
//! | `// not packed: old.fascicle: WHY` | a file that is none |
//! | `// no file: atlas.nii.gz` | a file that is not there; of others nothing is known |
//! | `// file base.fx:` | begins another file, whose lines follow as `//\| text` |

// Each test binary uses a part of it.
#![allow(dead_code)]

pub mod mistake;
pub mod repaired;

use fascicle::compile::{
    ColumnSummary, Compilation, Diagnostic, ModelTable, PackedContents, Severity, Shapes, TableProblem,
    TableProblemKind, TableSummary, Who, World, compile, model_tables,
};
use fascicle::plan::contents_of;
use fascicle::program::{Cohort, CohortClause, CohortSource, Comparison, Predicate, Program};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A diagnostic that is expected.
#[derive(Debug, Clone)]
pub struct Expected {
    pub code: String,
    pub place: Place,
    pub words: String,
    pub also: Vec<Place>,
    pub hint: Option<String>,
}

/// File (the case itself where `None`), line and column.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub file: Option<String>,
    pub line: usize,
    pub column: usize,
}

/// A case, read.
#[derive(Debug, Default)]
pub struct Case {
    /// The file's name without folders: what messages show.
    pub name: String,
    pub text: String,
    pub expected: Vec<Expected>,
    pub shapes: Vec<(String, String)>,
    pub parameters: Vec<(String, u64)>,
    pub variants: Option<usize>,
    pub settings: Vec<(String, String)>,
    pub tables: BTreeMap<String, TableSummary>,
    pub problems: BTreeMap<String, TableProblem>,
    pub weights: BTreeMap<String, Shapes>,
    pub files: BTreeMap<String, String>,
    /// Packed models by file, or why they are none.
    pub packed: BTreeMap<String, Result<Packed, String>>,
    /// Files that are not there.
    pub gone: Vec<String>,
}

/// A packed model: its name, the file of the program that trained it, and whose residuals it holds.
type Packed = (String, String, Option<String>);

impl Case {
    /// Reads a case; a comment that begins like an expectation and is none fails the test.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        Self::parse(&name, &text)
    }

    /// Makes the other programs of the file's folder readable: what it `extends` or `use`s.
    fn beside(mut self, path: &Path) -> Self {
        for other in path.parent().into_iter().flat_map(|folder| files_below(folder, "fx")).filter(|o| o != path) {
            let name = other.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
            if let Ok(text) = std::fs::read_to_string(&other) {
                self.files.entry(name).or_insert(text);
            }
        }
        self
    }

    /// A case from its text.
    pub fn parse(name: &str, text: &str) -> Self {
        let mut case = Self { name: name.to_string(), text: text.to_string(), ..Self::default() };
        let mut file: Option<String> = None;
        for (index, line) in text.lines().enumerate() {
            let Some(comment) = line.trim_start().strip_prefix("//") else { continue };
            if let (Some(file), Some(text)) = (&file, comment.strip_prefix('|')) {
                let other = case.files.entry(file.clone()).or_default();
                other.push_str(text.strip_prefix(' ').unwrap_or(text));
                other.push('\n');
                continue;
            }
            if let Err(why) = case.comment(comment.trim(), &mut file) {
                panic!("{name}:{}: {why}: {line}", index + 1);
            }
        }
        case
    }

    fn comment(&mut self, comment: &str, file: &mut Option<String>) -> Result<(), String> {
        let keyed = |key: &str| comment.strip_prefix(key).map(str::trim);
        if let Some(rest) = comment.strip_prefix("error[").or_else(|| comment.strip_prefix("warning[")) {
            let (code, rest) = rest.split_once(']').ok_or("no `]` behind the code")?;
            let (place, words) = place(rest).ok_or("expected LINE:COLUMN behind the code")?;
            self.expected.push(Expected {
                code: code.into(),
                place,
                words: words.into(),
                also: Vec::new(),
                hint: None,
            });
        } else if let Some(rest) = comment.strip_prefix("also ") {
            let (place, _) = place(rest).ok_or("expected LINE:COLUMN")?;
            self.expected.last_mut().ok_or("`also` before any error")?.also.push(place);
        } else if let Some(words) = keyed("hint:") {
            self.expected.last_mut().ok_or("`hint` before any error")?.hint = Some(words.into());
        } else if let Some(rest) = keyed("shape:") {
            let (of, ty) = rest.split_once(" = ").ok_or("expected OUTPUT = TYPE")?;
            self.shapes.push((of.trim().into(), ty.trim().into()));
        } else if let Some(rest) = keyed("parameters:") {
            let (model, count) = rest.split_once(" = ").ok_or("expected MODEL = COUNT")?;
            let count = count.trim().replace('_', "").parse().map_err(|_| "expected a number")?;
            self.parameters.push((model.trim().into(), count));
        } else if let Some(count) = keyed("variants:") {
            self.variants = Some(count.parse().map_err(|_| "expected a number")?);
        } else if let Some(rest) = keyed("set:") {
            let (name, value) = rest.split_once('=').ok_or("expected NAME=VALUE")?;
            self.settings.push((name.trim().into(), value.trim().into()));
        } else if let Some(rest) = keyed("table:") {
            let (cohort, columns) = rest.split_once(':').ok_or("expected COHORT: COLUMN LEVEL LEVEL; ..")?;
            let people = columns.split(';').find_map(|c| c.trim().strip_suffix(" people")?.parse().ok());
            let columns = columns.split(';').filter(|c| !c.ends_with(" people")).filter_map(column).collect();
            self.tables.insert(cohort.trim().into(), TableSummary { people, columns });
        } else if let Some(rest) = keyed("no table:") {
            let (cohort, problem) = rest.split_once(':').ok_or("expected COHORT: CLAUSE: MESSAGE; HINT")?;
            let (clause, message) = problem.split_once(':').ok_or("expected COHORT: CLAUSE: MESSAGE; HINT")?;
            let (message, hint) = message.split_once(';').ok_or("expected COHORT: CLAUSE: MESSAGE; HINT")?;
            let (kind, clause) = match clause.trim() {
                "elsewhere" => (TableProblemKind::NotHere, CohortClause::Source),
                "source" => (TableProblemKind::Wrong, CohortClause::Source),
                "join" => (TableProblemKind::Wrong, CohortClause::Join(0)),
                "keep" => (TableProblemKind::Wrong, CohortClause::Keep(0)),
                _ => return Err("the clause is elsewhere, source, join or keep".into()),
            };
            let (message, hint) = (message.trim().to_owned(), Some(hint.trim().to_owned()));
            self.problems.insert(cohort.trim().into(), TableProblem { kind, clause, message, hint });
        } else if let Some(rest) = keyed("weights:") {
            let (file, shapes) = rest.split_once(':').ok_or("expected FILE: WEIGHT [SHAPE]; ..")?;
            let shapes = shapes.split(';').map(shape).collect::<Option<Shapes>>().ok_or("expected WEIGHT [SHAPE]")?;
            self.weights.insert(file.trim().into(), shapes);
        } else if let Some(rest) = keyed("packed:") {
            let wanted = "expected FILE: MODEL of PROGRAM.fx";
            let (file, rest) = rest.split_once(':').ok_or(wanted)?;
            let (model, program) = rest.split_once(" of ").ok_or(wanted)?;
            let (program, reference) = match program.split_once(", reference ") {
                Some((program, reference)) => (program, Some(reference.trim().to_owned())),
                None => (program, None),
            };
            self.packed.insert(file.trim().into(), Ok((model.trim().to_owned(), program.trim().to_owned(), reference)));
        } else if let Some(rest) = keyed("not packed:") {
            let (file, why) = rest.split_once(':').ok_or("expected FILE: WHY")?;
            self.packed.insert(file.trim().into(), Err(why.trim().to_owned()));
        } else if let Some(file) = keyed("no file:") {
            self.gone.push(file.into());
        } else if let Some(name) = keyed("file ").and_then(|n| n.strip_suffix(':')) {
            self.files.insert(name.into(), String::new());
            *file = Some(name.into());
        }
        Ok(())
    }

    /// Compiles it in the world that it describes.
    pub fn compile(&self) -> Compilation {
        compile(&self.name, &self.text, &self.settings, self)
    }

    /// What differs between what is expected and what came, one line each.
    pub fn differences(&self, compiled: &Compilation) -> Vec<String> {
        let mut differences = self.diagnostics(compiled);
        if !(self.shapes.is_empty() && self.parameters.is_empty()) {
            match &compiled.base {
                Some(program) => differences.extend(self.program(program)),
                None => differences.push("there is no program to look for shapes in".into()),
            }
        }
        let variants = compiled.experiment.as_ref().map_or(0, |e| e.variants.len());
        if let Some(wanted) = self.variants.filter(|w| *w != variants) {
            differences.push(format!("expected {wanted} variants, found {variants}"));
        }
        differences
    }

    fn diagnostics(&self, compiled: &Compilation) -> Vec<String> {
        let mut differences = Vec::new();
        let mut unmatched: Vec<&Diagnostic> = compiled.diagnostics.iter().collect();
        for expected in &self.expected {
            let here = |d: &&Diagnostic| {
                d.code.code() == expected.code
                    && self.place(compiled, d.span()) == expected.place
                    && d.message.contains(&expected.words)
            };
            let Some(position) = unmatched.iter().position(here) else {
                differences.push(format!(
                    "missing: {} at {} with \"{}\"",
                    expected.code,
                    show(&expected.place),
                    expected.words
                ));
                continue;
            };
            let found = unmatched.remove(position);
            for also in &expected.also {
                if !found.labels.iter().skip(1).any(|l| self.place(compiled, l.span) == *also) {
                    differences.push(format!("{} has no second label at {}", expected.code, show(also)));
                }
            }
            let hint = found.hint.as_deref().unwrap_or("");
            if let Some(words) = expected.hint.as_ref().filter(|w| !hint.contains(w.as_str())) {
                differences.push(format!("{} has no hint with \"{words}\": \"{hint}\"", expected.code));
            }
        }
        for found in unmatched {
            let place = show(&self.place(compiled, found.span()));
            differences.push(format!("not expected: {} at {place}: {}", found.code.code(), found.message));
        }
        for found in compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
            if found.hint.is_none() && found.labels.len() < 2 {
                differences.push(format!(
                    "{} has neither a hint nor a second label: {}",
                    found.code.code(),
                    found.message
                ));
            }
        }
        differences
    }

    fn program(&self, program: &Program) -> Vec<String> {
        let mut differences = Vec::new();
        for (of, wanted) in &self.shapes {
            match type_of(program, of) {
                Some(found) if found == *wanted => {}
                Some(found) => differences.push(format!("expected {of} = {wanted}, found {found}")),
                None => differences.push(format!("there is no output `{of}`")),
            }
        }
        let tables = model_tables(program);
        for (model, wanted) in &self.parameters {
            let critics = |t: &ModelTable| {
                t.critics.iter().map(|c| (format!("{}.{}", t.name, c.name), c.parameters)).collect::<Vec<_>>()
            };
            let mut all = tables.iter().flat_map(|t| critics(t).into_iter().chain([(t.name.clone(), t.parameters)]));
            match all.find(|(name, _)| name == model) {
                Some((_, found)) if found == *wanted => {}
                Some((_, found)) => differences.push(format!("expected {wanted} parameters of {model}, found {found}")),
                None => differences.push(format!("there is no model `{model}`")),
            }
        }
        differences
    }

    /// Where a span begins.
    pub fn place(&self, compiled: &Compilation, span: fascicle::syntax::Span) -> Place {
        let (line, column) = compiled.sources.line_column(span);
        let file = compiled.sources.get(span.source).map(|s| s.name.clone()).filter(|n| *n != self.name);
        Place { file, line, column }
    }
}

impl World for Case {
    fn source(&self, path: &str) -> Result<String, String> {
        self.files.get(path).cloned().ok_or_else(|| "there is no such file".to_string())
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        // What is wrong with a condition shows when it is asked for.
        if let Some(problem) = self.problems.get(&cohort.name)
            && (!cohort.keep.is_empty() || !matches!(problem.clause, CohortClause::Keep(_)))
        {
            return Err(problem.clone());
        }
        // What a phantom is called does not change its columns.
        let name = match cohort.source {
            CohortSource::Phantom(_) if self.tables.contains_key("phantom") => "phantom",
            _ => &cohort.name,
        };
        let table = self.tables.get(name).ok_or_else(|| TableProblem::unknown("there is no such table"))?;
        Ok(as_declared(table.clone(), cohort))
    }

    fn count(&self, cohort: &Cohort, who: &Who) -> Option<usize> {
        let table = self.table(cohort).ok()?;
        match who {
            // Those who lack one cell lack the others.
            Who::Lacking(columns) => columns.iter().map(|name| Some(table.column(name)?.missing)).max()?,
            Who::With { column, value } => {
                let column = table.column(column)?;
                let place = column.levels.as_ref()?.iter().position(|level| fascicle::data::is_value(level, value));
                Some(place.map_or(0, |at| column.counts.get(at).copied().unwrap_or(1)))
            }
        }
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        self.weights.get(path).cloned().ok_or_else(|| format!("there is no file `{path}`"))
    }

    fn file(&self, path: &str) -> Result<(), (TableProblemKind, String)> {
        let kind = if self.gone.iter().any(|gone| gone == path) { TableProblemKind::Wrong } else { return Ok(()) };
        Err((kind, "there is no such file".into()))
    }

    fn packed(&self, path: &str) -> Result<PackedContents, String> {
        let (model, program, reference) =
            self.packed.get(path).cloned().unwrap_or(Err("there is no such file".into()))?;
        let text = self.files.get(&program).ok_or_else(|| format!("there is no {program} beside the case"))?;
        let compiled = compile(&program, text, &[], self);
        let told: Vec<&str> = compiled.diagnostics.iter().map(|d| d.message.as_str()).collect();
        let base = compiled.base.as_ref().ok_or_else(|| format!("{program} does not compile: {}", told.join("; ")))?;
        let contents = contents_of(base, &model).ok_or_else(|| format!("{program} has no model {model}"))?;
        Ok(PackedContents { reference, ..contents })
    }
}

/// A table as a cohort's `rename` and `keep` leave it: columns under the names of the file, and of a column whose counts are given
/// the levels that its conditions accept.
fn as_declared(mut table: TableSummary, cohort: &Cohort) -> TableSummary {
    for (name, own) in &cohort.rename {
        let is_there = table.column(name).is_some();
        if let Some(column) = table.columns.iter_mut().find(|column| !is_there && column.name == *own) {
            column.name.clone_from(name);
        }
    }
    // How many people a condition leaves is known where it is known how many there are.
    let counted = table.people.is_some();
    for (_, condition) in cohort.keep.iter().filter(|_| counted) {
        let Predicate::Compare { column, comparison, value } = condition else { continue };
        let is_kept = |level: &String| match comparison {
            Comparison::Equal => fascicle::data::is_value(level, value),
            Comparison::NotEqual => !fascicle::data::is_value(level, value),
            _ => true,
        };
        let Some(column) = table.columns.iter_mut().find(|c| c.name == *column) else { continue };
        let Some(levels) = column.levels.take() else { continue };
        let (mut kept, mut lost) = ((Vec::new(), Vec::new()), column.missing);
        for (level, count) in levels.into_iter().zip(column.counts.drain(..)) {
            if is_kept(&level) {
                kept.0.push(level);
                kept.1.push(count);
            } else {
                lost += count;
            }
        }
        // A missing cell meets no condition.
        column.missing = 0;
        (column.levels, column.counts) = (Some(kept.0), kept.1);
        table.people = table.people.map(|people| people.saturating_sub(lost));
    }
    table
}

/// Every file with this extension below a folder, sorted.
pub fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The columns that voxel_fusion.fx reads.
const HCP_PHENOTYPES: &str = "
    PicSeq_AgeAdj CardSort_AgeAdj Flanker_AgeAdj ReadEng_AgeAdj PicVocab_AgeAdj ProcSpeed_AgeAdj ListSort_AgeAdj PMAT24_A_CR
    VSPLOT_TC SCPT_TP IWRD_TOT Endurance_AgeAdj GaitSpeed_Comp Dexterity_AgeAdj Strength_AgeAdj NEOFAC_A NEOFAC_O NEOFAC_C
    NEOFAC_N NEOFAC_E AngAffect_Unadj FearAffect_Unadj Sadness_Unadj LifeSatisf_Unadj MeanPurp_Unadj PosAffect_Unadj
    Friendship_Unadj Loneliness_Unadj PercStress_Unadj SelfEff_Unadj Odor_AgeAdj Taste_AgeAdj PainInterf_Tscore Mars_Final";

/// The programs below folders of the tree (those that exist), with tables for the cohorts that they read.
pub fn programs(folders: &[&str]) -> Vec<Case> {
    let root = fascicle_reference::root();
    let paths = folders.iter().flat_map(|folder| files_below(&root.join(folder), "fx"));
    let mut cases: Vec<Case> = paths.map(|path| Case::read(&path).beside(&path)).collect();
    let table = |columns: &str| Case::parse("", &format!("// table: t: {columns}")).tables["t"].clone();
    let clinical = "age number; education number; atrophy number; hypometabolism number; abeta number; ptau number; \
                    sex F M; apoe4 0 1 2; diagnosis control patient";
    let adni = "age number; education number; apoe4 0 1 2; abeta number; ptau number; tau number; fdg number; av45 number; \
                sex F M; diagnosis CN MCI AD";
    let thickness = "sub_id text; age number; sex 0 1; eTIV number; lh_G_a_thickness number; lh_S_b_thickness number; \
                     rh_G_a_thickness number; Left-Caudate number";
    // As many regions as normative_poe.fx declares.
    let regions = |prefix: &str, n: usize| (1..=n).map(|i| format!("{prefix}_{i} number; ")).collect::<String>();
    let volumes = format!(
        "{}{}{}eid text; ptid text; age number; sex F M; depression 0 1; stage CN MCI AD; adas13 number; severity number",
        regions("ctx", 64),
        regions("sub", 35),
        regions("hip", 16),
    );
    let phenotypes: String = HCP_PHENOTYPES.split_whitespace().map(|name| format!("{name} number; ")).collect();
    for case in &mut cases {
        let mut add = |names: &[&str], table: &TableSummary| {
            for name in names {
                case.tables.entry((*name).to_string()).or_insert_with(|| table.clone());
            }
        };
        match case.name.as_str() {
            "contrastive_phantom.fx" => add(&["oasis"], &table(clinical)),
            _ => add(&["oasis"], &table("age number; sex F M; diagnosis AD HC other")),
        }
        add(&["adni"], &table(adni));
        if case.name == "voxel_fusion.fx" {
            add(&["hcp"], &table(&phenotypes));
        }
        match case.name.as_str() {
            // Regional volumes stand beside this phantom's scans.
            "normative_poe_phantom.fx" => add(&["phantom"], &table(&volumes)),
            "no_signal.fx" => add(&["phantom"], &table(&format!("{volumes}; site site-1 site-2"))),
            "normative_poe.fx" => add(&["healthy", "patients"], &table(&volumes)),
            "multisite.fx" | "harmonised_sites.fx" => {
                add(
                    &["centres", "clinic"],
                    &table(&format!("{thickness}; site AnnArbor_a*20 Leiden_2180*20 Pittsburgh*20 Oulu*20")),
                );
            }
            _ => add(&["young", "old", "controls", "healthy", "patients"], &table(thickness)),
        }
        if case.name == "later.fx" {
            let spring = ("norm".to_owned(), "normative_thickness.fx".to_owned(), Some("young.test".to_owned()));
            case.packed.insert("norm.fascicle".into(), Ok(spring));
        }
        add(&["heads", "phantom", "people", "hcp", "brats", "msd"], &table(clinical));
    }
    cases
}

/// `m`, `m.out` or `m.out[key]` as the language spells its type.
fn type_of(program: &Program, of: &str) -> Option<String> {
    let (path, key) = match of.split_once('[') {
        Some((path, key)) => (path, key.trim_end_matches(']')),
        None => (of, ""),
    };
    let (model, output) = path.split_once('.').unwrap_or((path, path));
    let model = program.models.iter().find(|m| m.name == model)?;
    let (_, node) = model.output(output)?.members.iter().find(|(k, _)| k == key)?;
    Some(program.graph.node(*node).ty.to_string())
}

/// `m.Linear.weight [8, 3]`: a weight of a file.
fn shape(text: &str) -> Option<(String, Vec<usize>)> {
    let (name, shape) = text.trim().split_once(" [")?;
    let extents = shape.strip_suffix(']')?.split(',').map(|n| n.trim().parse().ok()).collect::<Option<_>>()?;
    Some((name.to_string(), extents))
}

/// `sex F M`, `age number`, `site text`: a column of a table.
fn column(text: &str) -> Option<ColumnSummary> {
    let (text, missing) = match text.split_once(',') {
        Some((text, missing)) => (text, missing.trim().strip_suffix(" missing")?.parse().ok()?),
        None => (text, 0),
    };
    let mut words = text.split_whitespace();
    let name = words.next()?.to_string();
    let levels: Vec<(&str, usize)> = words
        .map(|word| match word.split_once('*') {
            Some((level, count)) => Some((level, count.parse().ok()?)),
            None => Some((word, 1)),
        })
        .collect::<Option<_>>()?;
    let (levels, counts): (Vec<String>, Vec<usize>) = levels.into_iter().map(|(l, c)| (l.to_owned(), c)).unzip();
    Some(match levels.as_slice() {
        [word] if word == "number" => ColumnSummary { name, numeric: true, missing, ..ColumnSummary::default() },
        [word] if word == "text" => ColumnSummary { name, missing, ..ColumnSummary::default() },
        _ => {
            // The rows hold the levels one after the other, below a line of names.
            let mut lines = levels.iter().enumerate().map(|(i, level)| (i + 2, level.clone()));
            let first_text = lines.find(|(_, level)| level.parse::<f64>().is_err());
            ColumnSummary {
                name,
                numeric: first_text.is_none(),
                first_text,
                levels: Some(levels),
                counts,
                missing,
                range: None,
            }
        }
    })
}

/// `7:15 words` or `base.fx 7:15 words`.
fn place(text: &str) -> Option<(Place, &str)> {
    let numbers = |word: &str| {
        let (line, column) = word.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    };
    let text = text.trim();
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    if let Some((line, column)) = numbers(first) {
        return Some((Place { file: None, line, column }, rest.trim()));
    }
    let (second, rest) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let (line, column) = numbers(second)?;
    Some((Place { file: Some(first.to_string()), line, column }, rest.trim()))
}

fn show(place: &Place) -> String {
    let file = place.file.as_ref().map_or(String::new(), |f| format!("{f} "));
    format!("{file}{}:{}", place.line, place.column)
}
