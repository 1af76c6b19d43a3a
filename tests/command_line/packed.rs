//! Models that leave their run, from the command line.

use super::scene::Scene;
use fascicle::data::affine::Affine;
use fascicle::data::nifti;

const PROGRAM: &str = "cohort people = table(\"people.csv\") { subject id }
modality numbers: vector[2] = columns(a, b |> standardize)
target dx: class{no, yes} = column(\"dx\")
model m(numbers) -> dx { numbers |> Linear(2) }
train m { minimize cross_entropy(m, dx)  epochs 2  batch 8 }
protocol cv = kfold(2, validation: 0.2, stratify: [dx], seed: 1)
score m: auc
";

fn people(rows: usize, heading: &str) -> String {
    let row = |i: usize| format!("p{i},{}.5,{},{}", i % 7, i % 5, ["no", "yes"][i % 2]);
    std::iter::once(heading.to_owned()).chain((0..rows).map(row)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_model_is_packed_and_applied_to_a_table_that_names_its_columns_otherwise() {
    let scene = Scene::empty();
    scene.write("study.fx", PROGRAM);
    scene.write("people.csv", people(40, "id,a,b,dx"));
    scene.fascicle(&["run", "study.fx", "--quiet", "--device", "cpu"]).succeeds();
    scene.fascicle(&["pack", "runs/study", "-o", "m.fascicle"]).succeeds();
    scene
        .fascicle(&["pack", "runs/study", "-o", "m.fascicle"])
        .fails(2, &["m.fascicle is there already", "--overwrite"]);
    scene.fascicle(&["pack", "runs"]).fails(2, &["name the folder of a finished run"]);
    let needs = scene.fascicle(&["predict", "m.fascicle"]);
    needs.succeeds();
    assert!(needs.stdout.contains("2 training runs") && needs.stdout.contains("columns a, b"), "{}", needs.stdout);
    std::fs::remove_dir_all(scene.path("runs")).expect("the run is no longer needed");
    std::fs::remove_file(scene.path("people.csv")).expect("nor are its people");

    scene.write("clinic.csv", people(5, "id,first,b,other"));
    let predict = ["predict", "m.fascicle", "--data", "clinic.csv", "-o", "out", "--quiet", "--device", "cpu"];
    scene.fascicle(&predict).fails(2, &["has no column `a`", "--rename NAME=COLUMN"]);
    let renamed: Vec<&str> = predict.into_iter().chain(["--rename", "a=first"]).collect();
    scene.fascicle(&renamed).succeeds();
    let table = scene.read("out/predictions.tsv");
    assert_eq!(table.lines().count(), 1 + 5 * 3, "a class and two probabilities each:\n{table}");
    assert!(table.starts_with("participant_id\toutput\telement\tprediction\tsd\truns\n"), "{table}");
    assert!(table.lines().skip(1).all(|line| line.ends_with("\t2")), "two runs each:\n{table}");
    // Again, over what is there; and never over what is not a prediction.
    scene.fascicle(&renamed).succeeds();
    std::fs::create_dir(scene.path("mine")).expect("a folder");
    scene.write("mine/notes.txt", "mine");
    let elsewhere: Vec<&str> = renamed.iter().map(|word| if *word == "out" { "mine" } else { word }).collect();
    scene.fascicle(&elsewhere).fails(1, &["nothing is written over it"]);
}

#[test]
fn a_prediction_is_written_for_onnx_with_the_weights_of_a_run() {
    let scene = Scene::empty();
    scene.write("study.fx", PROGRAM);
    scene.write("people.csv", people(40, "id,a,b,dx"));
    let export = ["export", "study.fx", "--to", "onnx"];
    let with = |more: &[&'static str]| scene.fascicle(&[&export, more].concat());
    with(&[]).fails(2, &["no text to be printed", "-o net.onnx"]);
    with(&["-o", "initial.onnx"]).fails(0, &["initial weights of seed 1", "wrote initial.onnx"]);
    with(&["-o", "initial.onnx"]).fails(2, &["initial.onnx is there already", "--overwrite"]);
    scene.fascicle(&["run", "study.fx", "--quiet", "--device", "cpu"]).succeeds();
    let weights = ["--weights", "runs/study", "-o", "m.onnx"];
    with(&weights).fails(2, &["holds 2 training runs", "--run 'fold 1, seed 1'"]);
    with(&[&weights[..], &["--run", "fold 9"]].concat()).fails(2, &["no training run `fold 9`", "fold 2, seed 1"]);
    with(&[&weights[..], &["--run", "fold 2, seed 1"]].concat()).succeeds();
    scene.fascicle(&["pack", "runs/study", "-o", "m.fascicle"]).succeeds();
    let packed = ["--weights", "m.fascicle", "--run", "fold 2, seed 1", "-o", "packed.onnx"];
    with(&packed).succeeds();
    let bytes = |name: &str| std::fs::read(scene.path(name)).expect("a file");
    assert_eq!(bytes("m.onnx"), bytes("packed.onnx"));
    assert_ne!(bytes("m.onnx"), bytes("initial.onnx"));
    // Weights of another network: which, and what was expected.
    scene.edit("study.fx", "numbers |> Linear(2)", "numbers |> Linear(3) |> Linear(2)");
    with(&[&packed[..5], &["other.onnx"]].concat())
        .fails(2, &["the weight `m.Linear.bias` has the shape [2], expected [3]"]);
    let torch = ["export", "study.fx", "--weights", "m.fascicle"];
    scene.fascicle(&torch).fails(2, &["`load_weights`", "--to onnx"]);
}

/// A model that draws what it reads, one that tells a class, and a baseline that tells a number.
const SPRING: &str = "cohort young = table(\"young.csv\") { subject id, rename b from \"B\" }
modality deep: vector[3] = columns([a, b, c] |> standardize)
condition sex: class{F, M} = column(\"sex\")
target dx: class{no, yes} = column(\"dx\")
target points: real = column(\"points\")
model norm(deep, sex) { output back = concat(deep |> Linear(2), one_hot(sex)) |> Linear(3) }
model tells(deep) -> dx { deep |> Linear(4) |> relu |> Linear(2) }
baseline plain(deep, sex) -> points on young = ridge(strength: 0.5)
baseline near(deep) -> points on young = nearest(neighbours: 3)
train norm on young { minimize mse(norm.back, deep)  epochs 4  batch 8 }
train tells on young { minimize cross_entropy(tells, dx)  epochs 4  batch 8 }
protocol cv = kfold(2, validation: 0.2, stratify: [dx], seed: 1)
score norm.back: mse, against: deep
score tells: auc
score plain, near: mae
cohort other = table(\"patients.csv\") { subject id, rename b from \"B\" }
analysis away = normative_deviation(norm, reference: young.test, cases: other)
";

/// The file of later: it trains nothing.
const LATER: &str = "use model norm from \"norm.fascicle\"
use model tells from \"tells.fascicle\"
use model plain as points from \"plain.fascicle\"
cohort patients = table(\"patients.csv\") { subject id, rename b from \"B\" }
cohort controls = table(\"controls.csv\") { subject id, rename b from \"B\" }
score tells on patients: auc
score points on patients: mae
score norm.back on controls: mse
analysis away = normative_deviation(norm, reference: controls, cases: patients)
analysis since = normative_deviation(norm, cases: patients)
analysis regions = one_sample_t(since.z, correct: fdr)
analysis often = frequency(since.z, beyond: 1)
";

fn numbered(rows: usize, shift: usize, heading: &str) -> String {
    let row = |i: usize| {
        let noise = |k: usize| (i * k + shift) % 13;
        let (a, b, c) = (noise(5), noise(7) + i % 2 * 4, noise(11));
        let (sex, dx) = (["F", "M"][i / 2 % 2], ["no", "yes"][i % 2]);
        format!("p{shift}{i},{a}.25,{b}.5,{c}.125,{sex},{dx},{}.75", a + b)
    };
    let lines = std::iter::once(heading.to_owned()).chain((0..rows).map(row));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

const HEADING: &str = "id,a,B,c,sex,dx,points";

/// A folder with the run of spring, packed; its people are gone.
fn packed() -> Scene {
    let scene = Scene::empty();
    scene.write("spring.fx", SPRING);
    scene.write("young.csv", numbered(60, 0, HEADING));
    scene.write("patients.csv", numbered(30, 3, HEADING));
    scene.write("controls.csv", numbered(24, 6, HEADING));
    scene.write("later.fx", LATER);
    scene.fascicle(&["run", "spring.fx", "--quiet", "--device", "cpu"]).succeeds();
    for model in ["norm", "tells", "plain"] {
        let file = format!("{model}.fascicle");
        scene.fascicle(&["pack", "runs/spring", "--model", model, "-o", &file]).succeeds();
    }
    scene
        .fascicle(&["pack", "runs/spring", "--model", "near"])
        .fails(2, &["`near` is made of the people it was fitted on", "ridge, elastic_net"]);
    std::fs::remove_file(scene.path("young.csv")).expect("spring's people are no longer needed");
    scene
}

/// How many tasks of a kind ran, and how many there are.
fn tasks(run: &serde_json::Value, kind: &str) -> (usize, usize) {
    let of_kind = run["tasks"].as_array().expect("tasks").iter().filter(|task| task["kind"] == kind);
    (of_kind.clone().filter(|task| task["ran"] == true).count(), of_kind.count())
}

/// The cells of a table: `wanted` by person and element of an output.
fn cells(table: &str, output: (usize, &str), element: usize, wanted: usize) -> Vec<(String, String)> {
    let rows = table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    let of_output = rows.filter(|row| row[output.0] == output.1 && row[element] != "class");
    // In a file with several cohorts somebody's name has the cohort before it.
    let who = |row: &[&str]| row[0].rsplit(':').next().unwrap_or_default().to_owned();
    of_output.map(|row| (format!("{} {}", who(&row), row[element]), row[wanted].to_owned())).collect()
}

#[test]
fn a_packed_model_is_used_in_a_file_that_trains_nothing() {
    let scene = packed();
    let run = ["run", "later.fx", "--json", "--device", "cpu"];
    let plan = scene.json(&["plan", "later.fx", "--json"]);
    let kinds: Vec<&str> = plan.as_array().expect("tasks").iter().filter_map(|task| task["kind"].as_str()).collect();
    assert!(!kinds.iter().any(|kind| ["train", "baseline", "fit", "split"].contains(kind)), "{kinds:?}");
    let first = scene.json(&run);
    assert_eq!(tasks(&first, "index"), (1, 1));
    assert_eq!(tasks(&first, "predict"), (6, 6), "three models of two runs each");
    assert_eq!((tasks(&first, "score"), tasks(&first, "analyse")), ((3, 3), (4, 4)));

    // What each run predicts is what `predict` predicts, to the last bit.
    for (model, output) in [("tells", "tells"), ("plain", "points")] {
        let (archive, out) = (format!("{model}.fascicle"), format!("out-{model}"));
        let predict = ["predict", &archive, "--data", "patients.csv", "-o", &out, "--quiet", "--device", "cpu"];
        scene.fascicle(&predict).succeeds();
        let table = scene.read(&format!("{out}/predictions.tsv"));
        let wanted = cells(&table, (1, model), 2, 3);
        assert_eq!(wanted.len(), if model == "tells" { 60 } else { 30 }, "{table}");
        let of_run = |fold: usize| {
            let table = scene.read(&format!("runs/later/variant-base/seed-1/fold-{fold}/predictions.tsv"));
            cells(&table, (3, output), 4, 6)
        };
        let (one, two) = (of_run(1), of_run(2));
        for (((key, wanted), (first_key, first)), (second_key, second)) in wanted.iter().zip(&one).zip(&two) {
            assert_eq!((key, key), (first_key, second_key));
            // Numbers stand as they were computed, in single precision; probabilities in double.
            let number = |text: &str| -> f64 {
                match model {
                    "tells" => text.parse().expect("a probability"),
                    _ => f64::from(text.parse::<f32>().expect("a number")),
                }
            };
            let mean = (number(first) + number(second)) / 2.0;
            assert_eq!(mean.to_bits(), wanted.parse::<f64>().expect("a mean").to_bits(), "{output}, {key}");
        }
    }

    // Which models were used is kept with the run.
    let provenance: serde_json::Value = serde_json::from_str(&scene.read("runs/later/provenance.json")).expect("JSON");
    let used = provenance["packed_models"].as_array().expect("packed models");
    assert_eq!(
        used.iter().filter_map(|model| model["file"].as_str()).collect::<Vec<_>>(),
        ["norm.fascicle", "tells.fascicle", "plain.fascicle"]
    );
    assert!(used.iter().all(|model| model["checksum"].as_str().is_some_and(|sum| sum.len() == 64)), "{used:?}");

    // Without `reference:` the norm is that of the run: its own deviations of the same people, to the last bit.
    let of_spring = scene.read("runs/spring/analysis-away.tsv").replace("other:", "");
    let of_later = scene.read("runs/later/analysis-since.tsv").replace("patients:", "");
    assert_eq!(of_spring, of_later);
    assert_ne!(of_later, scene.read("runs/later/analysis-away.tsv").replace("patients:", ""));

    // Again nothing happens; with more people they are predicted, and nothing is trained.
    let again = scene.json(&run);
    assert!(again["tasks"].as_array().expect("tasks").iter().all(|task| task["ran"] == false), "{again}");
    scene.write("patients.csv", numbered(40, 3, HEADING));
    let more = scene.json(&run);
    assert_eq!((tasks(&more, "index"), tasks(&more, "predict"), tasks(&more, "train")), ((1, 1), (6, 6), (0, 0)));
    // So does another model of the same name, and only it is predicted again.
    scene.edit("spring.fx", "batch 8 }\ntrain tells", "batch 4 }\ntrain tells");
    scene.write("young.csv", numbered(60, 0, HEADING));
    scene.fascicle(&["run", "spring.fx", "--quiet", "--device", "cpu"]).succeeds();
    scene.fascicle(&["pack", "runs/spring", "--model", "norm", "-o", "norm.fascicle", "--overwrite"]).succeeds();
    assert_eq!(tasks(&scene.json(&run), "predict"), (2, 6));
}

#[test]
fn people_that_a_packed_model_does_not_fit_are_told() {
    let scene = packed();
    scene.write("later.fx", LATER.replace(", rename b from \"B\"", ""));
    let check = ["check", "later.fx"];
    scene.fascicle(&check).fails(2, &["E0704", "has no column `b`, which `norm` reads", "rename b from \"B\""]);
    scene.write("later.fx", LATER);
    // Whoever is of an unknown class is left out, and said to be.
    let table = numbered(30, 3, HEADING).replacen(",F,", ",other,", 1);
    scene.write("patients.csv", table);
    let run = ["run", "later.fx", "--device", "cpu"];
    let told = scene.fascicle(&run);
    told.succeeds();
    assert!(told.stderr.contains("`sex` is `other`, which is not among F, M"), "{}", told.stderr);
    // What another cohort is compared with, these need not have.
    scene.write("patients.csv", numbered(30, 3, HEADING));
    scene.write("controls.csv", numbered(24, 6, "id,a,B,c,sex,diagnosis,score"));
    scene.fascicle(&run).succeeds();
    scene.fascicle(&["check", "later.fx", "--data"]).succeeds();
    // The truth alone is missing in another table: only the score that needs it says so.
    scene.write("patients.csv", numbered(30, 3, &HEADING.replace("points", "other")));
    scene.fascicle(&check).fails(2, &["E0704", "no column `points`, which this is compared with"]);
    scene.edit("later.fx", "score points on patients: mae\n", "");
    scene.fascicle(&run).succeeds();
    // An archive that was damaged, and the folder of a run that was itself made of packed models.
    let mut bytes = std::fs::read(scene.path("tells.fascicle")).expect("an archive");
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    std::fs::write(scene.path("tells.fascicle"), bytes).expect("an archive is written");
    scene.fascicle(&check).fails(2, &["E0859", "its checksum is not that of its content"]);
    scene
        .fascicle(&["pack", "runs/later", "--model", "norm", "-o", "again.fascicle"])
        .fails(2, &["`norm` was packed before this run: it is norm.fascicle"]);
}

#[test]
fn sites_and_voxels_that_a_packed_model_does_not_know_end_the_run() {
    let scene = Scene::empty();
    let site = |rows: usize, last: &str| {
        let row = |i: usize| {
            format!("p{i},{}.5,{}.25,{}", i % 7, i % 5, if i + 1 == rows { last } else { ["A", "B"][i % 2] })
        };
        std::iter::once("id,a,b,site".to_owned()).chain((0..rows).map(row)).collect::<Vec<_>>().join("\n")
    };
    scene.write("people.csv", site(40, "A"));
    scene.write("clinic.csv", site(9, "C"));
    scene.write(
        "study.fx",
        "cohort people = table(\"people.csv\") { subject id }
modality numbers: vector[2] = columns([a, b] |> combat(by: site))
model m(numbers) { output back = numbers |> Linear(2) }
train m { minimize mse(m.back, numbers)  epochs 2  batch 8 }
protocol split = holdout(train: 0.6, validation: 0.1, test: 0.3)
score m.back: mse, against: numbers
",
    );
    scene.fascicle(&["run", "study.fx", "--quiet", "--device", "cpu"]).succeeds();
    scene.fascicle(&["pack", "runs/study", "-o", "m.fascicle"]).succeeds();
    scene.write(
        "later.fx",
        "use model m from \"m.fascicle\"\ncohort clinic = table(\"clinic.csv\") { subject id }\nscore m.back: mse\n",
    );
    scene.fascicle(&["run", "later.fx", "--quiet", "--device", "cpu"]).fails(2, &["`site`", "`C`", "p8"]);

    let scene = Scene::of_heads();
    scene.edit(
        "image.fx",
        "kfold(2, stratify: [diagnosis], seed: 1)",
        "holdout(train: 0.6, validation: 0.1, test: 0.3)",
    );
    scene.fascicle(&["run", "image.fx", "--quiet", "--device", "cpu"]).succeeds();
    scene.fascicle(&["pack", "runs/image", "-o", "see.fascicle"]).succeeds();
    scene.write(
        "later.fx",
        "use model see from \"see.fascicle\"\ncohort clinic = bids(\"heads\")\nscore see: accuracy, auc\n",
    );
    scene.fascicle(&["run", "later.fx", "--quiet", "--device", "cpu"]).succeeds();
    let other = ndarray::ArrayD::from_shape_fn(ndarray::IxDyn(&[16, 16, 16]), |at| at[0] as f32);
    scene.image_of_voxels("heads/sub-03/anat/sub-03_T1w.nii.gz", &other, 2.0);
    scene.fascicle(&["run", "later.fx", "--quiet", "--device", "cpu"]).fails(
        2,
        &["input `t1`: 1 of 16 images have voxels of another size (sub-03: 2 x 2 x 2 mm)", "resample them first"],
    );
}

#[test]
fn what_is_by_column_is_painted_into_an_atlas_voxel_for_voxel() {
    let scene = packed();
    // Axes to the left, up and to the back: the file's own order stays.
    let affine = Affine::new([[-2.0, 0.0, 0.0], [0.0, 0.0, -2.0], [0.0, 3.0, 0.0]], [9.0, 8.0, -7.0]);
    let label = |[x, y, z]: [usize; 3]| [0.0, 11.0, 12.0, 13.0, 99.0][(x + 2 * y + 3 * z) % 5];
    let atlas = ndarray::ArrayD::from_shape_fn(ndarray::IxDyn(&[5, 4, 3]), |at| label([at[0], at[1], at[2]]));
    nifti::write(&scene.path("atlas.nii.gz"), atlas.view(), &affine, None).expect("an atlas");
    scene.write("labels.txt", "# a look-up table\n11 ctx-A 1 2 3 0\n12 b 1 2 3 0\n13 d 1 2 3 0\n14 C_volume 0 0 0 0\n");
    scene.write(
        "later.fx",
        format!("{LATER}analysis drawn = paint(regions.t, on: \"atlas.nii.gz\", names: \"labels.txt\")\n"),
    );
    let run = ["run", "later.fx", "--device", "cpu"];
    let told = scene.fascicle(&run);
    told.succeeds();
    for note in [
        "1 of 3 columns have a label that is not in atlas.nii.gz: `c`",
        "1 of 4 labels have no column: `d`",
        "1 of 4 labels of atlas.nii.gz have no name in labels.txt",
    ] {
        assert!(told.stderr.contains(note), "`{note}` is not in:\n{}", told.stderr);
    }
    let table = scene.read("runs/later/analysis-regions.tsv");
    let t = |column: &str| -> f32 {
        let row = table.lines().find(|line| line.starts_with(&format!("{column}\t"))).expect("the column");
        let at = table.lines().next().and_then(|heading| heading.split('\t').position(|name| name == "t")).expect("t");
        row.split('\t').nth(at).expect("a cell").parse::<f64>().expect("a number") as f32
    };
    let read = |name: &str| {
        let bytes = nifti::FileBytes::read(&scene.path(name)).expect("an image");
        nifti::RawVolume::decode(&bytes).expect("voxels")
    };
    let (atlas, map) = (read("atlas.nii.gz"), read("runs/later/analysis-drawn/desc-drawn_stat-t_statmap.nii.gz"));
    assert_eq!((map.shape, map.header.affine), (atlas.shape, atlas.header.affine));
    for (label, value) in atlas.values.iter().zip(&map.values) {
        let wanted = match *label {
            11.0 => t("a"),
            12.0 => t("b"),
            _ => 0.0,
        };
        assert_eq!(value.to_bits(), wanted.to_bits(), "label {label}");
    }
    let report = scene.read("runs/later/report.html");
    for words in
        ["regions.t of each region", "through the voxel where the last map is largest", "share of people beyond 1"]
    {
        assert!(report.contains(words), "`{words}` is not in the report");
    }

    // Another table of labels is another task, and so is one of another name, which notes give.
    let ran = |scene: &Scene| tasks(&scene.json(&["run", "later.fx", "--json", "--device", "cpu"]), "analyse").0;
    assert_eq!(ran(&scene), 0);
    std::fs::rename(scene.path("labels.txt"), scene.path("names.txt")).expect("a file is moved");
    scene.fascicle(&run).fails(2, &["E0711", "`labels.txt`: there is no such file"]);
    let elsewhere = scene.fascicle(&["check", "later.fx"]);
    elsewhere.succeeds();
    assert!(elsewhere.stderr.contains("W0951"), "{}", elsewhere.stderr);
    scene.edit("later.fx", "labels.txt", "names.txt");
    assert_eq!((ran(&scene), ran(&scene)), (1, 0));
    scene.edit("names.txt", "12 b", "12 B");
    assert_eq!(ran(&scene), 1, "names that are alike go together");
    scene.write("names.txt", "1 x\n2 y\n");
    scene.fascicle(&run).fails(1, &["no column of `regions` is called like a label of names.txt"]);
    scene.write("names.txt", "11 a\n12 A_volume\n");
    scene.edit("later.fx", "names: \"names.txt\"", "names: \"twice.tsv\"");
    scene.write("twice.tsv", "index\tname\n11\tA_area\n12\tA_volume\n");
    scene.fascicle(&run).fails(2, &["`a` could be of several labels: 11 `A_area`, 12 `A_volume`"]);
    scene.write("twice.tsv", "index\tlabel\n11\ta\n");
    scene.fascicle(&run).fails(2, &["has no column `name`"]);
}

#[test]
fn packed_models_of_unlike_runs_keep_their_runs_apart() {
    let scene = Scene::empty();
    scene.write("people.csv", people(40, "id,a,b,dx"));
    scene.write("clinic.csv", people(9, "id,a,b,dx"));
    let once = PROGRAM.replace(
        "kfold(2, validation: 0.2, stratify: [dx], seed: 1)",
        "holdout(train: 0.6, validation: 0.1, test: 0.3)",
    );
    scene.write("once.fx", once);
    scene.write("often.fx", PROGRAM.replace("seed: 1)", "seeds: [3, 1], repeats: 2)"));
    for study in ["once", "often"] {
        scene.fascicle(&["run", &format!("{study}.fx"), "--quiet", "--device", "cpu"]).succeeds();
        scene.fascicle(&["pack", &format!("runs/{study}"), "-o", &format!("{study}.fascicle")]).succeeds();
    }
    scene.write(
        "later.fx",
        "param second: text = \"often\"
use model m from \"once.fascicle\"
use model m as often from second + \".fascicle\"
cohort clinic = table(\"clinic.csv\") { subject id }
score m: auc
score often: auc
",
    );
    let run = scene.json(&["run", "later.fx", "--json", "--device", "cpu"]);
    assert_eq!(tasks(&run, "predict"), (9, 9), "one run and eight");
    let of = |seed: usize, fold: usize, repeat: usize| {
        scene.read(&format!("runs/later/variant-base/seed-{seed}/fold-{fold}/repeat-{repeat}/predictions.tsv"))
    };
    let mut seen = std::collections::BTreeSet::new();
    for (seed, fold, repeat) in [(3, 1, 1), (3, 1, 2), (3, 2, 1), (3, 2, 2), (1, 1, 1), (1, 1, 2), (1, 2, 1), (1, 2, 2)]
    {
        let table = of(seed, fold, repeat);
        let outputs = |name: &str| table.lines().filter(|line| line.split('\t').nth(3) == Some(name)).count();
        let holdout = if (seed, fold, repeat) == (1, 1, 1) { 27 } else { 0 };
        assert_eq!((outputs("m"), outputs("often")), (holdout, 27), "{table}");
        let own: Vec<&str> = table.lines().filter(|line| line.contains("\toften\t")).collect();
        assert!(seen.insert(own.join("\n")), "every run predicts its own");
    }
    let scores = scene.read("runs/later/scores.tsv");
    assert_eq!(scores.lines().count(), 1 + 1 + 8, "{scores}");
    scene.fascicle(&["check", "later.fx", "--set", "second=once"]).succeeds();
    scene
        .fascicle(&["check", "later.fx", "--set", "second=twice"])
        .fails(2, &["E0859", "`twice.fascicle`", "there is no such file"]);
}
