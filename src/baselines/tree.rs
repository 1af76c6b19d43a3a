//! Decision trees (CART, Breiman et al. 1984): the split that leaves the least variance of numbers, or the least Gini impurity
//! of classes, again and again.
//!
//! Both are one sum: with a column of 0 and 1 for each class, the Gini impurity is the variance of these columns. So a leaf
//! holds the mean of what falls into it, which for classes are their shares.

use super::rows::Target;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Marks a leaf among the columns of splits.
const LEAF: u32 = u32::MAX;
/// Two numbers of a column that are closer are one, as in scikit-learn.
const CLOSEST: f32 = 1e-7;

/// A tree. The left child of a split stands behind it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tree {
    /// The column that is asked.
    columns: Vec<u32>,
    /// Up to where a number goes left.
    thresholds: Vec<f32>,
    /// Where the right child stands; of a leaf where its values do.
    right: Vec<u32>,
    /// Of each leaf one number, or one a class.
    values: Vec<f32>,
}

impl Tree {
    /// How many leaves it has, where each has so many values.
    pub fn leaves(&self, outputs: usize) -> usize {
        self.values.len() / outputs.max(1)
    }

    /// What stands in the leaf into which a row falls.
    pub(crate) fn leaf_of(&self, row: &[f64], outputs: usize) -> &[f32] {
        let mut at = 0;
        while self.columns[at] != LEAF {
            let left = row[self.columns[at] as usize] as f32 <= self.thresholds[at];
            at = if left { at + 1 } else { self.right[at] as usize };
        }
        let first = self.right[at] as usize;
        &self.values[first..first + outputs]
    }
}

/// What a tree is grown on.
pub(crate) struct Ground<'a> {
    /// Numbers by column, then by row.
    pub columns: &'a [Vec<f32>],
    /// For each column the rows in the order of its numbers.
    pub order: &'a [Vec<u32>],
    /// For each row what it adds to which of the outputs: its number (less the mean of all) to the only one, or 1 to its class.
    pub adds: &'a [(usize, f64)],
    /// What is added to the values of all leaves.
    pub mean: f64,
    pub outputs: usize,
    pub depth: Option<usize>,
    pub leaf: usize,
    /// Columns that are looked at for a split.
    pub looked_at: usize,
}

/// A part of the rows that is to be split.
struct Part {
    from: usize,
    to: usize,
    depth: usize,
    /// The split whose right child it is.
    right_of: Option<usize>,
}

/// A split of a part.
struct Split {
    column: usize,
    threshold: f32,
    score: f64,
}

/// The sums of a part: of weights, of outputs, of the squares of what is added.
struct Sums {
    weight: f64,
    of: Vec<f64>,
    squares: f64,
}

impl<'a> Ground<'a> {
    /// The target as what each row adds, and the mean that was taken out.
    pub fn adds(target: &Target) -> (Vec<(usize, f64)>, f64) {
        match target {
            Target::Numbers(values) => {
                let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
                (values.iter().map(|value| (0, value - mean)).collect(), mean)
            }
            Target::Classes { of, .. } => (of.iter().map(|class| (*class, 1.0)).collect(), 0.0),
        }
    }

    /// The rows of each column in the order of its numbers.
    pub fn order(columns: &[Vec<f32>]) -> Vec<Vec<u32>> {
        let of_column = |column: &Vec<f32>| {
            let mut order: Vec<u32> = (0..column.len() as u32).collect();
            order.sort_by(|a, b| column[*a as usize].total_cmp(&column[*b as usize]));
            order
        };
        columns.iter().map(of_column).collect()
    }

    /// Grows a tree on rows that count so often each.
    pub fn grow(&self, counts: &[f64], mut chance: Option<&mut ChaCha8Rng>) -> Tree {
        let used = |row: &&u32| counts[**row as usize] > 0.0;
        let mut order: Vec<Vec<u32>> =
            self.order.iter().map(|order| order.iter().filter(used).copied().collect()).collect();
        let rows = order.first().map_or(0, Vec::len);
        let mut goes_left = vec![false; counts.len()];
        let mut scratch = Vec::with_capacity(rows);
        let mut drawn: Vec<usize> = (0..self.columns.len()).collect();
        let mut tree = Tree::default();
        let mut open = vec![Part { from: 0, to: rows, depth: 0, right_of: None }];
        while let Some(part) = open.pop() {
            let at = tree.columns.len();
            if let Some(split) = part.right_of {
                tree.right[split] = at as u32;
            }
            let sums = self.sums(&order[0][part.from..part.to], counts);
            let split = match self.may_be_split(&part, &sums) {
                true => self.best(&order, &part, counts, &sums, &mut drawn, chance.as_deref_mut()),
                false => None,
            };
            let Some(split) = split else {
                tree.columns.push(LEAF);
                tree.thresholds.push(0.0);
                tree.right.push(tree.values.len() as u32);
                tree.values.extend(sums.of.iter().map(|sum| (self.mean + sum / sums.weight) as f32));
                continue;
            };
            tree.columns.push(split.column as u32);
            tree.thresholds.push(split.threshold);
            tree.right.push(0);
            let numbers = &self.columns[split.column];
            for row in &order[0][part.from..part.to] {
                goes_left[*row as usize] = numbers[*row as usize] <= split.threshold;
            }
            let mut middle = part.from;
            for order in &mut order {
                middle = part.from + divide(&mut order[part.from..part.to], &goes_left, &mut scratch);
            }
            let depth = part.depth + 1;
            // The left part is taken next, so that it stands behind its split.
            open.push(Part { from: middle, to: part.to, depth, right_of: Some(at) });
            open.push(Part { from: part.from, to: middle, depth, right_of: None });
        }
        tree
    }

