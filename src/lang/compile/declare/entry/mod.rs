//! What declarations and clauses are written with, besides operators and analyses: one entry of a table each.
//!
//! ```text
//!  functions  sources  types  image_steps  column_steps  clauses  stages  augmentations  baselines  protocols  searches  metrics
//!       └──▶ entries() ──▶ declare: names, bounds and defaults of arguments
//!                     └──▶ documentation: `fascicle doc`, docs/reference.md
//! ```
//!
//! The compiler takes from here which names there are, and through [`Reader`](crate::compile::reader::Reader) within what
//! bounds an argument lies and what holds where it is not given; what it makes of them stands in `declare`.

mod augmentations;
mod baselines;
mod clauses;
mod column_steps;
mod functions;
mod image_steps;
mod metrics;
mod protocols;
mod score_options;
mod searches;
mod sources;
mod stages;
#[cfg(test)]
mod tests;
mod types;

/// Something that a declaration or a clause is written with.
#[derive(Debug)]
pub struct Entry {
    /// As the file spells it.
    pub name: &'static str,
    /// Which chapter of the reference it stands in.
    pub chapter: Chapter,
    /// One sentence; then details.
    pub doc: &'static str,
    /// The package or the paper whose definition is followed; empty for what is the language's own.
    pub source: &'static str,
    /// Its arguments.
    pub parameters: &'static [Parameter],
    /// A declaration that compiles behind [`ENTRY_PRELUDE`].
    pub example: &'static str,
}

impl Entry {
    /// The call in its example: `kfold(5, stratify: [diagnosis])`.
    pub fn call(&self) -> Option<&'static str> {
        let open = format!("{}(", self.name);
        let start = self.example.rfind(&open)?;
        let mut depth = 0;
        let end = self.example[start..].char_indices().find_map(|(at, c)| {
            depth += i32::from(matches!(c, '(' | '[')) - i32::from(matches!(c, ')' | ']'));
            (depth == 0 && c == ')').then_some(start + at + 1)
        })?;
        self.example.get(start..end)
    }
}

/// Chapters of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chapter {
    /// Functions of families, lists and shapes.
    Function,
    /// Where a cohort's people come from.
    CohortSource,
    /// Clauses of a cohort.
    CohortClause,
    /// Types of inputs.
    InputType,
    /// How an input is read.
    InputSource,
    /// Steps behind `image(..)`.
    ImageStep,
    /// Steps of columns.
    ColumnStep,
    /// What `missing:` says of columns.
    Missing,
    /// Clauses of a stage.
    Clause,
    /// `optimizer` of a stage.
    Optimizer,
    /// `schedule` of a stage.
    Schedule,
    /// `augment` of a stage.
    Augmentation,
    /// `sample` of a stage.
    Sampling,
    /// `patches` of a stage, behind their extents.
    Patch,
    /// `stop` of a stage.
    Stop,
    /// `baseline`.
    Baseline,
    /// `protocol`.
    Protocol,
    /// `search`.
    SearchClause,
    /// `sampler` of a search.
    SearchSampler,
    /// `prune` of a search.
    SearchPruning,
    /// `score`.
    Metric,
    /// What a `score` says besides its metrics.
    ScoreOption,
}

impl Chapter {
    /// All of them, in the order of the reference.
    pub const ALL: [Self; 22] = [
        Self::Function,
        Self::CohortSource,
        Self::CohortClause,
        Self::InputType,
        Self::InputSource,
        Self::ImageStep,
        Self::ColumnStep,
        Self::Missing,
        Self::Clause,
        Self::Optimizer,
        Self::Schedule,
        Self::Augmentation,
        Self::Sampling,
        Self::Patch,
        Self::Stop,
        Self::Baseline,
        Self::Protocol,
        Self::SearchClause,
        Self::SearchSampler,
        Self::SearchPruning,
        Self::Metric,
        Self::ScoreOption,
    ];

