//! Devices by their names, tried before they are given out.

use crate::array::Array;
#[cfg(feature = "vulkan")]
use crate::device::vulkan_adapter;
use crate::device::{Device, NoDevice, Place, Precision};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

impl Device {
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
