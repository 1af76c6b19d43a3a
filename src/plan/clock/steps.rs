//! How far the steps of a program's stages are from what the rates say of them: measured, and kept.
//!
//! Rates of a few kinds of work do not know everything of a network: whether its arrays fit a cache, how long its rows are, which
//! kernel its convolutions take. A few steps do. What was measured of a network stays true of it on the same machine.

use super::made_up::{Length, seconds_of_step};
use super::{Rates, kept};
use crate::graph::{NodeId, Work};
use crate::program::{Program, Stage};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Steps are made for so long in a plan, all stages together; the last of them may take longer.
const BUDGET: Duration = Duration::from_secs(3);
/// A stage's.
const TIME: Duration = Duration::from_millis(200);
/// A batch that takes longer than this is cut.
const LONG: f64 = 0.15;
/// What needs two people, as normalisation over a batch does, needs them here.
const FEWEST_ROWS: usize = 2;
/// Variants that are looked at. Of more than these the others are as the one before them.
const VARIANTS: usize = 64;
/// Networks that are kept; when there are more, all are forgotten.
const KEPT: usize = 2000;

/// Measured over predicted seconds of a step, by the hash of the network and its stage.
type Known = BTreeMap<String, f64>;

/// Measured over predicted seconds of each stage of each program.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ratios {
    by_program: Vec<Vec<Option<f64>>>,
}

impl Ratios {
    /// Of those that are kept in a file, and of others what their steps take, as long as there is time.
    pub fn of(programs: &[Program], rates: &Rates, file: Option<&Path>, measures: bool) -> Self {
        let mut known: Known = file.and_then(kept::read).unwrap_or_default();
        let (began, mut is_new) = (Instant::now(), false);
        let mut by_program: Vec<Vec<Option<f64>>> = Vec::new();
        for (at, program) in programs.iter().enumerate() {
            if at >= VARIANTS {
                by_program.push(vec![None; program.stages.len()]);
                continue;
            }
            let ratios = program.stages.iter().map(|stage| {
                let key = key(program, stage)?;
                if let Some(ratio) = known.get(&key) {
                    return Some(*ratio);
                }
                if !measures || began.elapsed() > BUDGET {
                    return None;
                }
                let ratio = measured(program, stage, rates).filter(|ratio| ratio.is_finite() && *ratio > 0.0)?;
                known.insert(key, ratio);
                is_new = true;
                Some(ratio)
            });
            by_program.push(ratios.collect());
        }
        if let (Some(file), true) = (file, is_new) {
            if known.len() > KEPT {
                known.clear();
            }
            // What cannot be kept is measured again next time.
            drop(kept::write(file, &known));
        }
        Self { by_program }
    }

    /// Of a stage of a program: its own, that of the stage in its place in the programs before, of others of its own; `None` where
    /// nothing was measured.
    pub fn of_stage(&self, program: usize, stage: usize) -> Option<f64> {
        let before = self.by_program.get(..=program)?.iter().rev();
        let own = self.by_program.get(program)?;
        before.filter_map(|ratios| *ratios.get(stage)?).next().or_else(|| own.iter().flatten().next().copied())
    }
}

/// What a step does: all its losses', and its adversaries'.
pub(super) fn work_of_step(program: &Program, stage: &Stage, rows: u64) -> Work {
    let graph = &program.graph;
    let roots: Vec<NodeId> = std::iter::once(stage.loss).chain(stage.terms.iter().map(|(_, node)| *node)).collect();
    let own = Work::step(graph, &roots, &stage.trainable, rows);
    let adversaries = stage.adversaries.iter();
    own + adversaries.map(|adversary| Work::step(graph, &[adversary.loss], &adversary.trainable, rows)).sum()
}

fn measured(program: &Program, stage: &Stage, rates: &Rates) -> Option<f64> {
    let predicted = |rows: usize| rates.seconds(&work_of_step(program, stage, rows as u64));
    let fitting = (LONG / predicted(1)) as usize;
    let rows = stage.batch.min(fitting.max(FEWEST_ROWS)).max(1);
    let expected = predicted(rows);
    let fewest = if expected > LONG { 2 } else { 4 };
    Some(seconds_of_step(program, stage, rows, Length { fewest, time: TIME })? / expected)
}

/// What a network and its stage are told from others by.
fn key(program: &Program, stage: &Stage) -> Option<String> {
    #[derive(Serialize)]
    struct Measured<'a>(&'a crate::graph::Graph, &'a Stage);
    let mut hasher = blake3::Hasher::new();
    // Neither has to do with how long a step takes.
    let stage = Stage { epochs: 0, ..stage.clone() };
    let mut buffered = std::io::BufWriter::new(&mut hasher);
    serde_json::to_writer(&mut buffered, &Measured(&program.graph, &stage)).ok()?;
    buffered.flush().ok()?;
    drop(buffered);
    Some(hasher.finalize().to_hex()[..16].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::{EmptyWorld, compile};

    fn program(width: usize) -> Program {
        let text = format!(
            "modality x: tensor[8] = given()\nmodality g: class{{A, B}} = given()\n\
             model m(x) -> g {{ x |> Linear({width}) |> relu |> Linear(2) }}\ntrain m {{ minimize cross_entropy(m, g) }}\n"
        );
        compile("m.fx", &text, &[], &EmptyWorld).base.expect("it compiles")
    }

    fn rates() -> Rates {
        Rates { multiply_add: 1e-11, convolved_byte: 1e-10, moved_byte: 2e-10, operation: 1e-6, ..Rates::default() }
    }

    #[test]
    fn a_network_is_measured_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("steps.json");
        let programs = [program(8), program(9)];
        let unknown = Ratios::of(&programs, &rates(), Some(&file), false);
        assert_eq!((unknown.of_stage(0, 0), unknown.of_stage(1, 0)), (None, None));
        let measured = Ratios::of(&programs, &rates(), Some(&file), true);
        assert!(measured.of_stage(0, 0).is_some_and(|ratio| ratio > 0.0), "{measured:?}");
        assert_eq!(Ratios::of(&programs, &rates(), Some(&file), false), measured);
    }

    #[test]
    fn what_was_not_measured_is_as_what_stands_in_its_place() {
        let ratios = Ratios { by_program: vec![vec![Some(2.0), Some(3.0)], vec![None, None], vec![None]] };
        assert_eq!((ratios.of_stage(1, 1), ratios.of_stage(2, 0), ratios.of_stage(3, 0)), (Some(3.0), Some(2.0), None));
    }
}
