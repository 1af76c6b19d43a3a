use super::super::fingerprint::Parts;
use super::*;
use proptest::prelude::*;

type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

fn identity(text: &str) -> Result<Identity> {
    Ok(Parts::new("train", 1).with("what", &text)?.finish())
}

fn put(store: &Store, identity: &Identity) -> Result<Entry> {
    store.put("train", "train m", identity, &|| 1.5, |folder| put_bytes(&folder.join("weights"), b"0123456789"))
}

#[test]
fn a_result_is_found_again_and_only_under_its_fingerprint() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("store"))?;
    let one = identity("one")?;
    assert!(matches!(store.find("train", &one.fingerprint), Stored::Absent));
    put(&store, &one)?;
    let Stored::Whole(entry) = store.find("train", &one.fingerprint) else { return Err("not found".into()) };
    assert_eq!((fs::read(entry.folder.join("weights"))?, entry.seconds), (b"0123456789".to_vec(), 1.5));
    assert!(matches!(store.find("train", &identity("two")?.fingerprint), Stored::Absent));
    assert!(matches!(store.find("fit", &one.fingerprint), Stored::Absent));
    Ok(())
}

#[test]
fn a_result_with_a_changed_a_shortened_or_a_missing_file_is_damaged_and_can_be_replaced() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let one = identity("one")?;
    let weights = put(&store, &one)?.folder.join("weights");
    let damages: [&dyn Fn() -> std::io::Result<()>; 4] = [
        &|| fs::write(&weights, b"012345678X"),
        &|| fs::write(&weights, b"01234"),
        &|| fs::remove_file(&weights),
        &|| fs::write(weights.with_file_name(DONE), b"{"),
    ];
    for damage in damages {
        damage()?;
        assert!(matches!(store.find("train", &one.fingerprint), Stored::Damaged(_)));
        put(&store, &one)?;
        assert!(matches!(store.find("train", &one.fingerprint), Stored::Whole(_)));
    }
    Ok(())
}

/// A whole result, with what was written: whatever bytes are changed, it is found so or not at all.
fn found_as_written(store: &Store, identity: &Identity) -> std::result::Result<bool, Box<dyn std::error::Error>> {
    match store.find("train", &identity.fingerprint) {
        Stored::Whole(entry) => {
            assert_eq!(entry.seconds, 1.5);
            assert_eq!(fs::read(entry.folder.join("weights"))?, b"0123456789");
            Ok(true)
        }
        Stored::Damaged(problem) => {
            assert!(!problem.is_empty());
            Ok(false)
        }
        Stored::Absent => Ok(false),
    }
}

#[test]
fn no_change_of_one_byte_and_no_cut_makes_a_result_another_one() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let one = identity("one")?;
    let entry = put(&store, &one)?.folder;
    assert!(found_as_written(&store, &one)?);
    let mut whole = 0;
    for name in [DONE, "weights"] {
        let path = entry.join(name);
        let written = fs::read(&path)?;
        for at in 0..written.len() {
            // A neighbour of a digit is a digit; a blank, a quote and a brace change what JSON holds.
            let mut changed = written.clone();
            for byte in [written[at] ^ 1, written[at] ^ 0x80, b' ', b'"', b'}', b'0', b'a'] {
                changed[at] = byte;
                fs::write(&path, &changed)?;
                whole += usize::from(found_as_written(&store, &one)?);
            }
            fs::write(&path, &written[..at])?;
            assert!(!found_as_written(&store, &one)?, "{name} cut at {at}");
            let without = [&written[..at], &written[at + 1..]].concat();
            fs::write(&path, without)?;
            whole += usize::from(found_as_written(&store, &one)?);
        }
        fs::write(&path, &written)?;
    }
    // Blanks of the JSON, and bytes that were so before.
    assert!(whole > 0 && found_as_written(&store, &one)?);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_of_any_kind_is_seen(
        damages in proptest::collection::vec((any::<bool>(), 0..4_u8, any::<usize>(), any::<Vec<u8>>()), 1..4),
    ) {
        let changed = || -> Outcome {
            let folder = tempfile::tempdir()?;
            let store = Store::open(folder.path())?;
            let one = identity("one")?;
            let entry = put(&store, &one)?.folder;
            for (of_done, kind, at, bytes) in &damages {
                let path = entry.join(if *of_done { DONE } else { "weights" });
                let mut content = fs::read(&path).unwrap_or_default();
                let at = at % (content.len() + 1);
                match kind {
                    0 => content.truncate(at),
                    1 => content = [&content[..at], &bytes[..], &content[at..]].concat(),
                    2 => content.iter_mut().skip(at).zip(bytes).for_each(|(old, new)| *old = *new),
                    _ => {
                        // Gone altogether, now or before.
                        let _ = fs::remove_file(&path);
                        continue;
                    }
                }
                fs::write(&path, content)?;
            }
            found_as_written(&store, &one)?;
            Ok(())
        };
        changed().map_err(|e| TestCaseError::fail(e.to_string()))?;
    }
}

#[test]
fn a_result_in_the_place_of_another_is_damaged() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let (one, two) = (identity("one")?, identity("two")?);
    let moved = put(&store, &one)?.folder;
    fs::rename(&moved, store.folder("train", &two.fingerprint))?;
    let Stored::Damaged(problem) = store.find("train", &two.fingerprint) else { return Err("taken".into()) };
    assert!(problem.contains("of another result"), "{problem}");
    Ok(())
}

#[test]
fn a_task_that_fails_leaves_nothing_behind() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let one = identity("one")?;
    let failed = store.put("train", "train m", &one, &|| 0.0, |folder| {
        put_bytes(&folder.join("weights"), b"01")?;
        Err(PlanError::task("train m", "no"))
    });
    assert!(failed.is_err());
    assert!(matches!(store.find("train", &one.fingerprint), Stored::Absent));
    assert_eq!(fs::read_dir(folder.path().join("train"))?.count(), 0);
    Ok(())
}

#[test]
fn what_a_dead_run_has_left_half_written_is_removed() -> Outcome {
    let folder = tempfile::tempdir()?;
    let left = folder.path().join("train").join(format!("{ASIDE}x1"));
    fs::create_dir_all(&left)?;
    fs::write(left.join("weights"), b"01")?;
    let kept = folder.path().join("partial").join("abc");
    fs::create_dir_all(&kept)?;
    Store::open(folder.path())?;
    assert!(!left.exists() && kept.exists());
    Ok(())
}

#[test]
fn two_runs_at_once_are_refused_and_the_second_may_come_when_the_first_has_gone() -> Outcome {
    let folder = tempfile::tempdir()?;
    let first = Store::open(folder.path())?;
    let Err(refused) = Store::open(folder.path()) else { return Err("two locks".into()) };
    let text = refused.to_string();
    assert!(text.contains(&format!("process {}", std::process::id())) && text.contains("--out"), "{text}");
    drop(first);
    Store::open(folder.path())?;
    Ok(())
}

#[test]
fn a_store_below_a_file_is_refused() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("runs");
    fs::write(&file, b"")?;
    let Err(refused) = Store::open(&file.join("store")) else { return Err("opened".into()) };
    assert!(refused.to_string().contains("--out"), "{refused}");
    Ok(())
}
