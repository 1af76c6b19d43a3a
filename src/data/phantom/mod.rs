//! The built-in phantom: plausible heads with a clinical table, for tests, examples and a first run.
//!
//! ```text
//! PhantomSpec -> clinical (table row, hidden factors) -> anatomy + folds + deformation -> head -> contrast -> scans
//!                                                                                        -> bids_tree -> a folder
//! ```
//!
//! Everything about a subject follows from the seed and the subject's index: subject 17 alone and subject 17 of 200
//! are the same bytes, on any number of threads. Rows and factors are drawn without painting; a head is painted when
//! it is asked for. The diagnosis depends on image and table together, as [`clinical`] explains.

mod anatomy;
mod bids_metadata;
mod bids_paths;
mod bids_room;
mod bids_tree;
pub mod clinical;
mod contrast;
mod decimals;
mod deformation;
mod draws;
mod folds;
mod head;
mod regions;
mod shapes;
mod spec;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tree_tests;

use indexmap::IndexMap;
use ndarray::Array3;
use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

pub use anatomy::Tissue;
pub use bids_tree::{Written, write_bids};
pub use clinical::{Diagnosis, Factors, Row, Sex};
pub use head::Head;
pub use spec::{Contrast, PhantomError, PhantomSpec};

use crate::table::Cells;
use decimals::push_fixed;
use deformation::Grid;
use draws::{Purpose, stream};

/// The hidden factors beside the scans; a cohort reads them by `join`.
pub const TRUTH_TABLE: &str = "derivatives/truth/truth.tsv";
/// The volumes of regions beside the scans; a cohort reads them by `join`.
pub const REGIONS_TABLE: &str = "derivatives/regions/regions.tsv";

/// A cohort that exists only as its specification: rows are at hand, scans are painted on demand.
#[derive(Debug, Clone)]
pub struct Phantom {
    spec: PhantomSpec,
    rows: Vec<Row>,
    /// Of the same people: every table beside the scans asks for them.
    factors: Vec<Factors>,
}

/// What is true of a subject, beside what its scans and row show.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Truth {
    /// The hidden causes.
    #[serde(flatten)]
    pub factors: Factors,
    /// Volume of each tissue within the field of view in mm3, the background left out.
    pub volumes: IndexMap<&'static str, f64>,
}

impl Phantom {
    /// Draws the table; fails when the specification asks for something that cannot be painted.
    pub fn new(spec: PhantomSpec) -> Result<Self, PhantomError> {
        let spec = spec.validated()?;
        let (rows, factors) = (0..spec.subjects).into_par_iter().map(|subject| clinical::draw(&spec, subject)).unzip();
        Ok(Phantom { spec, rows, factors })
    }

    /// The specification that everything follows from.
    pub fn spec(&self) -> &PhantomSpec {
        &self.spec
    }

