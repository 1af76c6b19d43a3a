use super::super::fingerprint::Parts;
use super::session::Owner;
use super::*;
use proptest::prelude::*;

type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

fn identity(text: &str) -> Result<Identity> {
    Ok(Parts::new("train", 1).with("what", &text)?.finish())
}

fn put(store: &Store, identity: &Identity) -> Result<Entry> {
    store.put("train", "train m", identity, &|| (1.5, None), |folder| put_bytes(&folder.join("weights"), b"0123456789"))
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
    let failed = store.put("train", "train m", &one, &|| (0.0, None), |folder| {
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

fn claimed(store: &Store, name: &str) -> Result<Option<Claim>> {
    Ok(match store.claim(name)? {
        Claiming::Ours(claim) => Some(claim),
        Claiming::Theirs(_) => None,
    })
}

#[test]
fn a_task_is_claimed_by_one_process_until_it_gives_it_back() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (first, second) = (Store::open(folder.path())?, Store::open(folder.path())?);
    let claim = claimed(&first, "train-a")?.ok_or("not claimed")?;
    let Claiming::Theirs(owner) = second.claim("train-a")? else { return Err("claimed twice".into()) };
    assert!(owner.described().contains(&format!("process {}", std::process::id())), "{}", owner.described());
    assert!(claimed(&second, "train-b")?.is_some() && claim.is_held());
    assert_eq!(first.claimed().into_iter().collect::<Vec<_>>(), ["train-a"]);
    drop(claim);
    assert!(claimed(&second, "train-a")?.is_some());
    Ok(())
}

/// A claim of somebody else.
fn foreign_claim(root: &Path, owner: &Owner, beat: bool) -> Outcome {
    let folder = root.join("claims/train-a");
    fs::create_dir_all(&folder)?;
    put_json(&folder.join(format!("{}-0.json", owner.session)), owner)?;
    fs::create_dir_all(root.join("sessions"))?;
    put_json(&root.join("sessions").join(format!("{}.json", owner.session)), owner)?;
    if beat {
        fs::write(root.join("sessions").join(format!("{}.beat", owner.session)), b"0")?;
    }
    Ok(())
}

#[test]
fn the_claim_of_a_process_that_is_gone_is_taken_over_and_that_of_a_living_one_is_not() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let own = store.session.as_ref().ok_or("no session")?.owner.clone();
    let place = own.began.rsplit_once(' ').map_or("", |(place, _)| place);
    // No process of this machine began at tick 0 with this number.
    let dead = Owner { session: "dead".into(), began: format!("{place} 0"), ..own.clone() };
    let elsewhere = Owner { session: "far".into(), host: "elsewhere".into(), ..own };
    let old = std::time::SystemTime::now() - 2 * session::STALE;
    for (owner, ages, is_taken) in [(&dead, false, true), (&elsewhere, false, false), (&elsewhere, true, true)] {
        foreign_claim(folder.path(), owner, true)?;
        if ages {
            let beat = folder.path().join(format!("sessions/{}.beat", owner.session));
            File::options().write(true).open(beat)?.set_modified(old)?;
        }
        assert_eq!(store.is_stale("train-a"), is_taken, "{owner:?}");
        let claim = claimed(&store, "train-a")?;
        assert_eq!(claim.is_some(), is_taken, "{owner:?}");
        drop(claim);
        let _ = fs::remove_dir_all(folder.path().join("claims/train-a"));
    }
    assert_eq!(fs::read_dir(folder.path().join("claims"))?.count(), 0, "nothing is left of a take-over");
    Ok(())
}

#[test]
fn a_claim_without_a_record_is_nobodys_and_one_that_cannot_be_read_where_nobody_else_is_at_work() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    // Whoever gave it back was killed before its folder was gone.
    fs::create_dir_all(folder.path().join("claims/train-a"))?;
    assert!(store.is_stale("train-a"));
    let claim = claimed(&store, "train-a")?.ok_or("not claimed")?;
    let other = Store::open(folder.path())?;
    assert!(claimed(&other, "train-a")?.is_none() && claim.is_held());
    let damaged = folder.path().join("claims/train-b");
    fs::create_dir_all(&damaged)?;
    fs::write(damaged.join("x-0.json"), b"{")?;
    assert!(claimed(&store, "train-b")?.is_none() && !store.is_stale("train-b"));
    drop(other);
    assert!(claimed(&store, "train-b")?.is_some());
    Ok(())
}

#[test]
fn what_was_being_claimed_by_a_process_that_died_is_removed_and_what_a_living_one_claims_stays() -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path())?;
    let own = store.session.as_ref().ok_or("no session")?.owner.session.clone();
    let (mine, left) = (store.claims().join(format!(".making-{own}-7")), store.claims().join(".making-dead-7"));
    for making in [&mine, &left] {
        fs::create_dir_all(making)?;
        fs::write(making.join("x-7.json"), b"{}")?;
    }
    store.tidy()?;
    assert!(mine.exists() && !left.exists());
    let other = Store::open(folder.path())?;
    assert!(mine.exists());
    drop((store, other));
    Store::open(folder.path())?;
    assert!(!mine.exists());
    Ok(())
}

