//! Models that leave their run, from the command line.

use super::scene::Scene;

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
