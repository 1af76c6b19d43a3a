//! What has been tested on a machine before: a file in the user's cache, by device, driver and version of fascicle.
//!
//! The file saves work and nothing rests on it: where it cannot be read or written, the test is made again.

use crate::nn::Device;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Probes that a device has passed.
pub(super) struct PassedProbes {
    file: Option<PathBuf>,
    passed: Passed,
    changed: bool,
}

#[derive(Default, Serialize, Deserialize)]
struct Passed {
    device: String,
    driver: String,
    fascicle: String,
    probes: BTreeSet<String>,
}

impl PassedProbes {
    /// What is known of a device.
    pub fn read(device: &Device) -> Self {
        let mut known = Self::nothing(device);
        let read = known.file.as_ref().and_then(|file| std::fs::read(file).ok());
        let read = read.and_then(|bytes| serde_json::from_slice::<Passed>(&bytes).ok());
        let own = |passed: &Passed| {
            (&passed.device, &passed.driver, &passed.fascicle)
                == (&known.passed.device, &known.passed.driver, &known.passed.fascicle)
        };
        if let Some(passed) = read.filter(own) {
            known.passed = passed;
        }
        known
    }

    /// Nothing is known of it.
    pub fn nothing(device: &Device) -> Self {
        let about = device.about();
        let passed = Passed {
            device: about.name,
            driver: about.driver,
            fascicle: env!("CARGO_PKG_VERSION").into(),
            probes: BTreeSet::new(),
        };
        let key = format!("{}\n{}\n{}", passed.device, passed.driver, passed.fascicle);
        let name = format!("device-{}.json", &blake3::hash(key.as_bytes()).to_hex()[..16]);
        let file = dirs::cache_dir().map(|folder| folder.join("fascicle").join(name));
        Self { file, passed, changed: false }
    }

    /// Whether it has passed this probe.
    pub fn passed(&self, probe: &str) -> bool {
        self.passed.probes.contains(probe)
    }

    /// It has.
    pub fn add(&mut self, probe: &str) {
        self.changed |= self.passed.probes.insert(probe.to_owned());
    }

    /// Keeps it.
    pub fn write(&self) {
        let Some(file) = self.file.as_ref().filter(|_| self.changed) else { return };
        let Some(folder) = file.parent() else { return };
        let written = std::fs::create_dir_all(folder).and_then(|()| {
            let mut aside = tempfile::NamedTempFile::new_in(folder)?;
            serde_json::to_writer_pretty(&mut aside, &self.passed)?;
            aside.persist(file).map_err(std::io::Error::from).map(drop)
        });
        // A cache that cannot be kept costs the same test next time, and nothing else.
        drop(written);
    }
}
