//! A file for readers that take a path.

use std::path::{Path, PathBuf};

/// A file of this process, which every input overwrites.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A file that ends so.
    pub fn ending(suffix: &str) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        Self(folder.join(format!("fascicle-fuzz-{}{suffix}", std::process::id())))
    }

    /// Its path, with these bytes in it.
    pub fn holding(&self, bytes: &[u8]) -> &Path {
        std::fs::write(&self.0, bytes).expect("the folder for temporary files can be written");
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It may never have been written.
        let _ = std::fs::remove_file(&self.0);
    }
}
