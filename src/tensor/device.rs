//! Where numbers are computed, and with how many bits.

use crate::Arithmetic;
use crate::array::Array;
#[cfg(feature = "card")]
use burn::tensor::backend::Backend;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
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
    ADAPTER.get_or_init(|| panic::catch_unwind(open).ok()).clone()
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

    /// The device asked for: `auto` (a CUDA card if there is one, else the CPU), `cpu`, `cuda`, `cuda:1`, `vulkan`. A card
    /// is tried with a small sum before it is given out.
    ///
    /// # Errors
    /// When the word is none of these, or the device cannot be used. A machine without a card or a driver is no more than that.
    pub fn parse(asked: &str) -> Result<Self, NoDevice> {
        let refuse =
            |reason: &str, hint: &str| NoDevice { asked: asked.into(), reason: reason.into(), hint: hint.into() };
        match asked.split_once(':').map_or((asked, None), |(name, number)| (name, Some(number))) {
            ("auto", None) => Ok(Self::cuda(0).unwrap_or(Self::CPU)),
            ("cpu", None) => Ok(Self::CPU),
            ("cuda", number) => {
                let index = match number.map(str::parse) {
                    None => 0,
                    Some(Ok(index)) => index,
                    Some(Err(_)) => {
                        return Err(refuse("the number after `cuda:` is not one", "write `cuda:0` for the first card"));
                    }
                };
                Self::cuda(index)
                    .map_err(|reason| refuse(&reason, "use `--device cpu`, or `auto` to take what there is"))
            }
            ("vulkan", None) => Self::vulkan().map_err(|reason| refuse(&reason, "use `--device cpu`")),
            _ => Err(refuse("there is no such device", "write `auto`, `cpu`, `cuda`, `cuda:1` or `vulkan`")),
        }
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

    #[cfg(feature = "cuda")]
    fn cuda(index: usize) -> Result<Self, String> {
        let device = Self { place: Place::Cuda(index), precision: Precision::Single };
        device.works().map_err(|reason| format!("CUDA card {index} cannot be used ({reason})"))?;
        Ok(device)
    }

    #[cfg(not(feature = "cuda"))]
    fn cuda(_index: usize) -> Result<Self, String> {
        Err("this build has no support for CUDA".into())
    }

    #[cfg(feature = "vulkan")]
    fn vulkan() -> Result<Self, String> {
        let device = Self { place: Place::Vulkan, precision: Precision::Single };
        silently(vulkan_adapter);
        device.works().map_err(|reason| format!("Vulkan cannot be used ({reason})"))?;
        Ok(device)
    }

    #[cfg(not(feature = "vulkan"))]
    fn vulkan() -> Result<Self, String> {
        Err("this build has no support for Vulkan".into())
    }

    /// Tries the device with a small sum. Drivers that are missing or broken make burn panic, in this thread or in one
    /// that it starts: the panic is caught, and not printed.
    #[cfg_attr(not(any(feature = "cuda", feature = "vulkan")), allow(dead_code))]
    fn works(self) -> Result<(), String> {
        let sum = || Array::from_host(vec![1.0f32, 2.0], &[2], &self).add_scalar(1.0).into_host();
        let tried = silently(|| panic::catch_unwind(AssertUnwindSafe(sum)));
        match tried {
            Ok(Ok(sum)) if sum == [2.0, 3.0] => Ok(()),
            Ok(Ok(_)) => Err("it computes wrong numbers".into()),
            Ok(Err(reason)) => Err(first_line(&reason)),
            Err(panic) => {
                let text = panic
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| panic.downcast_ref::<&str>().copied());
                Err(first_line(text.unwrap_or("its driver could not be opened")))
            }
        }
    }
}

/// Does something that may panic inside of a driver, without a word of the panic.
#[cfg_attr(not(any(feature = "cuda", feature = "vulkan")), allow(dead_code))]
fn silently<T>(work: impl FnOnce() -> T) -> T {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let shown = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let done = work();
    panic::set_hook(shown);
    done
}

#[cfg_attr(not(any(feature = "cuda", feature = "vulkan")), allow(dead_code))]
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    // A driver that is not there shows as a failed `unwrap` inside of it, which says nothing to a user.
    if line.contains("unwrap()") {
        return "no driver, or no such card, was found".into();
    }
    line.chars().take(160).collect()
}
