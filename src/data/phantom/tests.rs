//! The people and their heads.

use ndarray::Array3;

use super::*;

/// Small volumes and few people, for tests about files and streams rather than about anatomy.
pub(super) fn small() -> PhantomSpec {
    PhantomSpec { subjects: 6, shape: [20, 24, 18], ..PhantomSpec::default() }
}

pub(super) fn phantom(spec: PhantomSpec) -> Phantom {
    Phantom::new(spec).expect("the specification is valid")
}

fn is_patient(row: &Row) -> bool {
    row.diagnosis == Diagnosis::Patient
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 { a.iter().zip(b).map(|(x, y)| f(x - ma, y - mb)).sum() };
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

/// Area under the ROC curve, by ranks.
fn auc(score: &[f64], truth: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|a, b| score[*a].total_cmp(&score[*b]));
    let ranks: f64 = (1..).zip(order).filter(|(_, i)| truth[*i]).map(|(rank, _)| f64::from(rank)).sum();
    let positive = truth.iter().filter(|t| **t).count() as f64;
    let negative = truth.len() as f64 - positive;
    (ranks - positive * (positive + 1.0) / 2.0) / (positive * negative)
}

/// Area under the curve of a logistic regression on `features`, fitted by gradient ascent.
fn logistic_auc(features: &[Vec<f64>], truth: &[bool]) -> f64 {
    let score = |w: &[f64], x: &[f64]| x.iter().zip(w).map(|(x, w)| x * w).sum::<f64>();
    let rows: Vec<Vec<f64>> = (0..truth.len())
        .map(|i| {
            let mut row = vec![1.0];
            row.extend(features.iter().map(|f| f[i]));
            row
        })
        .collect();
    let mut weights = vec![0.0; features.len() + 1];
    for _ in 0..600 {
        let mut slope = vec![0.0; weights.len()];
        for (row, ill) in rows.iter().zip(truth) {
            let chance = 1.0 / (1.0 + (-score(&weights, row)).exp());
            let error = f64::from(u8::from(*ill)) - chance;
            slope.iter_mut().zip(row).for_each(|(s, x)| *s += error * x);
        }
        for (w, s) in weights.iter_mut().zip(slope) {
            *w += 2.0 * s / rows.len() as f64;
        }
    }
    let scores: Vec<f64> = rows.iter().map(|row| score(&weights, row)).collect();
    auc(&scores, truth)
}

#[test]
fn image_and_table_tell_some_alone_more_in_sum_and_nearly_all_with_their_product() {
    let phantom = phantom(PhantomSpec { subjects: 2000, seed: 3, ..PhantomSpec::default() });
    let ill: Vec<bool> = phantom.rows().iter().map(is_patient).collect();
    let factors: Vec<Factors> = (0..2000).map(|i| phantom.factors(i)).collect();
    let image: Vec<f64> = factors.iter().map(|f| f.atrophy).collect();
    let table: Vec<f64> = factors.iter().map(|f| f.marker).collect();
    let product: Vec<f64> = factors.iter().map(|f| f.atrophy * f.marker).collect();

    let from_image = logistic_auc(std::slice::from_ref(&image), &ill);
    let from_table = logistic_auc(std::slice::from_ref(&table), &ill);
    let from_sum = logistic_auc(&[image.clone(), table.clone()], &ill);
    let from_product = logistic_auc(&[image, table, product], &ill);
    println!("AUC: image {from_image:.3}, table {from_table:.3}, sum {from_sum:.3}, product {from_product:.3}");
    assert!((0.65..0.77).contains(&from_image), "{from_image}");
    assert!((0.65..0.77).contains(&from_table), "{from_table}");
    assert!((0.82..0.91).contains(&from_sum), "{from_sum}");
    assert!(from_product >= 0.93, "{from_product}");
}

#[test]
fn half_of_the_people_are_patients() {
    for subjects in [4, 10, 120] {
        let phantom = phantom(PhantomSpec { subjects, ..small() });
        let patients = phantom.rows().iter().filter(|r| is_patient(r)).count();
        assert_eq!(2 * patients, subjects);
    }
}

