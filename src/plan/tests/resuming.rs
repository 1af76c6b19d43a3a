//! Interruptions, locks, and folders that are not ours.

use super::programs::{classifier, one_variant, two_stages};
use super::{Bench, Kind, Outcome, Watcher};
use crate::plan::{self, PlanError, run};
use std::sync::atomic::AtomicUsize;

#[test]
fn an_interrupted_run_goes_on_and_ends_with_the_same_bytes() -> Outcome {
    let experiment = one_variant(two_stages());
    let whole = Bench::new()?;
    let expected = whole.run(&experiment)?;
    let bench = Bench::new()?;
    // In the middle of the first stage, and of the second.
    for batches in [5, 9] {
        let watcher = Watcher { seen: AtomicUsize::new(0), ..Watcher::interrupting_after(batches) };
        let stopped = run(&experiment, &bench.options(&watcher))?;
        assert!(matches!(stopped.outcome, plan::Outcome::Interrupted { .. }), "{:?}", stopped.outcome);
        assert!(!bench.out().join("test").exists(), "an interrupted run has no folder");
        let partial: Vec<_> = std::fs::read_dir(bench.out().join("store/partial"))?.collect::<Result<_, _>>()?;
        let mut kept = partial.iter().flat_map(|p| std::fs::read_dir(p.path()).into_iter().flatten().flatten());
        assert!(kept.any(|own| own.path().join(crate::train::CHECKPOINT_FILE).is_file()), "a checkpoint is left");
    }
    let finished = bench.run(&experiment)?;
    assert_eq!(finished.outcome, plan::Outcome::Finished);
    assert_eq!(finished.variants[0].scores, expected.variants[0].scores);
    for stage in ["train auto, fold 1", "train age, fold 2"] {
        let bytes =
            |bench: &Bench, summary| std::fs::read(bench.stored(summary, Kind::Train, stage, "weights.safetensors"));
        assert_eq!(bytes(&bench, &finished)?, bytes(&whole, &expected)?, "{stage}");
    }
    assert_eq!(std::fs::read_dir(bench.out().join("store/partial"))?.count(), 0, "no checkpoint is left");
    Ok(())
}

#[test]
fn a_folder_that_fascicle_did_not_make_is_refused_before_anything_runs() -> Outcome {
    let bench = Bench::new()?;
    let folder = bench.out().join("test");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("thesis.tex"), "mine")?;
    let refused = bench.run(&one_variant(classifier(2)));
    let Err(error @ PlanError::ForeignFolder { .. }) = refused else { return Err("not refused".into()) };
    assert!(error.to_string().contains("--out"), "{error}");
    assert_eq!(std::fs::read_dir(&folder)?.count(), 1);
    assert!(!bench.out().join("store").exists(), "nothing ran");
    std::fs::write(folder.join("dataset_description.json"), r#"{"GeneratedBy": [{"Name": "fmriprep"}]}"#)?;
    assert!(matches!(bench.run(&one_variant(classifier(2))), Err(PlanError::ForeignFolder { .. })));
    Ok(())
}

#[test]
fn what_a_user_puts_into_a_runs_folder_stays_and_is_never_written_over() -> Outcome {
    let bench = Bench::new()?;
    let mut experiment = one_variant(classifier(2));
    bench.run(&experiment)?;
    let folder = bench.out().join("test");
    std::fs::create_dir_all(folder.join("notes"))?;
    std::fs::write(folder.join("notes/idea.txt"), "mine")?;
    bench.run(&experiment)?;
    assert_eq!(std::fs::read_to_string(folder.join("notes/idea.txt"))?, "mine");
    // A file where the next run would write one of its own.
    let taken = folder.join("variant-width=3/seed-1/fold-1/scores.tsv");
    std::fs::create_dir_all(taken.parent().ok_or("no parent")?)?;
    std::fs::write(&taken, "mine")?;
    experiment.variants = vec![classifier(3)];
    let refused = bench.run(&experiment);
    assert!(matches!(refused, Err(PlanError::ForeignFile { .. })), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&taken)?, "mine");
    Ok(())
}

#[test]
fn a_run_that_was_killed_while_it_put_its_folder_into_place_is_cleared_up() -> Outcome {
    let bench = Bench::new()?;
    let experiment = one_variant(classifier(2));
    let folder = bench.run(&experiment)?.folder.ok_or("no folder")?;
    std::fs::write(folder.join("mine.txt"), "mine")?;
    let (old, half) = (bench.out().join(".old-test-x"), bench.out().join(".writing-x"));
    std::fs::create_dir(&old)?;
    std::fs::rename(&folder, old.join("run"))?;
    std::fs::create_dir(&half)?;
    bench.run(&experiment)?;
    assert_eq!(std::fs::read_to_string(folder.join("mine.txt"))?, "mine", "the older run came back");
    assert!(!old.exists() && !half.exists() && folder.join("report.html").is_file());
    Ok(())
}

#[test]
fn a_folder_of_runs_that_cannot_be_made_is_refused() -> Outcome {
    let bench = Bench::new()?;
    std::fs::write(bench.out(), "a file")?;
    let refused = bench.run(&one_variant(classifier(2)));
    let Err(error @ PlanError::NotWritable { .. }) = refused else { return Err("not refused".into()) };
    assert!(error.to_string().contains("--out"), "{error}");
    Ok(())
}
