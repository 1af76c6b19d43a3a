//! How long a run takes, said before it begins.
//!
//! ```text
//!  Layout, people ──expected──▶ work of each task ─┐
//!  processor ──calibration──▶ Rates (a second, kept) ─┤
//!  networks ──steps──▶ measured over predicted (kept) ┴─▶ seconds of each task ──▶ check, plan, time left of a run
//!                                   store: what tasks of a kind took ──▲ corrects them
//! ```
//!
//! It is an estimate and decides nothing: no result depends on it.

mod calibration;
mod expected;
mod kept;
mod made_up;
mod people;
mod remaining;
mod scored;
mod steps;

pub(super) use expected::Expected;
pub use people::{Trainings, trainings};
pub(super) use remaining::Remaining;

use crate::graph::Work;
use crate::nn::Device;
use crate::program::Program;
use serde::{Deserialize, Serialize};
use std::path::Path;
use steps::Ratios;

/// Changes when rates change their meaning.
const VERSION: u32 = 2;

/// What this machine takes, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// A multiply-add of a convolution or a product.
    pub multiply_add: f64,
    /// A byte that a convolution reads or writes, and lays out.
    pub convolved_byte: f64,
    /// A byte that anything else reads or writes.
    pub moved_byte: f64,
    /// Beginning an operation.
    pub operation: f64,
    /// A person of a draw, where a score's interval is drawn.
    pub drawn_person: f64,
    /// A number of a person in a draw, besides the first.
    pub drawn_number: f64,
    /// Writing a result and making sure that it is on the disk.
    pub written_result: f64,
    /// A voxel of an image file that is read and unzipped.
    pub read_voxel: f64,
    /// A voxel of a phantom's scan that is painted.
    pub painted_voxel: f64,
}

impl Rates {
    /// The rates of the processor: kept ones, or measured now, which takes about a second, and kept.
    fn here() -> Option<Self> {
        let file = kept::place("clock", VERSION);
        if let Some(rates) = file.as_deref().and_then(kept::read).filter(Self::is_sound) {
            return Some(rates);
        }
        // Where results are written is not known yet: they are taken to lie on a disk like that of the cache.
        let folder = file.as_deref().and_then(Path::parent);
        let measured = calibration::measured(folder)?;
        if let Some(file) = &file {
            // Rates that cannot be kept are measured again next time.
            drop(kept::write(file, &measured));
        }
        Some(measured)
    }

    /// How long so much work takes.
    pub fn seconds(&self, work: &Work) -> f64 {
        work.multiply_adds * self.multiply_add
            + work.convolved_bytes * self.convolved_byte
            + work.moved_bytes * self.moved_byte
            + work.operations * self.operation
    }

    fn is_sound(&self) -> bool {
        let all = [
            self.multiply_add,
            self.convolved_byte,
            self.moved_byte,
            self.operation,
            self.drawn_person,
            self.drawn_number,
            self.written_result,
            self.read_voxel,
            self.painted_voxel,
        ];
        all.iter().all(|rate| rate.is_finite() && *rate >= 0.0)
    }
}

/// How fast this machine is, and how fast it is at the networks of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    rates: Rates,
    ratios: Ratios,
}

impl Clock {
    /// For programs of which it is asked how long they take: rates are measured where none are kept, which takes about a second, and so are
    /// steps of networks that have not been met, some three seconds of them.
    ///
    /// `None` for a card, whose kernels are chosen and compiled as they are met: what its tasks take is known when they have run.
    pub fn measured(device: &Device, programs: &[Program]) -> Option<Self> {
        Self::of(device, programs, true)
    }

    /// For programs that are looked at, or about to run: no step is made of a network that has not been met, and its trainings are told by the rates.
    pub fn kept(device: &Device, programs: &[Program]) -> Option<Self> {
        Self::of(device, programs, false)
    }

    fn of(device: &Device, programs: &[Program], measures: bool) -> Option<Self> {
        if !device.is_cpu() {
            return None;
        }
        let rates = Rates::here()?;
        let file = kept::place("clock-steps", VERSION);
        Some(Self { rates, ratios: Ratios::of(programs, &rates, file.as_deref(), measures) })
    }

    /// How many times longer a step of a stage takes than the rates say; `None` where it was not measured.
    fn ratio(&self, program: usize, stage: usize) -> Option<f64> {
        self.ratios.of_stage(program, stage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates() -> Rates {
        Rates {
            multiply_add: 1e-11,
            convolved_byte: 1e-10,
            moved_byte: 2e-10,
            operation: 1e-6,
            drawn_person: 1e-9,
            drawn_number: 1e-10,
            written_result: 1e-3,
            read_voxel: 1e-8,
            painted_voxel: 1e-7,
        }
    }

    #[test]
    fn work_takes_the_sum_of_its_parts() {
        let work = Work { multiply_adds: 1e9, convolved_bytes: 1e8, moved_bytes: 1e8, operations: 1000.0 };
        assert!((rates().seconds(&work) - (0.01 + 0.01 + 0.02 + 0.001)).abs() < 1e-9);
    }

    #[test]
    fn rates_are_kept_and_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("deep").join("clock.json");
        assert_eq!(kept::read::<Rates>(&file), None);
        kept::write(&file, &rates()).expect("it is written");
        assert_eq!(kept::read(&file), Some(rates()));
        std::fs::write(&file, b"{}").expect("it is written");
        assert_eq!(kept::read::<Rates>(&file), None);
    }
}