    /// One of its entries, in a word or two.
    pub fn one(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::CohortSource => "source of cohorts",
            Self::CohortClause => "clause of a cohort",
            Self::InputType => "type of inputs",
            Self::InputSource => "way to read an input",
            Self::Clause => "clause of a stage",
            Self::ImageStep => "image step",
            Self::ColumnStep => "column step",
            Self::Missing => "missing cells",
            Self::Optimizer => "optimizer",
            Self::Schedule => "schedule",
            Self::Augmentation => "augmentation",
            Self::Sampling => "sampling",
            Self::Patch => "option of patches",
            Self::Stop => "stop",
            Self::Baseline => "method of baselines",
            Self::Protocol => "protocol",
            Self::SearchClause => "clause of a search",
            Self::SearchSampler => "sampler of a search",
            Self::SearchPruning => "pruning of a search",
            Self::Metric => "metric",
            Self::ScoreOption => "option of a score",
        }
    }

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Function => "Families, lists and shapes",
            Self::CohortSource => "Cohorts",
            Self::CohortClause => "Clauses of a cohort",
            Self::InputType => "Types of inputs",
            Self::InputSource => "Inputs",
            Self::Clause => "Clauses of a stage",
            Self::ImageStep => "Steps of images",
            Self::ColumnStep => "Steps of columns",
            Self::Missing => "Missing cells",
            Self::Optimizer => "Optimizers",
            Self::Schedule => "Schedules of the learning rate",
            Self::Augmentation => "Augmentations",
            Self::Sampling => "Drawing subjects",
            Self::Patch => "Patches",
            Self::Stop => "Stopping",
            Self::Baseline => "Baselines",
            Self::Protocol => "Protocols",
            Self::SearchClause => "Clauses of a search",
            Self::SearchSampler => "Samplers of a search",
            Self::SearchPruning => "Giving trials up",
            Self::Metric => "Metrics",
            Self::ScoreOption => "Options of a score",
        }
    }
}

/// An argument.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What is accepted, and what holds where it is not given.
    pub takes: Takes,
    /// Whether it is given by name only.
    pub by_name: bool,
    /// Its unit; empty for a number without one.
    pub unit: &'static str,
    /// One line.
    pub doc: &'static str,
}

impl Parameter {
    /// One that may be given by position.
    const fn positional(name: &'static str, takes: Takes, unit: &'static str, doc: &'static str) -> Self {
        Self { name, takes, by_name: false, unit, doc }
    }

    /// One that is given by name.
    const fn named(name: &'static str, takes: Takes, unit: &'static str, doc: &'static str) -> Self {
        Self { name, takes, by_name: true, unit, doc }
    }

    /// What stands right behind a number of its unit: `mm`, `deg`; `None` where nothing can.
    pub(in crate::compile) fn suffix(&self) -> Option<&'static str> {
        match self.unit {
            "mm" => Some("mm"),
            "degrees" => Some("deg"),
            _ => None,
        }
    }

    /// What is accepted, in words.
    pub fn accepts(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(", in {}", self.unit) };
        match self.takes {
            Takes::Number { low, high, .. } => match high.is_finite() {
                true => format!("a number from {low} to {high}{unit}"),
                false => format!("a number of at least {low}{unit}"),
            },
            Takes::Count { least, most: MOST, .. } => format!("a whole number of at least {least}{unit}"),
            Takes::Count { least, most, .. } => format!("a whole number from {least} to {most}{unit}"),
            Takes::Flag(_) => "`true` or `false`".to_string(),
            Takes::Word(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
            Takes::Said { accepts, .. } => format!("{accepts}{unit}"),
        }
    }

    /// What holds where it is not given, as the language spells it; `None` where it must be given, empty for nothing.
    pub fn default(&self) -> Option<String> {
        match self.takes {
            Takes::Number { default, .. } => default.map(|number| number.to_string()),
            Takes::Count { default, .. } => default.map(|count| count.to_string()),
            Takes::Flag(flag) => Some(flag.to_string()),
            Takes::Word(words) => words.first().map(|word| (*word).to_string()),
            Takes::Said { default, .. } => default.map(str::to_string),
        }
    }
}

