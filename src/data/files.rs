//! Results written aside and renamed into place, so that half a file cannot be mistaken for a whole one.

use super::error::{DataError, Result};
use std::io::Write;
use std::path::Path;
use tempfile::TempPath;

/// Writes bytes aside, in the target's own folder, and renames them into place.
///
/// # Errors
/// What the operating system says.
pub(crate) fn write_aside(path: &Path, parts: &[&[u8]]) -> Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(DataError::io("make the folder", folder))?;
    let mut aside =
        tempfile::Builder::new().prefix(".writing-").tempfile_in(folder).map_err(DataError::io("write in", folder))?;
    for part in parts {
        aside.write_all(part).map_err(DataError::io("write", path))?;
    }
    publish(aside.into_temp_path(), path)
}

/// Renames a finished file into place, readable as an ordinary file is.
///
/// # Errors
/// What the operating system says.
pub(crate) fn publish(aside: TempPath, path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&aside, std::fs::Permissions::from_mode(0o644))
            .map_err(DataError::io("write", path))?;
    }
    aside.persist(path).map_err(|e| DataError::Io { action: "write", path: path.to_owned(), source: e.error })
}
