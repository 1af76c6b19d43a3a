use super::super::affine::Affine;
use super::super::error::DataError;
use super::super::samples::{NEAREST, shared};
use super::super::volume::Volume;
use super::impute::Cells;
use super::{BayesianRidge, ColumnPlan, ColumnRow, CovariateCell, Image, ImageChain, IterativeImputer, SourceColumn};
use fascicle_analysis::CombatSettings;
use fascicle_lang::program::{
    AxisName, ColumnStep, Combat, Covariate, CovariateKind, ImageMask, ImageStep, Interpolation, Missing,
    MissingIndicators, SpatialKind, View, ViewAverage,
};
use ndarray::{Array2, Array3, Array4, ArrayD, Axis, IxDyn};
use safetensors::SafeTensors;
use serde_json::Value;

fn chain(steps: Vec<ImageStep>, shape: [usize; 3]) -> ImageChain {
    ImageChain { kind: SpatialKind::Volume, steps, shape: vec![1, shape[0], shape[1], shape[2]], levels: Vec::new() }
}

fn volume(data: Array3<f32>) -> Volume {
    Volume { data, affine: Affine::IDENTITY, header: None }
}

fn ramp(shape: [usize; 3]) -> Volume {
    volume(Array3::from_shape_fn(shape, |(x, y, z)| (100 * x + 10 * y + z) as f32))
}

/// The chain fitted on these volumes and applied to the first.
fn run(chain: &ImageChain, volumes: &[Volume]) -> Image {
    let load = |i: usize| Ok(chain.prepare(&volumes[i])?.image);
    let fitted = chain.fit(volumes.len(), &load).expect("fitted");
    let kept: super::FittedChain = serde_json::from_str(&serde_json::to_string(&fitted).expect("JSON")).expect("JSON");
    assert_eq!(kept, fitted);
    fitted.apply(chain.prepare(&volumes[0]).expect("prepared").image, 0).expect("applied")
}

fn tensors(name: &str) -> Option<impl Fn(&str) -> ArrayD<f32>> {
    let bytes = std::fs::read(shared("golden/stats")?.join(name)).expect("a golden");
    Some(move |key: &str| {
        let file = SafeTensors::deserialize(&bytes).expect("safetensors");
        let tensor = file.tensor(key).expect("a tensor");
        let values = tensor.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        ArrayD::from_shape_vec(IxDyn(tensor.shape()), values).expect("a shape")
    })
}

fn golden(name: &str) -> Option<Value> {
    let path = shared("golden/stats")?.join(name);
    serde_json::from_slice(&std::fs::read(path).expect("a golden")).ok()
}

fn cube(tensor: ArrayD<f32>) -> Array3<f32> {
    tensor.into_dimensionality().expect("three axes")
}

fn assert_close(found: &Array4<f32>, expected: &ArrayD<f32>, what: &str) {
    let found = found.index_axis(Axis(0), 0);
    let scale = expected.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= 1e-5 * scale, "{what}: {worst} of {scale}");
}

#[test]
fn histogram_standardisation_gives_what_torchio_gives() {
    let (Some(tensor), Some(json)) =
        (tensors("histogram_volumes.safetensors"), golden("histogram_standardization.json"))
    else {
        return;
    };
    let volumes: Vec<Volume> = (0..3).map(|i| volume(cube(tensor(&format!("vol.{i}"))))).collect();
    for (name, outputs, mask) in
        [("default", "default", ImageMask::All), ("masking_mean", "masked_mean", ImageMask::AboveMean)]
    {
        let chain = chain(vec![ImageStep::HistogramStandardize { mask }], [10, 11, 12]);
        let load = |i: usize| Ok(chain.prepare(&volumes[i])?.image);
        let fitted = chain.fit(3, &load).expect("fitted");
        let expected = numbers(&json["landmarks"][name]);
        let text = serde_json::to_value(&fitted).expect("JSON");
        let found = numbers(&text["learnt"][0]["Landmarks"]);
        assert_eq!(found.len(), expected.len());
        for (a, b) in found.iter().zip(&expected) {
            assert!((a - b).abs() <= 1e-5 * 100.0, "{name}: {a} {b}");
        }
        for (i, volume) in volumes.iter().enumerate() {
            let image = fitted.apply(chain.prepare(volume).expect("prepared").image, 0).expect("applied");
            assert_close(&image.data, &tensor(&format!("{outputs}.{i}")), name);
        }
    }
}

