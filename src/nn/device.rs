//! Where numbers are computed.

use super::{B, Dynamic, NnError};
use burn::DispatchDevice;
use burn::tensor::backend::BackendTypes;
use burn::tensor::{Element, FloatDType, set_default_dtypes};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

/// A device that can be computed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    inner: DispatchDevice,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cpu,
    #[cfg(feature = "cuda")]
    Cuda(usize),
    #[cfg(feature = "vulkan")]
    Vulkan,
}

impl Device {
    /// The CPU.
    pub fn cpu() -> Self {
        Self { inner: DispatchDevice::Flex(Default::default()), kind: Kind::Cpu }
    }

    /// The device asked for: `auto` (a CUDA card if there is one, else the CPU), `cpu`, `cuda`, `cuda:1`, `vulkan`. A card
    /// is tried with a small sum before it is given out.
    ///
    /// # Errors
    /// [`NnError::Device`] when the word is none of these, or the device cannot be used. A machine without a card or a
    /// driver is no more than that.
    pub fn parse(asked: &str) -> Result<Self, NnError> {
        let refuse = |reason: &str, hint: &str| NnError::Device {
            asked: asked.into(),
            reason: reason.into(),
            hint: hint.into(),
        };
        match asked.split_once(':').map_or((asked, None), |(name, number)| (name, Some(number))) {
            ("auto", None) => Ok(Self::cuda(0).unwrap_or_else(|_| Self::cpu())),
            ("cpu", None) => Ok(Self::cpu()),
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
    /// Holds for everything that this process computes on the device from then on.
    ///
    /// # Errors
    /// [`NnError::Device`] when the device has no such numbers, or has computed something already.
    pub fn in_double_precision(self) -> Result<Self, NnError> {
        let whole = <<B as BackendTypes>::IntElem as Element>::dtype();
        // To burn, the device that tracks gradients is another one.
        for device in [self.plain(), self.training()] {
            set_default_dtypes::<B>(&device, FloatDType::F64, whole).map_err(|e| NnError::Device {
                asked: self.describe(),
                reason: format!("it cannot compute in double precision ({e})"),
                hint: "use `--device cpu`, or leave out `--double`".into(),
            })?;
        }
        Ok(self)
    }

    /// What it is, for the provenance: `CPU (16 threads)`, `CUDA card 0`.
    pub fn describe(&self) -> String {
        match self.kind {
            Kind::Cpu => {
                let threads = std::thread::available_parallelism().map_or(1, usize::from);
                format!("CPU ({threads} thread{})", if threads == 1 { "" } else { "s" })
            }
            #[cfg(feature = "cuda")]
            Kind::Cuda(index) => format!("CUDA card {index}"),
            #[cfg(feature = "vulkan")]
            Kind::Vulkan => "Vulkan".into(),
        }
    }

    /// Whether it is the CPU: the same seed then gives the same bytes.
    pub fn is_cpu(&self) -> bool {
        self.kind == Kind::Cpu
    }

    /// burn's name for it.
    pub fn plain(&self) -> DispatchDevice {
        self.inner.clone()
    }

    /// burn's name for it with gradients tracked.
    pub fn training(&self) -> DispatchDevice {
        DispatchDevice::autodiff(self.inner.clone())
    }

    #[cfg(feature = "cuda")]
    fn cuda(index: usize) -> Result<Self, String> {
        let device = DispatchDevice::Cuda(burn::backend::cuda::CudaDevice { index });
        works(device.clone()).map_err(|reason| format!("CUDA card {index} cannot be used ({reason})"))?;
        Ok(Self { inner: device, kind: Kind::Cuda(index) })
    }

    #[cfg(not(feature = "cuda"))]
    fn cuda(_index: usize) -> Result<Self, String> {
        Err("this build has no support for CUDA".into())
    }

    #[cfg(feature = "vulkan")]
    fn vulkan() -> Result<Self, String> {
        let device = DispatchDevice::Vulkan(Default::default());
        works(device.clone()).map_err(|reason| format!("Vulkan cannot be used ({reason})"))?;
        Ok(Self { inner: device, kind: Kind::Vulkan })
    }

    #[cfg(not(feature = "vulkan"))]
    fn vulkan() -> Result<Self, String> {
        Err("this build has no support for Vulkan".into())
    }
}

/// Tries a device with a small sum. Drivers that are missing or broken make burn panic, in this thread or in one
/// that it starts: the panic is caught, and not printed.
#[cfg_attr(not(any(feature = "cuda", feature = "vulkan")), allow(dead_code))]
fn works(device: DispatchDevice) -> Result<(), String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let shown = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let tried = panic::catch_unwind(AssertUnwindSafe(|| {
        Dynamic::from_host(vec![1.0, 2.0], &[2], &device).add_scalar(1.0).to_host()
    }));
    panic::set_hook(shown);
    match tried {
        Ok(Ok(sum)) if sum == [2.0, 3.0] => Ok(()),
        Ok(Ok(_)) => Err("it computes wrong numbers".into()),
        Ok(Err(reason)) => Err(first_line(&reason)),
        Err(panic) => {
            let text =
                panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            Err(first_line(text.unwrap_or("its driver could not be opened")))
        }
    }
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