#[test]
fn a_subject_is_the_same_alone_and_among_many() {
    let few = phantom(PhantomSpec { subjects: 18, ..small() });
    let many = phantom(PhantomSpec { subjects: 200, ..small() });
    assert_eq!(few.rows()[17], many.rows()[17]);
    assert_eq!(few.labels(17), many.labels(17));
    assert_eq!(few.truth(17), many.truth(17));
    for contrast in Contrast::ALL {
        assert_eq!(few.scan(17, contrast), many.scan(17, contrast));
        assert_eq!(few.has_scan(17, contrast), many.has_scan(17, contrast));
    }
}

#[test]
fn voxels_and_volumes_do_not_depend_on_the_number_of_threads() {
    let phantom = phantom(small());
    let painted = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().expect("a pool").install(|| {
            let head = phantom.head(2);
            let scans = Contrast::ALL.map(|contrast| head.scan(contrast));
            (scans, head.labels().clone(), head.truth())
        })
    };
    assert_eq!(painted(1), painted(5));
}

#[test]
fn another_seed_gives_other_people() {
    let (one, two) = (phantom(small()), phantom(PhantomSpec { seed: 1, ..small() }));
    assert_ne!(one.rows(), two.rows());
    assert_ne!(one.scan(0, Contrast::T1w), two.scan(0, Contrast::T1w));
}

#[test]
fn a_higher_missing_rate_only_takes_away_and_never_identifier_site_or_outcome() {
    let full = phantom(PhantomSpec { subjects: 300, missing_cell: 0.0, missing_scan: 0.0, ..small() });
    let holes = phantom(PhantomSpec { subjects: 300, missing_cell: 0.2, missing_scan: 0.3, ..small() });
    let (mut cells, mut scans) = (0, 0);
    for row in 0..300 {
        for column in holes.columns() {
            match holes.cell(row, column) {
                None => cells += 1,
                there => assert_eq!(there, full.cell(row, column)),
            }
        }
        for column in ["participant_id", "site", "diagnosis", "severity"] {
            assert!(holes.cell(row, column).is_some());
        }
        assert!(holes.has_scan(row, Contrast::T1w));
        scans += Contrast::ALL.iter().filter(|contrast| !holes.has_scan(row, **contrast)).count();
        assert!(Contrast::ALL.iter().all(|c| full.has_scan(row, *c)));
    }
    let (cells, scans) = (cells as f64 / (300.0 * 7.0), scans as f64 / (300.0 * 3.0));
    assert!((cells - 0.2).abs() < 0.03, "{cells}");
    assert!((scans - 0.3).abs() < 0.05, "{scans}");
}

#[test]
fn a_cell_that_does_not_exist_is_absent_and_a_scan_that_was_not_asked_for_is_not_there() {
    let phantom = phantom(PhantomSpec { contrasts: vec![Contrast::T2w], missing_scan: 0.0, ..small() });
    assert_eq!(phantom.cell(0, "shoe_size"), None);
    assert_eq!(phantom.cell(99, "age"), None);
    assert!(!phantom.has_scan(0, Contrast::T1w) && !phantom.has_scan(99, Contrast::T2w));
    assert!(phantom.has_scan(0, Contrast::T2w));
}

