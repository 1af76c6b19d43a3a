//! When a trial is hopeless: the median rule.

/// What a trial must have reached by each epoch to go on: its best loss so far must not be above the median of the losses that
/// the `finished` trials had at that epoch. A number an epoch, infinite where nothing is asked: in the first `warmup` epochs,
/// and at epochs that no finished trial reached. Nothing at all is asked before `startup` trials have finished.
///
/// Optuna's `MedianPruner(n_startup_trials, n_warmup_steps)`, with steps counted as epochs from 0; losses that are undefined
/// (`None`) count nowhere.
pub fn median_thresholds(finished: &[Vec<Option<f64>>], startup: usize, warmup: usize) -> Vec<f64> {
    if finished.is_empty() || finished.len() < startup {
        return Vec::new();
    }
    let epochs = finished.iter().map(Vec::len).max().unwrap_or(0);
    let at = |epoch: usize| {
        let mut losses: Vec<f64> = finished.iter().filter_map(|curve| *curve.get(epoch)?).collect();
        losses.sort_by(f64::total_cmp);
        match losses.as_slice() {
            _ if epoch < warmup => f64::INFINITY,
            [] => f64::INFINITY,
            losses => 0.5 * (losses[(losses.len() - 1) / 2] + losses[losses.len() / 2]),
        }
    };
    (0..epochs).map(at).collect()
}
