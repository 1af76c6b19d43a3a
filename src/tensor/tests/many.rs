//! Many elements take another way than few, on all cores: the numbers are the same, to the bit.

use super::*;
use fascicle_kernels::ELEMENTS_WORTH_THREADS;

const FEW: usize = 1024;

type Function = fn(Tensor) -> Tensor;
type Operation = fn(Tensor, Tensor) -> Tensor;

/// From -3 to 3, with zeros of both signs among them.
fn numbers(len: usize, step: usize) -> Vec<f32> {
    let of = |i: usize| match i % 101 {
        0 => 0.0,
        1 => -0.0,
        _ => ((i * step) % 6007) as f32 / 1001.0 - 3.0,
    };
    (0..len).map(of).collect()
}

fn bits(values: Vec<f32>) -> Vec<u32> {
    values.into_iter().map(f32::to_bits).collect()
}

#[test]
fn functions_of_many_elements_are_those_of_few() -> Result<(), String> {
    let functions: [(&str, Function); 10] = [
        ("relu", Tensor::relu),
        ("neg", Tensor::neg),
        ("exp", Tensor::exp),
        ("tanh", Tensor::tanh),
        ("sigmoid", Tensor::sigmoid),
        ("gelu", Tensor::gelu),
        ("abs", Tensor::abs),
        ("add a number", |x| x.add_scalar(0.3)),
        ("times a number", |x| x.mul_scalar(-1.7)),
        ("square", Tensor::square),
    ];
    let device = Device::cpu();
    let all = numbers(ELEMENTS_WORTH_THREADS + FEW, 7919);
    for (name, function) in functions {
        let many = function(Tensor::from_host(all.clone(), &[all.len()], &device)).to_host()?;
        let few =
            all.chunks(FEW).map(|part| function(Tensor::from_host(part.to_vec(), &[part.len()], &device)).to_host());
        let few: Vec<f32> = few.collect::<Result<Vec<_>, _>>()?.concat();
        assert_eq!(bits(many), bits(few), "{name}");
    }
    Ok(())
}

#[test]
fn what_two_of_many_make_is_what_two_of_few_make() -> Result<(), String> {
    let operations: [(&str, Operation); 4] =
        [("add", Tensor::add), ("sub", Tensor::sub), ("mul", Tensor::mul), ("div", Tensor::div)];
    let device = Device::cpu();
    let len = ELEMENTS_WORTH_THREADS + FEW;
    let (a, b) = (numbers(len, 7919), numbers(len, 4001));
    let made = |values: &[f32]| Tensor::from_host(values.to_vec(), &[values.len()], &device);
    for (name, operation) in operations {
        let many = operation(made(&a), made(&b)).to_host()?;
        let few = a.chunks(FEW).zip(b.chunks(FEW)).map(|(a, b)| operation(made(a), made(b)).to_host());
        let few: Vec<f32> = few.collect::<Result<Vec<_>, _>>()?.concat();
        // 0 / 0 is no number, of either sign.
        let number =
            |values: Vec<f32>| bits(values.into_iter().map(|v| if v.is_nan() { f32::NAN } else { v }).collect());
        assert_eq!(number(many), number(few), "{name}");

        // What somebody else still holds is not written over.
        let held = made(&a);
        let _ = operation(held.clone(), made(&b)).to_host()?;
        assert_eq!(bits(held.to_host()?), bits(a.clone()), "{name}");
    }
    Ok(())
}