#[test]
fn what_cannot_be_painted_is_refused_by_name() {
    let refused = |spec: PhantomSpec| Phantom::new(spec).map(|_| ()).unwrap_err().to_string();
    let cases = [
        (PhantomSpec { subjects: 3, ..small() }, "`subjects` must be at least 4, but it is 3"),
        (PhantomSpec { shape: [48, 15, 48], ..small() }, "`shape` must be 16 to 256 voxels"),
        (PhantomSpec { shape: [48, 56, 257], ..small() }, "[48, 56, 257]"),
        (PhantomSpec { voxel_mm: Some(0.0), ..small() }, "`voxel_mm` must be 0.5 to 20 mm"),
        (PhantomSpec { contrasts: vec![], ..small() }, "`contrasts` must be at least one"),
        (PhantomSpec { contrasts: vec![Contrast::Pet, Contrast::Pet], ..small() }, "it is PET twice"),
        (PhantomSpec { missing_cell: 1.5, ..small() }, "`missing_cell` must be a rate"),
        (PhantomSpec { missing_scan: f64::NAN, ..small() }, "`missing_scan` must be a rate"),
        (PhantomSpec { noise: -0.1, ..small() }, "`noise` must be a share"),
        (PhantomSpec { deformation: 7.0, ..small() }, "`deformation` must be 0 to 6 mm"),
        (PhantomSpec { sites: 0, ..small() }, "`sites` must be at least 1"),
    ];
    for (spec, expected) in cases {
        let message = refused(spec);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_specification_is_read_from_json_with_defaults_and_without_unknown_fields() {
    let spec: PhantomSpec =
        serde_json::from_str(r#"{"subjects": 9, "contrasts": ["T1w", "FLAIR", "PET"]}"#).expect("a specification");
    assert_eq!((spec.subjects, spec.shape), (9, [48, 56, 48]));
    assert_eq!(spec.contrasts, [Contrast::T1w, Contrast::Flair, Contrast::Pet]);
    let unknown = serde_json::from_str::<PhantomSpec>(r#"{"people": 9}"#);
    assert!(unknown.unwrap_err().to_string().contains("people"));
}

#[test]
fn the_field_of_view_holds_a_head_at_any_shape() {
    for shape in [[16, 16, 16], [48, 56, 48], [64, 64, 40]] {
        let spec = PhantomSpec { shape, ..small() };
        let extents = shape.map(|n| n as f64 * spec.voxel_size());
        assert!(extents[0] >= 160.0 && extents[1] >= 190.0 && extents[2] >= 160.0);
        let affine = phantom(spec).affine();
        for axis in 0..3 {
            let middle = affine[axis][3] + affine[axis][axis] * (shape[axis] as f64 - 1.0) / 2.0;
            assert!((middle - [0.0, -15.5, 9.0][axis]).abs() < 1e-9);
        }
    }
}

/// Sixty heads at the default size, and a function of each.
fn across_heads<T: Send>(of: impl Fn(&Head) -> T + Sync) -> Vec<T> {
    use rayon::prelude::*;
    let phantom = phantom(PhantomSpec::default());
    (0..60_usize).into_par_iter().map(|subject| of(&phantom.head(subject))).collect()
}

#[test]
fn a_mean_intensity_where_the_hippocampi_usually_are_shows_the_atrophy() {
    let heads = across_heads(|head| {
        let scan = head.scan(Contrast::T1w).mapv(f64::from);
        let inside: Vec<f64> = scan.iter().copied().filter(|v| *v > 0.0).collect();
        let mean = inside.iter().sum::<f64>() / inside.len() as f64;
        let square = inside.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        let sd = (square / inside.len() as f64).sqrt();
        let standard = scan.mapv(|v| if v > 0.0 { (v - mean) / sd } else { 0.0 });
        (head.labels().clone(), standard, head.factors().atrophy)
    });
    let atrophy: Vec<f64> = heads.iter().map(|h| h.2).collect();
    let seen_in = |labels: &[Tissue], share: f64| {
        let mut usual = Array3::<f64>::zeros(heads[0].0.raw_dim());
        for (map, _, _) in &heads {
            usual.zip_mut_with(map, |count, label| {
                *count += f64::from(u8::from(labels.iter().any(|t| *t as u8 == *label)));
            });
        }
        let threshold = share * heads.len() as f64;
        let feature: Vec<f64> = heads
            .iter()
            .map(|(_, scan, _)| {
                let voxels = scan.iter().zip(&usual).filter(|(_, u)| **u > threshold);
                let (sum, n) = voxels.fold((0.0, 0.0), |(sum, n), (v, _)| (sum + v, n + 1.0));
                sum / n
            })
            .collect();
        correlation(&feature, &atrophy)
    };
    let hippocampi = seen_in(&[Tissue::HippocampusLeft, Tissue::HippocampusRight], 0.35);
    let ventricles = seen_in(&[Tissue::LateralVentricle], 0.2);
    println!("r with atrophy: hippocampi {hippocampi:.3}, ventricles {ventricles:.3}");
    assert!(hippocampi <= -0.8, "{hippocampi}");
    assert!(ventricles <= -0.8, "{ventricles}");
}

#[test]
fn hidden_factors_move_the_tissues_that_they_should() {
    let heads = across_heads(|head| (head.factors().clone(), head.truth().volumes));
    let follows = |factor: fn(&Factors) -> f64, tissues: &[&str]| {
        let causes: Vec<f64> = heads.iter().map(|(f, _)| factor(f)).collect();
        let volumes: Vec<f64> = heads.iter().map(|(_, v)| tissues.iter().map(|t| v[t]).sum()).collect();
        correlation(&causes, &volumes)
    };
    let hippocampi = ["hippocampus_left", "hippocampus_right"];
    assert!(follows(|f| f.atrophy, &hippocampi) < -0.9);
    assert!(follows(|f| f.atrophy, &["lateral_ventricle"]) > 0.8);
    assert!(follows(|f| f.lesion_load, &["lesion"]) > 0.8);
    assert!(follows(|f| f.age, &["cortical_grey"]) < -0.5);

    let smallest = |tissues: &[&str]| {
        heads.iter().fold(f64::INFINITY, |least, (_, v)| least.min(tissues.iter().map(|t| v[t]).sum()))
    };
    assert!(smallest(&hippocampi) > 2_000.0);
    let brain = ["cortical_grey", "white_matter", "deep_grey", "cerebellum"];
    assert!((700_000.0..1_200_000.0).contains(&smallest(&brain)));
}

#[test]
fn contrasts_order_the_tissues_as_they_do_in_patients() {
    let phantom = phantom(PhantomSpec::default());
    let head = phantom.head(5);
    let mean = |contrast: Contrast, tissue: Tissue| {
        let scan = head.scan(contrast);
        let voxels = scan.iter().zip(head.labels());
        let held = voxels.filter(|(_, l)| **l == tissue as u8);
        let (sum, n) = held.fold((0.0, 0.0), |(sum, n), (v, _)| (sum + v, n + 1.0));
        sum / n
    };
    use Tissue::{CorticalGrey, LateralVentricle, WhiteMatter};
    let ordered = |contrast, tissues: [Tissue; 3]| {
        let [a, b, c] = tissues.map(|t| mean(contrast, t));
        assert!(a > b && b > c, "{contrast}: {a} {b} {c}");
    };
    ordered(Contrast::T1w, [WhiteMatter, CorticalGrey, LateralVentricle]);
    ordered(Contrast::T2w, [LateralVentricle, CorticalGrey, WhiteMatter]);
    ordered(Contrast::Flair, [CorticalGrey, WhiteMatter, LateralVentricle]);
    ordered(Contrast::Pet, [CorticalGrey, WhiteMatter, LateralVentricle]);
    assert!(mean(Contrast::Flair, Tissue::Lesion) > mean(Contrast::Flair, WhiteMatter));
}

#[test]
fn scans_hold_whole_numbers_that_sixteen_bits_can_store_even_at_the_smallest_grid() {
    let phantom = phantom(PhantomSpec { shape: [16, 16, 16], noise: 0.5, deformation: 6.0, ..small() });
    for contrast in Contrast::ALL {
        let scan = phantom.scan(0, contrast);
        assert!(scan.iter().any(|v| *v > 0.0));
        assert!(scan.iter().all(|v| v.fract() == 0.0 && (0.0..=32767.0).contains(v)));
    }
}
