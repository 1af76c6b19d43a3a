//! `fascicle device`

use super::{source, status, table};
use crate::devices::{self, DeviceError, TOLERANCE};
use crate::graph::Graph;
use crate::nn::Device;
use clap::Args;
use serde_json::json;
use std::cell::Cell;

/// What `device` is asked.
#[derive(Debug, Args)]
pub(super) struct DeviceArgs {
    /// Only this device: cpu, cuda:0, vulkan
    device: Option<String>,
    /// Test again what has been tested on this machine before
    #[arg(long)]
    retest: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn device(args: &DeviceArgs) -> u8 {
    let asked = match &args.device {
        None => {
            let cpu = std::iter::once(("cpu".to_owned(), Device::cpu()));
            cpu.chain(Device::cards()).collect::<Vec<_>>()
        }
        Some(name) => match Device::parse(name) {
            Ok(device) => vec![(name.clone(), device)],
            Err(error) => {
                source::fail(&error.to_string());
                return status::WRONG;
            }
        },
    };
    let mut failed = false;
    let mut rows = Vec::new();
    let mut listed = Vec::new();
    let mut found = Vec::new();
    for (name, device) in asked {
        let about = device.about();
        let test = if device.is_cpu() { Ok(None) } else { tested(&device, args.retest).map(Some) };
        let told = match &test {
            Ok(None) => "what the others are held to".to_owned(),
            Ok(Some(count)) => format!("{count} operators within {TOLERANCE:.0e} of it"),
            Err(_) => "does not compute what the CPU does".to_owned(),
        };
        if let Err(error) = &test {
            failed = true;
            found.push(error.to_string());
        }
        let memory = about.memory.map_or_else(String::new, table::bytes);
        listed.push(json!({
            "device": name, "name": about.name, "driver": about.driver, "memory": about.memory, "passed": test.is_ok(),
            "test": told, "error": test.err().map(|error| error.to_string()),
        }));
        rows.push(vec![name, about.name, about.driver, memory, told]);
    }
    let auto = Device::parse("auto").unwrap_or(Device::CPU);
    let why = match Device::parse("cuda") {
        Ok(_) => "it is the first CUDA card".to_owned(),
        Err(error) => error.reason,
    };
    if args.json {
        source::print_json(&json!({ "devices": listed, "auto": auto.describe(), "why": why }));
    } else {
        let header = ["device", "name", "driver", "memory", "test"];
        source::print(&table::aligned(&header, &rows, header.len()));
        if args.device.is_none() {
            source::print(&format!("\n`--device auto` takes {}: {why}\n", auto.describe()));
        }
        for error in &found {
            source::fail(error);
        }
    }
    if failed { status::FAILED } else { status::DONE }
}

/// Tests every operator on a card; says how many there are.
fn tested(device: &Device, again: bool) -> Result<usize, DeviceError> {
    devices::require_all(device, again, &said_once(device))
}

/// Tests what graphs compute on a device, where that is not known.
///
/// # Errors
/// Where the device computes something else than the CPU.
pub(super) fn guard(graphs: &[&Graph], device: &Device) -> Result<(), DeviceError> {
    devices::require(graphs, device, &said_once(device))
}

/// Says at the first probe that the device is tested.
fn said_once(device: &Device) -> impl Fn(&str) {
    let said = Cell::new(false);
    let what = format!("testing whether {} computes what the CPU does, once for its driver", device.describe());
    move |_| {
        if !said.replace(true) {
            source::note(&what);
        }
    }
}
