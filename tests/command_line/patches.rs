//! Models that see patches: trained, judged on whole images, packed, and applied.

use super::scene::{Scene, files_below};
use fascicle::data::volume::Volume;
use fascicle::exchange::{Tensors, read_safetensors, safetensors_bytes};
use ndarray::{ArrayD, IxDyn};

const GRID: [usize; 3] = [18, 14, 10];

const PROGRAM: &str = "cohort heads = bids(\"heads\")
modality t1: volume[1, 18, 14, 10] = heads.image(\"anat/*_T1w.nii.gz\")
target spot: mask[18, 14, 10]{rest, spot} = heads.image(\"derivatives/labels/anat/*_dseg.nii.gz\")
model draw(t1) -> spot { t1 |> Conv3d(4) |> relu |> Conv3d(2) }
train draw {
  minimize cross_entropy(draw, spot) + dice_loss(draw |> softmax, spot)
  patches [8, 8, 8], balanced(by: spot), each(3)
  augment flip(axis: sagittal), rotate(10deg, p: 0.5), noise(0.05)
  optimizer Adam(lr: 2e-2)
  epochs 8
  batch 4
  keep best dice on validation
}
protocol split = holdout(train: 0.5, validation: 0.25, test: 0.25, seed: 1)
score draw: dice
";

/// Twelve heads with a bright block each, somewhere.
fn scene() -> Scene {
    let scene = Scene::empty();
    let mut participants = "participant_id\n".to_owned();
    for person in 1..=12_usize {
        let at = [person % 9 + 2, person * 5 % 7 + 2, person * 3 % 4 + 2];
        let spot = |x: &[usize]| (0..3).all(|i| (at[i]..at[i] + 4).contains(&x[i]));
        let noise = |x: &[usize]| ((x[0] * 7 + x[1] * 13 + x[2] * 29 + person * 31) % 17) as f32 / 40.0;
        let of =
            |f: &dyn Fn(&[usize]) -> f32| ArrayD::from_shape_fn(IxDyn(&GRID), |x| f(ndarray::Dimension::slice(&x)));
        let name = format!("sub-{person:02}");
        scene.image(&format!("heads/{name}/anat/{name}_T1w.nii.gz"), &of(&|x| noise(x) + f32::from(u8::from(spot(x)))));
        let labels = format!("heads/derivatives/labels/{name}/anat/{name}_dseg.nii.gz");
        scene.image(&labels, &of(&|x| f32::from(u8::from(spot(x)))));
        participants += &format!("{name}\n");
    }
    scene.write("heads/participants.tsv", participants);
    scene.write("heads/dataset_description.json", r#"{"Name": "heads", "BIDSVersion": "1.9.0"}"#);
    scene.write("patches.fx", PROGRAM);
    scene
}

/// The only file of this name below a folder.
fn the_only(scene: &Scene, folder: &str, name: &str) -> String {
    let files = files_below(&scene.path(folder));
    let found: Vec<&String> = files.keys().filter(|file| file.rsplit('/').next() == Some(name)).collect();
    assert_eq!(found.len(), 1, "{name} below {folder}: {found:?}");
    format!("{folder}/{}", found[0])
}

#[test]
fn whole_images_are_predicted_alike_by_whoever_predicts_and_on_any_number_of_threads() {
    let scene = scene();
    for threads in ["1", "2"] {
        let arguments = ["run", "patches.fx", "--quiet", "--device", "cpu", "--out", threads];
        let run = scene.command(&arguments).env("RAYON_NUM_THREADS", threads).output().expect("it starts");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    }
    for (folder, name) in [("store/predict", "values.safetensors"), ("store/train", "weights.safetensors")] {
        let bytes = |threads: &str| {
            std::fs::read(scene.path(&the_only(&scene, &format!("{threads}/{folder}"), name))).expect("a result")
        };
        assert!(bytes("1") == bytes("2"), "{name} depends on the number of threads");
    }

    // The same from the weights alone, on whole images and not on patches.
    let values =
        read_safetensors(&scene.path(&the_only(&scene, "1/store/predict", "values.safetensors"))).expect("values");
    let (shape, drawn) = &values["node/0"];
    assert_eq!(*shape, [3, 2 * 18 * 14 * 10], "three people of the test set, whole");
    let predicted = scene.read(&the_only(&scene, "1/store/predict", "predicted.json"));
    let predicted: serde_json::Value = serde_json::from_str(&predicted).expect("JSON");
    let people: Vec<&str> =
        predicted["rows"].as_array().expect("rows").iter().filter_map(|row| row["key"].as_str()).collect();
    let mut scans = Vec::new();
    for name in &people {
        let volume = Volume::read(&scene.path(&format!("heads/{name}/anat/{name}_T1w.nii.gz"))).expect("a scan");
        scans.extend(volume.data.iter().copied());
    }
    let inputs: Tensors = [("t1".to_owned(), (vec![people.len(), 1, 18, 14, 10], scans))].into();
    scene.write("inputs.safetensors", safetensors_bytes(&inputs).expect("bytes"));
    let weights = the_only(&scene, "1/store/train", "weights.safetensors");
    let apply = [
        "apply",
        "patches.fx",
        "--weights",
        &weights,
        "--inputs",
        "inputs.safetensors",
        "-o",
        "out.safetensors",
        "--device",
        "cpu",
    ];
    scene.fascicle(&apply).succeeds();
    let applied = read_safetensors(&scene.path("out.safetensors")).expect("outputs");
    let (shape, applied) = &applied["draw"];
    assert_eq!(*shape, [3, 2, 18, 14, 10]);
    let apart = drawn.iter().zip(applied).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-4, "{apart}");
    let gradients: Vec<&str> = apply.into_iter().chain(["--gradients", "--overwrite"]).collect();
    scene.fascicle(&gradients).fails(2, &["gradients are those of a patch, [1, 8, 8, 8], found whole images"]);
}

#[test]
fn a_packed_model_draws_on_the_grid_of_new_scans() {
    let scene = scene();
    scene.fascicle(&["run", "patches.fx", "--quiet", "--device", "cpu"]).succeeds();
    let maps = files_below(&scene.path("runs/patches"));
    assert!(maps.keys().any(|file| file.ends_with("desc-draw_dseg.nii.gz")), "{:?}", maps.keys());
    scene.fascicle(&["pack", "runs/patches", "-o", "m.fascicle"]).succeeds();
    scene.fascicle(&["predict", "m.fascicle", "--data", "heads", "-o", "out", "--quiet", "--device", "cpu"]).succeeds();
    let drawn = files_below(&scene.path("out"));
    let drawn: Vec<&String> = drawn.keys().filter(|file| file.ends_with("_dseg.nii.gz")).collect();
    assert_eq!(drawn.len(), 12);
    let volume = Volume::read(&scene.path(&format!("out/{}", drawn[0]))).expect("a map");
    assert_eq!(volume.data.shape()[..3], GRID);
}

#[test]
fn another_overlap_predicts_again_and_another_patch_trains_again() {
    let scene = scene();
    let ran = || {
        let run = scene.json(&["run", "patches.fx", "--json", "--device", "cpu", "--set", "epochs=2"]);
        let tasks = run["tasks"].as_array().expect("tasks").iter().filter(|task| task["ran"] == true);
        tasks.filter_map(|task| task["kind"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    scene.edit("patches.fx", "  epochs 8\n", "  epochs epochs\n");
    scene.edit("patches.fx", "cohort heads", "param epochs: int = 8\ncohort heads");
    ran();
    assert!(ran().is_empty());
    scene.edit("patches.fx", "each(3)", "each(2)");
    let again = ran();
    assert!(again.iter().any(|kind| kind == "train") && !again.iter().any(|kind| kind == "fit"), "{again:?}");
    scene.edit("patches.fx", "patches [8, 8, 8]", "patches [6, 8, 8]");
    let again = ran();
    assert!(again.iter().any(|kind| kind == "train") && !again.iter().any(|kind| kind == "fit"), "{again:?}");
}
