//! Nobody is lost in silence: what a run and a check say of who is found, left out and why.

use super::scene::{Scene, files_below, people};
use ndarray::{ArrayD, IxDyn};
use std::fs;

fn scan(subject: usize) -> String {
    format!("heads/sub-{subject:02}/anat/sub-{subject:02}_T1w.nii.gz")
}

/// `people.csv` with a column of sites, A and B in turn, and the cell `b` of these lines (from 1) missing.
fn people_of_sites(without_b: &[usize]) -> String {
    let line = |(at, line): (usize, &str)| match at {
        0 => format!("{line},site\n"),
        at => {
            let mut cells: Vec<&str> = line.split(',').collect();
            if without_b.contains(&at) {
                cells[2] = "n/a";
            }
            format!("{},{}\n", cells.join(","), if at % 4 < 2 { "A" } else { "B" })
        }
    };
    people().lines().enumerate().map(line).collect()
}

#[test]
fn a_cohort_of_which_nobody_is_lost_is_told_in_a_line() {
    let scene = Scene::of_people();
    scene
        .fascicle(&["run", "table.fx"])
        .fails(0, &["people: 60 found, 0 left out, 60 analysed have: record 60, dx 60"]);
    let told = scene.fascicle(&["check", "table.fx", "--data"]);
    assert!(told.succeeds().stdout.contains("the data fit: all 60 have what the file asks for"), "{}", told.stdout);
    // Asked again, the same is told, though nothing is read.
    scene.fascicle(&["run", "table.fx"]).fails(0, &["people: 60 found, 0 left out, 60 analysed"]);
}

#[test]
fn a_few_who_are_lost_are_counted_with_their_reason_and_a_warning_says_what_would_keep_them() {
    let scene = Scene::of_people();
    scene.write("people.csv", people_of_sites(&[3, 7, 11]));
    let warned = ["W0953", "3 of 60 in `people` lack a cell of `b` and are left out", "missing: mean"];
    scene.fascicle(&["check", "table.fx"]).fails(0, &warned);
    let flow = [
        "people: 60 found, 3 left out, 57 analysed",
        "left out: no `record`: `b` is missing: 3 (s03, s07, s11)",
        "have: record 57, dx 57",
    ];
    scene.fascicle(&["run", "table.fx"]).fails(0, &flow);
    let told = scene.fascicle(&["check", "table.fx", "--data"]);
    assert!(told.succeeds().stdout.contains("the data can be read: 57 of 60 are analysed"), "{}", told.stdout);
    let table = scene.read("runs/table/flow.tsv");
    assert!(table.contains("all\tpeople\tleft out\tno `record`: `b` is missing\t3\ts03,s07,s11"), "{table}");
}

#[test]
fn most_who_are_lost_end_the_run_unless_the_file_says_that_it_is_meant() {
    let scene = Scene::of_people();
    scene.write("people.csv", people_of_sites(&(1..=40).collect::<Vec<_>>()));
    let refused = [
        "cohort `people`: 20 of the 60 people kept have all that is required, less than 50%",
        "say that it is meant: complete 0.33",
        "`b` is missing: 40",
    ];
    scene.fascicle(&["run", "table.fx"]).fails(2, &refused);
    scene.assert_nothing_half_written();
    scene.edit("table.fx", "{ subject participant_id }", "{\n  subject participant_id\n  complete 0.33\n}");
    scene.fascicle(&["run", "table.fx"]).fails(0, &["60 found, 40 left out, 20 analysed"]);
}

#[test]
fn a_parameter_of_words_stands_for_its_value_in_a_condition() {
    let scene = Scene::of_people();
    scene.write("people.csv", people_of_sites(&[]));
    scene.edit("table.fx", "param width: int = 4", "param width: int = 4\nparam held: one_of(A, B) = A");
    scene.edit("table.fx", "{ subject participant_id }", "{\n  subject participant_id\n  keep site != held\n}");
    scene
        .fascicle(&["run", "table.fx"])
        .fails(0, &["60 found, 30 left out, 30 analysed", "left out: keep site != held: 30"]);
    scene.fascicle(&["run", "table.fx", "--set", "held=B"]).fails(0, &["60 found, 30 left out, 30 analysed"]);
    scene.edit("table.fx", "site != held", "site != hled");
    let told = ["E0707", "nobody in `people` has site = hled", "the column has A, B"];
    scene.fascicle(&["check", "table.fx"]).fails(2, &told);
}

#[test]
fn variants_have_their_cohorts_in_one_table() {
    let scene = Scene::of_people();
    scene.write("people.csv", people_of_sites(&[]));
    scene.edit("table.fx", "param width: int = 4", "param width: int = 4\nparam held: one_of(A, B) = A");
    scene.edit("table.fx", "{ subject participant_id }", "{\n  subject participant_id\n  keep site != held\n}");
    scene.write("table.fx", scene.read("table.fx") + "\nsweep sites: held { compare auc }\n");
    scene.fascicle(&["run", "table.fx"]).succeeds();
    let flow = scene.read("runs/table/flow.tsv");
    assert_eq!(flow.lines().filter(|line| line.contains("\tfound\t")).count(), 2, "{flow}");
}

