//! Tests of hypotheses against scipy 1.17.

use super::anova::one_way_anova;
use super::contingency::contingency;
use super::kruskal_wallis::{kruskal_wallis, kruskal_wallis_by};
use super::mann_whitney::{Continuity, mann_whitney, mann_whitney_with};
use super::resampled::corrected_resampled_t;
use super::t_test::{one_sample_t, paired_t, welch_t};
use super::tails::{chi_squared_above, f_above, normal_above, student_t_above, student_t_two_sided};
use super::wilcoxon::{signed_rank_of_differences, wilcoxon_signed_rank};
use super::{Alternative, Method};
use crate::error::AnalysisError;
use Alternative::{Greater, Less, TwoSided};
use fascicle_reference::{assert_close, number, numbers, stats};

const A: [f64; 8] = [2.1, 3.4, 1.9, 5.6, 4.4, 3.8, 2.7, 4.9];
const B: [f64; 8] = [1.8, 3.9, 1.2, 4.1, 4.6, 2.2, 2.9, 3.3];
const C: [f64; 5] = [10.2, 9.1, 8.7, 12.5, 11.9];
const ALTERNATIVES: [Alternative; 3] = [TwoSided, Less, Greater];

#[test]
fn tails_are_accurate_where_they_are_thin() {
    let two_sided = [
        (1e-3, 5.0, 0.9992407867721976),
        (2.1, 3.7, 0.10926470508222474),
        (12.0, 7.0, 6.358310378185098e-06),
        (40.0, 30.0, 1.3726045194406417e-27),
        (1e3, 2.0, 9.999985000025e-07),
        (0.9, 0.5, 0.6271412720925321),
        (2.5, 1e6, 0.012419489502163254),
        (0.01, 1e6, 0.9920212893655476),
        (6.0, 1e5, 1.9799294556017718e-09),
        (7.0, 60.0, 2.501555590708996e-09),
        (1.0, 1e4, 0.31733470433042915),
    ];
    for (t, df, p) in two_sided {
        assert_close(student_t_two_sided(t, df), p, 1e-9);
        assert_close(student_t_above(t, df), p / 2.0, 1e-9);
        assert_close(student_t_above(-t, df), 1.0 - p / 2.0, 1e-9);
    }
    assert_eq!(student_t_two_sided(f64::INFINITY, 4.0), 0.0);
    let normal = [
        (-3.0, 0.9986501019683699),
        (0.1, 0.460172162722971),
        (1.96, 0.024997895148220435),
        (8.0, 6.22096057427174e-16),
        (30.0, 4.906713927147908e-198),
    ];
    for (z, p) in normal {
        assert!((normal_above(z) / p - 1.0).abs() < 1e-11, "{z}: {}", normal_above(z));
    }
    let chi_squared = [
        (0.1, 1.0, 0.7518296340458492),
        (12.1, 2.0, 0.0023578620064902325),
        (300.0, 4.0, 1.083439491947837e-63),
        (900.0, 1000.0, 0.9892827619087102),
        (1500.0, 1000.0, 1.0454640385980825e-22),
    ];
    for (x, df, p) in chi_squared {
        assert!((chi_squared_above(x, df) / p - 1.0).abs() < 1e-9, "{x}: {}", chi_squared_above(x, df));
    }
}

#[test]
fn t_tests_are_scipys() {
    let one = one_sample_t(&A, 3.0, TwoSided).unwrap();
    assert_close(one.t, 1.277132710866435, 1e-12);
    assert_close(one.p_value, 0.24228308628118986, 1e-11);
    assert_close(one.cohen_d, 0.4515346001644073, 1e-12);
    assert_eq!(one.df, 7.0);
    assert_close(one_sample_t(&A, 3.0, Less).unwrap().p_value, 0.8788584568594051, 1e-11);

    let paired = paired_t(&A, &B, TwoSided).unwrap();
    assert_close(paired.t, 1.9321835661585924, 1e-12);
    assert_close(paired.p_value, 0.09461768738800032, 1e-11);
    assert_close(paired_t(&A, &B, Greater).unwrap().p_value, 0.04730884369400016, 1e-11);

    let welch = welch_t(&A, &C, TwoSided).unwrap();
    assert_close(welch.t, -7.774560812900325, 1e-12);
    assert_close(welch.df, 7.1283129439486945, 1e-12);
    assert_close(welch.p_value, 9.944852404971801e-05, 1e-10);
    assert_close(welch.cohen_d, -4.696292978483054, 1e-12);
}

