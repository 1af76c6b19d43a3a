//! What a device is: its name, its driver, its memory.

use crate::Device;
use crate::device::Place;

/// What is known of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The name its maker gave it.
    pub name: String,
    /// What drives it, with its version; the self-test holds for one.
    pub driver: String,
    /// Bytes of memory, where that is known.
    pub memory: Option<u64>,
}

impl Device {
    /// What it is.
    pub fn about(&self) -> About {
        match self.place {
            Place::Cpu => cpu(),
            #[cfg(feature = "cuda")]
            Place::Cuda(index) => cuda(index),
            #[cfg(feature = "vulkan")]
            Place::Vulkan => vulkan(),
        }
    }

    /// The cards of this machine that this build can use, by the names [`Device::parse`] takes. Each has computed a small sum.
    pub fn cards() -> Vec<(String, Self)> {
        let cuda =
            (0..).map(|index| format!("cuda:{index}")).map_while(|name| Some((name.clone(), Self::parse(&name).ok()?)));
        let vulkan = Self::parse("vulkan").ok().map(|device| ("vulkan".to_owned(), device));
        cuda.chain(vulkan).collect()
    }
}

fn cpu() -> About {
    let line = |file: &str, key: &str| {
        let text = std::fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let name = line("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let kilobytes = line("/proc/meminfo", "MemTotal").and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    About { name, driver: String::new(), memory: kilobytes.map(|n| n << 10) }
}

/// As the driver says; a driver that is gone by now is none.
#[cfg(feature = "cuda")]
fn cuda(index: usize) -> About {
    use cudarc::driver::{result, sys};
    let told = std::panic::catch_unwind(|| {
        result::init().ok()?;
        let device = result::device::get(index as i32).ok()?;
        let name = result::device::get_name(device).ok()?;
        // SAFETY: the device has just been given out by the driver.
        let memory = unsafe { result::device::total_mem(device) }.ok()?;
        let mut version = 0;
        // SAFETY: the pointer is to a number that lives until the call has returned.
        let known = unsafe { sys::cuDriverGetVersion(&raw mut version) } == sys::CUresult::CUDA_SUCCESS;
        let driver =
            if known { format!("CUDA driver {}.{}", version / 1000, version % 1000 / 10) } else { "CUDA".into() };
        Some(About { name, driver, memory: Some(memory as u64) })
    });
    let unknown = About { name: format!("CUDA card {index}"), driver: "CUDA".into(), memory: None };
    told.ok().flatten().unwrap_or(unknown)
}

#[cfg(feature = "vulkan")]
fn vulkan() -> About {
    let unknown = || About { name: "Vulkan".into(), driver: "Vulkan".into(), memory: None };
    crate::device::vulkan_adapter().map_or_else(unknown, |(name, driver)| About { name, driver, memory: None })
}
