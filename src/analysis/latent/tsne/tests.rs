//! Beside scikit-learn's exact method.
//!
//! The table is a formula: `sin(0.7 (i+1)(j+1)) + 0.3 cos(0.31 (i+2)(j+3))`, and 3 more where `i` and `j` leave the same
//! remainder of 3, for 36 items and 4 columns: three groups. Numbers are those of scikit-learn 1.9.1:
//! `_joint_probabilities(D, 5.0)` (from single-precision distances), `_kl_divergence` of them at
//! `(sin(1.1 i), cos(0.7 i))`, and the divergence of `TSNE(method="exact", init="pca", perplexity=5)` after 1,000 steps.

use super::*;
use crate::clustering::distances::{Distance, distances};
use fascicle_reference::assert_close;

fn items() -> Array2<f64> {
    Array2::from_shape_fn((36, 4), |(i, j)| {
        let own = if i % 3 == j % 3 { 3.0 } else { 0.0 };
        let (i, j) = (i as f64, j as f64);
        own + ((i + 1.0) * (j + 1.0) * 0.7).sin() + 0.3 * ((i + 2.0) * (j + 3.0) * 0.31).cos()
    })
}

#[test]
fn neighbourhoods_and_slopes_are_scikit_learns() {
    let p = AllPairs::of(items().view(), 5.0).unwrap();
    let sum: f64 = (0..36).flat_map(|i| (0..36).map(move |j| (i, j))).map(|(i, j)| p.between(i, j)).sum();
    assert_close(sum, 1.0, 1e-12);
    for ((i, j), expected) in [
        ((0, 3), 0.0009060777974431757),
        ((5, 20), 1.4026751772892623e-05),
        ((35, 2), 0.0015866690087133098),
        ((10, 13), 0.0003014140770584693),
    ] {
        assert_close(p.between(i, j), expected, 1e-4);
    }
    let places = scattered(36);
    assert_close(p.divergence(&places), 1.8522119817402447, 1e-5);
    let slope = p.gradient(&places, 1.0);
    for (i, expected) in [
        (0, [0.01908741113167408, -0.0195715482435403]),
        (7, [0.01406054610119556, -0.0041726359637197594]),
        (35, [0.020349093558293223, -0.010306419741661924]),
    ] {
        assert_close(slope.x[i], expected[0], 1e-4);
        assert_close(slope.y[i], expected[1], 1e-4);
    }
}

#[test]
fn the_map_is_as_good_as_scikit_learns_and_the_same_every_time() {
    let found = tsne(items().view(), 5.0).unwrap();
    assert!(found.divergence < 0.0218 + 0.005, "{}", found.divergence);
    assert_eq!(tsne(items().view(), 5.0).unwrap(), found);
    let labels: Vec<usize> = (0..36).map(|i| i % 3).collect();
    let apart = distances(found.coordinates.view(), Distance::Euclidean).unwrap();
    let silhouette = crate::silhouette(apart.view(), &labels).unwrap();
    assert!(silhouette > 0.5, "{silhouette}");
}

fn scattered(n: usize) -> Places {
    let along = |step: f64| (0..n).map(|i| (i as f64 * step).sin()).collect();
    Places { x: along(1.1), y: (0..n).map(|i| (i as f64 * 0.7).cos()).collect() }
}

#[test]
fn lumps_far_away_push_nearly_as_all_of_them_do() {
    // Two of them in one place.
    let mut places = scattered(300);
    (places.x[7], places.y[7]) = (places.x[130], places.y[130]);
    places.x.iter_mut().zip(&mut places.y).for_each(|(x, y)| (*x, *y) = (30.0 * *x, 30.0 * *y));
    let found = super::tree::Tree::of(&places).forces(&places);
    let (mut off, mut all) = (0.0, 0.0);
    for (i, found) in found.iter().enumerate() {
        let (mut push, mut closeness) = ([0.0; 2], 0.0);
        for j in (0..300).filter(|j| *j != i) {
            let near = places.closeness(i, j);
            closeness += near;
            push[0] += near * near * (places.x[i] - places.x[j]);
            push[1] += near * near * (places.y[i] - places.y[j]);
        }
        assert_close(found.closeness, closeness, 0.05);
        off += (found.push[0] - push[0]).powi(2) + (found.push[1] - push[1]).powi(2);
        all += push[0].powi(2) + push[1].powi(2);
    }
    assert!((off / all).sqrt() < 0.02, "{}", (off / all).sqrt());
    let of_pair = |(i, j): (usize, usize)| places.closeness(i, j);
    let pairs = (0..300).flat_map(|i| (0..300).map(move |j| (i, j))).filter(|(i, j)| i != j);
    let (lumped, of_all) = (found.iter().map(|f| f.closeness).sum::<f64>(), pairs.map(of_pair).sum());
    assert_close(lumped, of_all, 0.01);
}

#[test]
fn neighbours_alone_give_as_good_a_map() {
    let table = Array2::from_shape_fn((2100, 5), |(i, j)| {
        let own = if i % 7 == j % 7 { 5.0 } else { 0.0 };
        own + ((i * 37 + j * 101) as f64).sin() + 0.5 * ((i * i % 211 + j) as f64).cos()
    });
    let pairs = SparsePairs::of(table.view(), 10.0);
    let all = AllPairs::of(table.view(), 10.0).unwrap();
    let places = scattered(2100);
    // What is beyond three times the perplexity is hardly ever a neighbour.
    assert_close(pairs.divergence(&places), all.divergence(&places), 0.02);
    let (found, expected) = (pairs.gradient(&places, 1.0), all.gradient(&places, 1.0));
    let length = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
    let apart: Vec<f64> = found.x.iter().zip(&expected.x).map(|(a, b)| a - b).collect();
    assert!(length(&apart) < 0.05 * length(&expected.x), "{} {}", length(&apart), length(&expected.x));
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(one_thread.install(|| pairs.gradient(&places, 1.0)).x, found.x);
}

#[test]
fn what_cannot_be_mapped_is_refused() {
    assert!(matches!(tsne(items().view(), 36.0), Err(AnalysisError::Setting { .. })));
    assert!(matches!(tsne(Array2::zeros((3, 3)).view(), 2.0), Err(AnalysisError::TooFew { .. })));
    assert!(matches!(tsne(Array2::zeros((5, 5)).view(), 2.0), Err(AnalysisError::Constant { .. })));
    let mut table = items();
    table[[3, 1]] = f64::NAN;
    assert!(matches!(tsne(table.view(), 2.0), Err(AnalysisError::NotFinite { .. })));
}
