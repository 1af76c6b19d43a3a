//! Data that cannot be used are told by file, line or subject, with what was found, and leave nothing half-written.

use super::scene::{Scene, files_below, people};
use ndarray::{ArrayD, IxDyn};
use std::fs;
use std::process::Command;

const SCAN: &str = "heads/sub-03/anat/sub-03_T1w.nii.gz";

/// The run is refused for the data, exit status 2, and says each of these.
#[track_caller]
fn refused(scene: &Scene, program: &str, says: &[&str]) {
    scene.fascicle(&["run", program]).fails(2, says);
    scene.assert_nothing_half_written();
    assert!(!scene.path("runs").join(program.trim_end_matches(".fx")).exists());
}

/// `people.csv` with one line replaced, counted from 1.
fn people_with(line: usize, text: &str) -> String {
    let table = people();
    let mut lines: Vec<&str> = table.lines().collect();
    lines[line - 1] = text;
    lines.join("\n") + "\n"
}

#[test]
fn a_folder_or_table_that_is_missing_is_named() {
    let scene = Scene::of_heads();
    fs::remove_dir_all(scene.path("heads")).expect("it can be removed");
    refused(&scene, "image.fx", &["there is no BIDS folder at", "heads", "relative to the working folder"]);
    let scene = Scene::of_people();
    fs::remove_file(scene.path("people.csv")).expect("it can be removed");
    refused(&scene, "table.fx", &["there is no table at", "people.csv"]);
}

#[test]
fn a_truncated_image_is_named_with_its_subject_and_its_sizes() {
    let scene = Scene::of_heads();
    let whole = fs::read(scene.path(SCAN)).expect("the scan");
    scene.write(SCAN, &whole[..whole.len() / 2]);
    refused(
        &scene,
        "image.fx",
        &[
            "sub-03, input `t1`",
            "sub-03_T1w.nii.gz is truncated",
            "expected 16384 bytes of voxels",
            "copy the file again",
        ],
    );
    // Mended, the same command goes on.
    scene.write(SCAN, whole);
    scene.fascicle(&["run", "image.fx"]).succeeds();
}

#[test]
fn an_image_without_the_end_of_its_compression_is_not_said_to_lack_voxels() {
    let scene = Scene::of_heads();
    let whole = fs::read(scene.path(SCAN)).expect("the scan");
    // A gzip file ends with four bytes of checksum and four of length.
    scene.write(SCAN, &whole[..whole.len() - 4]);
    refused(&scene, "image.fx", &["sub-03_T1w.nii.gz", "of the gzip checksum behind them", "copy the file again"]);
    let told = scene.fascicle(&["run", "image.fx"]).stderr;
    assert!(!told.contains("expected 16384"), "{told}");
}