    fn sums(&self, rows: &[u32], counts: &[f64]) -> Sums {
        let mut sums = Sums { weight: 0.0, of: vec![0.0; self.outputs], squares: 0.0 };
        for row in rows {
            let (count, (output, adds)) = (counts[*row as usize], self.adds[*row as usize]);
            sums.weight += count;
            sums.of[output] += count * adds;
            sums.squares += count * adds * adds;
        }
        sums
    }

    fn may_be_split(&self, part: &Part, sums: &Sums) -> bool {
        let enough = part.to - part.from >= (2 * self.leaf).max(2);
        let variance = sums.squares - sums.of.iter().map(|sum| sum * sum).sum::<f64>() / sums.weight;
        enough && self.depth.is_none_or(|most| part.depth < most) && variance / sums.weight > f64::EPSILON
    }

    /// The best split of the columns that are looked at: all of them in order, or some drawn by chance and then as many more as
    /// it takes to find one that differs between rows.
    fn best(
        &self,
        order: &[Vec<u32>],
        part: &Part,
        counts: &[f64],
        sums: &Sums,
        drawn: &mut [usize],
        mut chance: Option<&mut ChaCha8Rng>,
    ) -> Option<Split> {
        let mut best: Option<Split> = None;
        let mut differed = false;
        for looked_at in 0..drawn.len() {
            if looked_at >= self.looked_at && differed {
                break;
            }
            if let Some(chance) = chance.as_deref_mut() {
                drawn.swap(looked_at, chance.random_range(looked_at..drawn.len()));
            }
            let column = drawn[looked_at];
            let numbers = &self.columns[column];
            let rows = &order[column][part.from..part.to];
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { continue };
            if numbers[*last as usize] - numbers[*first as usize] <= CLOSEST {
                continue;
            }
            differed = true;
            let found = self.best_of_column(column, rows, counts, sums, best.as_ref().map(|split| split.score));
            best = found.or(best);
        }
        best
    }

    /// The best split by a column, if it is better than what is known.
    fn best_of_column(
        &self,
        column: usize,
        rows: &[u32],
        counts: &[f64],
        sums: &Sums,
        known: Option<f64>,
    ) -> Option<Split> {
        let numbers = &self.columns[column];
        let mut left = vec![0.0; self.outputs];
        let mut weight = 0.0;
        let mut score = known.unwrap_or(f64::NEG_INFINITY);
        let mut found = None;
        for (at, row) in rows.iter().enumerate().take(rows.len().saturating_sub(self.leaf)) {
            let (count, (output, adds)) = (counts[*row as usize], self.adds[*row as usize]);
            weight += count;
            left[output] += count * adds;
            let Some(next) = rows.get(at + 1) else { break };
            let (here, there) = (numbers[*row as usize], numbers[*next as usize]);
            if at + 1 < self.leaf || there - here <= CLOSEST {
                continue;
            }
            // What variance is explained, but for what is the same for all splits.
            let squares: f64 = left.iter().map(|l| l * l).sum();
            let rest: f64 = left.iter().zip(&sums.of).map(|(l, all)| (all - l) * (all - l)).sum();
            let explained = squares / weight + rest / (sums.weight - weight);
            if explained > score {
                score = explained;
                let middle = here + (there - here) / 2.0;
                let threshold = if middle < there { middle } else { here };
                found = Some(Split { column, threshold, score });
            }
        }
        found
    }
}

/// Those that go left first, otherwise in their order; how many there are.
fn divide(rows: &mut [u32], goes_left: &[bool], scratch: &mut Vec<u32>) -> usize {
    scratch.clear();
    let mut left = 0;
    for at in 0..rows.len() {
        let row = rows[at];
        if goes_left[row as usize] {
            rows[left] = row;
            left += 1;
        } else {
            scratch.push(row);
        }
    }
    rows[left..].copy_from_slice(scratch);
    left
}
