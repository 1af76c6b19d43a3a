//! Weights in and out of PyTorch's files, and models applied to given tensors.

use super::scene::Scene;
use fascicle::exchange::{Tensors, read_safetensors, safetensors_bytes};
use fascicle_reference::shared;
use std::path::PathBuf;

/// `y = W x + b` twice, with a normalisation between.
const NET: &str = r"modality x: tensor[3] = given()
modality extra: vector[2]? = given()
target y: real = given()

model net(x, extra) {
  output hidden = x |> Linear(2)
  output both = hidden + (extra ?? zeros)
  output score = both |> BatchNorm() |> Linear(1) |> squeeze(0)
}
train net { minimize mse(net.score, y) }
";

const MAP: &str = "[names]\nfc = \"net.Linear\"\nbn = \"net.BatchNorm\"\nout = \"net.Linear_2\"\n";

fn tensors(list: &[(&str, &[usize], &[f32])]) -> Tensors {
    list.iter().map(|(name, shape, values)| ((*name).to_string(), (shape.to_vec(), values.to_vec()))).collect()
}

/// The network's weights by PyTorch's names.
fn theirs() -> Tensors {
    tensors(&[
        ("fc.weight", &[2, 3], &[1.0, 0.0, -1.0, 0.5, 0.5, 0.5]),
        ("fc.bias", &[2], &[0.0, 1.0]),
        ("bn.weight", &[2], &[1.0, 2.0]),
        ("bn.bias", &[2], &[0.0, -1.0]),
        ("bn.running_mean", &[2], &[0.0, 0.0]),
        ("bn.running_var", &[2], &[1.0, 1.0]),
        ("out.weight", &[1, 2], &[1.0, 1.0]),
        ("out.bias", &[1], &[0.25]),
    ])
}

fn scene() -> Scene {
    let scene = Scene::empty();
    scene.write("net.fx", NET);
    scene.write("names.toml", MAP);
    scene.write("torch.safetensors", safetensors_bytes(&theirs()).unwrap());
    let inputs = tensors(&[
        ("x", &[2, 3], &[1.0, 2.0, 3.0, 0.0, 0.0, 2.0]),
        ("extra", &[2, 2], &[9.0, 9.0, 1.0, 1.0]),
        ("extra/present", &[2], &[0.0, 1.0]),
        ("truth", &[2, 1], &[0.0, 1.0]),
    ]);
    scene.write("inputs.safetensors", safetensors_bytes(&inputs).unwrap());
    scene
}

const IMPORT: [&str; 8] =
    ["weights", "import", "net.fx", "torch.safetensors", "--map", "names.toml", "-o", "w.safetensors"];

fn near(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0f32, |m, v| m.max(v.abs()));
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= tolerance * largest, "{found:?} is not {expected:?}");
    }
}

#[test]
fn a_model_is_applied_with_weights_of_pytorch() {
    let scene = scene();
    scene.fascicle(&IMPORT).succeeds();
    let mut apply = vec!["apply", "net.fx", "--weights", "w.safetensors", "--inputs", "inputs.safetensors"];
    apply.extend(["--input", "y=truth", "--gradients", "--device", "cpu", "-o", "out.safetensors"]);
    scene.fascicle(&apply).succeeds();
    let out = read_safetensors(&scene.path("out.safetensors")).unwrap();
    assert_eq!(out["net.hidden"], (vec![2, 2], vec![-2.0, 4.0, -2.0, 2.0]));
    // Nobody's `extra` is read where it says that they lack it.
    assert_eq!(out["net.both"].1, [-2.0, 4.0, -1.0, 3.0]);
    near(&out["net.score"].1, &[5.25, 4.25], 1e-4);
    near(&out["loss/net"].1, &[(5.25f32.powi(2) + 3.25f32.powi(2)) / 2.0], 1e-4);
    near(&out["gradient/net/net.Linear_2.bias"].1, &[8.5], 1e-4);
    near(&out["gradient/net/input/extra"].1, &[0.0, 0.0, 3.25, 6.5], 1e-4);
    assert!(!out.keys().any(|name| name.starts_with("after/")));

    // With a map, PyTorch's file is taken as it is; in training, running statistics move.
    apply[3] = "torch.safetensors";
    let last = apply.len() - 1;
    apply[last] = "train.safetensors";
    apply.extend(["--map", "names.toml", "--mode", "train"]);
    scene.fascicle(&apply).succeeds();
    let out = read_safetensors(&scene.path("train.safetensors")).unwrap();
    near(&out["after/net.BatchNorm.running_mean"].1, &[-0.15, 0.35], 1e-5);
}