#[test]
fn intensities_are_normalised_as_torchio_and_monai_do() {
    let (Some(input), Some(expected)) =
        (tensors("histogram_volumes.safetensors"), tensors("intensity_outputs.safetensors"))
    else {
        return;
    };
    let rescale = |to, percentiles| ImageStep::Rescale { to, percentiles, mask: ImageMask::All, each: true };
    for (step, key) in [
        (ImageStep::Zscore { mask: ImageMask::All }, "no_mask"),
        (ImageStep::Zscore { mask: ImageMask::AboveMean }, "mask_mean"),
        (ImageStep::Zscore { mask: ImageMask::Nonzero }, "monai_normalize_nonzero"),
        (rescale((0.0, 1.0), (0.0, 100.0)), "rescale_0_1_p0_100"),
        (rescale((-1.0, 1.0), (1.0, 99.0)), "rescale_m1_1_p1_99"),
    ] {
        let chain = chain(vec![step], [10, 11, 12]);
        let image = chain.prepare(&volume(cube(input("vol.0")))).expect("prepared").image;
        assert_close(&image.data, &expected(key), key);
    }
}

#[test]
fn a_pooled_percentile_is_the_percentile_of_all_training_voxels() {
    let values = |seed: u32| {
        Array3::from_shape_fn([5, 6, 7], |(x, y, z)| {
            let i = (seed * 1000 + (x * 100 + y * 10 + z) as u32).wrapping_mul(2_654_435_761);
            (i % 20_011) as f32 / 100.0 - 60.0
        })
    };
    let volumes: Vec<Volume> = (0..4).map(|seed| volume(values(seed))).collect();
    let step = ImageStep::Rescale { to: (0.0, 1.0), percentiles: (2.5, 97.0), mask: ImageMask::All, each: false };
    let chain = chain(vec![step], [5, 6, 7]);
    let fitted = chain.fit(4, &|i| Ok(chain.prepare(&volumes[i])?.image)).expect("fitted");
    let mut all: Vec<f32> = volumes.iter().flat_map(|v| v.data.iter().copied()).collect();
    all.sort_by(f32::total_cmp);
    let expected = [2.5, 97.0].map(|p| super::percentile_of_sorted(&all, p));
    let learnt = numbers(&serde_json::to_value(&fitted).expect("JSON")["learnt"][0]["Range"]);
    assert_eq!(learnt, expected);
}

#[test]
fn what_is_fitted_depends_on_the_training_volumes_alone() {
    let step = ImageStep::Rescale { to: (0.0, 1.0), percentiles: (0.0, 100.0), mask: ImageMask::All, each: false };
    let chain = chain(vec![step], [2, 2, 2]);
    let bright = volume(Array3::from_elem([2, 2, 2], 1000.0));
    let image = run(&chain, &[ramp([2, 2, 2])]);
    assert_eq!(image.data[[0, 1, 1, 1]], 1.0);
    let fitted = chain.fit(1, &|_| Ok(chain.prepare(&ramp([2, 2, 2]))?.image)).expect("fitted");
    let clipped = fitted.apply(chain.prepare(&bright).expect("prepared").image, 0).expect("applied");
    assert!(clipped.data.iter().all(|v| *v == 1.0));
}

#[test]
fn a_shape_is_reached_by_a_centred_crop_or_pad_and_the_affine_follows() {
    let image = chain(vec![], [2, 5, 4]).prepare(&ramp([4, 3, 4])).expect("prepared").image;
    assert_eq!(image.grid(), [2, 5, 4]);
    assert_eq!(image.data[[0, 0, 1, 0]], 100.0);
    assert_eq!(image.affine.at([0.0, 1.0, 0.0]), [1.0, 0.0, 0.0]);
}

