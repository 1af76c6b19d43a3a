//! Tensors.
mod about;
mod arithmetic;
mod array;
mod convolution;
mod detect;
mod device;
mod elementwise;
mod history;
mod interpolate;
mod normalise;
mod pool;
mod reduce;
mod shape;
mod tensor;
mod traffic;
pub use about::About;
pub use arithmetic::Arithmetic;
pub use convolution::Convolution;
pub use device::{Device, NoDevice, Precision};
pub use fascicle_kernels::{Between, Geometry, Windows};
pub use history::{Gradients, HistoryFreed};
pub use normalise::ChannelMoments;
pub use tensor::Tensor;
pub use traffic::{Traffic, traffic};

#[cfg(test)]
mod tests;
