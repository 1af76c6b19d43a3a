//! Where a forward pass is cut, so that what lies between two cuts can be made again on the way back (Chen et al. 2016,
//! arXiv:1604.06174): values that a later segment reads are kept, all others are given back and made anew.
//!
//! A cut is best where few bytes cross it. For a number of budgets of what a segment may keep, cuts are placed where least
//! crosses once the budget is half used; of all that come out the one with the lowest peak is taken, which the walk over
//! lifetimes tells.

use super::lifetime::{Evaluation, differentiated, last_readers};
use super::op::{Kept, Op};
use std::ops::Range;

/// Budgets that are tried: from all that is kept down, each a share of the one before.
const BUDGETS: usize = 30;
const SHARE: f64 = 0.86;

/// Where there can be no cut.
const NO_CUT: u64 = u64::MAX;

/// Whether an operation may hand its input on as it is.
fn may_be_its_input(op: &Op) -> bool {
    match op {
        Op::Reshape | Op::Restrict | Op::Coalesce(_) | Op::Dropout { .. } | Op::Upsample { .. } | Op::Pad { .. } => {
            true
        }
        Op::Permute { .. } | Op::Slice { .. } | Op::Concat { .. } | Op::Stack { .. } => true,
        _ => false,
    }
}

impl Evaluation<'_> {
    /// The ranges of nodes whose values are made again on the way back, of the lowest peak; one range where that takes the
    /// least.
    pub fn segments(&self) -> Vec<Range<usize>> {
        let nodes = self.graph.nodes.len();
        let (kept, crossing) = (self.kept_by_node(), self.crossing_by_cut());
        let total: u64 = kept.iter().sum();
        let whole = vec![0..nodes];
        let mut best = (self.peak(&whole), whole);
        let mut budget = total as f64;
        let mut tried = Vec::new();
        for _ in 0..BUDGETS {
            budget *= SHARE;
            let segments = cut(&kept, &crossing, budget as u64);
            if segments.len() < 2 || tried.contains(&segments) {
                continue;
            }
            let peak = self.peak(&segments);
            if peak < best.0 {
                best = (peak, segments.clone());
            }
            tried.push(segments);
        }
        best.1
    }

    /// Multiply-adds that are made again for one subject.
    pub fn repeated(&self, segments: &[Range<usize>]) -> u64 {
        let before = segments.split_last().map_or(&[][..], |(_, before)| before);
        let again = before.iter().cloned().flatten().filter(|index| self.live[*index]);
        again.map(|index| self.graph.nodes[index].multiply_adds).sum()
    }

    /// Bytes that the backward function of each node keeps, what several keep counted with the first.
    fn kept_by_node(&self) -> Vec<u64> {
        let wanted = differentiated(self.graph, &self.live, &self.trained);
        let mut counted = vec![false; self.graph.nodes.len()];
        let mut kept = vec![0; self.graph.nodes.len()];
        for index in (0..self.graph.nodes.len()).filter(|index| wanted[*index]) {
            let print = self.footprint(index);
            kept[index] += print.own;
            let inputs = self.graph.nodes[index].inputs.iter().map(|input| input.index());
            let inputs = inputs.enumerate().filter(|(position, _)| match print.inputs {
                Kept::Nothing => false,
                Kept::First | Kept::FirstForItself => *position == 0,
                Kept::ForOthers | Kept::All => true,
            });
            for array in inputs.map(|(_, input)| input).chain(print.output.then_some(index)) {
                if !std::mem::replace(&mut counted[array], true) {
                    kept[index] += self.bytes(array);
                }
            }
        }
        kept
    }

    /// For a cut before each node, the bytes of values made before it that it or a later one reads.
    fn crossing_by_cut(&self) -> Vec<u64> {
        let last = last_readers(self.graph, &self.live);
        let mut steps = vec![0i128; self.graph.nodes.len() + 1];
        for index in (0..self.graph.nodes.len()).filter(|index| self.live[*index] && last[*index] > *index) {
            steps[index + 1] += i128::from(self.bytes(index));
            steps[last[index] + 1] -= i128::from(self.bytes(index));
        }
        let mut sum = 0;
        let sums = steps[..self.graph.nodes.len()].iter().map(|step| {
            sum += step;
            u64::try_from(sum).unwrap_or(0)
        });
        let mut crossing: Vec<u64> = sums.collect();
        // The way back begins in the last segment.
        let root = self.roots.first().map_or(0, |root| root.index());
        crossing.iter_mut().skip(root + 1).for_each(|bytes| *bytes = NO_CUT);
        // Two nodes of one tensor have one gradient, whose sum a cut would take in another order.
        for index in (0..self.graph.nodes.len()).filter(|index| self.live[*index]) {
            let node = &self.graph.nodes[index];
            if let ([input], true) = (node.inputs.as_slice(), may_be_its_input(&node.op)) {
                let end = last[index].min(last[input.index()]);
                crossing.iter_mut().take(end + 1).skip(index + 1).for_each(|bytes| *bytes = NO_CUT);
            }
        }
        crossing
    }
}

/// Cuts where least crosses, once a segment keeps between half the budget and all of it.
fn cut(kept: &[u64], crossing: &[u64], budget: u64) -> Vec<Range<usize>> {
    let mut segments = Vec::new();
    let (mut start, mut sum) = (0, 0u64);
    let mut best: Option<usize> = None;
    let mut index = 0;
    while index < kept.len() {
        if index > start
            && crossing[index] < NO_CUT
            && sum >= budget / 2
            && best.is_none_or(|at| crossing[index] <= crossing[at])
        {
            best = Some(index);
        }
        sum += kept[index];
        match best {
            Some(at) if sum > budget => {
                segments.push(start..at);
                start = at;
                sum = kept[at..=index].iter().sum();
                best = None;
            }
            _ => {}
        }
        index += 1;
    }
    segments.push(start..kept.len());
    segments
}