#[test]
fn samples_without_variation_have_no_t() {
    assert!(matches!(one_sample_t(&[2.0; 4], 1.0, TwoSided), Err(AnalysisError::Constant { value: 2.0, .. })));
    assert!(matches!(welch_t(&[2.0; 4], &[1.0; 3], TwoSided), Err(AnalysisError::Constant { .. })));
    // The differences are all 0.1, up to rounding of the last digit.
    let shifted: Vec<f64> = A.iter().map(|a| a + 0.1).collect();
    assert!(matches!(paired_t(&shifted, &A, TwoSided), Err(AnalysisError::Constant { .. })));
    assert!(matches!(one_sample_t(&[1.0], 0.0, TwoSided), Err(AnalysisError::TooFew { needed: 2, found: 1, .. })));
    assert!(matches!(paired_t(&A, &C, TwoSided), Err(AnalysisError::ShapeMismatch { .. })));
}

#[test]
fn signed_ranks_of_distinct_differences_have_an_exact_p() {
    let x = [1.1, -0.3, 2.2, 0.7, -1.5, 3.1, 0.9, -0.2, 1.8, 2.6];
    for (alternative, p) in ALTERNATIVES.into_iter().zip([0.064453125, 0.9755859375, 0.0322265625]) {
        let found = signed_rank_of_differences(&x, alternative).unwrap();
        assert_eq!((found.positive, found.negative, found.method), (46.0, 9.0, Method::Exact));
        assert_close(found.p_value, p, 1e-12);
        assert_close(found.rank_biserial, 37.0 / 55.0, 1e-12);
    }
    let x: Vec<f64> = (0..50).map(|i| f64::from(i * 37 % 101) / 10.0 - 4.03).collect();
    for (alternative, p) in
        ALTERNATIVES.into_iter().zip([0.039015525521861605, 0.9809591469734871, 0.019507762760930802])
    {
        assert_close(signed_rank_of_differences(&x, alternative).unwrap().p_value, p, 1e-10);
    }
}

#[test]
fn signed_ranks_of_a_few_tied_differences_have_an_exact_p() {
    let x = [1.0, -1.0, 2.0, 2.0, -3.0, 4.0, 0.0, 5.0, 3.0, -2.0];
    for (alternative, p) in ALTERNATIVES.into_iter().zip([0.2578125, 0.904296875, 0.12890625]) {
        let found = signed_rank_of_differences(&x, alternative).unwrap();
        assert_eq!((found.positive, found.method, found.n), (33.0, Method::Exact, 9));
        assert_close(found.p_value, p, 1e-12);
    }
    for (alternative, p) in ALTERNATIVES.into_iter().zip([0.1484375, 0.9453125, 0.07421875]) {
        assert_close(wilcoxon_signed_rank(&A, &B, alternative).unwrap().p_value, p, 1e-12);
    }
}

#[test]
fn signed_ranks_of_many_differences_have_an_approximate_p() {
    let mut x: Vec<f64> =
        (0..30).map(|i| f64::from(i * 7919 % 31) * 0.37 - 4.1).map(|v| (v * 10.0).round() / 10.0).collect();
    x.extend([0.0, 1.1, 1.1]);
    for (alternative, p) in ALTERNATIVES.into_iter().zip([0.03595067436299003, 0.982024662818505, 0.017975337181495014])
    {
        let found = signed_rank_of_differences(&x, alternative).unwrap();
        assert_eq!((found.positive, found.negative, found.method), (355.0, 141.0, Method::Asymptotic));
        assert_close(found.p_value, p, 1e-10);
    }
    let x: Vec<f64> = (0..51).map(|i| f64::from(i * 37 % 101) / 10.0 - 4.03).collect();
    assert_close(signed_rank_of_differences(&x, TwoSided).unwrap().p_value, 0.04486458025585686, 1e-10);
    assert!(matches!(signed_rank_of_differences(&[0.0; 3], TwoSided), Err(AnalysisError::Constant { .. })));
}