#[test]
fn weights_go_back_to_pytorch_as_they_came() {
    let scene = scene();
    scene.fascicle(&IMPORT).succeeds();
    let export = ["weights", "export", "net.fx", "w.safetensors", "--map", "names.toml", "-o", "back.safetensors"];
    scene.fascicle(&export).succeeds();
    assert_eq!(read_safetensors(&scene.path("back.safetensors")).unwrap(), theirs());
}

#[test]
fn a_first_map_is_guessed_and_reads_as_one() {
    let scene = scene();
    let told = scene.fascicle(&["weights", "map", "net.fx", "torch.safetensors"]);
    told.succeeds();
    assert!(told.stdout.contains("\"fc\" = \"net.Linear\"") && !told.stdout.contains("# ?"), "{}", told.stdout);
    scene.write("names.toml", &told.stdout);
    let told = scene.fascicle(&IMPORT);
    told.succeeds();
    assert!(!told.stderr.contains("warning"), "{}", told.stderr);

    // Two layers of the same shapes: the map says that it guessed, and so does whoever uses it.
    scene.write("net.fx", "modality x: tensor[2] = given()\nmodel net(x) { x |> Linear(2) |> relu |> Linear(2) }\n");
    let alike = ["a.weight", "a.bias", "b.weight", "b.bias"];
    let shape = |name: &str| if name.ends_with("bias") { vec![2] } else { vec![2, 2] };
    let alike: Tensors =
        alike.iter().map(|n| ((*n).to_string(), (shape(n), vec![0.5; shape(n).iter().product()]))).collect();
    scene.write("torch.safetensors", safetensors_bytes(&alike).unwrap());
    let told = scene.fascicle(&["weights", "map", "net.fx", "torch.safetensors"]);
    assert!(
        told.stdout.starts_with("# Guessed by shapes, names and order. 2 of 2 lines had a rival"),
        "{}",
        told.stdout
    );
    scene.write("names.toml", &told.stdout);
    std::fs::remove_file(scene.path("w.safetensors")).unwrap();
    let told = scene.fascicle(&IMPORT);
    told.succeeds();
    assert!(told.stderr.contains("warning: names.toml: 2 lines end in `# ?`"), "{}", told.stderr);
}

#[test]
fn a_checkpoint_of_pytorch_is_read_wherever_it_keeps_the_weights() {
    let scene = scene();
    let linear: Tensors = theirs().into_iter().filter(|(name, _)| name.starts_with("fc.")).collect();
    scene.write("net.fx", "modality x: tensor[3] = given()\nmodel net(x) { x |> Linear(2) }\n");
    scene.write("names.toml", "[names]\nfc = \"net.Linear\"\n");
    for nest in [None, Some("state_dict")] {
        scene.write("net.pt", checkpoint::bytes(&linear, nest));
        let import =
            ["weights", "import", "net.fx", "net.pt", "--map", "names.toml", "-o", "w.safetensors", "--overwrite"];
        scene.fascicle(&import).succeeds();
        let weights = read_safetensors(&scene.path("w.safetensors")).unwrap();
        assert_eq!(weights["net.Linear.weight"], linear["fc.weight"]);
        assert_eq!(weights["net.Linear.bias"], linear["fc.bias"]);
    }
    // A bit that tipped over on the way.
    let mut damaged = checkpoint::bytes(&linear, None);
    let one = damaged.windows(4).position(|bytes| bytes == 1.0f32.to_le_bytes()).unwrap();
    damaged[one] ^= 1;
    scene.write("net.pt", damaged);
    std::fs::remove_file(scene.path("w.safetensors")).unwrap();
    let told = scene.fascicle(&["weights", "import", "net.fx", "net.pt", "--map", "names.toml", "-o", "w.safetensors"]);
    told.fails(2, &["net.pt: it cannot be read as a PyTorch checkpoint", "checksum of its entry `archive/data/"]);
    assert!(!scene.path("w.safetensors").exists());
}

