//! No argument and no shape makes an operator overflow, divide by zero or panic.

use super::{apply, class, int, mask, q, t};
use crate::graph::TensorType;
use crate::ops::{Argument, Arguments, Arity, table};

/// Arguments no one would write.
fn strange() -> Vec<Argument> {
    let mut all: Vec<Argument> =
        [0, 1, -1, 2, 7, i64::MIN, i64::MAX, 1_000_000_000, 1_000_000_001].map(Argument::Int).to_vec();
    all.extend(
        [
            vec![],
            vec![0, 0],
            vec![1; 2],
            vec![1; 3],
            vec![-1, 2],
            vec![i64::MAX; 3],
            vec![i64::MIN; 2],
            vec![1_000_000_000; 3],
        ]
        .map(Argument::Ints),
    );
    all.extend([0.0, -1.0, f64::NAN, f64::INFINITY, f64::MAX, f64::MIN].map(Argument::Real));
    all.extend([Argument::Bool(true), Argument::Word("same".into()), Argument::Word("?".into())]);
    all.extend([Argument::Reals(vec![]), Argument::Reals(vec![f64::NAN, 1.0]), Argument::Reals(vec![1.0; 2])]);
    all
}

/// Values no data hold.
fn odd() -> Vec<TensorType> {
    vec![
        t(&[]),
        t(&[1]),
        t(&[4]),
        t(&[2, 3]),
        t(&[1, 1, 1]),
        t(&[2, 3, 4, 5]),
        t(&[2, 0, 4, 5]),
        t(&[0]),
        t(&[100_000_000_000]),
        t(&[1, 100_000_000_000]),
        t(&[usize::MAX, usize::MAX]),
        t(&[usize::MAX, 0]),
        t(&[1; 7]),
        TensorType::scalar(),
        q(4),
        q(0),
        q(usize::MAX),
        class(2),
        class(0),
        mask(2, &[3, 4, 5]),
        mask(0, &[]),
    ]
}

fn holds(name: &str, given: &Arguments, read: &[TensorType]) {
    let stanza = crate::ops::find(name).expect("a name of the table");
    if let Ok(applied) = (stanza.apply)(given, read) {
        let numbers = applied.output.shape.iter().try_fold(1usize, |n, extent| n.checked_mul(*extent));
        assert!(numbers.is_some_and(|n| n > 0 && n <= 200_000_000_000), "`{name}` on {read:?}: {}", applied.output);
        assert!(applied.weights.iter().all(|w| w.len() <= 100_000_000_000), "`{name}`: {:?}", applied.weights);
        assert!(applied.output.shape.len() <= 6);
    }
}

#[test]
fn no_argument_and_no_value_makes_an_operator_panic() {
    for stanza in table() {
        let many = !matches!(stanza.arity, Arity::Exactly([_]));
        let mut reads: Vec<Vec<TensorType>> = vec![vec![]];
        reads.extend(odd().into_iter().map(|x| vec![x]));
        if many {
            for x in odd() {
                reads.extend(odd().into_iter().map(|y| vec![x.clone(), y]));
                reads.push(vec![x.clone(), x.clone(), x]);
            }
        }
        for read in &reads {
            holds(stanza.name, &Arguments::new(stanza.parameters, vec![]), read);
            for (i, first) in stanza.parameters.iter().enumerate() {
                for value in strange() {
                    holds(stanza.name, &Arguments::new(stanza.parameters, vec![(first.name, value.clone())]), read);
                    for second in stanza.parameters.iter().skip(i + 1).filter(|_| !many) {
                        for other in strange() {
                            let given = vec![(first.name, value.clone()), (second.name, other)];
                            holds(stanza.name, &Arguments::new(stanza.parameters, given), read);
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn all_arguments_of_a_convolution_may_be_enormous() {
    for name in ["Conv3d", "DepthwiseConv3d", "ConvTranspose3d", "max_pool3d", "avg_pool3d"] {
        let stanza = crate::ops::find(name).expect("a name of the table");
        for size in [0, 1, 2, 999_999_999, 1_000_000_000, i64::MAX] {
            for shape in [[1, 1, 1, 1], [1, 4000, 4000, 4000], [100_000_000_000, 1, 1, 1], [1, 1, 1, 100_000_000_000]] {
                let given =
                    stanza.parameters.iter().filter(|p| p.name != "bias").map(|p| (p.name, int(size))).collect();
                holds(name, &Arguments::new(stanza.parameters, given), &[t(&shape)]);
            }
        }
    }
}

#[test]
fn an_absurd_size_is_refused_by_its_number() {
    let refusal =
        apply("Conv3d", vec![("filters", int(2_000_000_000))], &[t(&[1, 4, 4, 4])]).expect_err("too many filters");
    assert!(
        refusal.message.contains("`filters` is 2000000000; the largest accepted is 1000000000"),
        "{}",
        refusal.message
    );
    let refusal = apply("upsample", vec![("factor", int(100_000))], &[t(&[1, 64, 64, 64])]).expect_err("too large");
    assert!(refusal.message.contains("more than 100000000000 numbers"), "{}", refusal.message);
    let refusal = apply("Conv3d", vec![("filters", int(1000))], &[t(&[1000, 400, 400, 400])]).expect_err("too slow");
    assert!(refusal.message.contains("multiply-adds"), "{}", refusal.message);
}