#[test]
fn ranges_of_voxels_are_counted_from_either_end() {
    // `crop(axial: 2..-3, sagittal: ..)` as the compiler hands it on: -1 is behind the last voxel.
    let between = |axes| ImageStep::Between { axes };
    let axial = |start, end| [None, None, Some((start, end))];
    let image = chain(vec![between(axial(2, -4))], [4, 3, 5]).prepare(&ramp([4, 3, 10])).expect("prepared").image;
    assert_eq!((image.grid(), image.data[[0, 0, 0, 0]], image.data[[0, 0, 0, 4]]), ([4, 3, 5], 2.0, 6.0));
    assert_eq!(image.affine.at([0.0; 3]), [0.0, 0.0, 2.0]);
    let last =
        chain(vec![between([Some((-3, -1)), None, None])], [2, 3, 4]).prepare(&ramp([4, 3, 4])).expect("prepared");
    assert_eq!((last.image.data[[0, 0, 0, 0]], last.image.data[[0, 1, 0, 0]]), (200.0, 300.0));
    let refused = |start, end| {
        chain(vec![between(axial(start, end))], [4, 3, 5]).prepare(&ramp([4, 3, 10])).expect_err("refused").to_string()
    };
    for (start, end, written) in [(6, -6, "axial: 6..-5"), (0, 11, "axial: 0..11"), (-12, -1, "axial: -11..=-1")] {
        let error = refused(start, end);
        assert!(error.contains(written) && error.contains("its 10 voxels"), "{error}");
    }
}

#[test]
fn padding_has_the_level_of_the_border_and_for_labels_zero() {
    let mut data = Array3::from_elem([4, 4, 4], -7.0);
    data[[2, 2, 2]] = 50.0;
    let image = chain(vec![], [6, 4, 4]).prepare(&volume(data)).expect("prepared").image;
    assert_eq!(image.data[[0, 0, 0, 0]], -7.0);
    let ones = volume(Array3::from_elem([2, 2, 2], 1.0));
    let mask = ImageChain {
        kind: SpatialKind::Volume,
        steps: vec![],
        shape: vec![4, 2, 2],
        levels: vec!["background".into(), "tissue".into()],
    };
    let image = mask.prepare(&ones).expect("prepared").image;
    assert_eq!((image.data[[0, 0, 0, 0]], image.data[[0, 1, 0, 0]]), (0.0, 1.0));
}

#[test]
fn resampling_keeps_the_field_of_view_and_linear_ramps() {
    let source = ramp([4, 4, 4]);
    let half = ImageStep::Resample { voxel_mm: vec![0.5], interpolation: Interpolation::Linear };
    let image = chain(vec![half], [8, 8, 8]).prepare(&source).expect("prepared").image;
    // Away from the edges a linear image stays linear: voxel j lies at j / 2 - 0.25.
    assert!((image.data[[0, 3, 3, 3]] - 111.0 * 1.25).abs() < 1e-4);
    assert_eq!(image.affine.at([0.0; 3]), [-0.25; 3]);
    assert_eq!(image.affine.voxel_mm(), [0.5; 3]);
    let nearest = ImageStep::Resample { voxel_mm: vec![2.0], interpolation: NEAREST };
    let image = chain(vec![nearest], [2, 2, 2]).prepare(&source).expect("prepared").image;
    assert!(image.data.iter().all(|v| source.data.iter().any(|s| s == v)));
    let resized = chain(vec![ImageStep::Resize { interpolation: Interpolation::Linear }], [3, 7, 4]);
    assert_eq!(resized.prepare(&source).expect("prepared").image.grid(), [3, 7, 4]);
}

#[test]
fn smoothing_keeps_the_sum_and_has_the_width_that_was_asked_for() {
    let mut data = Array3::zeros([33, 33, 33]);
    data[[16, 16, 16]] = 1000.0;
    let image =
        chain(vec![ImageStep::Smooth { fwhm_mm: 4.0 }], [33, 33, 33]).prepare(&volume(data)).expect("prepared").image;
    let sum: f32 = image.data.iter().sum();
    assert!((sum - 1000.0).abs() < 0.01, "{sum}");
    let ratio = image.data[[0, 18, 16, 16]] / image.data[[0, 16, 16, 16]];
    assert!((ratio - 0.5).abs() < 1e-5, "half the maximum at half the width, found {ratio}");
}

#[test]
fn what_is_apart_from_the_background_is_found_whatever_number_the_background_has() {
    let mut data = Array3::zeros([5, 5, 5]);
    data[[2, 2, 2]] = 4.0;
    data[[2, 2, 3]] = 1.0;
    let shifted = chain(vec![ImageStep::Zscore { mask: ImageMask::All }], [7, 5, 5]).prepare(&volume(data));
    let image = shifted.expect("prepared").image;
    let inside = |mask: &ImageMask| -> Vec<usize> {
        image.foreground(mask).iter().enumerate().filter(|(_, inside)| **inside).map(|(at, _)| at).collect()
    };
    // Two planes of padding behind the first axis' ends: [3, 2, 2] and its neighbour.
    assert_eq!(inside(&ImageMask::Nonzero), [3 * 25 + 2 * 5 + 2, 3 * 25 + 2 * 5 + 3]);
    assert_eq!(inside(&ImageMask::All).len(), 7 * 25);
    assert_eq!(inside(&ImageMask::AboveMean).len(), 2);
}

