//! Every command ends with the exit status that the manual promises, and prints what it promises.

use super::scene::{Scene, TABLE};

#[test]
fn a_run_that_is_done_exits_with_0_and_leaves_its_folder() {
    let scene = Scene::of_people();
    let told = scene.fascicle(&["run", "table.fx"]);
    assert!(told.succeeds().stdout.contains("auc"), "{}", told.stdout);
    for file in ["report.html", "scores.tsv", "table.fx", "variant-base/seed-1/fold-3/weights.safetensors"] {
        assert!(scene.path("runs/table").join(file).is_file(), "{file} is missing");
    }
}

#[test]
fn a_wrong_file_exits_with_2_and_its_errors_are_told_with_file_line_and_column() {
    let scene = Scene::of_people();
    scene.edit("table.fx", "Linear(width)", "Linear(widht)");
    for command in ["check", "run", "plan"] {
        let told = scene.fascicle(&[command, "table.fx"]);
        told.fails(2, &["E0201", "table.fx:11:20", "did you mean `width`?"]);
        assert_eq!(told.stdout, "");
    }
    scene.assert_nothing_half_written();
}

#[test]
fn a_file_that_is_not_there_or_not_text_exits_with_2() {
    let scene = Scene::empty();
    scene.fascicle(&["run", "nowhere.fx"]).fails(2, &["nowhere.fx: there is no such file"]);
    scene.write("bytes.fx", [b'p', 0xff, 0xfe]);
    scene.fascicle(&["check", "bytes.fx"]).fails(2, &["bytes.fx: not UTF-8 text (byte 1)"]);
    // Whoever asked for JSON reads the same there.
    for (file, says) in [("bytes.fx", "not UTF-8 text (byte 1)"), ("nowhere.fx", "there is no such file")] {
        let told = scene.fascicle(&["check", file, "--json"]);
        told.fails(2, &[says]);
        let json: serde_json::Value = serde_json::from_str(&told.stdout).unwrap_or_else(|e| panic!("{e}: {told:?}"));
        let diagnostic = &json["diagnostics"][0];
        assert_eq!((diagnostic["severity"].as_str(), diagnostic["file"].as_str()), (Some("error"), Some(file)));
        assert!(diagnostic["message"].as_str().is_some_and(|message| message.contains(says)), "{json}");
    }
}

#[test]
fn a_setting_that_the_file_lacks_or_of_another_type_exits_with_2() {
    let scene = Scene::of_people();
    scene.fascicle(&["run", "table.fx", "--set", "widht=3"]).fails(2, &["E0802", "did you mean `--set width=3`?"]);
    scene.fascicle(&["run", "table.fx", "--set", "width=wide"]).fails(2, &["E0801", "table.fx:2:7"]);
    scene.fascicle(&["run", "table.fx", "--set", "width"]).fails(2, &["NAME=VALUE"]);
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    let scene = Scene::of_people();
    scene.fascicle(&[]).fails(2, &["Usage"]);
    scene.fascicle(&["run"]).fails(2, &["FILE"]);
    scene.fascicle(&["train", "table.fx"]).fails(2, &["train"]);
    scene.fascicle(&["run", "table.fx", "--fast"]).fails(2, &["--fast"]);
    scene.fascicle(&["run", "table.fx", "--device", "abacus"]).fails(2, &["abacus"]);
    scene.fascicle(&["--help"]).succeeds();
    scene.fascicle(&["--version"]).succeeds();
}

#[test]
fn a_run_that_fails_exits_with_1_and_says_what_to_do() {
    let scene = Scene::of_people();
    scene.edit("table.fx", "minimize cross", "minimize 1e30 * 1e30 * cross");
    scene
        .fascicle(&["run", "table.fx"])
        .fails(1, &["train clinic, fold 1, seed 1", "epoch 1", "infinite", "learning rate"]);
    scene.assert_nothing_half_written();
}

