//! What holds without another package: refusals, chance, classes that nobody is in.

use crate::{BaselineError, Gives, Kernel, Method, Rows, Target, Task, Weights};

fn rows(values: &[[f64; 2]]) -> Rows {
    Rows::new(2, values.concat()).expect("a table")
}

fn waves(people: usize) -> (Rows, Vec<f64>) {
    let of = |i: usize| {
        let wave = |k: f64| ((i as f64 + 1.0) * k).sin();
        ([wave(1.3), wave(2.1)], 3.0 * wave(1.3) - wave(2.1) + 0.1 * wave(5.3))
    };
    let (rows, targets): (Vec<_>, Vec<_>) = (0..people).map(of).unzip();
    (self::rows(&rows), targets)
}

fn every_method() -> [Method; 7] {
    [
        Method::Ridge { strength: 1.0 },
        Method::ElasticNet { strength: 0.1, mixture: 0.5 },
        Method::Logistic { strength: 1.0 },
        Method::Svm { strength: 1.0, kernel: Kernel::Gaussian { width: Some(0.5) }, epsilon: 0.1 },
        Method::Tree { depth: None, leaf: 1 },
        Method::Forest { trees: 10, depth: Some(4), leaf: 2, columns: Some(0.5) },
        Method::Nearest { neighbours: 3, weights: Weights::Equal },
    ]
}

#[test]
fn each_method_predicts_what_it_says_that_it_gives() {
    let (x, y) = waves(40);
    let classes = Target::Classes { of: y.iter().map(|v| if *v > 1.0 { 3 } else { 1 }).collect(), count: 4 };
    for method in every_method() {
        for (task, target) in [(Task::Numbers, Target::Numbers(y.clone())), (Task::Classes, classes.clone())] {
            let fitted = method.fit(&x, &target, 1);
            let Some(gives) = method.gives(task) else {
                assert!(matches!(fitted, Err(BaselineError::Kind { .. })), "{method:?}");
                continue;
            };
            let predicted = fitted.expect("fitted").fitted.predict(&x).expect("predicted");
            assert_eq!((predicted.gives, predicted.outputs), (gives, target.outputs()), "{method:?}");
            assert_eq!(predicted.values.len(), 40 * target.outputs());
            assert!(predicted.values.iter().all(|value| value.is_finite()), "{method:?}");
            // Nobody was in the first and the third class.
            for row in predicted.values.chunks(4).filter(|_| task == Task::Classes) {
                let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                assert!(row[0] < most && row[2] < most, "{method:?}: {row:?}");
                assert!(
                    gives == Gives::Decisions || (row.iter().sum::<f64>() - 1.0).abs() < 1e-6,
                    "{method:?}: {row:?}"
                );
            }
        }
    }
}

#[test]
fn a_seed_decides_a_forest_and_nothing_else() {
    let (x, y) = waves(60);
    let target = Target::Numbers(y);
    for method in every_method().iter().filter(|method| method.gives(Task::Numbers).is_some()) {
        let [a, b, other] = [1, 1, 2].map(|seed| method.fit(&x, &target, seed).expect("fitted").fitted);
        assert_eq!(a, b, "{method:?}");
        assert_eq!(a == other, !matches!(method, Method::Forest { .. }), "{method:?}");
    }
}

/// A tree on chance's ground keeps to its bounds: its depth, and the people in its leaves.
#[test]
fn a_tree_keeps_to_its_depth_and_its_leaves() {
    let (x, y) = waves(64);
    let target = Target::Numbers(y);
    let leaves = |depth, leaf| match (Method::Tree { depth, leaf }).fit(&x, &target, 0).expect("fitted").fitted {
        crate::Fitted::Forest(forest) => forest.trees[0].leaves(1),
        other => panic!("{other:?}"),
    };
    assert_eq!(leaves(None, 1), 64, "everybody has a number of their own");
    assert_eq!(leaves(Some(2), 1), 4);
    assert!(leaves(None, 10) <= 6);
    assert_eq!(leaves(None, 40), 1);
}

#[test]
fn what_cannot_be_fitted_is_refused_with_its_reason() {
    let said = |result: crate::Result<crate::Fit>| result.expect_err("refused").to_string();
    let (x, y) = waves(4);
    let ridge = Method::Ridge { strength: 1.0 };
    let one = Target::Classes { of: vec![1; 4], count: 2 };
    assert!(said(Method::Logistic { strength: 1.0 }.fit(&x, &one, 0)).contains("of one class"));
    let nearest = Method::Nearest { neighbours: 5, weights: Weights::Equal };
    assert!(said(nearest.fit(&x, &Target::Numbers(y.clone()), 0)).contains("at least 5 are needed"));
    assert!(said(ridge.fit(&x, &Target::Numbers(vec![0.0; 3]), 0)).contains("3 targets, expected 4"));
    assert!(said(ridge.fit(&x, &Target::Numbers(vec![f64::NAN; 4]), 0)).contains("the target holds NaN"));
    assert!(Rows::new(2, vec![1.0, f64::INFINITY]).expect_err("refused").to_string().contains("column 2"));
    assert!(Rows::new(2, vec![1.0; 3]).is_err());
    // Two columns that are one share a weight; somebody who lacks a column cannot be predicted.
    let same = rows(&[[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]);
    let target = Target::Numbers(vec![1.0, 2.0, 3.0]);
    match (Method::Ridge { strength: 1e-6 }).fit(&same, &target, 0).expect("fitted").fitted {
        crate::Fitted::Linear(linear) => assert!((linear.weights[0] - linear.weights[1]).abs() < 1e-6),
        other => panic!("{other:?}"),
    }
    let fitted = ridge.fit(&x, &Target::Numbers(y), 0).expect("fitted").fitted;
    assert!(fitted.predict(&Rows::new(3, vec![0.0; 3]).expect("a table")).is_err());
}

/// A penalty that is too small for 70 columns of 40 people: the solver says that it was not done.
#[test]
fn an_elastic_net_that_is_not_done_says_so() {
    let [_, (_, wide)] = super::cases();
    let fit = Method::ElasticNet { strength: 1e-3, mixture: 0.3 }.fit(&wide.train, &wide.numbers(), 0).expect("fitted");
    assert!(fit.warning.expect("a warning").contains("larger `strength`"));
}
