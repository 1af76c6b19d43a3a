//! Every method beside scikit-learn's, on the same rows (`scikit_learn.py` made the numbers), and what holds of itself.

// A test says how far apart the packages are.
#![allow(clippy::disallowed_macros)]

mod own;

use crate::{Fitted, Gives, Kernel, Method, Rows, Target, Weights};
use fascicle_reference::{flat, labels, number, numbers};
use serde_json::Value;

/// A table with what scikit-learn gave for it.
struct Case {
    train: Rows,
    test: Rows,
    known: Value,
    people: usize,
}

fn cases() -> [(&'static str, Case); 2] {
    let all: Value = serde_json::from_str(include_str!("scikit_learn.json")).expect("valid JSON");
    ["tall", "wide"].map(|name| {
        let known = all[name].clone();
        let people = known["train"].as_u64().expect("a count") as usize;
        let rows: Vec<Vec<f64>> = known["x"].as_array().expect("rows").iter().map(numbers).collect();
        let width = rows[0].len();
        let of = |rows: &[Vec<f64>]| Rows::new(width, rows.concat()).expect("a table");
        (name, Case { train: of(&rows[..people]), test: of(&rows[people..]), known, people })
    })
}

impl Case {
    fn numbers(&self) -> Target {
        Target::Numbers(numbers(&self.known["y"])[..self.people].to_vec())
    }

    fn classes(&self, name: &str) -> Target {
        let of = labels(&self.known[name])[..self.people].to_vec();
        Target::Classes { count: of.iter().max().expect("somebody") + 1, of }
    }

    fn target(&self, name: &str) -> Target {
        if name == "numbers" { self.numbers() } else { self.classes(name) }
    }

    fn expected(&self, name: &str) -> Vec<f64> {
        flat(&self.known["expected"][name])
    }

    fn fitted(&self, method: &Method, target: &Target, seed: u64) -> Fitted {
        let fit = method.fit(&self.train, target, seed).expect("fitted");
        assert_eq!(fit.warning, None);
        // What is kept is what was learnt.
        let text = serde_json::to_string(&fit.fitted).expect("JSON");
        let back: Fitted = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back, fit.fitted);
        back
    }

    /// The largest difference of a prediction from scikit-learn's, relative to the largest number there.
    fn differs(&self, method: &Method, target: &str, expected: &str) -> f64 {
        let predicted = self.fitted(method, &self.target(target), 0).predict(&self.test).expect("predicted");
        let expected = self.expected(expected);
        // scikit-learn gives a decision once where there are two classes.
        let found: Vec<f64> = match predicted.gives {
            Gives::Decisions if predicted.outputs == 2 => {
                predicted.values.chunks(2).map(|two| two[1] - two[0]).collect()
            }
            _ => predicted.values,
        };
        assert_eq!(found.len(), expected.len());
        let most = expected.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        found.iter().zip(&expected).map(|(f, e)| (f - e).abs()).fold(0.0, f64::max) / most
    }
}

#[track_caller]
fn within(name: &str, what: &str, difference: f64, most: f64) {
    println!("{name}: {what}: {difference:.1e}");
    assert!(difference <= most, "{name}: {what}: {difference:.1e} from scikit-learn's, at most {most:.0e}");
}

#[test]
fn linear_methods_are_scikit_learns() {
    for (name, case) in cases() {
        for strength in [0.01, 1.0, 100.0] {
            let shown = format!("{strength:?}");
            let ridge = case.differs(&Method::Ridge { strength }, "numbers", &format!("ridge {shown}"));
            within(name, &format!("ridge {shown}"), ridge, 1e-9);
            // Of more columns than people and hardly a penalty it is not done: see `own`.
            if (name, strength) == ("wide", 0.01) {
                continue;
            }
            let net = Method::ElasticNet { strength: strength / 10.0, mixture: 0.3 };
            let shown = format!("elastic_net {:?}", strength / 10.0);
            within(name, &shown, case.differs(&net, "numbers", &shown), 1e-5);
        }
    }
}

