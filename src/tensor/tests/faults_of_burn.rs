//! What burn 0.21 computes wrongly on cards, and is therefore not asked here. `docs/devices.md` lists the faults with what stands
//! in for each: a test that fails here says that a newer burn has mended one, and that its substitute can be measured again.

use super::*;
use burn::backend::{Flex, Vulkan};
use burn::tensor::ops::{ActivationOps, ConvOptions, FloatTensorOps, ModuleOps};
use burn::tensor::{TensorData, try_read_sync};

/// Whether there is a device to test on; the faults were seen on Mesa's software Vulkan.
fn has_vulkan() -> bool {
    std::env::var("FASCICLE_TEST_DEVICE").is_ok_and(|name| name == "vulkan")
}

fn data(dims: &[usize], seed: usize) -> TensorData {
    let values: Vec<f32> = numbers(dims.iter().product(), seed).into_iter().map(|v| v as f32).collect();
    TensorData::new(values, dims.to_vec())
}

/// The same operation of burn's on the CPU and on the card.
macro_rules! both {
    (|$B:ident, $device:ident| $result:expr) => {{
        let cpu = {
            type $B = Flex;
            let $device = Default::default();
            try_read_sync($B::float_into_data($result))
        };
        let card = {
            type $B = Vulkan;
            let $device = Default::default();
            try_read_sync($B::float_into_data($result))
        };
        let host = |data: Option<Result<TensorData, _>>| -> Vec<f64> {
            data.expect("read").expect("numbers").convert::<f64>().into_vec().expect("doubles")
        };
        (host(cpu), host(card))
    }};
}

#[test]
fn the_data_gradient_of_a_kernel_smaller_than_its_stride_is_zero() {
    if !has_vulkan() {
        return;
    }
    let (cpu, card) = both!(|B, device| B::conv3d_x_backward(
        B::float_from_data(data(&[1, 2, 6, 6, 6], 1), &device),
        B::float_from_data(data(&[3, 2, 1, 1, 1], 2), &device),
        B::float_from_data(data(&[1, 3, 3, 3, 3], 3), &device),
        ConvOptions::new([2; 3], [0; 3], [1; 3], 1),
    ));
    assert!(cpu.iter().any(|v| *v != 0.0));
    assert!(card.iter().all(|v| *v == 0.0), "burn has mended the fault: see docs/devices.md");
}

#[test]
fn reductions_of_more_than_65536_numbers_are_wrong() {
    if !has_vulkan() {
        return;
    }
    let (cpu, card) = both!(|B, device| B::float_sum_dim(B::float_from_data(data(&[2, 262_144], 1), &device), 1));
    assert!(distance(&card, &cpu, 1.0) > 0.1, "burn has mended the fault: see docs/devices.md");
}

#[test]
fn the_gradient_of_gelu_is_that_of_an_approximation() {
    if !has_vulkan() {
        return;
    }
    let exact = {
        let x = Tensor::from_host_double(numbers(100, 1), &[100], &double()).tracked();
        let gradients = x.clone().gelu().backward().expect("a way back");
        gradients.get(&x).expect("a gradient").to_host_double().expect("numbers")
    };
    let (_, card) = both!(|B, device| B::gelu_backward(
        B::float_from_data(data(&[100], 1), &device),
        B::float_from_data(TensorData::new(vec![1.0f32; 100], [100]), &device),
    ));
    let off = distance(&card, &exact, 1e-3);
    assert!(off > 1e-5, "burn has mended the fault: see docs/devices.md");
}
