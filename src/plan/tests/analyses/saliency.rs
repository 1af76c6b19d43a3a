//! Saliency maps of a small phantom, of models whose gradients are known.

use super::super::{Kind, Watcher, ran};
use super::{Bench, Outcome, analysed, experiment, field, number, text};
use crate::data::Volume;
use crate::plan::{Field, RunSummary, run};
use std::path::PathBuf;

const VOXELS: usize = 16 * 18 * 16;

/// `line` is linear; `bent` is not, and reads a second image.
const FILE: &str = r#"
cohort heads = phantom(subjects: 16, seed: 3, shape: [16, 18, 16], missing_scan: 0)
modality t1: volume[1, 16, 18, 16] = heads.image("anat/*_T1w.nii.gz") |> zscore
modality pet: volume[1, 16, 18, 16] = heads.image("pet/*_pet.nii.gz") |> zscore
target diagnosis: class{control, patient} = heads.column("diagnosis")

model line(t1) { output z = t1 |> flatten |> Linear(3) }
model bent(t1, pet) -> diagnosis {
  let code = concat(t1, pet) |> Conv3d(2, stride: 2) |> relu |> flatten |> Linear(4) |> tanh
  output z = code
  code |> Linear(2)
}
train line { minimize mse(line.z |> Linear(1), line.z |> Linear(1)), epochs 1 }
train bent { minimize cross_entropy(bent, diagnosis), epochs 2, batch 4 }
protocol cv = kfold(2, stratify: [diagnosis], seeds: [4, 5])
"#;

fn request(analyses: &str) -> String {
    format!("{FILE}\n{analyses}\n")
}

/// The maps of an analysis in the run's folder: the file's name and its voxels, in the order of their names.
fn written(summary: &RunSummary, analysis: &str) -> Result<Vec<(String, Volume)>, Box<dyn std::error::Error>> {
    let folder = summary.folder.as_ref().ok_or("no folder")?.join(format!("analysis-{analysis}"));
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let subjects = paths.iter().filter(|path| name(path).ends_with("_map.nii.gz"));
    Ok(subjects
        .map(|path| Ok((name(path), Volume::read(path)?)))
        .collect::<Result<_, crate::data::error::DataError>>()?)
}

#[test]
fn the_map_of_a_linear_model_is_the_norm_of_the_weights_that_had_not_seen_the_subject() -> Outcome {
    let bench = Bench::new()?;
    let file = request("analysis saliency = smooth_grad(line.z, of: t1, noise: 0.2, times: 3, mask: all)");
    let file = file.replace("kfold(2,", "kfold(2, holdout: 4,");
    let summary = bench.run(&experiment(&bench, &file)?)?;
    let found = analysed(&bench, &summary, "saliency")?;
    assert_eq!((number(&found, "people")?, number(&found, "voxels")?), (16.0, VOXELS as f64));
    assert!(found.method.contains("Euclidean norm of the gradients of the 3 numbers of z"), "{}", found.method);
    assert!(
        found.method.contains("3 copies") && found.method.contains("of the 2 models of seed 4"),
        "{}",
        found.method
    );
    let Field::Maps { names, places, .. } = field(&found, "maps")? else { return Err("no maps".into()) };
    assert_eq!((names.len(), places.len()), (16, 16));

    let folder = summary.folder.clone().ok_or("no folder")?;
    // Of a fold: its number, from 1, in all that the folder holds.
    let split = text(&folder.join("split.tsv"))?;
    let maps = written(&summary, "saliency")?;
    assert_eq!(maps.len(), 16);
    assert!(maps[0].0.starts_with("sub-") && maps[0].0.ends_with("_desc-saliency_map.nii.gz"), "{}", maps[0].0);
    let weights = |fold: usize| {
        let path = folder.join(format!("variant-base/seed-4/fold-{fold}/line_weights.safetensors"));
        let mut arrays = crate::exchange::read_safetensors(&path)?;
        Ok::<_, Box<dyn std::error::Error>>(arrays.remove("line.Linear.weight").ok_or("no weights")?.1)
    };
    let mut models = Vec::new();
    for (name, map) in &maps {
        let subject = name.split('_').next().unwrap_or_default();
        // Of whoever is held out, the mean over the models of both folds.
        let is_in = |fold: &usize, set: &str| split.lines().any(|l| l == format!("{subject}\t{fold}\t4\t{set}"));
        let folds = (1..=2).filter(|fold| is_in(fold, "test") || is_in(fold, "holdout"));
        let weights: Vec<Vec<f32>> = folds.map(weights).collect::<Result<_, _>>()?;
        models.push(weights.len());
        for (voxel, value) in map.data.iter().enumerate() {
            let norm = |w: &Vec<f32>| w.chunks(VOXELS).map(|row| f64::from(row[voxel]).powi(2)).sum::<f64>().sqrt();
            let norm = weights.iter().map(norm).sum::<f64>() / weights.len() as f64;
            assert!(
                (f64::from(*value) - norm).abs() < 1e-6 * norm.max(1e-3),
                "{subject}, voxel {voxel}: {value} {norm}"
            );
        }
    }
    models.sort_unstable();
    assert_eq!(models, [[1; 12].as_slice(), &[2; 4]].concat());
    Ok(())
}

