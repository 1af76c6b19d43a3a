//! Reductions of many numbers, alone and behind what a card fuses with them.

use super::*;

/// The sum, the mean and the largest of each row, of the numbers themselves and of a product.
fn reduced(rows: usize, length: usize, device: &Device) -> Vec<(&'static str, Vec<f64>)> {
    let x = Tensor::from_host_double(numbers(rows * length, 1), &[rows, length], device);
    let y = Tensor::from_host_double(numbers(rows * length, 2), &[rows, length], device);
    let host = |tensor: Tensor| tensor.to_host_double().expect("numbers");
    vec![
        ("sum", host(x.clone().sum(&[1]))),
        ("sum over rows", host(x.clone().sum(&[0]))),
        ("mean", host(x.clone().mean(&[1]))),
        ("largest", host(x.clone().max(&[1]))),
        ("sum of a product", host(x.clone().mul(y.clone()).sum(&[1]))),
        ("sum of a sigmoid's product", host(x.clone().sigmoid().mul(y.clone()).sum(&[1]))),
        ("mean of a square", host(x.clone().sub(y.clone()).square().mean(&[1]))),
        ("sum of all of a product", host(x.mul(y).sum_all())),
    ]
}

#[test]
fn reductions_of_few_and_of_many_numbers_agree_on_all_devices() {
    for device in devices() {
        for (rows, length) in [(3, 5), (2, 1000), (1, 4096), (4, 33_333), (2, 262_144), (100, 300), (2000, 3)] {
            let exact = reduced(rows, length, &double());
            for ((what, found), (_, exact)) in reduced(rows, length, &device).iter().zip(&exact) {
                let off = distance(found, exact, (length.max(rows) as f64).sqrt() * 0.1);
                assert!(off < 2e-5, "{what} of {rows} x {length} on {}: {off:.1e}", device.describe());
            }
        }
    }
}