#[test]
fn what_does_not_fit_is_told_and_nothing_is_written() {
    let scene = scene();
    let told = scene.fascicle(&["weights", "import", "net.fx", "torch.safetensors", "-o", "w.safetensors"]);
    told.fails(2, &["in the file alone", "fc.weight [2, 3]", "net.Linear.weight [2, 3]", "weights map net.fx torch"]);
    assert!(!scene.path("w.safetensors").exists());

    scene.fascicle(&IMPORT).succeeds();
    scene.fascicle(&IMPORT).fails(2, &["w.safetensors is there already; --overwrite"]);

    let apply = |inputs: &Tensors| {
        scene.write("these.safetensors", safetensors_bytes(inputs).unwrap());
        let apply =
            ["apply", "net.fx", "--weights", "w.safetensors", "--inputs", "these.safetensors", "-o", "o.safetensors"];
        scene.fascicle(&apply)
    };
    let told = apply(&tensors(&[("x", &[2, 4], &[0.0; 8])]));
    told.fails(2, &["`x`: expected [2, 3] (the batch first), found [2, 4]"]);
    apply(&tensors(&[("z", &[2, 3], &[0.0; 6])])).fails(2, &["none of x, extra is there"]);
    let only_extra = tensors(&[("extra", &[2, 2], &[0.0; 4])]);
    apply(&only_extra).fails(2, &["`x` is missing: expected [2, 3]"]);

    // What is given cannot be trained on.
    let told = scene.fascicle(&["run", "net.fx", "--device", "cpu", "--quiet"]);
    told.fails(2, &["input `x`: its values are given to `fascicle apply`, and no cohort has them"]);

    scene.write("broken.pt", b"PK\x03\x04 and then nothing");
    let told = scene.fascicle(&["weights", "map", "net.fx", "broken.pt"]);
    told.fails(2, &["broken.pt: it cannot be read as a PyTorch checkpoint", "damaged or cut short"]);
    scene.write("broken.pt", b"something else altogether");
    let told = scene.fascicle(&["weights", "map", "net.fx", "broken.pt"]);
    told.fails(2, &["broken.pt: it cannot be read as a PyTorch checkpoint", "torch.save(model.state_dict(), ..)"]);
    scene.edit("net.fx", "Linear(2)\n  output both", "Linear(4)\n  output both");
    scene.fascicle(&IMPORT).fails(2, &["net.fx does not compile"]);
}

#[test]
fn a_stage_starts_from_a_file_and_runs_again_when_its_content_changes() {
    let scene = Scene::of_people();
    let weights = |value: f32| {
        let filled = |shape: &[usize]| (shape.to_vec(), vec![value; shape.iter().product()]);
        let names = [("weight", vec![4, 2]), ("bias", vec![4])];
        let all: Tensors = names.iter().map(|(n, s)| (format!("clinic.Linear.{n}"), filled(s))).collect();
        safetensors_bytes(&all).unwrap()
    };
    scene.write("start.safetensors", weights(0.5));
    scene.edit("table.fx", "train clinic {\n", "train clinic {\n  init clinic.Linear from \"start.safetensors\"\n");
    let trained = || {
        let summary = scene.json(&["run", "table.fx", "--device", "cpu", "--json", "--quiet"]);
        let tasks = summary["tasks"].as_array().cloned().unwrap_or_default();
        let ran = |task: &&serde_json::Value| {
            task["ran"] == true && task["name"].as_str().is_some_and(|name| name.starts_with("train"))
        };
        tasks.iter().filter(ran).count()
    };
    assert_eq!(trained(), 3);
    assert_eq!(trained(), 0);
    scene.write("start.safetensors", weights(0.25));
    assert_eq!(trained(), 3);
    scene.edit("table.fx", "param width: int = 4", "param width: int = 5");
    let told = scene.fascicle(&["check", "table.fx"]);
    told.fails(2, &["E0858", "`clinic.Linear.weight` is [5, 2] here, and [4, 2] in the file"]);
}