#[test]
fn whoever_lacks_the_image_has_no_map_of_it() -> Outcome {
    let bench = Bench::new()?;
    let file = request(
        "modality late: volume[1, 16, 18, 16]? = heads.image(\"pet/*_pet.nii.gz\") |> zscore
group scans = [t1, late]
model both(scans) {
  output z = for s in scans { s |> flatten |> Linear(2) }
  output middle = mean(z)
}
train both { minimize mse(both.middle |> Linear(1), both.middle |> Linear(1)), epochs 1 }
analysis saliency = for s in scans { smooth_grad(both.middle, of: s, noise: 0, mask: all) }",
    );
    // `bent` needs everybody's.
    let bent = file.find("model bent").zip(file.find("train line"));
    let file = bent.map(|(from, to)| format!("{}{}", &file[..from], &file[to..])).ok_or("no `bent`")?;
    let bent = file.find("train bent").zip(file.find("protocol"));
    let file = bent.map(|(from, to)| format!("{}{}", &file[..from], &file[to..])).ok_or("no `bent`")?;
    let file = file
        .replace("missing_scan: 0", "missing_scan: 0.5")
        .replace("modality pet: volume[1, 16, 18, 16] = ", "modality pet: volume[1, 16, 18, 16]? = ");
    let summary = bench.run(&experiment(&bench, &file)?)?;
    let people = |s: &str| number(&analysed(&bench, &summary, &format!("saliency[{s}]"))?, "people");
    assert_eq!(people("t1")?, 16.0);
    let late = people("late")?;
    assert!(late > 2.0 && late < 14.0, "{late}");
    // Where the other image is missing the mean is of one member, and the gradient twice as large.
    let with: Vec<String> = written(&summary, "saliency-late")?.into_iter().map(|(name, _)| subject(&name)).collect();
    let mut sums = [Vec::new(), Vec::new()];
    for (name, map) in written(&summary, "saliency-t1")? {
        sums[usize::from(with.contains(&subject(&name)))].push(map.data.sum());
    }
    let mean = |sums: &[f32]| sums.iter().sum::<f32>() / sums.len() as f32;
    let ratio = mean(&sums[0]) / mean(&sums[1]);
    assert!((ratio - 2.0).abs() < 0.05, "{ratio}: {sums:?}");
    Ok(())
}

fn subject(file: &str) -> String {
    file.split('_').next().unwrap_or_default().to_owned()
}

#[test]
fn maps_lie_where_the_images_lie_are_the_same_every_time_and_are_smoothed_and_masked() -> Outcome {
    let bench = Bench::new()?;
    let file = request(
        "analysis raw = smooth_grad(bent.z, of: pet, noise: 0.1, times: 4, mask: all)
analysis smooth = smooth_grad(bent.z, of: pet, noise: 0.1, times: 4, mask: above_mean, smooth: 20mm)
analysis loud = smooth_grad(bent.z, of: pet, noise: 0.5, times: 4, mask: all)",
    );
    let watcher = Watcher::default();
    let summary = run(&experiment(&bench, &file)?, &bench.options(&watcher))?;
    let (raw, smooth, loud) = (written(&summary, "raw")?, written(&summary, "smooth")?, written(&summary, "loud")?);
    let apart: f32 = raw.iter().zip(&loud).map(|((_, a), (_, b))| (&a.data - &b.data).mapv(f32::abs).sum()).sum();
    assert!(apart > 0.0, "louder noise gives another map");
    let voxels = number(&analysed(&bench, &summary, "smooth")?, "voxels")?;
    assert!((400.0..4500.0).contains(&voxels), "{voxels}");
    for ((name, raw), (_, smooth)) in raw.iter().zip(&smooth) {
        let rough = |v: &Volume| (4..11).map(|x| (v.data[[x, 9, 8]] - v.data[[x + 1, 9, 8]]).abs()).sum::<f32>();
        assert!(rough(smooth) < rough(raw), "{name}");
        assert_eq!(smooth.data[[0, 0, 0]], 0.0, "a corner is no brain");
        assert!(raw.affine.voxel_mm()[0] > 5.0 && raw.affine == smooth.affine, "{:?}", raw.affine);
    }
    // A second bench finds the same bytes.
    let other = Bench::new()?;
    let again = run(&experiment(&other, &file)?, &other.options(&Watcher::default()))?;
    for (a, b) in raw.iter().zip(&written(&again, "raw")?) {
        assert!(a.0 == b.0 && a.1.data == b.1.data);
    }
    // Another smoothing trains and predicts nothing again.
    let wider = experiment(&bench, &file.replace("20mm", "30mm"))?;
    let changed = bench.run(&wider)?;
    assert_eq!(ran(&changed, &[Kind::Train, Kind::Predict, Kind::Analyse]), ["analyse smooth"]);
    Ok(())
}

