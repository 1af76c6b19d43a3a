//! What is remembered, and what is not.

use super::*;

fn leaf(values: &[f32]) -> Tensor {
    Tensor::from_host(values.to_vec(), &[values.len()], &Device::cpu()).tracked()
}

#[test]
fn what_depends_on_no_leaf_has_no_history() {
    let constant = leaf(&[1.0, 2.0]).detach();
    assert!(!constant.clone().exp().mul(constant).has_history());
}

#[test]
fn a_value_that_is_read_twice_has_the_sum_of_both_gradients() {
    let x = leaf(&[1.0, -2.0, 3.0]);
    let y = x.clone().square();
    let z = y.clone().mul(y.clone()).add(y.mul_scalar(2.0));
    let gradient = z.backward().unwrap().get(&x).unwrap().to_host().unwrap();
    // 4 x^3 + 4 x.
    assert_eq!(gradient, [8.0, -40.0, 120.0]);
}

#[test]
fn a_leaf_that_is_not_among_them_has_no_gradient() {
    let (x, y) = (leaf(&[1.0]), leaf(&[2.0]));
    let gradients = x.clone().exp().backward().unwrap();
    assert!(gradients.get(&x).is_some() && gradients.get(&y).is_none());
}

#[test]
fn a_way_back_is_gone_once() {
    let y = leaf(&[1.0]).exp();
    let (a, b) = (y.clone().mul_scalar(2.0), y.mul_scalar(3.0));
    assert!(a.backward().is_ok());
    assert_eq!(b.backward().unwrap_err(), HistoryFreed);
}

#[test]
fn a_leaf_itself_has_a_gradient_of_ones() {
    let x = leaf(&[5.0, 6.0]);
    assert_eq!(x.backward().unwrap().get(&x).unwrap().to_host().unwrap(), [1.0, 1.0]);
}

#[test]
fn a_network_deeper_than_a_stack_is_walked_and_dropped() {
    let x = leaf(&[1.0]);
    let deep = (0..200_000).fold(x.clone(), |y, _| y.add_scalar(0.0));
    assert_eq!(deep.backward().unwrap().get(&x).unwrap().to_host().unwrap(), [1.0]);
    // One that is never walked.
    drop((0..200_000).fold(x, |y, _| y.neg()));
}

#[test]
fn traffic_counts_what_a_thread_asks() {
    let before = traffic();
    let x = Tensor::from_host(vec![1.0, 2.0], &[2], &Device::cpu());
    let y = x.exp().add_scalar(1.0);
    let asked = traffic() - before;
    assert_eq!((asked.uploads, asked.operations, asked.reads), (1, 2, 0));
    y.to_host().unwrap();
    assert_eq!((traffic() - before).reads, 1);
}