#[test]
fn check_prints_models_and_diagnostics_as_json() {
    let scene = Scene::of_people();
    let right = scene.json(&["check", "table.fx", "--json"]);
    let model = &right["models"][0];
    assert_eq!(
        (model["name"].as_str(), model["parameters"].as_u64(), model["batch"].as_u64()),
        (Some("clinic"), Some(22), Some(8))
    );
    let layer = &model["layers"][0];
    assert_eq!(
        (layer["op"].as_str(), layer["output"].as_str(), layer["parameters"].as_u64()),
        (Some("Linear"), Some("[4]"), Some(12))
    );
    assert!(model["operations"].is_u64() && model["memory_bytes"].is_u64());
    let bytes = |name: &str| model[name].as_u64().unwrap_or_default();
    assert!(bytes("memory_bytes_cpu") > bytes("memory_bytes") + 50_000_000, "the program itself takes that");
    assert!(model["prediction_bytes"][1].as_u64().is_some_and(|n| n < bytes("memory_bytes_cpu")));
    assert!(model.get("recomputed").is_none(), "its stage keeps all values");
    assert_eq!(right["diagnostics"].as_array().map(Vec::len), Some(0));
    assert!(right.get("problems").is_none(), "problems are told with --data only");
    let data = scene.json(&["check", "table.fx", "--json", "--data"]);
    assert_eq!(data["problems"].as_array().map(Vec::len), Some(0));

    scene.edit("table.fx", "Linear(width)", "Linear(widht)");
    let told = scene.fascicle(&["check", "table.fx", "--json"]);
    told.fails(2, &[]);
    let wrong: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
    let error = &wrong["diagnostics"][0];
    assert_eq!((error["code"].as_str(), error["severity"].as_str()), (Some("E0201"), Some("error")));
    assert_eq!(
        (error["file"].as_str(), error["line"].as_u64(), error["column"].as_u64()),
        (Some("table.fx"), Some(11), Some(20))
    );
    assert!(error["message"].is_string() && error["hint"].is_string());
    let label = &error["labels"][0];
    let (start, end) = (label["start"].as_u64().expect("start"), label["end"].as_u64().expect("end"));
    assert_eq!(&scene.read("table.fx")[start as usize..end as usize], "widht");
}

#[test]
fn fmt_lays_a_file_out_once_and_for_all() {
    let scene = Scene::of_people();
    scene.write("untidy.fx", TABLE.replace(" = ", "=").replace("  ", "      "));
    let check = scene.fascicle(&["fmt", "--check", "untidy.fx"]);
    assert_eq!((check.status, check.stdout.as_str()), (Some(1), "untidy.fx\n"));
    assert_ne!(scene.read("untidy.fx"), TABLE, "--check changes nothing");
    scene.fascicle(&["fmt", "untidy.fx"]).succeeds();
    assert_eq!(scene.read("untidy.fx"), TABLE);
    scene.fascicle(&["fmt", "untidy.fx"]).succeeds();
    assert_eq!(scene.read("untidy.fx"), TABLE);
    scene.fascicle(&["fmt", "--check", "."]).succeeds();
    scene.write("broken.fx", "model m( {");
    scene.fascicle(&["fmt", "broken.fx"]).fails(2, &["broken.fx:1", "nothing was changed"]);
    assert_eq!(scene.read("broken.fx"), "model m( {");
}

#[test]
fn explain_and_doc_know_their_codes_operators_and_analyses() {
    let scene = Scene::empty();
    assert!(scene.fascicle(&["explain", "E0302"]).succeeds().stdout.starts_with("E0302: "));
    scene.fascicle(&["explain", "E9999"]).fails(2, &["E9999", "fascicle explain"]);
    for asked in [&["explain", "new", "people"][..], &["explain", "new people"], &["explain", "inference"]] {
        let answer = scene.fascicle(asked);
        let told = &answer.succeeds().stdout;
        assert!(told.starts_with("new people: ") && told.contains("fascicle pack"), "{told}");
    }
    scene.fascicle(&["explain", "serach"]).fails(2, &["did you mean `search`"]);
    assert!(scene.fascicle(&["explain"]).succeeds().stdout.contains("missing data"));
    assert!(scene.fascicle(&["doc", "Conv3d"]).succeeds().stdout.contains("kernel"));
    scene.fascicle(&["doc", "Conv3"]).fails(2, &["did you mean `Conv3d`?"]);
    let all = scene.fascicle(&["doc"]).succeeds().stdout.clone();
    assert!(all.contains("\nConv3d ") && all.contains("\nretrieval "), "{all}");
    let one = scene.fascicle(&["doc", "retrieval"]).succeeds().stdout.clone();
    for part in ["cosine, euclidean", "share   a number for every fold", "example:\n  analysis found = retrieval("] {
        assert!(one.contains(part), "{part}\n{one}");
    }
    scene.fascicle(&["doc", "retrival"]).fails(2, &["did you mean `retrieval`?"]);
    // Whatever a file is written with, by chapter; a name from elsewhere is told with what it is called here.
    for part in ["Steps of images", "Optimizers", "Metrics", "Protocols", "\nzscore ", "\nAdamW ", "\nkfold ", "\nauc "]
    {
        assert!(all.contains(part), "{part}\n{all}");
    }
    let step = scene.fascicle(&["doc", "zscore"]).succeeds().stdout.clone();
    for part in ["zscore (image step)", "nonzero", "source: MONAI", "|> zscore(mask: nonzero)"] {
        assert!(step.contains(part), "{part}\n{step}");
    }
    let both = scene.fascicle(&["doc", "crop"]).succeeds().stdout.clone();
    assert!(both.contains("crop (image step)") && both.contains("crop (augmentation)"), "{both}");
    scene.fascicle(&["doc", "zscor"]).fails(2, &["did you mean `zscore`?"]);
    scene.fascicle(&["doc", "Dense"]).fails(2, &["`Dense` is called `Linear` here"]);
    scene.fascicle(&["doc", "nonsense"]).fails(2, &["there is no `nonsense`", "`fascicle doc` lists"]);
}