#[test]
fn a_box_outside_the_image_is_refused_with_both_shapes() {
    let step = ImageStep::Crop { at: vec![2, 0, 0], size: vec![3, 3, 3] };
    let error = chain(vec![step], [3, 3, 3]).prepare(&ramp([4, 4, 4])).expect_err("outside").to_string();
    assert!(error.contains("[2, 0, 0]") && error.contains("[4, 4, 4]"), "{error}");
    assert!(chain(vec![], [3, 3, 3]).check_boxes([4, 4, 4]).is_ok());
}

#[test]
fn views_are_boxes_of_the_same_image() {
    let view = |name: &str, at: i64| View { name: name.into(), at: vec![at, 0, 0], size: vec![2, 4, 4], flip: None };
    let chain = chain(
        vec![ImageStep::Views { views: vec![view("left", 0), view("right", 2)], average: ViewAverage::Outputs }],
        [2, 4, 4],
    );
    assert_eq!(chain.views(), 2);
    let fitted = chain.fit(0, &|_| Ok(chain.prepare(&ramp([4, 4, 4]))?.image)).expect("nothing to fit");
    let at = |view| fitted.apply(chain.prepare(&ramp([4, 4, 4])).expect("prepared").image, view).expect("applied");
    assert_eq!((at(0).data[[0, 0, 0, 0]], at(1).data[[0, 0, 0, 0]]), (0.0, 200.0));
}

#[test]
fn a_view_may_be_the_mirror_image_of_its_box() {
    let view = |flip| View { name: "v".into(), at: vec![2, 0, 0], size: vec![2, 4, 4], flip };
    let views = vec![view(None), view(Some(AxisName::Sagittal)), view(Some(AxisName::Axial))];
    let chain = chain(vec![ImageStep::Views { views, average: ViewAverage::Outputs }], [2, 4, 4]);
    let fitted = chain.fit(0, &|_| Ok(chain.prepare(&ramp([4, 4, 4]))?.image)).expect("nothing to fit");
    let at = |view| fitted.apply(chain.prepare(&ramp([4, 4, 4])).expect("prepared").image, view).expect("applied");
    let first = |view: usize| at(view).data[[0, 0, 0, 0]];
    assert_eq!((first(0), first(1)), (200.0, 300.0));
    assert_eq!(first(2), at(0).data[[0, 0, 0, 3]]);
}

#[test]
fn labels_become_channels_and_masks_become_classes() {
    let labels = volume(Array3::from_shape_fn([3, 1, 1], |(x, _, _)| [0.0, 17.0, 53.0][x]));
    let mut channels = chain(vec![ImageStep::Labels { values: vec![17, 53] }], [3, 1, 1]);
    channels.shape[0] = 2;
    let image = channels.prepare(&labels).expect("prepared").image;
    assert_eq!(image.data.iter().copied().collect::<Vec<_>>(), [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    let mut mask = chain(vec![ImageStep::Labels { values: vec![17, 53] }], [3, 1, 1]);
    mask.shape = vec![3, 1, 1];
    mask.levels = ["background", "left", "right"].map(String::from).to_vec();
    assert_eq!(
        mask.prepare(&labels).expect("prepared").image.data.iter().copied().collect::<Vec<_>>(),
        [0.0, 1.0, 2.0]
    );
    mask.steps = vec![ImageStep::Labels { values: vec![17, 53, 2] }];
    let error = mask.prepare(&labels).expect_err("0 has no class").to_string();
    assert!(error.contains("the value 0, which is not among [17, 53, 2]"), "{error}");
    mask.steps.clear();
    let error = mask.prepare(&labels).expect_err("17 is no class").to_string();
    assert!(error.contains("the value 17, expected 0 to 2"), "{error}");
}

#[test]
fn neighbouring_slices_are_channels_and_the_ends_are_repeated() {
    let chain = ImageChain {
        kind: SpatialKind::Slices,
        steps: vec![ImageStep::Adjacent { slices: 3 }],
        shape: vec![3, 2, 2],
        levels: Vec::new(),
    };
    let image = run(&chain, &[ramp([2, 2, 4])]);
    let fitted = chain.fit(1, &|_| Ok(chain.prepare(&ramp([2, 2, 4]))?.image)).expect("fitted");
    let at = |slice| -> Vec<f32> { (0..3).map(|c| fitted.slice(&image, slice).data[[c, 0, 0, 0]]).collect() };
    assert_eq!((at(0), at(1), at(3)), (vec![0.0, 0.0, 1.0], vec![0.0, 1.0, 2.0], vec![2.0, 3.0, 3.0]));
}

#[test]
fn a_constant_image_has_no_zscore() {
    let step = ImageStep::Zscore { mask: ImageMask::All };
    let flat = volume(Array3::from_elem([3, 3, 3], 0.1));
    assert!(chain(vec![step], [3, 3, 3]).prepare(&flat).expect_err("constant").to_string().contains("same value"));
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().map(|a| a.iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()).unwrap_or_default()
}

fn cells(value: &Value) -> Vec<Vec<Option<f64>>> {
    let rows = value.as_array().expect("rows");
    rows.iter().map(|row| row.as_array().expect("a row").iter().map(Value::as_f64).collect()).collect()
}

fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("x{i}")).collect()
}

