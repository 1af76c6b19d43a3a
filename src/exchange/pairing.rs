//! Which module of a file is which of a program: modules of both sides in their order come in, pairs go out.
//!
//! Only modules whose weights have the same names and shapes can be one. Where one of the file meets one of the program,
//! the pair is sure. Among several, what speaks for a pair is counted: that it stands in the longest alignment of the two
//! orders, that names share words, that modules beside it in the file are paired beside it in the program. The clearest
//! pair is taken first, and speaks for its neighbours.

use std::collections::{BTreeMap, HashMap};

/// The weights of one module: the last part of each name with its shape.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub path: &'a str,
    pub weights: BTreeMap<&'a str, &'a [usize]>,
    words: Vec<String>,
}

/// Two modules that may be one.
#[derive(Debug, PartialEq)]
pub(crate) struct Pair {
    pub theirs: usize,
    pub ours: usize,
    /// Whether another module, on either side, has the same weights.
    pub rival: bool,
}

/// Modules of one kind: their places on both sides.
type Kind = (Vec<usize>, Vec<usize>);

/// The most comparisons that are made one by one. Beyond them, order alone counts.
const MOST_CELLS: usize = 16_000_000;
const MOST_RIVALS: usize = 100_000;

/// How far away in the file a pair still speaks for another.
const REACH: usize = 12;

impl<'a> Block<'a> {
    /// Names by the module they belong to, in order of first appearance.
    pub fn all(weights: impl Iterator<Item = (&'a str, &'a [usize])>) -> Vec<Self> {
        let mut blocks: Vec<Self> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (name, shape) in weights {
            let (path, last) = name.rsplit_once('.').unwrap_or(("", name));
            let at = *known.entry(path).or_insert_with(|| {
                blocks.push(Self { path, weights: BTreeMap::new(), words: words(path) });
                blocks.len() - 1
            });
            blocks[at].weights.insert(last, shape);
        }
        blocks
    }
}

/// The words of a path in small letters, without numbers: `m.EncoderBlock_2.conv1` is encoder, block, conv.
fn words(path: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for character in path.chars() {
        let begins = character.is_uppercase() && before.is_lowercase();
        if begins || !character.is_alphabetic() {
            words.push(String::new());
        }
        if character.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| word.len() > 1);
    words.dedup();
    words
}

/// The pairs, in the order of the program. `ordered` says whether the order of the file means something.
pub(crate) fn pairs(theirs: &[Block<'_>], ours: &[Block<'_>], ordered: bool) -> Vec<Pair> {
    let mut kinds: HashMap<&BTreeMap<&str, &[usize]>, Kind> = HashMap::new();
    theirs.iter().enumerate().for_each(|(i, block)| kinds.entry(&block.weights).or_default().0.push(i));
    ours.iter().enumerate().for_each(|(j, block)| kinds.entry(&block.weights).or_default().1.push(j));
    let kind_of = |blocks: &[Block<'_>]| -> Vec<usize> {
        blocks.iter().map(|block| std::ptr::from_ref(&kinds[&block.weights]) as usize).collect()
    };
    let mut search = Search {
        aligned: if ordered { aligned(&kind_of(theirs), &kind_of(ours)) } else { HashMap::new() },
        theirs,
        ours,
        ordered,
        found: BTreeMap::new(),
        taken: vec![false; ours.len()],
    };
    let mut open = Vec::new();
    for kind in kinds.values() {
        match kind {
            (a, b) if a.len() == 1 && b.len() == 1 => search.take(a[0], b[0]),
            (a, b) if a.len().saturating_mul(b.len()) > MOST_RIVALS => {
                a.iter().zip(b).for_each(|(i, j)| search.take(*i, *j));
            }
            (a, b) if !a.is_empty() && !b.is_empty() => open.push(kind.clone()),
            _ => {}
        }
    }
    open.sort();
    search.decide(open);
    let rival = |i: usize| {
        let (a, b) = &kinds[&theirs[i].weights];
        a.len() > 1 || b.len() > 1
    };
    let mut pairs: Vec<Pair> =
        search.found.iter().map(|(i, j)| Pair { theirs: *i, ours: *j, rival: rival(*i) }).collect();
    pairs.sort_by_key(|pair| pair.ours);
    pairs
}

