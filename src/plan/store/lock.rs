//! The lock of a store: one run at a time writes to it.

use super::super::error::{PlanError, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// Held while it lives; the operating system releases it when the process dies, however it dies.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a store.
    ///
    /// # Errors
    /// A folder that cannot be written, or another run that holds it.
    pub fn take(root: &Path) -> Result<Self> {
        let path = root.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(PlanError::io("write", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Who it is helps, but is not needed.
                let _ = file.read_to_string(&mut holder);
                let holder = if holder.trim().is_empty() { "another process" } else { holder.trim() };
                return Err(PlanError::Locked { path: root.to_owned(), holder: holder.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(PlanError::io("lock", &path)(source)),
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(format!("process {}", std::process::id()).as_bytes()));
        written.map_err(PlanError::io("write", &path))?;
        Ok(Self { _file: file })
    }
}
