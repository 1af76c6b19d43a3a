//! What tensors compute, and their gradients: in double precision against central differences, in single precision and on the
//! device that `FASCICLE_TEST_DEVICE` names (none: the CPU alone) against double precision.

mod convolutions;
mod derivatives;
#[cfg(feature = "vulkan")]
mod faults_of_burn;
mod histories;
mod many;
mod reductions;

use super::*;

/// The devices that are held to what the CPU computes in double precision.
fn devices() -> Vec<Device> {
    let mut all = vec![Device::cpu()];
    if let Ok(name) = std::env::var("FASCICLE_TEST_DEVICE") {
        all.push(Device::parse(&name).expect("the device that FASCICLE_TEST_DEVICE names"));
    }
    all
}

/// The CPU in double precision.
fn double() -> Device {
    Device::cpu().in_double_precision().expect("the CPU has double precision")
}

/// Numbers between -1 and 1 that look random, none of them near another's negative or 0.
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    (0..count).map(|i| (((i + seed) * 7919 + seed * 31) % 2003) as f64 / 1001.5 - 1.0 + 1e-4).collect()
}

/// The largest difference, relative to the largest expected number, or to `least` where all are smaller.
fn distance(found: &[f64], expected: &[f64], least: f64) -> f64 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(least, |m, v| m.max(v.abs()));
    found.iter().zip(expected).map(|(f, e)| (f - e).abs() / largest).fold(0.0, f64::max)
}