#[test]
fn chained_regressions_impute_what_scikit_learn_imputes() {
    let Some(json) = golden("iterative_imputer.json") else { return };
    let x = cells(&json["X"]);
    let imputer = IterativeImputer::fit(&x, &names(5), &|| Ok(())).expect("fitted");
    let result = &json["results"]["bayesian_default"];
    for (rows, key) in [(&x, "imputed"), (&cells(&json["X_new"]), "transform_new")] {
        let expected = cells(&result[key]);
        assert_eq!(rows.len(), expected.len(), "{key}");
        for (row, expected) in rows.iter().zip(&expected) {
            for (found, expected) in imputer.fill(row).iter().zip(expected) {
                let expected = expected.expect("a number");
                assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{key}: {found} {expected}");
            }
        }
    }
}

#[test]
fn bayesian_ridge_has_the_weights_and_precisions_of_scikit_learn() {
    let Some(json) = golden("iterative_imputer.json") else { return };
    let case = &json["bayesian_ridge"];
    let x: Vec<Vec<f64>> = cells(&case["X"]).into_iter().map(|r| r.into_iter().flatten().collect()).collect();
    let ridge = BayesianRidge::fit(&x, &numbers(&case["y"]));
    let close = |a: f64, b: &Value, what: &str| {
        let b = b.as_f64().expect("a number");
        assert!((a - b).abs() <= 1e-5 * b.abs(), "{what}: {a} {b}");
    };
    for (found, expected) in ridge.weights.iter().zip(case["coef"].as_array().expect("weights")) {
        close(*found, expected, "weight");
    }
    close(ridge.intercept, &case["intercept"], "intercept");
    close(ridge.alpha, &case["alpha"], "alpha");
    close(ridge.lambda, &case["lambda_"], "lambda");
}

#[test]
fn iterative_imputation_stops_between_two_regressions_when_asked_to() {
    let rows: Cells = (0..8).map(|i| vec![Some(f64::from(i)), (i != 3).then_some(f64::from(i * i))]).collect();
    let asked = std::cell::Cell::new(0);
    let go_on = || {
        asked.set(asked.get() + 1);
        if asked.get() == 3 { Err(DataError::Interrupted) } else { Ok(()) }
    };
    let stopped = IterativeImputer::fit(&rows, &names(2), &go_on);
    assert!(matches!(stopped, Err(DataError::Interrupted)));
    assert_eq!(asked.get(), 3);
}

fn rows(cells: &[Vec<Option<f64>>]) -> Vec<ColumnRow> {
    cells.iter().map(|row| ColumnRow { cells: row.clone(), covariates: Vec::new() }).collect()
}

fn of(fitted: &super::FittedColumns, cells: &[Option<f64>]) -> Option<Vec<f32>> {
    fitted.apply(&ColumnRow { cells: cells.to_vec(), covariates: Vec::new() }).expect("applied")
}