#[test]
fn mann_whitney_with_ties_is_scipys() {
    let Some(golden) = stats("rank_tests") else {
        return;
    };
    let mut cases = 0;
    for case in golden["mwu"].as_array().unwrap() {
        let pair = case["pair"].as_str().unwrap();
        let (first, second) = (numbers(&golden["groups"][&pair[..1]]), numbers(&golden["groups"][&pair[1..]]));
        let alternative = match case["alternative"].as_str().unwrap() {
            "less" => Less,
            "greater" => Greater,
            _ => TwoSided,
        };
        let continuity = if case["use_continuity"] == true { Continuity::Corrected } else { Continuity::Plain };
        let found = mann_whitney_with(&first, &second, alternative, continuity).unwrap();
        assert_eq!(found.method, Method::Asymptotic);
        assert_close(found.u, number(&case["U1"]), 1e-12);
        assert_close(found.p_value, number(&case["p"]), 1e-10);
        assert_close(found.rank_biserial, number(&case["rank_biserial"]), 1e-12);
        cases += 1;
    }
    assert_eq!(cases, 18);
    let case = &golden["mwu_exact_no_ties"];
    let found = mann_whitney(&numbers(&case["x"]), &numbers(&case["y"]), TwoSided).unwrap();
    assert_eq!((found.u, found.method), (number(&case["U1"]), Method::Exact));
    assert_close(found.p_value, number(&case["p"]), 1e-12);
}

#[test]
fn mann_whitney_of_a_small_and_a_large_sample_is_exact() {
    let x: Vec<f64> = (0..8).map(|i| f64::from(i * 7 % 23) + 0.5).collect();
    let y: Vec<f64> = (0..25).map(|i| f64::from(i * 5 % 29) + 0.25).collect();
    for (alternative, p) in ALTERNATIVES.into_iter().zip([0.42028842084459433, 0.21014421042229717, 0.8016840922847598])
    {
        let found = mann_whitney(&x, &y, alternative).unwrap();
        assert_eq!((found.u, found.method), (80.0, Method::Exact));
        assert_close(found.p_value, p, 1e-11);
        let swapped = match alternative {
            Less => Greater,
            Greater => Less,
            TwoSided => TwoSided,
        };
        assert_close(mann_whitney(&y, &x, swapped).unwrap().p_value, p, 1e-11);
    }
}

#[test]
fn mann_whitney_of_equal_values_finds_nothing() {
    for continuity in [Continuity::Corrected, Continuity::Plain] {
        let found = mann_whitney_with(&[1.0; 9], &[1.0; 12], TwoSided, continuity).unwrap();
        assert_eq!((found.p_value, found.rank_biserial), (1.0, 0.0));
    }
}

#[test]
fn kruskal_wallis_is_scipys() {
    let Some(golden) = stats("rank_tests") else {
        return;
    };
    let group = |name: &str| numbers(&golden["groups"][name]);
    let (a, b, c) = (group("a"), group("b"), group("c"));
    let three = kruskal_wallis(&[&a, &b, &c]).unwrap();
    assert_close(three.h, number(&golden["kruskal_abc"]["H"]), 1e-11);
    assert_close(three.p_value, number(&golden["kruskal_abc"]["p"]), 1e-10);
    assert_eq!(three.df, 2.0);
    let two = kruskal_wallis(&[&a, &b]).unwrap();
    assert_close(two.h, number(&golden["kruskal_ab"]["H"]), 1e-11);
    assert_close(two.p_value, number(&golden["kruskal_ab"]["p"]), 1e-10);

    let labels: Vec<usize> = [vec![4; a.len()], vec![7; b.len()], vec![9; c.len()]].concat();
    assert_eq!(kruskal_wallis_by(&[a, b, c].concat(), &labels), Ok(three));
    assert!(matches!(kruskal_wallis(&[&[1.0, 1.0], &[1.0]]), Err(AnalysisError::Constant { .. })));
    assert!(matches!(kruskal_wallis(&[&[1.0, 2.0], &[]]), Err(AnalysisError::Empty { .. })));
}

