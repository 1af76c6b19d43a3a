//! One compilation of an open file, with its record: on a thread of its own, never the end of the server.

use crate::document::Document;
use crate::outside::Outside;
use fascicle_lang::compile::{
    Compilation, ModelTable, PackedContents, Request, Shapes, TableProblem, TableProblemKind, TableSummary, Who, World,
    compile_with, model_tables,
};
use fascicle_lang::program::{Cohort, Experiment, Sweep};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// Texts of open files, by path: they come before what lies on the disk.
pub type OpenTexts = BTreeMap<String, Arc<str>>;

/// What compiling one text gave.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// Programs, diagnostics, records.
    pub compilation: Compilation,
    /// The tables that were read, by cohort.
    pub tables: Vec<(String, TableSummary)>,
    /// Whether a table was asked for that is not read yet.
    pub tables_missing: bool,
    /// The paths of the other files that took part.
    pub read: Vec<String>,
    /// Why there is nothing: a bug of the compiler. What else is here is empty then.
    pub panic: Option<String>,
    /// The sweeps, once their variants are compiled; the programs themselves are not kept.
    pub sweeps: Vec<SweepSummary>,
    models: OnceLock<Vec<ModelTable>>,
}

/// What is shown of a sweep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SweepSummary {
    /// Its name.
    pub name: String,
    /// How many variants it has.
    pub variants: usize,
    /// What it varies, each with its values as the file spells them.
    pub values: Vec<(String, Vec<String>)>,
    /// The parameters of the smallest and the largest network of a variant.
    pub parameters: Option<(u64, u64)>,
}

impl SweepSummary {
    fn of(experiment: &Experiment, sweep: &Sweep) -> Self {
        let mut values: Vec<(String, Vec<String>)> = Vec::new();
        let mut parameters: Option<(u64, u64)> = None;
        for program in sweep.variants.iter().filter_map(|at| experiment.variants.get(*at)) {
            let size = program.graph.modules.iter().map(|module| module.parameters()).sum::<u64>();
            parameters = Some(parameters.map_or((size, size), |(least, most)| (least.min(size), most.max(size))));
            for (name, value) in &program.settings {
                let known = match values.iter_mut().find(|(known, _)| known == name) {
                    Some((_, known)) => known,
                    None => {
                        values.push((name.clone(), Vec::new()));
                        let last = values.len() - 1;
                        &mut values[last].1
                    }
                };
                if !known.contains(value) {
                    known.push(value.clone());
                }
            }
        }
        Self { name: sweep.name.clone(), variants: sweep.variants.len(), values, parameters }
    }
}

impl Analysis {
    /// Layers and totals of the models of the file as it stands, worked out when first asked for.
    pub fn models(&self) -> &[ModelTable] {
        self.models.get_or_init(|| self.compilation.base.as_ref().map(model_tables).unwrap_or_default())
    }
}

/// How a text is compiled.
#[derive(Debug, Clone, Copy, Default)]
pub struct Depth<'a> {
    /// Without the variants of sweeps.
    pub base_only: bool,
    /// Whether tables that are not read yet are waited for.
    pub wait_for_tables: bool,
    /// Once true, nobody waits for the rest.
    pub cancelled: Option<&'a AtomicBool>,
}

/// Compiles a text as a file of this path, among the files that are open.
pub fn analyse(file: &str, document: &Document, open: &OpenTexts, outside: &dyn Outside, depth: Depth<'_>) -> Analysis {
    let world = Around {
        file,
        open,
        outside,
        wait: depth.wait_for_tables,
        tables: RefCell::default(),
        missing: Cell::new(false),
        read: RefCell::default(),
    };
    let request = Request { record: true, base_only: depth.base_only, cancelled: depth.cancelled };
    let compiled = catch_unwind(AssertUnwindSafe(|| compile_with(file, document.text(), &[], &world, request)));
    let mut analysis = match compiled {
        Ok(compilation) => Analysis { compilation, ..Analysis::default() },
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it does not say why");
            Analysis { panic: Some(said.to_owned()), ..Analysis::default() }
        }
    };
    // A thousand variants are as many programs; what is shown of them is a line.
    if let Some(experiment) = analysis.compilation.experiment.take() {
        analysis.sweeps = experiment.sweeps.iter().map(|sweep| SweepSummary::of(&experiment, sweep)).collect();
    }
    analysis.tables = world.tables.into_inner();
    analysis.tables_missing = world.missing.get();
    analysis.read = world.read.into_inner();
    analysis
}

/// The compiler's world around an open file.
struct Around<'a> {
    file: &'a str,
    open: &'a OpenTexts,
    outside: &'a dyn Outside,
    wait: bool,
    tables: RefCell<Vec<(String, TableSummary)>>,
    missing: Cell<bool>,
    read: RefCell<Vec<String>>,
}

impl World for Around<'_> {
    fn source(&self, path: &str) -> Result<String, String> {
        let path = self.outside.beside(self.file, path);
        let text = self.open.get(&path).map_or_else(|| self.outside.text(&path), |text| Ok(text.to_string()));
        let mut read = self.read.borrow_mut();
        if !read.contains(&path) {
            read.push(path);
        }
        text
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        let Some(table) = self.outside.table(cohort, self.wait) else {
            self.missing.set(true);
            return Err(TableProblem::unknown(format!("the table of `{}` is still being read", cohort.name)));
        };
        if let Ok(table) = &table {
            self.tables.borrow_mut().push((cohort.name.clone(), table.clone()));
        }
        table
    }

    fn count(&self, cohort: &Cohort, who: &Who) -> Option<usize> {
        self.outside.count(cohort, who)
    }

    fn weights(&self, path: &str) -> Result<Shapes, String> {
        self.outside.weights(path)
    }

    fn file(&self, path: &str) -> Result<(), (TableProblemKind, String)> {
        self.outside.is_file(path)
    }

    fn packed(&self, path: &str) -> Result<PackedContents, String> {
        self.outside.packed(path)
    }
}