#[test]
fn groups_are_compared_at_every_voxel() -> Outcome {
    let bench = Bench::new()?;
    let file = request(
        "group scans = [t1, pet]
analysis saliency = for s in scans { smooth_grad(bent.z, of: s, noise: 0.1, times: 2, smooth: 5mm, mask: above_mean) }
analysis group_map = for s in scans { mann_whitney(saliency[s], patient vs control, effect: rank_biserial) }
analysis above = one_sample_t(saliency[t1], correct: bonferroni)
analysis severe = correlation(saliency[t1], heads.severity)
analysis size = two_sample_t(saliency[t1].magnitude by diagnosis)",
    );
    let summary = bench.run(&experiment(&bench, &file)?)?;
    let maps = written(&summary, "saliency-t1")?;
    let folder = summary.folder.clone().ok_or("no folder")?;
    let found = analysed(&bench, &summary, "group_map[t1]")?;
    // Corrected though nobody asked: a map is thousands of tests.
    assert!(found.method.contains("false discovery rate"), "{}", found.method);
    let voxels = number(&found, "voxels")?;
    assert!(number(&found, "significant")? <= voxels && voxels > 100.0);
    assert_eq!(number(&found, "n_first")? + number(&found, "n_second")?, 16.0);
    let Field::Maps { names, .. } = field(&found, "means")? else { return Err("no means".into()) };
    assert_eq!(names, &["patient", "control"]);

    // One voxel by hand, from the files of the subjects.
    let mut people = std::collections::BTreeMap::new();
    let dataset = crate::data::CohortData::load(&experiment(&bench, &file)?.variants[0].cohorts[0], bench.path())?;
    let column = dataset.column("diagnosis")?;
    for (name, map) in &maps {
        let number = name.trim_start_matches("sub-").split('_').next().unwrap_or_default();
        let is_it = |record: &usize| dataset.person(*record).ends_with(&format!("\n{number}"));
        let record = (0..16).find(is_it).ok_or_else(|| format!("nobody is {name}"))?;
        let class = dataset.text(record, &column).ok_or("no class")?.to_owned();
        people.entry(class).or_insert_with(Vec::new).push(f64::from(map.data[[8, 9, 8]]));
    }
    let expected =
        crate::analysis::mann_whitney(&people["patient"], &people["control"], crate::analysis::Alternative::TwoSided)?;
    let of = |stat: &str| {
        let path = folder.join(format!("analysis-group_map-t1/desc-groupmapt1_stat-{stat}_statmap.nii.gz"));
        Volume::read(&path)
    };
    let at = |stat: &str| of(stat).map(|map| f64::from(map.data[[8, 9, 8]]));
    assert!((at("effect")? - expected.rank_biserial).abs() < 1e-6);
    assert!((at("p")? - expected.p_value).abs() < 1e-6);
    assert_eq!(at("u")?, expected.u);
    let mean = people["control"].iter().sum::<f64>() / people["control"].len() as f64;
    assert!((at("meanscontrol")? - mean).abs() < 1e-6 * mean);
    // Where nothing is tested there is no effect, and nothing to be surprised at.
    let corner = |stat: &str| of(stat).map(|map| map.data[[0, 0, 0]]);
    assert_eq!((corner("effect")?, corner("meanspatient")?, corner("q")?), (0.0, 0.0, 1.0));
    assert!(folder.join("analysis-group_map-t1/desc-groupmapt1_mask.nii.gz").is_file());
    assert!(folder.join("analysis-saliency-pet").is_dir());
    let table = text(&folder.join("analysis-group_map-t1.tsv"))?;
    assert!(table.starts_with("name\tvalue\n") && table.contains("significant\t"), "{table}");
    assert!(text(&folder.join("analysis-saliency-t1.tsv"))?.starts_with("participant_id\tmagnitude\n"));

    let above = analysed(&bench, &summary, "above")?;
    assert!(number(&above, "significant")? > 0.5 * voxels, "norms lie above 0");
    assert!(analysed(&bench, &summary, "severe")?.fields.contains_key("r"));
    assert_eq!(number(&analysed(&bench, &summary, "size")?, "n_first")?, expected_first(&people));
    let report = text(&folder.join("report.html"))?;
    assert!(report.contains("rank-biserial correlation: above 0 where patient has more than control"));
    assert!(report.contains("mean of 16 people"));
    Ok(())
}

fn expected_first(people: &std::collections::BTreeMap<String, Vec<f64>>) -> f64 {
    // A column's own classes are in the order of their names.
    people.values().next().map_or(0.0, |values| values.len() as f64)
}
