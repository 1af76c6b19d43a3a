//! Files in and out: only files are read, which end; and results are written aside and renamed into place, so that half a
//! file cannot be mistaken for a whole one.

use super::error::{DataError, Result};
use std::fs::{File, FileType};
use std::io::{self, Read, Write};
use std::path::Path;
use tempfile::TempPath;

/// Opens a file. A pipe would be waited for, and a device may never end: they are refused.
///
/// # Errors
/// What the operating system says; something that is no file.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    // Asked before it is opened, as opening a pipe waits for a writer.
    let found = std::fs::metadata(path)?.file_type();
    if !found.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {}, not a file", kind_of(found))));
    }
    File::open(path)
}

/// The bytes of a file, see [`open_regular`].
///
/// # Errors
/// As [`open_regular`].
pub(crate) fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = open_regular(path)?;
    let mut bytes = Vec::with_capacity(file.metadata().map_or(0, |m| usize::try_from(m.len()).unwrap_or(0)));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What something that is no file is.
fn kind_of(found: FileType) -> &'static str {
    if found.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if found.is_fifo() {
            return "a pipe";
        }
        if found.is_socket() {
            return "a socket";
        }
    }
    "a device"
}

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