#[test]
fn a_golden_case_gives_its_numbers_through_the_binary() {
    let Some(golden) = shared("golden/dimitri_blocks/down_sep") else { return };
    let case = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/dimitri_down_sep.fx");
    let text = std::fs::read_to_string(case).unwrap();
    let map: String =
        text.lines().filter_map(|line| line.strip_prefix("//|")).map(|line| format!("{line}\n")).collect();
    let scene = Scene::empty();
    scene.write("net.fx", &text);
    scene.write("names.toml", map);
    for file in ["weights", "inputs"] {
        std::fs::copy(golden.join(format!("{file}.safetensors")), scene.path(&format!("{file}.safetensors"))).unwrap();
    }
    let import =
        ["weights", "import", "net.fx", "weights.safetensors", "--map", "names.toml", "-o", "ours.safetensors"];
    scene.fascicle(&import).succeeds();
    let expected = read_safetensors(&golden.join("outputs.safetensors")).unwrap();
    for mode in ["eval", "train"] {
        let apply =
            ["apply", "net.fx", "--weights", "ours.safetensors", "--inputs", "inputs.safetensors", "--gradients"];
        let rest = ["--mode", mode, "--device", "cpu", "--overwrite", "-o", "out.safetensors"];
        scene.fascicle(&[&apply[..], &rest[..]].concat()).succeeds();
        let out = read_safetensors(&scene.path("out.safetensors")).unwrap();
        near(&out["m.out"].1, &expected[&format!("{mode}.out")].1, 1e-5);
        near(&out["loss/m"].1, &expected[&format!("{mode}.loss")].1, 1e-5);
        near(&out["gradient/m/input/x"].1, &expected[&format!("{mode}.grad_input.x")].1, 1e-4);
    }
    let export = ["weights", "export", "net.fx", "ours.safetensors", "--map", "names.toml", "-o", "back.safetensors"];
    scene.fascicle(&export).succeeds();
    let mut original = read_safetensors(&golden.join("weights.safetensors")).unwrap();
    original.retain(|name, _| !name.ends_with("num_batches_tracked"));
    assert_eq!(read_safetensors(&scene.path("back.safetensors")).unwrap(), original);
}

/// Checkpoints as `torch.save` lays them out.
mod checkpoint {
    use super::Tensors;

    /// A zip archive with a pickle of the tensors, under a key of their own where `nest` says so, and their storages.
    pub fn bytes(tensors: &Tensors, nest: Option<&str>) -> Vec<u8> {
        let mut pickle = b"\x80\x02}(".to_vec();
        if let Some(key) = nest {
            text(&mut pickle, "epoch");
            pickle.extend(b"K\x07");
            text(&mut pickle, key);
            pickle.extend(b"}(");
        }
        for (number, (name, (shape, values))) in tensors.iter().enumerate() {
            text(&mut pickle, name);
            pickle.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
            text(&mut pickle, "storage");
            pickle.extend(b"ctorch\nFloatStorage\n");
            text(&mut pickle, &number.to_string());
            text(&mut pickle, "cpu");
            pickle.extend([b'K', values.len() as u8]);
            pickle.extend(b"tQK\x00");
            tuple(&mut pickle, shape);
            let strides: Vec<usize> = (0..shape.len()).map(|i| shape[i + 1..].iter().product()).collect();
            tuple(&mut pickle, &strides);
            pickle.extend(b"\x89ccollections\nOrderedDict\n)RtR");
        }
        pickle.push(b'u');
        if nest.is_some() {
            pickle.push(b'u');
        }
        pickle.push(b'.');
        let mut files = vec![("archive/data.pkl".to_string(), pickle)];
        for (number, (_, values)) in tensors.values().enumerate() {
            let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            files.push((format!("archive/data/{number}"), bytes));
        }
        files.push(("archive/version".into(), b"3\n".to_vec()));
        crate::zip::zip(&files)
    }

    fn text(pickle: &mut Vec<u8>, text: &str) {
        pickle.push(b'X');
        pickle.extend((text.len() as u32).to_le_bytes());
        pickle.extend(text.bytes());
    }

    fn tuple(pickle: &mut Vec<u8>, numbers: &[usize]) {
        pickle.push(b'(');
        pickle.extend(numbers.iter().flat_map(|n| [b'K', *n as u8]));
        pickle.push(b't');
    }
}