#[test]
fn of_many_who_take_one_task_over_one_gets_it() -> Outcome {
    const TAKERS: usize = 8;
    let folder = tempfile::tempdir()?;
    let stores = (0..TAKERS).map(|_| Store::open(folder.path())).collect::<Result<Vec<_>>>()?;
    let own = stores.first().and_then(|store| store.session.as_ref()).ok_or("no session")?.owner.clone();
    let place = own.began.rsplit_once(' ').map_or("", |(place, _)| place);
    for round in 0..200 {
        let dead = Owner { session: format!("dead{round}"), began: format!("{place} 0"), ..own.clone() };
        match round % 4 {
            // Of nobody, and of somebody who died giving it back.
            0 => {}
            1 => fs::create_dir_all(folder.path().join("claims/train-a"))?,
            _ => foreign_claim(folder.path(), &dead, round % 4 == 2)?,
        }
        let together = std::sync::Barrier::new(TAKERS);
        let claims = std::thread::scope(|scope| {
            let take = |store| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    claimed(store, "train-a")
                })
            };
            let takers: Vec<_> = stores.iter().map(take).collect();
            takers.into_iter().map(|taker| taker.join().expect("no panic")).collect::<Result<Vec<_>>>()
        })?;
        let held: Vec<bool> = claims.iter().flatten().map(Claim::is_held).collect();
        assert_eq!(held, [true], "round {round}");
        let names = fs::read_dir(folder.path().join("claims"))?.map(|entry| entry.map(|entry| entry.file_name()));
        assert_eq!(names.collect::<std::io::Result<Vec<_>>>()?, ["train-a"], "nothing is left of those who lost");
        drop(claims);
        assert_eq!(fs::read_dir(folder.path().join("claims"))?.count(), 0, "round {round}");
    }
    Ok(())
}

#[test]
fn whoever_holds_a_claim_holds_it_alone_while_many_take_it_give_it_back_and_clear_up() -> Outcome {
    let folder = tempfile::tempdir()?;
    let holders = std::sync::atomic::AtomicUsize::new(0);
    let taken = std::thread::scope(|scope| {
        let work = || -> Result<usize> {
            let store = Store::open(folder.path())?;
            let mut taken = 0;
            for round in 0..100 {
                if let Some(claim) = claimed(&store, "train-a")? {
                    let others = holders.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    std::thread::yield_now();
                    let is_held = claim.is_held();
                    holders.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                    assert!(others == 0 && is_held, "round {round}");
                    taken += 1;
                }
                if round % 10 == 0 {
                    store.tidy()?;
                }
            }
            Ok(taken)
        };
        let workers: Vec<_> = (0..6).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().expect("no panic")).sum::<Result<usize>>()
    })?;
    assert!(taken > 0);
    assert_eq!(fs::read_dir(folder.path().join("claims"))?.count(), 0);
    Ok(())
}

#[test]
fn of_two_who_compute_the_same_the_first_result_stays() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (first, second) = (Store::open(folder.path())?, Store::open(folder.path())?);
    let one = identity("one")?;
    let late = second.put("train", "train m", &one, &|| (9.0, None), |aside| {
        put(&first, &one)?;
        put_bytes(&aside.join("weights"), b"0123456789")
    })?;
    assert_eq!(late.seconds, 1.5, "that of the first is taken");
    assert!(found_as_written(&first, &one)?);
    assert_eq!(fs::read_dir(folder.path().join("train"))?.count(), 1, "nothing is left aside");
    Ok(())
}

#[test]
fn what_another_process_is_writing_stays_and_what_it_has_left_long_ago_goes() -> Outcome {
    let folder = tempfile::tempdir()?;
    let other = Store::open(folder.path())?;
    let (young, old) = (folder.path().join("train/.aside-young"), folder.path().join("train/.aside-old"));
    for path in [&young, &old] {
        fs::create_dir_all(path)?;
    }
    File::open(&old)?.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(86_400))?;
    Store::open(folder.path())?;
    assert!(young.exists() && !old.exists());
    drop(other);
    Store::open(folder.path())?;
    assert!(!young.exists());
    Ok(())
}

#[test]
fn a_checkpoint_goes_on_with_whoever_takes_the_stage_over() -> Outcome {
    let folder = tempfile::tempdir()?;
    let one = identity("one")?.fingerprint;
    let (first, second) = (Store::open(folder.path())?, Store::open(folder.path())?);
    let left = first.partial(&one)?;
    fs::write(left.join(crate::train::CHECKPOINT_FILE), b"epoch 3")?;
    let taken = second.partial(&one)?;
    assert_ne!(left, taken);
    assert_eq!(fs::read(taken.join(crate::train::CHECKPOINT_FILE))?, b"epoch 3");
    // Whoever is not dead but asleep disturbs nobody when he wakes.
    fs::write(left.join(crate::train::CHECKPOINT_FILE), b"epoch 2")?;
    assert_eq!(fs::read(second.partial(&one)?.join(crate::train::CHECKPOINT_FILE))?, b"epoch 3");
    drop(first);
    let third = Store::open(folder.path())?;
    third.partial(&one)?;
    assert!(!left.exists(), "of those who are gone nothing stays once the stage is taken over");
    third.drop_partial(&one)?;
    assert_eq!(fs::read_dir(folder.path().join("partial"))?.count(), 0);
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
