//! Reconstructions and deviations.

use super::Draws;
use crate::content::*;
use crate::picture::{map_planes, three_planes};
use ndarray::Array3;

pub(super) fn pictures(draws: &mut Draws) -> PictureSet {
    let mut one = |subject: &str, fold: &str, noise: f64, hole: bool| {
        let shape = (80, 96, 72);
        let radius = |x: usize, y: usize, z: usize, size: f64| {
            let [a, b, c] = [(x, 80.0), (y, 96.0), (z, 72.0)].map(|(v, n)| (v as f64 - n / 2.0) / (n / 2.0 * size));
            (a * a + b * b + c * c).sqrt()
        };
        let tissue = |x: usize, y: usize, z: usize, blur: f64| -> f32 {
            let r = radius(x, y, z, 0.9);
            let fold = (x as f64 / 5.0).sin() * (y as f64 / 6.0).cos() * (z as f64 / 5.5).sin() * (1.0 - blur);
            let front = if y > 60 && x > 48 && (z as i64 - 36).abs() < 10 { 160.0 } else { 0.0 };
            let level = match r {
                r if r > 1.0 => 0.0,
                r if r > 0.94 => 880.0,
                r if r > 0.85 => 140.0,
                r if r > 0.3 => 520.0 + 190.0 * fold + front * (1.0 - blur),
                _ => 170.0,
            };
            level as f32
        };
        let mut input = Array3::from_shape_fn(shape, |(x, y, z)| tissue(x, y, z, 0.0));
        let made = Array3::from_shape_fn(shape, |(x, y, z)| {
            let inside = radius(x, y, z, 0.9) < 1.0;
            tissue(x, y, z, 0.35) + if inside { (noise * draws.normal()) as f32 } else { 0.0 }
        });
        if hole {
            input.slice_mut(ndarray::s![30..38, 40..50, ..]).fill(f32::NAN);
        }
        Picture {
            subject: subject.to_owned(),
            fold: fold.to_owned(),
            variant: "poe".to_owned(),
            quantity: Quantity::with_unit("T1-weighted intensity", "a.u."),
            planes: three_planes(input.view(), made.view(), [44, 52, 36], [2.0; 3], [-80.0, -112.0, -60.0])
                .unwrap_or_default(),
        }
    };
    PictureSet {
        name: "norm.recon".to_owned(),
        choice: "the best and the worst of the test subjects by mean squared error".to_owned(),
        pictures: vec![one("sub-ADNI0412", "fold 1", 18.0, false), one("sub-ADNI0033", "fold 3", 60.0, true)],
    }
}

/// A ball with a front that differs one way and a back that differs the other.
pub(super) fn group_map() -> BrainSheet {
    let shape = (40, 48, 36);
    let radius = |x: usize, y: usize, z: usize| {
        let [a, b, c] = [(x, 40.0), (y, 48.0), (z, 36.0)].map(|(v, n)| (v as f64 - n / 2.0) / (n / 2.2));
        (a * a + b * b + c * c).sqrt()
    };
    let inside = |value: &dyn Fn(usize, usize, usize) -> f64| {
        Array3::from_shape_fn(shape, |(x, y, z)| if radius(x, y, z) < 1.0 { value(x, y, z) as f32 } else { f32::NAN })
    };
    let mean =
        inside(&|x, y, z| 0.012 * (1.0 - radius(x, y, z)) * (1.2 + (x as f64 / 3.0).sin() * (y as f64 / 4.0).cos()));
    let effect = inside(&|_, y, z| 0.6 * ((y as f64 - 24.0) / 12.0).sin() * (1.0 - (z as f64 - 18.0).abs() / 36.0));
    let outlined = effect.mapv(|v| v.abs() > 0.45);
    let map = |name: &str, quantity: Quantity, signed: bool, values: &Array3<f32>| BrainMap {
        name: name.to_owned(),
        quantity,
        signed,
        limit: if signed { 0.6 } else { 0.02 },
        planes: map_planes(
            values.view(),
            signed.then(|| outlined.view()),
            [22, 36, 18],
            [4.0; 3],
            [-80.0, -112.0, -60.0],
        )
        .unwrap_or_default(),
    };
    let gradient = || Quantity::with_unit("gradient", "per unit of the image");
    let effect_of = Quantity::plain("rank-biserial correlation: above 0 where CN has more than AD");
    BrainSheet {
        name: "group_map".to_owned(),
        method: "Mann and Whitney's U test, two-sided, at each voxel, of CN (62) and AD (41)".to_owned(),
        maps: vec![
            map("mean of CN", gradient(), false, &mean),
            map("mean of AD", gradient(), false, &mean),
            map("rank-biserial correlation", effect_of, true, &effect),
        ],
        choice: "through the largest effect among the voxels outlined".to_owned(),
        outlined: "voxels with q \u{2264} 0.05, 1093 of 24780".to_owned(),
    }
}

pub(super) fn deviation(draws: &mut Draws) -> Deviation {
    const NAMES: [&str; 6] = [
        "G_and_S_cingul-Mid-Ant",
        "S_temporal_sup",
        "hippocampus",
        "entorhinal",
        "Pole_occipital",
        "G_pariet_inf-Supramar",
    ];
    let mut regions: Vec<Region> = (0..150)
        .map(|n| {
            let name = NAMES[n % 6];
            let mean = 0.25 * draws.normal() - if name == "hippocampus" || name == "entorhinal" { 0.55 } else { 0.0 };
            let t = mean / 0.11;
            let p = (-0.7 * t.abs() - 0.3 * t * t).exp();
            Region {
                name: format!(
                    "{}_{}_{name}_{}",
                    if n % 2 == 0 { "lh" } else { "rh" },
                    n / 6,
                    ["thickness", "volume", "area"][n % 3]
                ),
                mean,
                low: mean - 0.22,
                high: mean + 0.22,
                t,
                p,
                q: (3.0 * p).min(1.0),
                significant: 3.0 * p < 0.05,
            }
        })
        .collect();
    regions[17] = Region {
        name: "rh_2_constant_everywhere".to_owned(),
        mean: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
        t: f64::NAN,
        p: f64::NAN,
        q: f64::NAN,
        significant: false,
    };
    let mut group = |name: &str, count: usize, mean: f64, spread: f64| Group {
        name: name.to_owned(),
        means: (0..count).map(|_| mean + spread * draws.normal()).collect(),
    };
    Deviation {
        name: "deviation".to_owned(),
        compared: "patients against healthy.validation".to_owned(),
        test: "one-sample t test against 0, two-sided".to_owned(),
        correction: "Benjamini and Hochberg's false discovery rate over 149 regions, q < 0.05".to_owned(),
        interval: "95% interval of the mean".to_owned(),
        groups: vec![group("healthy.validation", 640, 0.0, 0.31), group("patients", 212, 0.42, 0.45)],
        regions,
    }
}
