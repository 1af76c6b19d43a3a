//! Devices, and whether they compute what the CPU does.
//!
//! ```text
//!  operators (their examples), convolutions of a graph ──▶ Probe { small graph, batch }
//!  Probe ──on the device and on the CPU──▶ Deviation { of the value, of the gradients }
//!  Graph ──require──▶ the device, or an error that names what is off; what was found is kept by driver and version
//! ```
//!
//! A network that trains with wrong gradients trains without a word. So before a device computes the operators of a graph for
//! the first time on a machine, each is computed small on both sides.

mod passed;
mod probe;

pub use probe::{Deviation, Probe, ProbeError, convolutions, operators};

use crate::graph::Graph;
use crate::nn::Device;
use std::collections::BTreeSet;
use thiserror::Error;

/// Deviations up to here are rounding: of values relative to the largest, of gradients in norm.
pub const TOLERANCE: f64 = 1e-4;

/// A device is not used.
#[derive(Debug, Error)]
pub enum DeviceError {
    /// It computes something else than the CPU.
    #[error(
        "device `{device}` ({about}) does not compute what the CPU does, so nothing is computed on it:\n  {}\n\
         update its driver, or use `--device cpu`; `fascicle device` shows every operator", .found.join("\n  ")
    )]
    Differs {
        /// The device.
        device: String,
        /// What it is.
        about: String,
        /// By operator, how far it is off.
        found: Vec<String>,
    },
    /// A probe could not be computed at all.
    #[error("device `{device}`: {what} cannot be computed: {source}; use `--device cpu`")]
    Fails {
        /// The device.
        device: String,
        /// The operator.
        what: String,
        /// Why.
        source: Box<ProbeError>,
    },
}

/// Tests what graphs compute on a device, unless that is known; the CPU needs no test. `tell` hears of each probe before it is
/// computed.
///
/// # Errors
/// The first thing that cannot be computed, or all that deviate.
pub fn require(graphs: &[&Graph], device: &Device, tell: &dyn Fn(&str)) -> Result<(), DeviceError> {
    if device.is_cpu() {
        return Ok(());
    }
    let kinds: BTreeSet<String> =
        graphs.iter().flat_map(|graph| &graph.nodes).map(|node| probe::kind(&node.op)).collect();
    let probes = operators(|kind| kinds.contains(&kind));
    let probes = probes.into_iter().chain(graphs.iter().flat_map(|graph| convolutions(graph)));
    test(probes, device, passed::PassedProbes::read(device), tell).map(drop)
}

/// Tests every operator of the language on a device, also what is known where that is wanted `again`. Says how many there are.
///
/// # Errors
/// As [`require`].
pub fn require_all(device: &Device, again: bool, tell: &dyn Fn(&str)) -> Result<usize, DeviceError> {
    let known = if again { passed::PassedProbes::nothing(device) } else { passed::PassedProbes::read(device) };
    test(operators(|_| true).into_iter(), device, known, tell)
}

fn test(
    probes: impl Iterator<Item = Probe>,
    device: &Device,
    mut known: passed::PassedProbes,
    tell: &dyn Fn(&str),
) -> Result<usize, DeviceError> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for probe in probes {
        if !seen.insert(probe.name.clone()) || known.passed(&probe.name) {
            continue;
        }
        tell(&probe.name);
        let deviation = probe.deviation(device).map_err(|source| DeviceError::Fails {
            device: device.describe(),
            what: probe.name.clone(),
            source: Box::new(source),
        })?;
        if deviation.worst() <= TOLERANCE {
            known.add(&probe.name);
        } else {
            found.push(format!("{}: {deviation}", probe.name));
        }
    }
    known.write();
    if found.is_empty() {
        return Ok(seen.len());
    }
    let about = device.about();
    Err(DeviceError::Differs { device: device.describe(), about: format!("{}, {}", about.name, about.driver), found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_a_probe() {
        let names: BTreeSet<String> = operators(|_| true).into_iter().map(|probe| probe.name).collect();
        for stanza in crate::ops::table() {
            assert!(names.contains(stanza.name), "the example of `{}` makes no probe", stanza.name);
        }
    }

    #[test]
    fn operators_of_a_kind_are_found_by_it() {
        let names: Vec<String> = operators(|kind| kind == "Unary(Gelu").into_iter().map(|probe| probe.name).collect();
        assert_eq!(names, ["gelu"]);
    }

    #[test]
    fn what_is_no_number_is_as_far_as_can_be() {
        let deviation = Deviation { value: f64::NAN, gradient: 0.0, of: String::new() };
        assert!(deviation.worst() > TOLERANCE);
    }
}