/// The largest whole number where the table says nothing.
const MOST: usize = 1_000_000_000;

/// What an argument accepts, and what holds where it is not given (`None`: it must be given).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Takes {
    /// A number within bounds, both included.
    Number {
        /// The smallest.
        low: f64,
        /// The largest.
        high: f64,
        /// Where it is not given.
        default: Option<f64>,
    },
    /// A whole number.
    Count {
        /// The smallest.
        least: i64,
        /// The largest.
        most: usize,
        /// Where it is not given.
        default: Option<usize>,
    },
    /// `true` or `false`: this where it is not given.
    Flag(bool),
    /// One of these words: the first where it is not given.
    Word(&'static [&'static str]),
    /// Something else, said in words.
    Said {
        /// What.
        accepts: &'static str,
        /// Where it is not given.
        default: Option<&'static str>,
    },
}

impl Takes {
    const fn number(low: f64, high: f64, default: f64) -> Self {
        Self::Number { low, high, default: Some(default) }
    }

    const fn count(least: i64, default: usize) -> Self {
        Self::Count { least, most: MOST, default: Some(default) }
    }

    const fn said(accepts: &'static str, default: &'static str) -> Self {
        Self::Said { accepts, default: Some(default) }
    }

    const fn required(accepts: &'static str) -> Self {
        Self::Said { accepts, default: None }
    }
}

/// The declarations that stand before every example.
pub const ENTRY_PRELUDE: &str = r#"cohort people = bids("data/people")
modality t1: volume[1, 16, 16, 16] = people.image("anat/*_T1w.nii.gz") |> zscore
modality measures: vector[2] = people.columns([education, ptau] |> standardize)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
target lesion: mask[16, 16, 16]{rest, lesion} = people.image("anat/*_lesion.nii.gz")
model dx(t1) -> diagnosis { t1 |> Conv3d(4, stride: 4) |> relu |> global_avg_pool |> Linear(2) }
model years(t1) -> age { t1 |> Conv3d(4, stride: 4) |> relu |> global_avg_pool |> Linear(1) }
model back(t1) { output t1 = t1 |> Conv3d(4) |> relu |> Conv3d(1) }
model spots(t1) -> lesion { t1 |> Conv3d(4) |> relu |> Conv3d(2) }
train dx { minimize cross_entropy(dx, diagnosis) }
train years { minimize mse(years, age) }
train back { minimize mse(back.t1, t1) }
train spots { minimize cross_entropy(spots, lesion) }
"#;

/// The tables, one behind the other.
const TABLES: [&[Entry]; 13] = [
    functions::ENTRIES,
    sources::ENTRIES,
    types::ENTRIES,
    image_steps::ENTRIES,
    column_steps::ENTRIES,
    clauses::ENTRIES,
    stages::ENTRIES,
    augmentations::ENTRIES,
    baselines::ENTRIES,
    protocols::ENTRIES,
    searches::ENTRIES,
    metrics::ENTRIES,
    score_options::ENTRIES,
];

/// All entries, in the order of the reference.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    TABLES.into_iter().flatten()
}

/// The entries of a chapter.
pub(crate) fn of(chapter: Chapter) -> impl Iterator<Item = &'static Entry> {
    entries().filter(move |entry| entry.chapter == chapter)
}

/// The entry of this name in a chapter.
pub(crate) fn find(chapter: Chapter, name: &str) -> Option<&'static Entry> {
    of(chapter).find(|entry| entry.name == name)
}

/// The names of a chapter.
pub(in crate::compile) fn names(chapter: Chapter) -> Vec<&'static str> {
    of(chapter).map(|entry| entry.name).collect()
}