#[test]
fn folds_that_share_subjects_widen_the_variance() {
    let d = [0.02, 0.01, 0.035, -0.01, 0.022, 0.015, 0.03, 0.004, 0.018, 0.027];
    let found = corrected_resampled_t(&d, 180, 20, TwoSided).unwrap();
    // t = mean / sqrt((1/10 + 20/180) var), computed with numpy and scipy.
    assert_close(found.t, 2.8098588682006382, 1e-12);
    assert_close(found.p_value, 0.02038175155593507, 1e-10);
    assert!(one_sample_t(&d, 0.0, TwoSided).unwrap().p_value < found.p_value);
    assert!(matches!(corrected_resampled_t(&d, 0, 20, TwoSided), Err(AnalysisError::Setting { .. })));
    assert!(matches!(corrected_resampled_t(&[0.1; 5], 80, 20, TwoSided), Err(AnalysisError::Constant { .. })));
}

/// scipy 1.17.1 `f.sf` and `f_oneway`; eta squared by its definition.
#[test]
fn groups_have_one_mean_as_scipy_says() {
    let tails = [
        (0.1, 1.0, 5.0, 0.7646047767887927),
        (3.7, 2.0, 30.0, 0.03662223016587886),
        (40.0, 4.0, 100.0, 5.666818470882737e-20),
        (900.0, 3.0, 20.0, 1.7036188483859893e-21),
        (1.0, 10.0, 1e4, 0.440580970532366),
    ];
    for (f, df1, df2, p) in tails {
        assert_close(f_above(f, df1, df2), p, 1e-9);
    }
    let two = one_way_anova(&[&A, &B]).expect("defined");
    assert_close(two.f, 0.9016100178890881, 1e-10);
    assert_close(two.p_value, 0.3584549333725715, 1e-9);
    assert_close(two.eta_squared, 0.06050420168067229, 1e-10);
    let three = one_way_anova(&[&A, &B, &C]).expect("defined");
    assert_close(three.f, 52.97759036963998, 1e-10);
    assert_close(three.p_value, 2.871245975788233e-08, 1e-9);
    assert_close(three.eta_squared, 0.8547862227891858, 1e-10);
    assert!(matches!(one_way_anova(&[&[1.0, 1.0], &[2.0, 2.0]]), Err(AnalysisError::Undefined { .. })));
    assert!(one_way_anova(&[&A]).is_err() && one_way_anova(&[&A, &[]]).is_err());
}

/// scipy 1.17.1 `chi2_contingency(correction=False)`.
#[test]
fn groups_have_the_same_shares_as_scipy_says() {
    let cases = [
        (
            vec![vec![12, 30], vec![25, 14]],
            10.288751788751794,
            0.0013384359919009507,
            17.814814814814813,
            0.35640093577546494,
        ),
        (
            vec![vec![10, 20, 5], vec![7, 9, 22], vec![4, 4, 4]],
            16.080791631361606,
            0.002912647384312673,
            2.9647058823529413,
            0.30755957463422584,
        ),
        (vec![vec![3, 1], vec![2, 9]], 4.261363636363637, 0.03898861209635852, 1.3333333333333333, 0.5330017908890261),
        // A level that nobody has takes no part.
        (
            vec![vec![3, 0, 1], vec![2, 0, 9]],
            4.261363636363637,
            0.03898861209635852,
            1.3333333333333333,
            0.5330017908890261,
        ),
    ];
    for (counts, statistic, p, least, v) in cases {
        let found = contingency(&counts).expect("defined");
        assert_close(found.chi_squared, statistic, 1e-10);
        assert_close(found.p_value, p, 1e-9);
        assert_close(found.least_expected, least, 1e-10);
        assert_close(found.cramer_v, v, 1e-10);
    }
    assert!(contingency(&[vec![3, 4]]).is_err() && contingency(&[vec![3, 0], vec![4, 0]]).is_err());
    assert!(contingency(&[vec![3, 4], vec![1]]).is_err());
}
