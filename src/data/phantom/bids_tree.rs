//! The phantom as a BIDS dataset on disk, with the truth as a derivative beside it.
//!
//! ```text
//! dataset_description.json  README  participants.tsv  participants.json  T1w.json ... pet.json
//! sub-001/anat/sub-001_T1w.nii.gz ...    sub-001/pet/sub-001_pet.nii.gz
//! derivatives/truth/dataset_description.json  truth.tsv  truth.json  dseg.tsv
//! derivatives/regions/dataset_description.json  regions.tsv  regions.json  README
//! derivatives/truth/sub-001/anat/sub-001_dseg.nii.gz
//! ```
//!
//! Every file is written in a staging folder and renamed into place. The description comes first, so that a tree left
//! half-written is recognised and can be overwritten; the tables come last. The same phantom gives the same bytes.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use nifti::NiftiHeader;
use nifti::writer::WriterOptions;
use rayon::prelude::*;
use tempfile::TempDir;

use super::anatomy::Tissue;
use super::bids_metadata as metadata;
use super::bids_paths::{labels_path, scan_path};
use super::bids_room::{STAGING_PREFIX, make_room};
use super::regions;
use super::spec::{Contrast, PhantomError, io_error};
use super::{Head, Phantom, REGIONS_TABLE, TRUTH_TABLE, Truth};

/// What [`write_bids`] has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// People.
    pub subjects: usize,
    /// Scans, label maps not counted.
    pub scans: usize,
}

/// Writes the whole phantom under `dir`, which is made if need be.
///
/// A folder that holds anything is refused, unless `overwrite` is set and it holds an earlier phantom, whose files are then
/// removed first; others stay. Subjects are painted in parallel; after each, `progress` is told how many are done, of how
/// many.
pub fn write_bids(
    phantom: &Phantom,
    dir: &Path,
    overwrite: bool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Written, PhantomError> {
    make_folder(dir)?;
    make_room(phantom, dir, overwrite)?;
    let staging = tempfile::Builder::new()
        .prefix(STAGING_PREFIX)
        .tempdir_in(dir)
        .map_err(io_error("make a staging folder in", dir))?;
    let tree = Tree { phantom, root: dir, staging };

    tree.json("dataset_description.json", &metadata::description(phantom, None))?;
    for derivative in ["truth", "regions"] {
        let path = format!("derivatives/{derivative}/dataset_description.json");
        tree.json(&path, &metadata::description(phantom, Some(derivative)))?;
    }
    let total = phantom.rows().len();
    let done = AtomicUsize::new(0);
    let mut subjects: Vec<(usize, Truth)> = Vec::with_capacity(total);
    // One head a thread at a time: large volumes of a large cohort must not all be in memory at once.
    let batch = rayon::current_num_threads();
    while subjects.len() < total {
        let next = subjects.len()..total.min(subjects.len() + batch);
        let written: Vec<(usize, Truth)> = next
            .into_par_iter()
            .map(|subject| {
                let head = phantom.head(subject);
                let scans = tree.subject(subject, &head)?;
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                Ok((scans, head.truth()))
            })
            .collect::<Result<_, PhantomError>>()?;
        subjects.extend(written);
    }
    tree.tables(&subjects)?;
    Ok(Written { subjects: total, scans: subjects.iter().map(|(scans, _)| scans).sum() })
}

/// The tree being written.
struct Tree<'a> {
    phantom: &'a Phantom,
    root: &'a Path,
    staging: TempDir,
}

