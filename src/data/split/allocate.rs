//! Which fold everybody goes to, so that strata are spread as evenly as they can be.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// A fold (from 0) for each label, with scikit-learn's `StratifiedKFold` allocation: labels are numbered by first
/// occurrence, and fold `i` gets of each label as many as there are in `sorted[i], sorted[i + folds], ..`. Without a
/// generator each label fills the folds in order, which is scikit-learn's `shuffle=False`; with one, the places within a
/// label are shuffled.
pub fn stratified_folds(labels: &[usize], folds: usize, mut rng: Option<&mut ChaCha8Rng>) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    let codes: Vec<usize> = labels
        .iter()
        .map(|label| {
            order.iter().position(|l| l == label).unwrap_or_else(|| {
                order.push(*label);
                order.len() - 1
            })
        })
        .collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    let mut fold_of = vec![0; labels.len()];
    for code in 0..order.len() {
        let mut places: Vec<usize> = (0..folds)
            .flat_map(|fold| {
                let n = sorted.iter().skip(fold).step_by(folds.max(1)).filter(|c| **c == code).count();
                std::iter::repeat_n(fold, n)
            })
            .collect();
        if let Some(rng) = rng.as_deref_mut() {
            places.shuffle(rng);
        }
        let members = (0..codes.len()).filter(|i| codes[*i] == code);
        for (member, fold) in members.zip(places) {
            fold_of[member] = fold;
        }
    }
    fold_of
}

/// Places in the order of their labels, at random within a label.
pub(super) fn stratified_order(labels: &[usize], rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.shuffle(rng);
    order.sort_by_key(|i| labels[*i]);
    order
}

/// `n` of `all` places, evenly spaced.
pub(super) fn spread(all: usize, n: usize) -> impl Iterator<Item = usize> {
    let n = n.min(all);
    (0..n).map(move |j| (2 * j + 1) * all / (2 * n))
}