fn plan(columns: Vec<(&str, Vec<ColumnStep>)>, missing: Missing, has_missing: &[bool], width: usize) -> ColumnPlan {
    let columns = columns.into_iter().map(|(name, steps)| SourceColumn { name: name.into(), steps }).collect();
    ColumnPlan::new(columns, missing, has_missing, width).expect("a plan")
}

#[test]
fn columns_are_imputed_then_scaled_and_flags_come_last() {
    let onehot = ColumnStep::OneHot { levels: vec!["F".into(), "M".into()] };
    let plan = plan(
        vec![("age", vec![ColumnStep::Standardize]), ("sex", vec![onehot]), ("dose", vec![ColumnStep::MinMax])],
        Missing::Mean { flags: MissingIndicators::Every },
        &[true, false, false],
        7,
    );
    let train = vec![
        vec![Some(1.0), Some(0.0), Some(10.0)],
        vec![Some(3.0), Some(1.0), Some(30.0)],
        vec![None, None, Some(20.0)],
    ];
    let fitted = plan.fit(&rows(&train), &|| Ok(())).expect("fitted");
    let low = -(1.5_f64.sqrt()) as f32;
    assert_eq!(of(&fitted, &train[0]), Some(vec![low, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
    assert_eq!(of(&fitted, &train[2]), Some(vec![0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 0.0]));
    let kept: super::FittedColumns =
        serde_json::from_str(&serde_json::to_string(&fitted).expect("JSON")).expect("JSON");
    assert_eq!(kept, fitted);
}

#[test]
fn only_columns_with_missing_cells_have_flags_where_that_is_declared() {
    let columns = || vec![("a", vec![]), ("b", vec![])];
    assert_eq!(plan(columns(), Missing::Mean { flags: MissingIndicators::Every }, &[false, true], 3).flags, [1]);
    assert_eq!(plan(columns(), Missing::Mean { flags: MissingIndicators::Every }, &[false, true], 4).flags, [0, 1]);
    let named = || Missing::Mean { flags: MissingIndicators::Of(vec!["a".into()]) };
    assert_eq!(plan(columns(), named(), &[false, true], 3).flags, [0]);
    assert_eq!(plan(columns(), Missing::Absent, &[false, true], 2).flags, [0_usize; 0]);
}

#[test]
fn a_missing_cell_that_nothing_fills_is_absence() {
    let plan = plan(vec![("a", vec![ColumnStep::Log]), ("b", vec![])], Missing::Absent, &[true, false], 2);
    let fitted = plan.fit(&rows(&[vec![Some(1.0), Some(2.0)]]), &|| Ok(())).expect("fitted");
    assert_eq!(of(&fitted, &[None, Some(1.0)]), None);
    assert_eq!(of(&fitted, &[Some(1.0), Some(5.0)]), Some(vec![0.0, 5.0]));
}

#[test]
fn bins_hold_equal_shares_of_the_training_subjects() {
    let levels: Vec<String> = (0..4).map(|i| i.to_string()).collect();
    let plan = plan(
        vec![("age", vec![ColumnStep::Bins { n: 4 }, ColumnStep::OneHot { levels }])],
        Missing::Absent,
        &[false],
        4,
    );
    let train: Vec<Vec<Option<f64>>> = (0..40).map(|i| vec![Some(f64::from(i))]).collect();
    let fitted = plan.fit(&rows(&train), &|| Ok(())).expect("fitted");
    let sums = train
        .iter()
        .filter_map(|row| of(&fitted, row))
        .fold(vec![0.0; 4], |sum: Vec<f32>, row| sum.iter().zip(row).map(|(a, b)| a + b).collect());
    assert_eq!(sums, [10.0; 4]);
    assert_eq!(of(&fitted, &[Some(1e9)]), Some(vec![0.0, 0.0, 0.0, 1.0]));
}

/// Two columns, the second twice the first but for a wave; site B measures more, and older people less.
fn of_sites(people: &[(&str, f64)]) -> Vec<ColumnRow> {
    let row = |(i, (site, age)): (usize, &(&str, f64))| {
        let wave = ((i * i) as f64 * 0.7).sin();
        let x = 10.0 + wave - 0.05 * age + if *site == "B" { 3.0 + wave } else { 0.0 };
        ColumnRow {
            cells: vec![Some(x), Some(2.0 * x + (i as f64 * 1.3).cos())],
            covariates: vec![CovariateCell::Level((*site).into()), CovariateCell::Number(*age)],
        }
    };
    people.iter().enumerate().map(row).collect()
}

fn combat(together: usize, change: impl FnOnce(&mut Combat)) -> ColumnStep {
    let keep = vec![Covariate { column: "age".into(), kind: CovariateKind::Number }];
    let (by, reference) = ("site".to_owned(), None);
    let (parametric, empirical_bayes, mean_only) = (true, true, false);
    let mut step = Combat { together, by, keep, parametric, empirical_bayes, mean_only, reference };
    change(&mut step);
    ColumnStep::Combat(step)
}

const OF_SITES: [(&str, f64); 9] = [
    ("A", 30.0),
    ("A", 44.0),
    ("B", 51.0),
    ("B", 39.0),
    ("A", 62.0),
    ("B", 70.0),
    ("A", 35.0),
    ("B", 58.0),
    ("A", 49.0),
];

#[test]
fn sites_are_taken_away_between_other_steps_and_columns_of_one_step_go_together() {
    let rows = of_sites(&OF_SITES);
    let steps = |together| vec![ColumnStep::Log, combat(together, |_| {}), ColumnStep::Standardize];
    let together = plan(vec![("x", steps(0)), ("y", steps(0))], Missing::Absent, &[], 2);
    let fitted = together.fit(&rows, &|| Ok(())).expect("fitted");
    let kept: super::FittedColumns =
        serde_json::from_str(&serde_json::to_string(&fitted).expect("JSON")).expect("JSON");
    assert_eq!(kept, fitted);
    // As the package that holds the numbers has it, between a logarithm and a scaling.
    let logs = Array2::from_shape_fn((9, 2), |(i, j)| rows[i].cells[j].expect("a number").ln());
    let ages = Array2::from_shape_fn((9, 1), |(i, _)| OF_SITES[i].1);
    let sites: Vec<usize> = OF_SITES.iter().map(|(site, _)| usize::from(*site == "B")).collect();
    let model =
        fascicle_analysis::Combat::fit(logs.view(), &sites, ages.view(), CombatSettings::default()).expect("fitted");
    let harmonised: Vec<Vec<f64>> =
        (0..9).map(|i| model.apply(&logs.row(i).to_vec(), sites[i], &[OF_SITES[i].1]).expect("applied")).collect();
    for j in 0..2 {
        let mean = harmonised.iter().map(|row| row[j]).sum::<f64>() / 9.0;
        let sd = (harmonised.iter().map(|row| (row[j] - mean).powi(2)).sum::<f64>() / 9.0).sqrt();
        for (row, expected) in rows.iter().zip(&harmonised) {
            let found = fitted.apply(row).expect("applied").expect("a value")[j];
            assert!((f64::from(found) - (expected[j] - mean) / sd).abs() < 1e-6);
        }
    }
    // Steps of their own know nothing of one another: a column alone has no prior.
    let apart = plan(vec![("x", steps(0)), ("y", steps(1))], Missing::Absent, &[], 2);
    let alone = plan(vec![("x", steps(0))], Missing::Absent, &[], 1);
    let first = |rows: &[ColumnRow]| -> Vec<ColumnRow> {
        rows.iter().map(|r| ColumnRow { cells: r.cells[..1].to_vec(), covariates: r.covariates.clone() }).collect()
    };
    let (apart, alone) =
        (apart.fit(&rows, &|| Ok(())).expect("fitted"), alone.fit(&first(&rows), &|| Ok(())).expect("fitted"));
    let of = |fitted: &super::FittedColumns, row: &ColumnRow| fitted.apply(row).expect("applied").expect("a value")[0];
    for (row, one) in rows.iter().zip(first(&rows)) {
        assert_eq!(of(&apart, row), of(&alone, &one));
    }
    assert!(rows.iter().any(|row| of(&apart, row) != of(&fitted, row)));
}

#[test]
fn a_column_may_be_adjusted_twice_in_the_order_in_which_it_stands() {
    let on = vec![Covariate { column: "age".into(), kind: CovariateKind::Number }];
    let residual = |together| ColumnStep::Residualize { together, on: on.clone() };
    // The outer step is met first by the other column.
    let columns = vec![("x", vec![residual(0)]), ("y", vec![combat(1, |_| {}), residual(0)])];
    let rows = of_sites(&OF_SITES);
    let covariates = |row: &ColumnRow| vec![row.covariates[1].clone(), row.covariates[0].clone()];
    let rows: Vec<ColumnRow> =
        rows.iter().map(|r| ColumnRow { cells: r.cells.clone(), covariates: covariates(r) }).collect();
    let fitted = plan(columns, Missing::Absent, &[], 2).fit(&rows, &|| Ok(())).expect("fitted");
    let sums = rows.iter().map(|row| fitted.apply(row).expect("applied").expect("a value"));
    let sums = sums.fold([0.0; 2], |sum, row| [sum[0] + row[0], sum[1] + row[1]]);
    assert!(sums.iter().all(|sum| sum.abs() < 1e-4), "residuals add up to nothing: {sums:?}");
}

#[test]
fn what_training_subjects_do_not_say_of_a_site_is_an_error_with_what_can_be_done() {
    let fit = |people: &[(&str, f64)], step: ColumnStep| {
        let steps = vec![step];
        plan(vec![("x", steps.clone()), ("y", steps)], Missing::Absent, &[], 2).fit(&of_sites(people), &|| Ok(()))
    };
    let fitted = fit(&OF_SITES, combat(0, |_| {})).expect("fitted");
    let other = &of_sites(&[("C", 40.0)])[0];
    let unseen = fitted.unseen(other);
    assert_eq!((unseen[0].column.as_str(), unseen[0].level.as_str(), unseen.len()), ("site", "C", 1));
    let error = fitted.apply(other).expect_err("unseen").to_string();
    for part in ["step `combat`", "`site` = `C`", "keep site != \"C\"", "stratify: [site]", "if: false"] {
        assert!(error.contains(part), "{part} in {error}");
    }
    let refused = |people: &[(&str, f64)], step, parts: &[&str]| {
        let error = fit(people, step).expect_err("refused").to_string();
        parts.iter().for_each(|part| assert!(error.contains(part), "{part} in {error}"));
    };
    let mut alone = OF_SITES.to_vec();
    alone.push(("7", 33.0));
    refused(&alone, combat(0, |_| {}), &["`site` = `7` has 1 training subject", "keep site != 7", "mean_only: true"]);
    assert!(fit(&alone, combat(0, |c| c.mean_only = true)).is_ok());
    let one = OF_SITES.map(|(_, age)| ("A", age));
    refused(&one, combat(0, |_| {}), &["every training subject has `site` = `A`", "stratify: [site]"]);
    let told = OF_SITES.map(|(site, _)| (site, if site == "A" { 1.0 } else { 2.0 }));
    refused(&told, combat(0, |_| {}), &["`age` says nothing", "`site`", "leave it out of `keep`"]);
    let absent = combat(0, |c| c.reference = Some("Z".into()));
    refused(&OF_SITES, absent, &["no training subject has the reference, `site` = `Z`", "A, B"]);
    refused(&OF_SITES[..3], combat(0, |c| c.mean_only = true), &["3 training subjects", "needs 4"]);
    refused(&[], combat(0, |_| {}), &["no training subject"]);
}

#[test]
fn a_mask_knows_what_crops_have_cut_off_and_counts_what_it_asks_for() {
    let labels = volume(Array3::from_shape_fn([6, 2, 2], |(x, _, _)| [17.0, 0.0, 53.0, 53.0, 99.0, 53.0][x]));
    let levels = |names: &[&str]| names.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
    let mask = |steps, shape: [usize; 3]| ImageChain {
        kind: SpatialKind::Volume,
        steps,
        shape: shape.to_vec(),
        levels: levels(&["rest", "left", "right"]),
    };
    let cut = |chain: &ImageChain| chain.prepare(&labels).expect("prepared").cut;
    let asked = || ImageStep::Labels { values: vec![17, 53] };
    assert_eq!(cut(&mask(vec![asked()], [6, 2, 2])), 0);
    // The middle four of six columns: a left and a right one are outside.
    assert_eq!(cut(&mask(vec![asked()], [4, 2, 2])), 8);
    // 99 is not asked for.
    let first = ImageStep::Crop { at: vec![0, 0, 0], size: vec![4, 2, 2] };
    assert_eq!(cut(&mask(vec![first, asked()], [4, 2, 2])), 4);
    assert!(mask(vec![asked()], [2, 2, 4]).may_cut([6, 2, 2]) && !mask(vec![asked()], [2, 2, 6]).may_cut([6, 2, 2]));
}
