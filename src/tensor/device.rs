//! Where numbers are computed, and with how many bits.

use crate::Arithmetic;
#[cfg(feature = "card")]
use burn::tensor::backend::Backend;
use thiserror::Error;

/// A device that can be computed on, and the precision of its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    pub(crate) place: Place,
    pub(crate) precision: Precision,
}

/// Where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Cpu,
    #[cfg(feature = "cuda")]
    Cuda(usize),
    #[cfg(feature = "vulkan")]
    Vulkan,
}

/// Bits of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 32.
    Single,
    /// 64.
    Double,
}

/// The adapter that Vulkan computes on: its name, and its driver with its version. Opening it is what makes it known, once.
#[cfg(feature = "vulkan")]
pub(crate) fn vulkan_adapter() -> Option<(String, String)> {
    use burn::backend::wgpu::{WgpuDevice, graphics, init_setup};
    static ADAPTER: std::sync::OnceLock<Option<(String, String)>> = std::sync::OnceLock::new();
    let open = || {
        let setup = init_setup::<graphics::Vulkan>(&WgpuDevice::default(), Default::default());
        let info = setup.adapter.get_info();
        (info.name, format!("{} {}", info.driver, info.driver_info))
    };
    ADAPTER.get_or_init(|| std::panic::catch_unwind(open).ok()).clone()
}

/// A device that was asked for cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("device `{asked}`: {reason}; {hint}")]
pub struct NoDevice {
    /// As it was spelled.
    pub asked: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

impl Device {
    /// The CPU.
    pub const CPU: Self = Self { place: Place::Cpu, precision: Precision::Single };

    /// The CPU.
    pub fn cpu() -> Self {
        Self::CPU
    }

    /// The device computing with 64 bits a number instead of 32: twice the memory, and where a maximum or a rectifier decides
    /// between two values that differ by less than the rounding of single precision, the decision of exact arithmetic.
    ///
    /// # Errors
    /// When the device has no such numbers: cards have not.
    pub fn in_double_precision(self) -> Result<Self, NoDevice> {
        if !self.is_cpu() {
            return Err(NoDevice {
                asked: self.describe(),
                reason: "it is not used in double precision".into(),
                hint: "use `--device cpu`, or leave out `--double`".into(),
            });
        }
        Ok(Self { precision: Precision::Double, ..self })
    }

    /// What it is, for the provenance: `CPU (16 threads)`, `CUDA card 0`.
    pub fn describe(&self) -> String {
        match self.place {
            Place::Cpu => {
                let threads = std::thread::available_parallelism().map_or(1, usize::from);
                format!("CPU ({threads} thread{})", if threads == 1 { "" } else { "s" })
            }
            #[cfg(feature = "cuda")]
            Place::Cuda(index) => format!("CUDA card {index}"),
            #[cfg(feature = "vulkan")]
            Place::Vulkan => "Vulkan".into(),
        }
    }

    /// Whether it is the CPU: the same seed then gives the same bytes.
    pub fn is_cpu(&self) -> bool {
        self.place == Place::Cpu
    }

    /// Whether it can multiply so. What the CPU is asked to round it does not round, so it can.
    pub fn multiplies_in(&self, arithmetic: Arithmetic) -> bool {
        match (self.place, arithmetic) {
            #[cfg(feature = "cuda")]
            (Place::Cuda(index), Arithmetic::Bfloat16) => {
                type B = burn::backend::Cuda;
                B::supports_dtype(&burn::backend::cuda::CudaDevice { index }, burn::tensor::DType::BF16)
            }
            #[cfg(feature = "vulkan")]
            (Place::Vulkan, Arithmetic::Bfloat16) => {
                type B = burn::backend::Vulkan;
                B::supports_dtype(&Default::default(), burn::tensor::DType::BF16)
            }
            _ => true,
        }
    }

    /// With how many bits it computes.
    pub fn precision(&self) -> Precision {
        self.precision
    }
}
