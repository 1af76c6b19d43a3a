//! Beside scikit-learn's exact method.
//!
//! The table is a formula: `sin(0.7 (i+1)(j+1)) + 0.3 cos(0.31 (i+2)(j+3))`, and 3 more where `i` and `j` leave the same
//! remainder of 3, for 36 items and 4 columns: three groups. Numbers are those of scikit-learn 1.9.1:
//! `_joint_probabilities(D, 5.0)` (from single-precision distances), `_kl_divergence` of them at
//! `(sin(1.1 i), cos(0.7 i))`, and the divergence of `TSNE(method="exact", init="pca", perplexity=5)` after 1,000 steps.

use super::*;
use crate::clustering::silhouette::{Distance, distances};
use fascicle_reference::assert_close;

fn squared() -> Array2<f64> {
    let x = Array2::from_shape_fn((36, 4), |(i, j)| {
        let own = if i % 3 == j % 3 { 3.0 } else { 0.0 };
        let (i, j) = (i as f64, j as f64);
        own + ((i + 1.0) * (j + 1.0) * 0.7).sin() + 0.3 * ((i + 2.0) * (j + 3.0) * 0.31).cos()
    });
    distances(x.view(), Distance::SquaredEuclidean).unwrap()
}

#[test]
fn neighbourhoods_and_slopes_are_scikit_learns() {
    let p = neighbourhoods(squared().view(), 5.0).unwrap();
    assert_close(p.sum(), 1.0, 1e-12);
    for ((i, j), expected) in [
        ((0, 3), 0.0009060777974431757),
        ((5, 20), 1.4026751772892623e-05),
        ((35, 2), 0.0015866690087133098),
        ((10, 13), 0.0003014140770584693),
    ] {
        assert_close(p[[i, j]], expected, 1e-4);
    }
    let y =
        Array2::from_shape_fn((36, 2), |(i, k)| if k == 0 { (i as f64 * 1.1).sin() } else { (i as f64 * 0.7).cos() });
    assert_close(divergence(&p, &y), 1.8522119817402447, 1e-5);
    let slope = gradient(&p, &y, 1.0);
    for (i, expected) in [
        (0, [0.01908741113167408, -0.0195715482435403]),
        (7, [0.01406054610119556, -0.0041726359637197594]),
        (35, [0.020349093558293223, -0.010306419741661924]),
    ] {
        assert_close(slope[[i, 0]], expected[0], 1e-4);
        assert_close(slope[[i, 1]], expected[1], 1e-4);
    }
}

#[test]
fn the_map_is_as_good_as_scikit_learns_and_the_same_every_time() {
    let found = tsne(squared().view(), 5.0).unwrap();
    assert!(found.divergence < 0.0218 + 0.005, "{}", found.divergence);
    assert_eq!(tsne(squared().view(), 5.0).unwrap(), found);
    let labels: Vec<usize> = (0..36).map(|i| i % 3).collect();
    let apart = distances(found.coordinates.view(), Distance::Euclidean).unwrap();
    let silhouette = crate::silhouette(apart.view(), &labels).unwrap();
    assert!(silhouette > 0.5, "{silhouette}");
}

#[test]
fn what_cannot_be_mapped_is_refused() {
    assert!(matches!(tsne(squared().view(), 36.0), Err(AnalysisError::Setting { .. })));
    assert!(matches!(tsne(Array2::zeros((3, 3)).view(), 2.0), Err(AnalysisError::TooFew { .. })));
    assert!(matches!(tsne(Array2::zeros((5, 5)).view(), 2.0), Err(AnalysisError::Constant { .. })));
    assert!(matches!(tsne(Array2::zeros((5, 4)).view(), 2.0), Err(AnalysisError::ShapeMismatch { .. })));
}