#[test]
fn a_join_that_matches_nobody_is_told_once_at_its_clause() {
    let scene = Scene::of_people();
    scene.write("sites.csv", "ID,site\nA1,x\nA2,y\nA3,x\nA4,y\n");
    scene.edit("table.fx", "{ subject participant_id }", "{\n  subject participant_id\n  join \"sites.csv\"\n}");
    scene.edit("table.fx", "[a, b] |> standardize", "[a, b] |> standardize, site |> onehot");
    let told = scene.fascicle(&["check", "table.fx"]);
    let says = [
        "E0706",
        "sites.csv joins nobody: its column `ID` has `A1`, `A2`, `A3`, and `participant_id`",
        "`s01`, `s02`, `s03`",
    ];
    told.fails(2, &says);
    assert_eq!(told.stderr.matches("joins nobody").count(), 1, "{}", told.stderr);
    scene.fascicle(&["run", "table.fx"]).fails(2, &says);
}

#[test]
fn a_table_that_is_elsewhere_is_a_warning_of_check_and_an_error_of_run() {
    let scene = Scene::of_people();
    fs::remove_file(scene.path("people.csv")).expect("it can be removed");
    scene.edit("table.fx", "vector[_]", "vector[2]");
    scene.fascicle(&["check", "table.fx"]).fails(0, &["W0951", "there is no table at people.csv"]);
    scene.fascicle(&["run", "table.fx"]).fails(2, &["E0706", "there is no table at people.csv", "table.fx:5:17"]);
    scene.fascicle(&["check", "table.fx", "--data"]).fails(2, &["E0706"]);
}

#[test]
fn a_file_that_cannot_be_read_is_told_from_one_that_is_not_there() {
    let scene = Scene::of_heads();
    for subject in [2, 5, 9] {
        fs::remove_file(scene.path(&scan(subject))).expect("it can be removed");
    }
    fs::create_dir(scene.path(&scan(5))).expect("a folder");
    #[cfg(unix)]
    std::os::unix::fs::symlink("../../../.git/annex/objects/x/MD5E-s9--1.nii.gz", scene.path(&scan(9)))
        .expect("a link");
    let told = [
        "16 found, 3 left out, 13 analysed",
        "left out: no `t1`: no file matches `anat/*_T1w.nii.gz`: 1 (sub-02)",
        "left out: no `t1`: its file cannot be read: 2 (sub-05, sub-09)",
        "warning: heads: 2 of `t1` cannot be read, the first: sub-05:",
        "is a folder, not a file",
    ];
    scene.fascicle(&["run", "image.fx"]).fails(0, &told);
    #[cfg(unix)]
    {
        let flow = scene.read("runs/image/flow.tsv");
        assert!(flow.contains("is not here (git annex get, or datalad get, fetches it)"), "{flow}");
    }
}

/// Who may read everything cannot see this: as the superuser the program is run as nobody.
#[cfg(unix)]
#[test]
fn a_folder_without_permission_is_told_as_that() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let scene = Scene::of_heads();
    let mode = |name: &str, mode: u32| {
        fs::set_permissions(scene.path(name), fs::Permissions::from_mode(mode)).expect("permissions can be set");
    };
    mode("", 0o777);
    mode("heads/sub-03/anat", 0o000);
    let mut command = scene.command(&["run", "image.fx"]);
    if fs::read_dir(scene.path("heads/sub-03/anat")).is_ok() {
        command.uid(65_534).gid(65_534).env("HOME", scene.path(""));
    }
    let output = command.output();
    mode("heads/sub-03/anat", 0o755);
    let Ok(output) = output else {
        eprintln!("skipped: the program cannot be run as another user");
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    for says in ["left out: no `t1`: its file cannot be read: 1 (sub-03)", "ermission denied"] {
        assert!(told.contains(says), "`{says}` is not in {told}");
    }
}

#[test]
fn a_scan_of_other_voxels_is_named_until_the_file_says_that_it_is_meant() {
    let scene = Scene::of_heads();
    let path = scene.path(&scan(4));
    let thick = fascicle::data::affine::Affine::new([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0]], [0.0; 3]);
    let voxels = ArrayD::from_elem(IxDyn(&[16, 16, 12]), 1.0f32);
    fascicle::data::nifti::write(&path, voxels.view(), &thick, None).expect("an image");
    scene.edit("image.fx", "|> zscore", "");
    let told = [
        "input `t1`: 1 of 16 images have voxels of 3 x 3 x 3 mm (sub-04), the others of 1 x 1 x 1 mm",
        "input `t1`: 1 of 16 images have a grid of 16 x 16 x 12 (sub-04), the others of 16 x 16 x 16",
    ];
    scene.fascicle(&["check", "image.fx", "--data"]).fails(0, &told);
    scene.fascicle(&["run", "image.fx"]).fails(0, &told);
    // Also where nothing is computed again.
    scene.fascicle(&["run", "image.fx"]).fails(0, &told);
    scene.edit("image.fx", "image(\"anat/*_T1w.nii.gz\")", "image(\"anat/*_T1w.nii.gz\", spacing: any)");
    let quiet = scene.fascicle(&["run", "image.fx"]);
    assert!(!quiet.succeeds().stderr.contains("voxels of"), "{}", quiet.stderr);
}

#[test]
fn an_identifier_that_leads_elsewhere_is_refused_and_nothing_is_written_there() {
    for id in ["../outside", "/tmp/outside"] {
        let scene = Scene::of_people();
        scene.write("people.csv", people().replace("s07,", &format!("{id},")));
        let before = files_below(&scene.path("")).len();
        scene.fascicle(&["run", "table.fx"]).fails(2, &["people.csv, line 8", "cannot identify anybody", "separator"]);
        assert_eq!(files_below(&scene.path("")).len(), before);
    }
}
