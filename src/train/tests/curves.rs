use super::*;

/// Steps and tags of an event file, its checksums checked: `(step, number of scalars)`; the first has none.
fn events(path: &Path) -> Vec<(u64, usize)> {
    let masked = |data: &[u8]| crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes();
    let bytes = std::fs::read(path).unwrap();
    let mut rest = bytes.as_slice();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
        assert_eq!(rest[8..12], masked(&rest[..8]));
        let data = &rest[12..12 + length];
        assert_eq!(rest[12 + length..16 + length], masked(data));
        rest = &rest[16 + length..];
        // Wall time is nine bytes; then either the file's version or the step (below 128 here) and the summary.
        let scalars = [b"loss/".as_slice(), b"train/fit", b"validation/fit", b"monitored", b"learning_rate"];
        let count = |tag: &[u8]| data.windows(tag.len()).filter(|w| *w == tag).count();
        out.push((if data[9] == 0x10 { u64::from(data[10]) } else { 0 }, scalars.iter().map(|t| count(t)).sum()));
    }
    out
}

#[test]
fn every_epoch_is_one_event() {
    let mut scene = bars(45);
    scene.stage.keep = keep_best_accuracy();
    let folder = tempfile::tempdir().unwrap();
    scene.train_in(Some(folder.path()), &|_| {}).unwrap();
    let expected: Vec<(u64, usize)> = [(0, 0)].into_iter().chain((1..=5).map(|step| (step, 6))).collect();
    assert_eq!(events(&folder.path().join(EVENT_FILE)), expected);
}

#[test]
fn a_resumed_run_has_no_step_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(EVENT_FILE);
    let steps = || events(&path).iter().map(|(step, _)| *step).collect::<Vec<_>>();
    let mut scene = bars(45);
    scene.interval = Duration::from_secs(3600);
    scene.people.fails_at = 3 * 4 + 2; // four batches an epoch
    scene.train_in(Some(folder.path()), &|_| {}).unwrap_err();
    assert_eq!(steps(), [0, 1, 2, 3]); // four epochs were begun and no checkpoint has one

    scene.people.fails_at = 0;
    scene.train_in(Some(folder.path()), &|_| {}).unwrap();
    assert_eq!(steps(), [0, 1, 2, 3, 4, 5]);

    // Without the file, what the checkpoint knows is written again.
    std::fs::remove_file(&path).unwrap();
    scene.train_in(Some(folder.path()), &|_| {}).unwrap();
    assert_eq!(steps(), [0, 1, 2, 3, 4, 5]);

    // A copy for those who want to look at it with TensorBoard itself.
    if let Some(to) = std::env::var_os("FASCICLE_KEEP_EVENTS") {
        std::fs::copy(&path, Path::new(&to).join(EVENT_FILE)).unwrap();
    }
}
