//! `fascicle fix`: what is changed, what is left alone, and that no file is left half-written.

use super::scene::Scene;

/// A misspelt layer, a name of another framework, a clause with an equals sign, and a name that could be two.
const BROKEN: &str = r#"cohort people = table("people.csv") { subject participant_id }

condition record: vector[2] = people.columns([a, b] |> standardize)
target dx: class{CN, AD} = people.column("dx")

model clinic(record) -> dx {
  record |> linear(4) |> nn.ReLU() |> Linear(out_features: 2)
}

train clinic {
  minimize cross_entropy(clinic, dx)
  epochs = 2
}

score clinic: auc
"#;

#[test]
fn what_is_certain_is_repaired_and_shown() {
    let scene = Scene::of_people();
    scene.write("broken.fx", BROKEN);
    let told = scene.fascicle(&["fix", "broken.fx"]);
    told.succeeds();
    for line in [
        "-  record |> linear(4) |> nn.ReLU() |> Linear(out_features: 2)",
        "+  record |> Linear(4) |> relu() |> Linear(outputs: 2)",
        "-  epochs = 2",
        "+  epochs 2",
    ] {
        assert!(told.stdout.contains(line), "{line}\n{}", told.stdout);
    }
    assert!(!told.stdout.contains('\u{1b}'), "colour, where nobody sees it");
    scene.fascicle(&["check", "broken.fx"]).succeeds();
    // A second time there is nothing to do.
    let again = scene.fascicle(&["fix", "broken.fx"]);
    again.succeeds();
    assert!(again.stderr.contains("nothing to repair"), "{}", again.stderr);
}

#[test]
fn a_dry_run_changes_nothing() {
    let scene = Scene::of_people();
    scene.write("broken.fx", BROKEN);
    let told = scene.fascicle(&["fix", "--dry-run", "broken.fx"]);
    told.succeeds();
    assert!(told.stdout.contains("+  epochs 2"), "{}", told.stdout);
    assert_eq!(scene.read("broken.fx"), BROKEN);
}

#[test]
fn what_could_have_meant_something_else_waits_for_all() {
    let scene = Scene::of_people();
    let text = super::scene::TABLE.replace("score clinic: auc", "score clinic: auc\nparam unused: int = 3");
    scene.write("table.fx", &text);
    let told = scene.fascicle(&["fix", "table.fx"]);
    assert!(told.stderr.contains("--all"), "{}", told.stderr);
    assert_eq!(scene.read("table.fx"), text);
    scene.fascicle(&["fix", "--all", "table.fx"]).succeeds();
    assert!(!scene.read("table.fx").contains("unused"));
}

#[test]
fn a_file_that_is_used_is_repaired_where_it_is_the_users() {
    let scene = Scene::of_people();
    scene.write("parts.fx", "block Half(x: [n]) -> [2] { x |> Linear(out_features: 2) }\n");
    let text = BROKEN
        .replace("cohort people", "use \"parts.fx\".Half\ncohort people")
        .replace("record |> linear(4) |> nn.ReLU() |> Linear(out_features: 2)", "record |> Half()")
        .replace("epochs = 2", "epochs 2");
    scene.write("main.fx", text);
    scene.fascicle(&["fix", "main.fx"]).succeeds();
    assert!(scene.read("parts.fx").contains("Linear(outputs: 2)"), "{}", scene.read("parts.fx"));
    scene.assert_nothing_half_written();
}

#[test]
fn what_cannot_be_repaired_is_told_and_nothing_is_written() {
    let scene = Scene::of_people();
    let text = "model m(nothing) { nothing |> Linear(2) }\n";
    scene.write("hopeless.fx", text);
    scene.fascicle(&["fix", "hopeless.fx"]).fails(2, &["nobody declared `nothing`"]);
    assert_eq!(scene.read("hopeless.fx"), text);
    scene.fascicle(&["fix", "gone.fx"]).fails(2, &["gone.fx: there is no such file"]);
}