/// What has been found so far, and what speaks for more.
struct Search<'a> {
    theirs: &'a [Block<'a>],
    ours: &'a [Block<'a>],
    ordered: bool,
    /// Pairs of the longest alignment.
    aligned: HashMap<usize, usize>,
    found: BTreeMap<usize, usize>,
    taken: Vec<bool>,
}

impl Search<'_> {
    fn take(&mut self, theirs: usize, ours: usize) {
        self.found.insert(theirs, ours);
        self.taken[ours] = true;
    }

    /// Takes the pair that stands out most, until no kind has modules on both sides.
    fn decide(&mut self, mut open: Vec<Kind>) {
        let mut budget = 80 * MOST_RIVALS;
        while !open.is_empty() {
            let mut best: Option<(f64, usize, usize)> = None;
            for (a, b) in &open {
                budget = budget.saturating_sub(a.len() * b.len());
                for (rank, i) in a.iter().enumerate() {
                    let scores = b.iter().enumerate().map(|(other, j)| (self.score(*i, *j, rank.abs_diff(other)), *j));
                    let mut scores: Vec<(f64, usize)> = scores.collect();
                    scores.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
                    // By how much it stands out, both from what else the module may be and by itself.
                    let clear = scores[0].0 - scores.get(1).map_or(0.0, |second| second.0) + 0.01 * scores[0].0;
                    if best.is_none_or(|(known, ..)| clear > known + 1e-9) {
                        best = Some((clear, *i, scores[0].1));
                    }
                }
            }
            let Some((_, i, j)) = best else { return };
            self.take(i, j);
            for (a, b) in &mut open {
                a.retain(|other| *other != i);
                b.retain(|other| *other != j);
            }
            open.retain(|(a, b)| !a.is_empty() && !b.is_empty());
            if budget == 0 {
                // Too many to weigh: by order.
                for (a, b) in open.drain(..) {
                    a.iter().zip(&b).for_each(|(i, j)| self.take(*i, *j));
                }
            }
        }
    }

    /// What speaks for a pair. The weights of the reasons were chosen on published networks whose pairs are known.
    fn score(&self, i: usize, j: usize, ranks_apart: usize) -> f64 {
        let (theirs, ours) = (&self.theirs[i], &self.ours[j]);
        let mut score = 3.0 * shared(&theirs.words, &ours.words);
        if self.aligned.get(&i) == Some(&j) {
            score += 2.0;
        }
        // The first of a kind is the first here, too: more where the order means something.
        score += if self.ordered { 2.0 } else { 0.5 } / (1 + ranks_apart) as f64;
        // Pairs beside it speak the louder the more of their path they share with it.
        let mut beside: f64 = 0.0;
        let mut around: f64 = 0.0;
        for (a, b) in self.found.range(i.saturating_sub(REACH)..(i + REACH + 1).min(self.theirs.len())) {
            let kin = kinship(self.theirs[*a].path, theirs.path);
            let steps = j as f64 - *b as f64;
            if self.ordered && (a.abs_diff(i) == 1 || kin > 0.5) {
                // What follows in the file follows in the program.
                beside = beside.max(2.0 * (0.3 + kin) / (1.0 + (steps - (i as f64 - *a as f64)).abs()));
            } else if !self.ordered && kin >= 0.5 {
                // No more than nearness is known. A norm follows its convolution: behind is a little nearer.
                beside = beside.max(2.0 * kin / (1.0 + (steps - 0.9).abs()));
            }
            around = around.max(1.5 * kin * kinship(self.ours[*b].path, ours.path));
        }
        score + beside + around
    }
}

/// How much of the modules around them two paths share: 0 to 1.
fn kinship(a: &str, b: &str) -> f64 {
    let common = a.split('.').zip(b.split('.')).take_while(|(x, y)| x == y).count();
    let around = a.split('.').count().max(b.split('.').count()) - 1;
    common.min(around) as f64 / around.max(1) as f64
}