impl Tree<'_> {
    /// One subject's scans and label map; how many scans there were.
    fn subject(&self, subject: usize, head: &Head) -> Result<usize, PhantomError> {
        let id = &self.phantom.rows()[subject].participant_id;
        let mut scans = 0;
        for contrast in Contrast::ALL {
            if self.phantom.has_scan(subject, contrast) {
                let scan = head.scan(contrast).mapv(|v| v as i16);
                self.volume(&scan_path(id, contrast), |writer| writer.write_nifti(&scan))?;
                scans += 1;
            }
        }
        self.volume(&labels_path(id), |writer| writer.write_nifti(head.labels()))?;
        Ok(scans)
    }

    fn tables(&self, subjects: &[(usize, Truth)]) -> Result<(), PhantomError> {
        let phantom = self.phantom;
        let texts = [
            ("README", metadata::README),
            ("derivatives/truth/README", metadata::TRUTH_README),
            ("derivatives/regions/README", metadata::REGIONS_README),
        ];
        for (path, text) in texts {
            self.place(path, |file| fs::write(file, text).map_err(io_error("write", file)))?;
        }
        for contrast in &phantom.spec().contrasts {
            let sidecar = metadata::sidecar(*contrast);
            self.json(&format!("{}.json", contrast.suffix()), &sidecar)?;
        }
        self.json("participants.json", &metadata::participants())?;
        self.json("derivatives/truth/truth.json", &metadata::truth())?;

        let columns = phantom.columns();
        let participants = (0..phantom.rows().len()).map(|row| {
            let cell = |column: &&str| phantom.cell(row, column).unwrap_or_else(|| "n/a".into());
            columns.iter().map(cell).collect()
        });
        self.table("participants.tsv", columns, participants)?;
        let labels = Tissue::ALL.iter().map(|t| vec![(*t as u8).to_string(), t.name().to_owned()]);
        self.table("derivatives/truth/dseg.tsv", &["index", "name"], labels)?;

        let volumes: Vec<String> = Tissue::ALL[1..].iter().map(|tissue| format!("{}_mm3", tissue.name())).collect();
        let mut columns = metadata::TRUTH_COLUMNS.to_vec();
        columns.extend(volumes.iter().map(String::as_str));
        let rows = subjects.iter().zip(phantom.rows()).map(|((_, truth), row)| {
            let mut cells = vec![row.participant_id.clone()];
            cells.extend(truth.factors.hidden().iter().map(|v| format!("{v:.4}")));
            cells.extend(truth.volumes.values().map(|v| format!("{v:.1}")));
            cells
        });
        self.table(TRUTH_TABLE, &columns, rows)?;
        self.json("derivatives/regions/regions.json", &regions::described(phantom.spec()))?;
        let Some((columns, rows)) = phantom.derivative(REGIONS_TABLE) else { return Ok(()) };
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let text = |cell: &str| if cell.is_empty() { "n/a".to_owned() } else { cell.to_owned() };
        self.table(REGIONS_TABLE, &columns, rows.iter().map(|row| row.iter().map(text).collect()))
    }

    fn json(&self, path: &str, value: &serde_json::Value) -> Result<(), PhantomError> {
        // The alternate form of a JSON value is its indented text, and cannot fail.
        let text = format!("{value:#}\n");
        self.place(path, |file| fs::write(file, &text).map_err(io_error("write", file)))
    }

    fn table(&self, path: &str, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<(), PhantomError> {
        self.place(path, |file| {
            let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_path(file).map_err(table_error(file))?;
            writer.write_record(columns).map_err(table_error(file))?;
            for row in rows {
                writer.write_record(&row).map_err(table_error(file))?;
            }
            writer.flush().map_err(io_error("write", file))
        })
    }

    /// A volume with the grid's affine as both sform and qform; `write` hands the voxels to the writer.
    fn volume(&self, path: &str, write: impl FnOnce(WriterOptions) -> nifti::Result<()>) -> Result<(), PhantomError> {
        let header = header(&self.phantom.affine());
        self.place(path, |file| {
            write(WriterOptions::new(file).reference_header(&header))
                .map_err(|source| PhantomError::Volume { path: self.root.join(path), source })
        })
    }

    /// Lets `write` fill a file in the staging folder, and moves it to `path` when it is whole.
    fn place(&self, path: &str, write: impl FnOnce(&Path) -> Result<(), PhantomError>) -> Result<(), PhantomError> {
        let staged = self.staging.path().join(path.replace('/', "+"));
        write(&staged)?;
        let target = self.root.join(path);
        if let Some(folder) = target.parent() {
            make_folder(folder)?;
        }
        fs::rename(&staged, &target).map_err(io_error("write", &target))
    }
}

/// The header fields that the writer does not take from the array.
fn header(affine: &[[f64; 4]; 4]) -> NiftiHeader {
    let row = |r: usize| affine[r].map(|v| v as f32);
    let edge = affine[0][0] as f32;
    let mut descrip = b"fascicle phantom".to_vec();
    descrip.resize(80, 0);
    NiftiHeader {
        pixdim: [1.0, edge, edge, edge, 0.0, 0.0, 0.0, 0.0],
        xyzt_units: 2, // mm
        descrip,
        qform_code: 1, // scanner coordinates
        sform_code: 1,
        quatern_x: row(0)[3],
        quatern_y: row(1)[3],
        quatern_z: row(2)[3],
        srow_x: row(0),
        srow_y: row(1),
        srow_z: row(2),
        ..NiftiHeader::default()
    }
}

pub(super) fn make_folder(dir: &Path) -> Result<(), PhantomError> {
    fs::create_dir_all(dir).map_err(io_error("make the folder", dir))
}

fn table_error(path: &Path) -> impl FnOnce(csv::Error) -> PhantomError + '_ {
    move |source| PhantomError::Table { path: path.to_owned(), source }
}
