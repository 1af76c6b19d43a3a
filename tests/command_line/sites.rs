//! Columns measured at several sites: what a run fits, what it says of a site that nobody trained on, and how the step is
//! switched off.

use super::scene::{Scene, people};
use serde_json::Value;

const STEPS: &str = "[a, b] |> combat(by: site, keep: [age], if: harmonised) |> standardize";

/// The site of a person, counted from 1: A and B, with as many of each diagnosis.
fn site(person: usize) -> &'static str {
    if person % 4 < 2 { "A" } else { "B" }
}

/// The experiment with sites, of which B measures more.
fn scene(site_of: impl Fn(usize) -> &'static str) -> Scene {
    let scene = Scene::of_people();
    let line = |(person, line): (usize, &str)| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        if person == 0 {
            return format!("{line},site,age\n");
        }
        let place = site_of(person);
        for cell in &mut cells[1..3] {
            let value: f64 = cell.parse().expect("a number");
            *cell = format!("{:.4}", if place == "B" { 10.0 + 3.0 * value } else { value });
        }
        format!("{},{place},{}\n", cells.join(","), 20 + person * 7 % 50)
    };
    scene.write("people.csv", people().lines().enumerate().map(line).collect::<String>());
    scene.edit("table.fx", "param width: int = 4", "param width: int = 4\nparam harmonised: bool = true");
    scene.edit("table.fx", "[a, b] |> standardize", STEPS);
    scene.edit("table.fx", "stratify: [dx]", "stratify: [dx, site]");
    scene
}

/// How many tasks ran.
fn ran(run: &Value) -> usize {
    run["tasks"].as_array().expect("tasks").iter().filter(|task| task["ran"] == true).count()
}

#[test]
fn what_was_fitted_of_sites_is_kept_and_found_again() {
    let scene = scene(site);
    scene.fascicle(&["run", "table.fx"]).succeeds();
    assert_eq!(ran(&scene.json(&["run", "table.fx", "--json"])), 0);
    let stored = super::scene::files_below(&scene.path("runs/store/fit"));
    let fitted: Vec<Value> = stored
        .iter()
        .filter(|(name, _)| name.ends_with("fitted.json"))
        .map(|(_, bytes)| serde_json::from_slice(bytes).expect("JSON"))
        .collect();
    assert_eq!(fitted.len(), 3);
    for fold in &fitted {
        let step = &fold[0]["columns"]["adjustments"][0];
        assert_eq!(step["site"]["levels"], serde_json::json!(["A", "B"]));
        assert_eq!(step["model"]["Combat"]["shifts"].as_array().map(Vec::len), Some(2));
    }
    assert_ne!(fitted[0], fitted[1], "each fold has its own");
}

#[test]
fn a_step_that_is_switched_off_is_as_if_it_had_never_been_named() {
    let scene = scene(site);
    scene.edit("table.fx", STEPS, "[a, b] |> standardize");
    let first = ran(&scene.json(&["run", "table.fx", "--json"]));
    assert!(first > 0);
    scene.edit("table.fx", "[a, b] |> standardize", STEPS);
    assert_eq!(ran(&scene.json(&["run", "table.fx", "--json", "--set", "harmonised=false"])), 0);
    assert_eq!(ran(&scene.json(&["run", "table.fx", "--json"])), first, "another input");
    scene.write("table.fx", scene.read("table.fx") + "\nsweep sites: harmonised { compare auc }\n");
    assert_eq!(ran(&scene.json(&["run", "table.fx", "--json"])), 1, "the comparison alone");
}

#[test]
fn a_site_that_trains_nobody_is_told_with_its_people_before_anything_is_trained() {
    let two = |person| if person == 7 || person == 8 { "C" } else { site(person) };
    let scene = scene(two);
    let warned = ["W0957", "`site` = `C` has 2 of the people of `people`"];
    scene.fascicle(&["check", "table.fx"]).fails(0, &warned);
    scene.edit("table.fx", "stratify: [dx, site], seed: 1", "stratify: [dx], seed: 1");
    let told = scene.fascicle(&["run", "table.fx"]);
    // Either both are tested in one fold, or one of them trains alone.
    told.fails(2, &["input `record`: step `combat`:", "`site` = `C`", "stratify: [site]"]);
    assert!(!scene.path("runs/store/train").exists(), "{}", told.stderr);
    scene.assert_nothing_half_written();
    scene.edit("table.fx", "{ subject participant_id }", "{\n  subject participant_id\n  keep site != \"C\"\n}");
    scene.fascicle(&["run", "table.fx"]).succeeds();
}

#[test]
fn who_lacks_a_site_is_left_out_though_missing_cells_are_filled() {
    let scene = scene(|person| if person == 5 { "n/a" } else { site(person) });
    scene.edit("table.fx", STEPS, &format!("{STEPS}, missing: mean"));
    scene.fascicle(&["check", "table.fx"]).fails(0, &["W0953", "1 of 60 in `people` lack a cell of `site`"]);
    scene.fascicle(&["run", "table.fx"]).fails(0, &["no `record`: `site` is missing: 1 (s05)"]);
}