#[test]
fn check_lists_a_critic_beside_the_model_that_it_trains() {
    let scene = Scene::empty();
    let program = r#"modality a: tensor[6] = given()
modality b: tensor[6] = given()
group sides = [a, b]
block Critic(x: [n]) -> [2] { x |> Linear(8) |> relu |> Linear(2) }
model m(sides) {
  output code = for s in sides { s |> Linear(4) }
  output back = for s in sides { code[s] |> Linear(6) }
}
train m { minimize sum(for s in sides { mse(m.back[s], s) }) + fool(Critic(), m.code) }
score m.back: mse
"#;
    scene.write("rivals.fx", program);
    let told = scene.fascicle(&["check", "rivals.fx"]);
    let told = &told.succeeds().stdout;
    assert!(told.contains("116 parameters,") && told.contains("critic Critic of m\n"), "{told}");
    assert!(told.contains("58 parameters, besides those of `m`"), "{told}");
    let json = scene.json(&["check", "rivals.fx", "--json"]);
    let critic = &json["models"][0]["critics"][0];
    assert_eq!((&json["models"][0]["parameters"], &critic["parameters"]), (&116.into(), &58.into()), "{json}");
    assert_eq!((&critic["name"], &critic["layers"][1]["parameters"]), (&"Critic".into(), &18.into()), "{json}");
}

#[test]
fn new_writes_an_experiment_that_checks_and_refuses_to_write_over_one() {
    let scene = Scene::empty();
    scene.fascicle(&["new", "first.fx"]).succeeds();
    scene.fascicle(&["check", "first.fx"]).succeeds();
    scene.fascicle(&["fmt", "--check", "first.fx"]).succeeds();
    scene.write("first.fx", "mine");
    scene.fascicle(&["new", "first.fx"]).fails(2, &["first.fx exists", "--overwrite"]);
    assert_eq!(scene.read("first.fx"), "mine");
    scene.fascicle(&["new", "first.fx", "--overwrite"]).succeeds();
    assert_ne!(scene.read("first.fx"), "mine");
}

#[test]
fn phantom_writes_a_bids_tree_that_a_run_can_use() {
    let scene = Scene::of_heads();
    let made = ["phantom", "heads2", "--subjects", "12", "--shape", "16", "16", "16", "--missing-scan", "0"];
    scene.fascicle(&made).succeeds();
    for file in ["dataset_description.json", "participants.tsv", "sub-001/anat/sub-001_T1w.nii.gz"] {
        assert!(scene.path("heads2").join(file).is_file(), "{file} is missing");
    }
    scene.edit("image.fx", "bids(\"heads\")", "bids(\"heads2\")");
    let run = scene.json(&["run", "image.fx", "--json"]);
    assert_eq!(run["outcome"], "finished");
    scene.fascicle(&made).fails(2, &["heads2 is not empty", "--overwrite"]);
    scene.fascicle(&["phantom", "few", "--subjects", "0"]).fails(2, &["subjects"]);
}

#[test]
fn shells_and_man_are_told_every_command_and_option() {
    let scene = Scene::empty();
    for shell in ["bash", "zsh", "fish"] {
        let told = scene.fascicle(&["completions", shell]);
        let script = &told.succeeds().stdout;
        for word in ["check", "phantom", "--sweep", "--device"].map(|w| w.trim_start_matches('-')) {
            assert!(script.contains(word), "{shell} is not told of {word}");
        }
    }
    scene.fascicle(&["completions", "abacus"]).fails(2, &["abacus", "bash"]);
    assert!(scene.fascicle(&["man"]).succeeds().stdout.contains(".TH fascicle 1"));
    scene.fascicle(&["man", "--out", "pages"]).succeeds();
    assert!(scene.read("pages/fascicle.1").contains("fascicle\\-run(1)"));
    assert!(scene.read("pages/fascicle-run.1").contains("\\-\\-sweep"));
    scene.write("taken", "");
    scene.fascicle(&["man", "--out", "taken/pages"]).fails(1, &["taken/pages cannot be written"]);
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure_and_a_full_log_is_none() {
    let scene = Scene::of_people();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let checked = scene.command(&["check", "table.fx", "--json"]).stdout(full()).output().expect("it starts");
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&checked.stderr).contains("could not be written to standard output"));
    let ran = scene.command(&["run", "table.fx"]).stderr(full()).output().expect("it starts");
    assert_eq!(ran.status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_no_panic() {
    use std::os::unix::ffi::OsStrExt;
    let scene = Scene::of_people();
    let name = std::ffi::OsStr::from_bytes(b"e\xff.fx");
    std::fs::copy(scene.path("table.fx"), scene.path("").join(name)).expect("a copy");
    let ran = scene.command(&["run"]).arg(name).output().expect("it starts");
    assert!(matches!(ran.status.code(), Some(0 | 2)), "{ran:?}");
    assert!(!String::from_utf8_lossy(&ran.stderr).contains("panicked"));
}
