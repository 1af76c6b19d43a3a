//! Room for a phantom's tree: what an earlier phantom wrote goes, and nothing else.
//!
//! The description of a tree holds the specification it was painted from, and from that its files are known, so that files
//! which somebody has added stay, in the folders of subjects too.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::Phantom;
use super::bids_metadata as metadata;
use super::bids_paths::files;
use super::spec::{PhantomError, io_error};

/// The beginning of the name of the folder in which files are written before they are moved into place.
pub(super) const STAGING_PREFIX: &str = ".phantom-";

/// Makes sure that nothing lies where the tree will be.
///
/// # Errors
/// A folder that holds something, where overwriting was not asked for or it is no earlier phantom; files that the earlier
/// phantom did not write where the new one has its own, in which case nothing is removed; what the operating system says.
pub(super) fn make_room(phantom: &Phantom, dir: &Path, overwrite: bool) -> Result<(), PhantomError> {
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(io_error("list", dir))?;
    if entries.is_empty() {
        return Ok(());
    }
    if !overwrite {
        return Err(PhantomError::NotEmpty(dir.to_owned()));
    }
    let description = fs::read_to_string(dir.join("dataset_description.json")).unwrap_or_default();
    let earlier = metadata::described(&description).ok_or_else(|| PhantomError::NotAPhantom(dir.to_owned()))?;
    let stale = files(&earlier);
    let is_there = |path: &&String| fs::symlink_metadata(dir.join(path)).is_ok();
    let others: Vec<String> = files(phantom).difference(&stale).filter(is_there).cloned().collect();
    if !others.is_empty() {
        return Err(PhantomError::NotOurs { dir: dir.to_owned(), files: others });
    }
    let mut folders = BTreeSet::new();
    // The description is replaced by the new one, and tells until then whose the rest is.
    for path in stale.iter().filter(|path| *path != "dataset_description.json") {
        let file = dir.join(path);
        match fs::remove_file(&file) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(io_error("remove", &file)(e)),
            _ => folders.extend(Path::new(path).ancestors().skip(1).filter(|folder| *folder != Path::new(""))),
        }
    }
    // From the inside out; a folder in which something is left stays.
    for folder in folders.iter().rev() {
        let folder = dir.join(folder);
        match fs::remove_dir(&folder) {
            Err(e) if ![ErrorKind::NotFound, ErrorKind::DirectoryNotEmpty].contains(&e.kind()) => {
                return Err(io_error("remove", &folder)(e));
            }
            _ => {}
        }
    }
    for entry in entries.iter().filter(|entry| entry.file_name().to_string_lossy().starts_with(STAGING_PREFIX)) {
        fs::remove_dir_all(entry.path()).map_err(io_error("remove", &entry.path()))?;
    }
    Ok(())
}