#[test]
fn logistic_regression_is_scikit_learns() {
    for (name, case) in cases() {
        for (classes, strength) in ["two", "three"].into_iter().flat_map(|c| [0.01, 1.0, 100.0].map(|s| (c, s))) {
            let shown = format!("logistic {classes} {strength:?}");
            within(name, &shown, case.differs(&Method::Logistic { strength }, classes, &shown), 1e-4);
        }
    }
}

#[test]
fn support_vector_machines_are_scikit_learns() {
    for (name, case) in cases() {
        for (kernel, shown) in [(Kernel::Linear, "linear"), (Kernel::Gaussian { width: None }, "rbf")] {
            for target in ["two", "three", "numbers"] {
                let method = Method::Svm { strength: 2.0, kernel, epsilon: 0.2 };
                let shown = format!("svm {target} {shown}");
                within(name, &shown, case.differs(&method, target, &shown), 1e-4);
            }
        }
    }
}

#[test]
fn neighbours_are_scikit_learns() {
    for (name, case) in cases() {
        for (weights, shown) in [(Weights::Equal, "equal"), (Weights::Distance, "distance")] {
            for target in ["numbers", "three"] {
                let shown = format!("nearest {target} {shown}");
                within(name, &shown, case.differs(&Method::Nearest { neighbours: 4, weights }, target, &shown), 1e-9);
            }
        }
    }
}

/// Where scikit-learn's trees are the same with every seed, ours is the same tree.
#[test]
fn a_tree_is_scikit_learns_where_no_two_splits_are_equal() {
    let mut compared = 0;
    for (name, case) in cases() {
        for (target, depth, leaf) in ["numbers", "three"].into_iter().flat_map(|t| [(t, Some(3), 1), (t, None, 5)]) {
            let shown = format!("tree {target} {} {leaf}", depth.map_or("None".to_owned(), |d: usize| d.to_string()));
            if number(&case.known["expected"][&format!("{shown} spread")]) > 1e-9 {
                continue;
            }
            compared += 1;
            within(name, &shown, case.differs(&Method::Tree { depth, leaf }, target, &shown), 1e-6);
        }
    }
    assert!(compared >= 4, "{compared} trees were compared");
}

/// Forests are random in both packages: the mean error over seeds lies where scikit-learn's does, within four standard errors
/// of the difference.
#[test]
fn forests_err_as_much_as_scikit_learns() {
    const SEEDS: u64 = 20;
    for (name, case) in cases() {
        for target in ["numbers", "three"] {
            let method = Method::Forest { trees: 100, depth: None, leaf: 1, columns: None };
            let error = |seed: u64| {
                let predicted =
                    case.fitted(&method, &case.target(target), seed).predict(&case.test).expect("predicted");
                let errors: Vec<f64> = if target == "numbers" {
                    let truth = &numbers(&case.known["y"])[case.people..];
                    predicted.values.iter().zip(truth).map(|(p, t)| (p - t).abs()).collect()
                } else {
                    let truth = &labels(&case.known["three"])[case.people..];
                    let squares = |(row, class): (&[f64], &usize)| {
                        row.iter().enumerate().map(|(at, p)| (p - f64::from(u8::from(at == *class))).powi(2)).sum()
                    };
                    predicted.values.chunks(3).zip(truth).map(squares).collect()
                };
                errors.iter().sum::<f64>() / errors.len() as f64
            };
            let errors: Vec<f64> = (0..SEEDS).map(error).collect();
            let mean = errors.iter().sum::<f64>() / SEEDS as f64;
            let known = case.expected(&format!("forest {target}"));
            let standard_error = known[1] * (1.0 / SEEDS as f64 + 1.0 / 50.0).sqrt();
            let away = (mean - known[0]).abs() / standard_error;
            println!(
                "{name}: forest {target}: {mean:.4}, scikit-learn {:.4} (sd {:.4}): {away:.1} standard errors",
                known[0], known[1]
            );
            assert!(
                away < 4.0,
                "{name}: forest {target}: {mean:.4}, scikit-learn {:.4}: {away:.1} standard errors",
                known[0]
            );
        }
    }
}
