//! Where the files of a phantom's tree lie: the one list that the writer fills and that tells an earlier phantom's files.

use std::collections::BTreeSet;

use super::spec::Contrast;
use super::{Phantom, REGIONS_TABLE, TRUTH_TABLE};

/// Where a scan lies.
pub(super) fn scan_path(id: &str, contrast: Contrast) -> String {
    format!("{id}/{}/{id}_{}.nii.gz", contrast.folder(), contrast.suffix())
}

/// Where a label map lies.
pub(super) fn labels_path(id: &str) -> String {
    format!("derivatives/truth/{id}/anat/{id}_dseg.nii.gz")
}

/// The files of a phantom's tree, relative to it.
pub(super) fn files(phantom: &Phantom) -> BTreeSet<String> {
    let mut files: BTreeSet<String> = [
        "dataset_description.json",
        "README",
        "participants.tsv",
        "participants.json",
        "derivatives/truth/dataset_description.json",
        "derivatives/truth/README",
        "derivatives/truth/truth.json",
        "derivatives/truth/dseg.tsv",
        "derivatives/regions/dataset_description.json",
        "derivatives/regions/README",
        "derivatives/regions/regions.json",
        TRUTH_TABLE,
        REGIONS_TABLE,
    ]
    .map(str::to_owned)
    .into();
    files.extend(phantom.spec().contrasts.iter().map(|contrast| format!("{}.json", contrast.suffix())));
    for (subject, row) in phantom.rows().iter().enumerate() {
        let scans = Contrast::ALL.into_iter().filter(|contrast| phantom.has_scan(subject, *contrast));
        files.extend(scans.map(|contrast| scan_path(&row.participant_id, contrast)));
        files.insert(labels_path(&row.participant_id));
    }
    files
}
