//! A second of measuring: small networks of one kind of work each, trained as any other, and what scores and images take.

use super::Rates;
use super::made_up::{Length, seconds_of_step};
use crate::analysis::Bootstrap;
use crate::compile::{EmptyWorld, compile};
use crate::data::phantom::{Contrast, Phantom, PhantomSpec};
use crate::graph::Work;
use crate::plan::metric::{PairedValues, TargetType};
use crate::plan::score::Line;
use crate::program::Metric;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Operations on numbers so few that beginning them is all.
const SMALL: &str = "modality x: tensor[16] = given()\nmodality t: tensor[16] = given()\n\
     model m(x) { x |> Linear(16) |> relu |> Linear(16) |> BatchNorm() |> relu |> Linear(16) |> softplus |> Linear(16) }\n\
     train m { minimize mse(m, t) }\n";
/// Normalisation, rectifiers, sums and pooling: many numbers, few products.
const MOVING: &str = "modality x: tensor[16, 16, 32, 32] = given()\nmodality t: tensor[16, 8, 16, 16] = given()\n\
     model m(x) { let y = x |> BatchNorm() |> relu\nlet z = y + x |> BatchNorm() |> relu\n(z + y) |> max_pool3d(2) }\n\
     train m { minimize mse(m, t) }\n";
/// A filter a channel: laying out is all.
const LAYING_OUT: &str = "modality x: tensor[16, 12, 24, 24] = given()\nmodality t: tensor[16, 12, 24, 24] = given()\n\
     model m(x) { x |> DepthwiseConv3d(3, padding: 1) |> DepthwiseConv3d(3, padding: 1) |> DepthwiseConv3d(3, padding: 1) }\n\
     train m { minimize mse(m, t) }\n";
/// Many filters over many channels.
const MULTIPLYING: &str = "modality x: tensor[32, 8, 24, 24] = given()\nmodality t: tensor[32, 8, 24, 24] = given()\n\
     model m(x) { x |> Conv3d(32, kernel: 3, padding: 1) |> Conv3d(32, kernel: 3, padding: 1) }\n\
     train m { minimize mse(m, t) }\n";

/// Numbers of a person whose scores are drawn.
const WIDTH: usize = 64;
/// How long a network is trained.
const TIME: Duration = Duration::from_millis(170);
/// Steps at least, however long they take.
const FEWEST: usize = 4;

/// Every rate; `None` where something cannot be computed, of which there is no sign but this.
pub(super) fn measured(folder: Option<&Path>) -> Option<Rates> {
    let (small, of_small) = step(SMALL, 32)?;
    let (one, many) = (drawn_person(1)?, drawn_person(WIDTH)?);
    let mut rates = Rates {
        multiply_add: 0.0,
        convolved_byte: 0.0,
        moved_byte: 0.0,
        operation: small / of_small.operations,
        drawn_person: one,
        drawn_number: ((many - one) / (WIDTH - 1) as f64).max(0.01 * one),
        written_result: written_result(folder)?,
        read_voxel: read_voxel()?,
        painted_voxel: painted_voxel()?,
    };
    let rest = |rates: &Rates, (seconds, work): (f64, Work), of: f64| {
        // What is noise below nothing is next to nothing.
        ((seconds - rates.seconds(&work)) / of).max(0.05 * seconds / of)
    };
    let moving = step(MOVING, 4)?;
    rates.moved_byte = rest(&rates, moving, moving.1.moved_bytes);
    let (laying_out, multiplying) = (step(LAYING_OUT, 4)?, step(MULTIPLYING, 2)?);
    // Two networks of both kinds of work, each mostly of one: each rate in turn from the other's.
    for _ in 0..8 {
        rates.convolved_byte = 0.0;
        rates.convolved_byte = rest(&rates, laying_out, laying_out.1.convolved_bytes);
        rates.multiply_add = 0.0;
        rates.multiply_add = rest(&rates, multiplying, multiplying.1.multiply_adds);
    }
    rates.is_sound().then_some(rates)
}

/// Seconds of a step of training, and its work.
fn step(text: &str, rows: usize) -> Option<(f64, Work)> {
    let program = compile("calibration.fx", text, &[], &EmptyWorld).base?;
    let stage = program.stages.first()?;
    let work = Work::step(&program.graph, &[stage.loss], &stage.trainable, rows as u64);
    Some((seconds_of_step(&program, stage, rows, Length { fewest: FEWEST, time: TIME })?, work))
}