/// How much of the words of two paths is the same, up to endings: 0 to 1.
fn shared(a: &[String], b: &[String]) -> f64 {
    let alike = |x: &String| b.iter().any(|y| x.starts_with(y.as_str()) || y.starts_with(x.as_str()));
    let count = a.iter().filter(|x| alike(x)).count();
    count as f64 / a.len().max(1) as f64
}

/// The longest alignment of two orders of kinds, then that of what it leaves, and so on: modules that one side has in other
/// places are found among themselves.
fn aligned(theirs: &[usize], ours: &[usize]) -> HashMap<usize, usize> {
    let mut found = HashMap::new();
    if theirs.len().saturating_mul(ours.len()) > MOST_CELLS {
        return found;
    }
    let mut left: Vec<usize> = (0..theirs.len()).filter(|i| ours.contains(&theirs[*i])).collect();
    let mut right: Vec<usize> = (0..ours.len()).filter(|j| theirs.contains(&ours[*j])).collect();
    for _ in 0..8 {
        let pairs = longest(theirs, ours, &left, &right);
        if pairs.is_empty() {
            break;
        }
        found.extend(pairs.iter().copied());
        left.retain(|i| !pairs.iter().any(|(a, _)| a == i));
        right.retain(|j| !pairs.iter().any(|(_, b)| b == j));
    }
    found
}

/// One alignment: pairs of the same kind that ascend on both sides, as many as there can be, above all those whose
/// neighbours are of the same kinds too.
fn longest(theirs: &[usize], ours: &[usize], left: &[usize], right: &[usize]) -> Vec<(usize, usize)> {
    let kind = |side: &[usize], at: Option<usize>| at.and_then(|at| side.get(at).copied());
    let worth = |i: usize, j: usize| -> u32 {
        if theirs[i] != ours[j] {
            return 0;
        }
        let before = kind(theirs, i.checked_sub(1)) == kind(ours, j.checked_sub(1));
        let behind = kind(theirs, Some(i + 1)) == kind(ours, Some(j + 1));
        8 + u32::from(before) + u32::from(behind)
    };
    let width = right.len() + 1;
    let mut best = vec![0u32; (left.len() + 1) * width];
    for a in (0..left.len()).rev() {
        for b in (0..right.len()).rev() {
            let skip = best[(a + 1) * width + b].max(best[a * width + b + 1]);
            let worth = worth(left[a], right[b]);
            let both = if worth > 0 { worth + best[(a + 1) * width + b + 1] } else { 0 };
            best[a * width + b] = skip.max(both);
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while a < left.len() && b < right.len() {
        let here = best[a * width + b];
        let worth = worth(left[a], right[b]);
        if worth > 0 && here == worth + best[(a + 1) * width + b + 1] {
            pairs.push((left[a], right[b]));
            (a, b) = (a + 1, b + 1);
        } else if here == best[(a + 1) * width + b] {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_words() {
        assert_eq!(words("m.EncoderBlock_2.conv1"), ["encoder", "block", "conv"]);
    }

    #[test]
    fn what_stands_elsewhere_is_aligned_among_itself() {
        // Two encoders, then two decoders; and in turns.
        let theirs = [1, 2, 1, 2, 3, 4, 3, 4];
        let ours = [1, 2, 3, 4, 1, 2, 3, 4];
        let found = aligned(&theirs, &ours);
        assert_eq!(found.len(), 8);
    }

    #[test]
    fn thousands_of_modules_alike_are_paired_by_order() {
        let names: Vec<String> = (0..3000).map(|i| format!("layer.{i}.weight")).collect();
        let shape: &[usize] = &[2];
        let side = || Block::all(names.iter().map(|name| (name.as_str(), shape)));
        let found = pairs(&side(), &side(), true);
        assert_eq!(found.len(), 3000);
        assert!(found.iter().all(|pair| pair.theirs == pair.ours && pair.rival));
    }
}
