//! How often a training step waits for the device, and how much it hands over: counted, so that neither can grow unseen.
//!
//! A read waits until everything before it is done. On the CPU nothing is waited for, and the losses of every step are looked at; on a
//! card they come to the host every so many steps or once a second, and a shorter step reads nothing.

use fascicle::nn::Device;
use fascicle::program::Precision;
use fascicle_tensor::{Traffic, traffic};
use std::cell::RefCell;
use std::time::Instant;

#[path = "../benches/systems/mod.rs"]
mod systems;

/// By system: reads, uploads and operations of a step of two subjects on the CPU, at most.
const STEPS: [(&str, usize, usize, usize); 6] = [
    ("voxel_fusion", 1, 2, 9000),
    ("hyperfusion_age", 1, 4, 950),
    ("hyperfusion_ad", 1, 15, 1300),
    ("disentangle", 1, 305, 3000),
    ("contrastive", 1, 4, 1000),
    ("normative_poe", 1, 5, 1000),
];

#[test]
fn a_training_step_reads_its_losses_and_nothing_else() {
    let name = std::env::var("FASCICLE_TEST_DEVICE").unwrap_or_else(|_| "cpu".into());
    let device = Device::parse(&name).expect("the device that FASCICLE_TEST_DEVICE names");
    for system in systems::SYSTEMS {
        let seen = RefCell::new(vec![(traffic(), Instant::now())]);
        system
            .train(2, 2, &device, Precision::Float32, &|| seen.borrow_mut().push((traffic(), Instant::now())))
            .unwrap_or_else(|error| panic!("{}: {error}", system.experiment));
        let seen = seen.into_inner();
        // The second step: the first uploads the network.
        let Traffic { reads, uploads, operations } = seen[2].0 - seen[1].0;
        // Since the last time that losses were due, at most.
        let took = seen[2].1 - seen[0].1;
        eprintln!("{}: {reads} reads, {uploads} uploads, {operations} operations", system.experiment);
        let (_, most_reads, most_uploads, most_operations) =
            STEPS.iter().find(|(name, ..)| *name == system.experiment).expect("every system has its numbers");
        if device.is_cpu() {
            assert!(
                reads <= *most_reads && uploads <= *most_uploads && operations <= *most_operations,
                "{}: {reads} reads, {uploads} uploads, {operations} operations a step; at most {most_reads}, \
                 {most_uploads}, {most_operations} are meant",
                system.experiment
            );
        } else {
            // A software device is slow enough for the losses of a second to be due within a step.
            let due = usize::from(took.as_secs_f64() > 1.0);
            assert!(
                reads <= due,
                "{}: a step waits for the card {reads} times, {took:.1?} after the training began",
                system.experiment
            );
        }
    }
}