/// Seconds of one person of so many numbers in one draw of a score's interval.
fn drawn_person(width: usize) -> Option<f64> {
    const PEOPLE: usize = 200;
    const SCORES: usize = 4;
    let numbers = |shift: f32| (0..PEOPLE * width).map(|at| (at % 17) as f32 + shift).collect::<Vec<f32>>();
    let paired = PairedValues {
        what: TargetType::Numbers,
        rows: PEOPLE,
        truth: numbers(0.0),
        truth_shape: vec![width],
        predicted: numbers(0.5),
        predicted_shape: vec![width],
        training_mean: None,
        voxel_mm: Vec::new(),
    };
    let evidence = [paired.evidence(Metric::Mae, None).ok()?];
    let people = [(0..PEOPLE).collect::<Vec<usize>>()];
    let bootstrap = Bootstrap::with_seed(1);
    let began = Instant::now();
    for _ in 0..SCORES {
        let line = Line::of("", Metric::Mae, Vec::new()).within(Metric::Mae, &[(&evidence, &people)], &bootstrap);
        std::hint::black_box(line);
    }
    Some(began.elapsed().as_secs_f64() / (SCORES * PEOPLE * bootstrap.draws) as f64)
}

/// Seconds of a result of two files, as the store writes it: aside, synchronised, and moved to its place.
fn written_result(folder: Option<&Path>) -> Option<f64> {
    const RESULTS: usize = 5;
    let there = folder.and_then(|folder| fs::create_dir_all(folder).and_then(|()| tempfile::tempdir_in(folder)).ok());
    let parent = there.or_else(|| tempfile::tempdir().ok())?;
    let synchronised = |path: &Path| File::open(path).and_then(|file| file.sync_all());
    let write = |at: usize| {
        let (aside, place) = (parent.path().join(format!("aside-{at}")), parent.path().join(at.to_string()));
        fs::create_dir(&aside)?;
        for name in ["values", "done"] {
            fs::write(aside.join(name), [0; 1000])?;
            synchronised(&aside.join(name))?;
        }
        synchronised(&aside)?;
        fs::rename(&aside, &place)?;
        synchronised(parent.path())
    };
    let mut seconds = Vec::with_capacity(RESULTS);
    for at in 0..RESULTS {
        let began = Instant::now();
        // A folder that cannot be synchronised, as on Windows, costs what was tried.
        let _: std::io::Result<()> = write(at);
        seconds.push(began.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    seconds.get(RESULTS / 2).copied()
}

/// Seconds of a voxel that is unzipped and made a number, on all threads.
fn read_voxel() -> Option<f64> {
    const VOXELS: usize = 1 << 17;
    // Tissue and noise: as compressible as scans are.
    let voxel = |at: usize| ((at / 64 % 40 * 20 + at.wrapping_mul(2_654_435_761) % 37) as i16).to_le_bytes();
    let mut zipped = GzEncoder::new(Vec::new(), Compression::fast());
    zipped.write_all(&(0..VOXELS).flat_map(voxel).collect::<Vec<u8>>()).ok()?;
    let zipped = zipped.finish().ok()?;
    let images = 12 * rayon::current_num_threads();
    let began = Instant::now();
    let read: Vec<f32> = (0..images)
        .into_par_iter()
        .map(|_| {
            let mut bytes = Vec::new();
            let unzipped = GzDecoder::new(zipped.as_slice()).read_to_end(&mut bytes);
            let numbers = bytes.as_chunks::<2>().0.iter().map(|two| f32::from(i16::from_le_bytes(*two)));
            unzipped.map_or(f32::NAN, |_| numbers.sum())
        })
        .collect();
    read.iter().all(|sum| sum.is_finite()).then(|| began.elapsed().as_secs_f64() / (images * VOXELS) as f64)
}

/// Seconds of a voxel of a scan that is painted, on all threads.
fn painted_voxel() -> Option<f64> {
    let spec =
        PhantomSpec { subjects: 4 * rayon::current_num_threads(), shape: [24, 28, 24], ..PhantomSpec::default() };
    let (voxels, heads) = (spec.shape.iter().product::<usize>(), spec.subjects);
    let phantom = Phantom::new(spec).ok()?;
    let began = Instant::now();
    (0..heads).into_par_iter().for_each(|subject| drop(phantom.scan(subject, Contrast::T1w)));
    Some(began.elapsed().as_secs_f64() / (voxels * heads) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_network_is_mostly_of_its_own_kind_of_work() {
        let work = |text| step(text, 2).expect("it is trained").1;
        let (small, moving, laying_out, multiplying) = (work(SMALL), work(MOVING), work(LAYING_OUT), work(MULTIPLYING));
        assert!(small.moved_bytes / small.operations < 10_000.0, "{small:?}");
        assert!(moving.multiply_adds == 0.0 && moving.moved_bytes / moving.operations > 100_000.0, "{moving:?}");
        let products = |work: Work| work.multiply_adds / work.convolved_bytes;
        assert!(products(multiplying) > 20.0 * products(laying_out), "{multiplying:?} {laying_out:?}");
    }

    #[test]
    fn every_rate_is_measured() {
        let rates = measured(None).expect("rates");
        let all = [
            rates.multiply_add,
            rates.convolved_byte,
            rates.moved_byte,
            rates.operation,
            rates.drawn_person,
            rates.drawn_number,
        ];
        assert!(
            all.iter().chain([&rates.written_result, &rates.read_voxel, &rates.painted_voxel]).all(|rate| *rate > 0.0),
            "{rates:?}"
        );
    }
}