    /// The table, one row a subject.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The table's columns, in order.
    pub fn columns(&self) -> &'static [&'static str] {
        &clinical::COLUMNS
    }

    /// A cell of the table as text; `None` when it is missing, and when there is no such row or column.
    pub fn cell(&self, row: usize, column: &str) -> Option<String> {
        self.rows.get(row)?.cell(column)
    }

    /// The table as rows of cells, in the order of the columns.
    pub fn cells(&self) -> Vec<Cells> {
        let row = |row: &Row| clinical::COLUMNS.iter().map(|column| row.cell(column)).collect();
        self.rows.par_iter().map(row).collect()
    }

    /// A table that stands beside the scans, by its path in the folder that [`write_bids`] makes: the hidden factors
    /// ([`TRUTH_TABLE`], without the tissue volumes, for which heads would have to be painted) or the volumes of
    /// regions ([`REGIONS_TABLE`]). Columns, and rows of cells; the first column is `participant_id`.
    pub fn derivative(&self, path: &str) -> Option<(Vec<String>, Vec<Cells>)> {
        match path {
            TRUTH_TABLE => {
                let columns = bids_metadata::TRUTH_COLUMNS.map(str::to_owned).to_vec();
                let row = |subject: usize| self.numbers_of(subject, 4, self.factors[subject].hidden().map(Some));
                Some((columns, (0..self.rows.len()).into_par_iter().map(row).collect()))
            }
            REGIONS_TABLE => {
                let regions = regions::regions(&self.spec);
                let columns =
                    std::iter::once("participant_id".to_owned()).chain(regions.iter().map(|r| r.name.clone()));
                let row = |subject: usize| self.numbers_of(subject, 1, self.volumes_of(&regions, subject));
                Some((columns.collect(), (0..self.rows.len()).into_par_iter().map(row).collect()))
            }
            _ => None,
        }
    }

    /// A row: who it is of, and numbers with this many decimals.
    fn numbers_of(&self, subject: usize, decimals: u32, numbers: impl IntoIterator<Item = Option<f64>>) -> Cells {
        let mut cells = Cells::default();
        cells.push(Some(&self.rows[subject].participant_id));
        let mut text = String::new();
        for number in numbers {
            text.clear();
            cells.push(number.map(|number| {
                push_fixed(&mut text, number, decimals);
                text.as_str()
            }));
        }
        cells
    }

    /// Volumes of the regions in mm3, in the order of the columns of [`REGIONS_TABLE`]; `None` where the scan they are
    /// measured on is missing.
    pub fn regional_volumes(&self, subject: usize) -> Vec<Option<f64>> {
        self.volumes_of(&regions::regions(&self.spec), subject)
    }

    fn volumes_of(&self, regions: &[regions::Region], subject: usize) -> Vec<Option<f64>> {
        let (row, factors) = (&self.rows[subject], &self.factors[subject]);
        let scanned = regions::SCANS.map(|scan| self.has_scan(subject, scan));
        regions::volumes(&self.spec, regions, subject, (row, factors), scanned)
    }

    /// Whether the subject has this scan. Nobody lacks T1w, if it is among the contrasts.
    pub fn has_scan(&self, subject: usize, contrast: Contrast) -> bool {
        if subject >= self.rows.len() || !self.spec.contrasts.contains(&contrast) {
            return false;
        }
        let mut rng = stream(self.spec.seed, subject, Purpose::MissingScans, contrast as usize);
        contrast == Contrast::T1w || rng.random::<f64>() >= self.spec.missing_scan
    }

    /// The subject's head, painted; from it come any number of scans. Also for a scan that the subject lacks this
    /// is what the scan would have shown, and also for an index past the last: that person exists in a larger phantom.
    pub fn head(&self, subject: usize) -> Head<'_> {
        Head::paint(&self.spec, Grid::new(&self.spec), subject, self.factors(subject))
    }

    /// One scan; see [`Head::scan`]. Paint a [`Phantom::head`] once when several are wanted.
    pub fn scan(&self, subject: usize, contrast: Contrast) -> Array3<f32> {
        self.head(subject).scan(contrast)
    }

    /// The label map; see [`Head::labels`].
    pub fn labels(&self, subject: usize) -> Array3<u8> {
        self.head(subject).labels().clone()
    }

    /// Voxel indices to world coordinates in mm (RAS+), the same for every subject and contrast.
    pub fn affine(&self) -> [[f64; 4]; 4] {
        Grid::new(&self.spec).affine()
    }

    /// The hidden causes alone; nothing is painted.
    pub fn factors(&self, subject: usize) -> Factors {
        self.factors.get(subject).cloned().unwrap_or_else(|| clinical::draw(&self.spec, subject).1)
    }

    /// The hidden causes, and the tissue volumes of the painted head.
    pub fn truth(&self, subject: usize) -> Truth {
        self.head(subject).truth()
    }
}

impl Head<'_> {
    /// What is true of this subject.
    pub fn truth(&self) -> Truth {
        Truth {
            factors: self.factors().clone(),
            volumes: Tissue::ALL[1..].iter().map(|tissue| (tissue.name(), self.volume(*tissue))).collect(),
        }
    }
}
