//! What was measured of this machine, in the user's cache folder.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Where something of this processor, number of threads and program is kept.
pub(super) fn place(what: &str, version: u32) -> Option<PathBuf> {
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = |word: &str| processor.lines().find(|line| line.starts_with(word)).unwrap_or_default();
    let program = std::env::current_exe().ok().and_then(|path| std::fs::metadata(path).ok());
    let key = format!(
        "{version}\n{}\n{}\n{}\n{}\n{:?}\n{}\n{:?}",
        std::env::consts::ARCH,
        line("model name"),
        line("flags"),
        rayon::current_num_threads(),
        // Kernels that are held to fewer instructions take longer.
        std::env::var("FASCICLE_ISA").ok(),
        env!("CARGO_PKG_VERSION"),
        // Programs of one version may have other kernels while they are developed.
        program.map(|about| (about.len(), about.modified().ok())),
    );
    let name = format!("{what}-{}.json", &blake3::hash(key.as_bytes()).to_hex()[..16]);
    dirs::cache_dir().map(|folder| folder.join("fascicle").join(name))
}

/// What is kept in a file; `None` where nothing is that can be read.
pub(super) fn read<T: DeserializeOwned>(file: &Path) -> Option<T> {
    let bytes = std::fs::read(file).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Keeps something in a file.
pub(super) fn write<T: Serialize>(file: &Path, kept: &T) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut aside = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut aside, kept)?;
    aside.persist(file).map_err(std::io::Error::from).map(drop)
}
