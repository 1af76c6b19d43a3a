//! The messages of affinity propagation: one round of them, and the clusters they amount to.
//!
//! Similarities with the preferences on their diagonal come in; after any number of rounds, each subject says whether
//! it stands for a cluster. Equations 1 to 3 of Frey and Dueck (2007).

use ndarray::Array2;

/// What subjects tell each other, `[from, to]`.
pub(super) struct Messages {
    similarity: Array2<f64>,
    /// How well suited `k` is to stand for `i`, against others.
    responsibility: Array2<f64>,
    /// How much speaks for `i` choosing `k`, judged by the others that chose it.
    availability: Array2<f64>,
}

impl Messages {
    /// Before the first round.
    pub(super) fn new(similarity: Array2<f64>) -> Self {
        let shape = similarity.dim();
        Self { similarity, responsibility: Array2::zeros(shape), availability: Array2::zeros(shape) }
    }

    /// One round.
    pub(super) fn pass(&mut self, damping: f64) {
        let fresh = 1.0 - damping;
        let n = self.similarity.nrows();
        for i in 0..n {
            let (s, a) = (self.similarity.row(i), self.availability.row(i));
            let (mut first, mut second, mut best) = (f64::NEG_INFINITY, f64::NEG_INFINITY, 0);
            for (k, (s, a)) in s.iter().zip(a).enumerate() {
                let sum = a + s;
                if sum > first {
                    (second, first, best) = (first, sum, k);
                } else if sum > second {
                    second = sum;
                }
            }
            for (k, (r, s)) in self.responsibility.row_mut(i).iter_mut().zip(s).enumerate() {
                let rival = if k == best { second } else { first };
                *r = damping * *r + fresh * (s - rival);
            }
        }

        // What speaks for each k in all: its own responsibility and what is positive of the others'.
        let mut support = vec![0.0; n];
        for (i, row) in self.responsibility.rows().into_iter().enumerate() {
            for (k, (total, &r)) in support.iter_mut().zip(row).enumerate() {
                *total += if i == k { r } else { r.max(0.0) };
            }
        }
        for i in 0..n {
            let responsibility = self.responsibility.row(i);
            for (k, (a, &r)) in self.availability.row_mut(i).iter_mut().zip(responsibility).enumerate() {
                let new = if i == k { support[k] - r } else { (support[k] - r.max(0.0)).min(0.0) };
                *a = damping * *a + fresh * new;
            }
        }
    }

    /// Whether `k` stands for a cluster.
    pub(super) fn exemplar(&self, k: usize) -> bool {
        self.availability[[k, k]] + self.responsibility[[k, k]] > 0.0
    }

    /// Gives every subject to the exemplar most similar to it, after each cluster has chosen its best exemplar: the cluster of
    /// every subject, and the exemplars.
    pub(super) fn clusters(&self, standing: &[bool]) -> (Vec<usize>, Vec<usize>) {
        let mut exemplars: Vec<usize> = (0..standing.len()).filter(|&k| standing[k]).collect();
        let chosen = self.assign(&exemplars);
        for (cluster, exemplar) in exemplars.iter_mut().enumerate() {
            let members: Vec<usize> = (0..chosen.len()).filter(|&i| chosen[i] == cluster).collect();
            let total = |k: usize| members.iter().map(|&i| self.similarity[[i, k]]).sum::<f64>();
            *exemplar = first_largest(members.iter().map(|&k| (k, total(k))));
        }
        let chosen = self.assign(&exemplars);
        let mut sorted = exemplars.clone();
        sorted.sort_unstable();
        // Exemplars of different clusters are members of them, so no two are the same.
        let labels = chosen.iter().map(|&cluster| sorted.partition_point(|&e| e < exemplars[cluster])).collect();
        (labels, sorted)
    }

    /// The position in `exemplars` of the most similar one, for every subject.
    fn assign(&self, exemplars: &[usize]) -> Vec<usize> {
        let mut chosen: Vec<usize> = self
            .similarity
            .rows()
            .into_iter()
            .map(|row| first_largest(exemplars.iter().enumerate().map(|(cluster, &k)| (cluster, row[k]))))
            .collect();
        exemplars.iter().enumerate().for_each(|(cluster, &k)| chosen[k] = cluster);
        chosen
    }
}

/// The key of the largest value; of equals, the first.
fn first_largest(pairs: impl Iterator<Item = (usize, f64)>) -> usize {
    pairs.fold((0, f64::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best }).0
}