#[test]
#[cfg(unix)]
fn a_pipe_or_a_device_in_the_place_of_a_file_is_refused_and_not_waited_for() {
    /// The command ends by itself; one that waits for a writer is ended.
    fn ends(scene: &Scene, arguments: &[&str]) -> super::scene::Told {
        use std::process::Stdio;
        let mut child =
            scene.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        for _ in 0..600 {
            if child.try_wait().expect("a child").is_some() {
                return child.wait_with_output().expect("what it said").into();
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let _ = child.kill();
        panic!("{arguments:?} waits");
    }
    let pipe = |scene: &Scene, name: &str| {
        let path = scene.path(name);
        fs::remove_file(&path).expect("it can be removed");
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo").success());
    };
    let scene = Scene::of_people();
    pipe(&scene, "people.csv");
    ends(&scene, &["run", "table.fx"]).fails(2, &["people.csv", "it is a pipe, not a file"]);
    ends(&scene, &["check", "table.fx", "--data"]).fails(2, &["people.csv", "it is a pipe, not a file"]);
    fs::remove_file(scene.path("people.csv")).expect("it can be removed");
    std::os::unix::fs::symlink("/dev/zero", scene.path("people.csv")).expect("a link");
    ends(&scene, &["run", "table.fx"]).fails(2, &["people.csv", "it is a device, not a file"]);

    let scene = Scene::of_heads();
    pipe(&scene, SCAN);
    let told = ends(&scene, &["check", "image.fx", "--data"]);
    let said = format!("{} {}", told.stdout, told.stderr);
    assert!(said.contains("not a file"), "{said}");
    let told = ends(&scene, &["run", "image.fx"]);
    assert!(told.stderr.contains("not a file"), "{}", told.stderr);
}

#[test]
fn nobody_left_is_said_once_of_a_cohort() {
    let scene = Scene::of_people();
    scene.edit("table.fx", "{ subject participant_id }", "{ subject participant_id, keep a > 100 }");
    for arguments in [&["run", "table.fx"][..], &["check", "table.fx", "--data"], &["check", "table.fx"]] {
        let told = scene.fascicle(arguments);
        let said = told.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("cohort `people`: nobody is left"), "{arguments:?}: {said}");
        assert!(!said.contains("cohort `people`: cohort"), "{arguments:?}: {said}");
    }
}

#[test]
fn an_empty_image_is_told_before_anything_runs() {
    let scene = Scene::of_heads();
    scene.write(SCAN, "");
    refused(&scene, "image.fx", &["sub-03_T1w.nii.gz is empty (0 bytes)"]);
    scene
        .fascicle(&["check", "image.fx", "--data"])
        .fails(2, &["sub-03", "is empty (0 bytes)", "1 problem in the data"]);
}

#[test]
fn text_in_the_place_of_an_image_is_told() {
    let scene = Scene::of_heads();
    scene.write(SCAN, "version https://git-lfs.github.com/spec/v1\n".repeat(20));
    refused(&scene, "image.fx", &["sub-03_T1w.nii.gz is not an image that can be read"]);
}

#[test]
fn a_series_where_one_volume_is_declared_is_told_with_its_shape() {
    let scene = Scene::of_heads();
    scene.image(SCAN, &ArrayD::from_elem(IxDyn(&[16, 16, 16, 2]), 1.0));
    let says = ["sub-03", "sub-03_T1w.nii.gz has shape [16, 16, 16, 2], expected one 3D volume"];
    refused(&scene, "image.fx", &says);
    scene.fascicle(&["check", "image.fx", "--data"]).fails(2, &says);
}

#[test]
fn an_image_of_another_shape_is_cropped_or_padded_to_the_declared_one() {
    let scene = Scene::of_heads();
    scene.image(SCAN, &ArrayD::from_shape_fn(IxDyn(&[20, 16, 12]), |at| at[0] as f32));
    scene.fascicle(&["run", "image.fx"]).succeeds();
    let flow = scene.read("runs/image/flow.tsv");
    assert!(flow.contains("analysed\tn/a\t16"), "{flow}");
}

#[test]
fn a_voxel_that_is_no_number_is_told_with_its_place() {
    let scene = Scene::of_heads();
    let mut voxels = ArrayD::from_shape_fn(IxDyn(&[16, 16, 16]), |at| at[1] as f32);
    voxels[[3, 4, 5]] = f32::NAN;
    scene.image(SCAN, &voxels);
    refused(&scene, "image.fx", &["sub-03", "has 1 voxels that are not finite, the first (NaN) at voxel [3, 4, 5]"]);
}

#[test]
fn a_subject_that_is_twice_in_a_table_is_told_with_both_lines() {
    let scene = Scene::of_people();
    scene.write("people.csv", people() + "s03,1,2,AD\n");
    refused(&scene, "table.fx", &["people.csv has `s03` on line 4 and again on line 62"]);
}

#[test]
fn a_missing_column_is_told_at_the_place_that_reads_it() {
    let scene = Scene::of_people();
    scene.write("people.csv", people().replacen("participant_id,a,b,dx", "participant_id,a,B2,dx", 1));
    refused(&scene, "table.fx", &["E0704", "table.fx:7:50", "the table of `people` has no column `b`"]);
}

#[test]
fn text_in_a_column_of_numbers_is_told_with_the_text() {
    let scene = Scene::of_people();
    scene.write("people.csv", people_with(5, "s04,many,2.0,AD"));
    refused(&scene, "table.fx", &["E0705", "table.fx:7:47", "column `a` of `people` holds text (many), not numbers"]);
}

#[test]
fn a_line_with_too_few_cells_is_told_with_its_number() {
    let scene = Scene::of_people();
    scene.write("people.csv", people_with(9, "s08,1.0"));
    refused(&scene, "table.fx", &["people.csv, line 9", "4", "2"]);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let plain = Scene::of_people();
    plain.fascicle(&["run", "table.fx"]).succeeds();
    let windows = Scene::of_people();
    windows.write("people.csv", format!("\u{feff}{}", people().replace('\n', "\r\n")));
    windows.fascicle(&["run", "table.fx"]).succeeds();
    for file in ["runs/table/scores.tsv", "runs/table/variant-base/seed-1/fold-1/predictions.tsv"] {
        assert_eq!(plain.read(file), windows.read(file), "{file}");
    }
}

#[test]
fn a_class_that_is_not_declared_is_refused_by_a_stratified_split_and_told_by_check() {
    let scene = Scene::of_people();
    scene.write("people.csv", people_with(7, "s06,1.0,2.0,MCI"));
    refused(&scene, "table.fx", &["split, seed 1", "class `MCI` of `dx`", "fewer than the 3 folds"]);
    let told = scene.fascicle(&["check", "table.fx", "--data"]);
    told.fails(2, &["s06", "`MCI` is not among the classes CN, AD"]);
}

#[test]
fn a_class_that_nobody_has_is_told_at_its_declaration() {
    let scene = Scene::of_people();
    scene.edit("table.fx", "class{CN, AD}", "class{CN, AD, MCI}");
    scene.edit("table.fx", "|> Linear(2)", "|> Linear(3)");
    refused(&scene, "table.fx", &["E0703", "nobody in `people` has dx = MCI"]);
}

#[test]
fn a_class_never_seen_in_training_scores_without_a_made_up_number() {
    let scene = Scene::of_people();
    scene.write("people.csv", people_with(7, "s06,1.0,2.0,MCI"));
    scene.edit("table.fx", "class{CN, AD}", "class{CN, AD, MCI}");
    scene.edit("table.fx", "|> Linear(2)", "|> Linear(3)");
    scene.edit("table.fx", ", stratify: [dx]", "");
    scene.fascicle(&["run", "table.fx"]).succeeds();
    // Two folds have nobody with MCI to test, so the one-against-rest area of that class has no value there.
    let scores = scene.read("runs/table/scores.tsv");
    assert!(scores.contains("n/a") && !scores.contains("NaN"), "{scores}");
}

#[test]
fn a_fold_with_one_class_only_is_told_with_its_number() {
    let scene = Scene::of_people();
    let table = people().replace(",AD\n", ",CN\n").replacen(",CN\n", ",AD\n", 2);
    scene.write("people.csv", table);
    refused(&scene, "table.fx", &["class `AD` of `dx` has 2 people, fewer than the 3 folds"]);
    scene.edit("table.fx", ", stratify: [dx]", "");
    refused(
        &scene,
        "table.fx",
        &["the test set of fold", "has only `CN` of `dx`, expected two classes", "add stratify: [dx]"],
    );
}

#[test]
fn a_store_that_cannot_be_written_is_told_with_the_option_that_helps() {
    let scene = Scene::of_people();
    scene.write("taken", "a file where the folder of all runs should be");
    scene.fascicle(&["run", "table.fx", "--out", "taken"]).fails(1, &["taken cannot be written", "--out"]);
    scene.write("half/store", "a file where the store should be");
    scene.fascicle(&["run", "table.fx", "--out", "half"]).fails(1, &["half/store cannot be written", "--out"]);
    assert_eq!(files_below(&scene.path("half")).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_read_only_store_is_told_with_the_option_that_helps() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::of_people();
    let fixed = scene.path("fixed");
    fs::create_dir(&fixed).expect("it can be made");
    fs::set_permissions(&fixed, fs::Permissions::from_mode(0o555)).expect("it can be set");
    if fs::write(fixed.join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write to read-only folders");
        return;
    }
    scene.fascicle(&["run", "table.fx", "--out", "fixed"]).fails(1, &["fixed", "cannot be written", "--out"]);
}

#[test]
fn a_folder_of_the_users_is_not_written_over() {
    let scene = Scene::of_people();
    scene.write("runs/table/thesis.txt", "three years of work");
    scene.fascicle(&["run", "table.fx"]).fails(1, &["is not a run of fascicle", "move it away"]);
    assert_eq!(scene.read("runs/table/thesis.txt"), "three years of work");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_finished_tasks_are_kept() {
    let scene = Scene::of_people();
    let disk = scene.path("disk");
    fs::create_dir(&disk).expect("it can be made");
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&disk).output();
    if !mount.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: this user cannot mount a small disk");
        return;
    }
    let told = scene.fascicle(&["run", "table.fx", "--out", "disk/runs"]);
    let report_there = disk.join("runs/table").exists();
    let grown = Command::new("mount").args(["-o", "remount,size=16m"]).arg(&disk).output();
    let again = scene.fascicle(&["run", "table.fx", "--out", "disk/runs"]);
    let unmounted = Command::new("umount").arg(&disk).output();
    told.fails(1, &["the disk is full", "free some space and run again, finished tasks are kept"]);
    assert!(!report_there);
    assert!(grown.is_ok_and(|output| output.status.success()));
    again.fails(0, &["reused"]);
    assert!(!again.stderr.contains(" 0 reused"), "{}", again.stderr);
    assert!(unmounted.is_ok_and(|output| output.status.success()));
}
