//! The walk over a graph that [`Evaluation::peak`] takes: arrays are numbers with holders, and nothing is computed.

use super::Op;
use super::lifetime::{Evaluation, crossing, differentiated, last_readers};
use super::op::{Back, Footprint, Kept, Made};
use std::collections::BTreeMap;
use std::ops::Range;

const F32: u64 = 4;

/// An array by number.
type ArrayId = usize;

/// Arrays with their holders.
#[derive(Debug, Default)]
struct Arrays {
    /// Bytes and holders.
    all: Vec<(u64, u32)>,
    live: u64,
    peak: u64,
}

impl Arrays {
    fn made(&mut self, bytes: u64) -> ArrayId {
        self.all.push((bytes, 1));
        self.live += bytes;
        self.peak = self.peak.max(self.live);
        self.all.len() - 1
    }

    fn hold(&mut self, array: ArrayId) -> ArrayId {
        self.all[array].1 += 1;
        array
    }

    fn release(&mut self, array: ArrayId) {
        let (bytes, holders) = &mut self.all[array];
        *holders -= 1;
        if *holders == 0 {
            self.live -= *bytes;
        }
    }

    /// Room that is taken for a moment.
    fn room(&mut self, bytes: u64) {
        self.peak = self.peak.max(self.live + bytes);
    }

    fn is_alone(&self, array: ArrayId) -> bool {
        self.all[array].1 == 1
    }

    fn bytes(&self, array: ArrayId) -> u64 {
        self.all[array].0
    }
}

/// Where a pass stands.
pub(super) struct Walk<'e, 'g> {
    of: &'e Evaluation<'g>,
    arrays: Arrays,
    wanted: Vec<bool>,
    /// The last reader of each node in a whole forward pass; of those read by a later segment, none before the end.
    last: Vec<usize>,
    /// Values by node.
    values: Vec<Option<ArrayId>>,
    /// What the backward function of a node holds, by node; of inputs and beside them.
    held: Vec<Vec<ArrayId>>,
    /// The array of a kept result.
    results: Vec<Option<ArrayId>>,
    gradients: BTreeMap<usize, ArrayId>,
    /// Modules whose weights have a gradient.
    learned: Vec<bool>,
    segments: Vec<Range<usize>>,
    /// Values that later segments read, by node, with the first segment that does.
    crossing: BTreeMap<usize, usize>,
}

impl<'e, 'g> Walk<'e, 'g> {
    pub fn new(of: &'e Evaluation<'g>, segments: &[Range<usize>]) -> Self {
        let nodes = of.graph.nodes.len();
        let mut last = last_readers(of.graph, &of.live);
        of.roots.iter().for_each(|root| last[root.index()] = usize::MAX);
        let crossing = if segments.len() > 1 { crossing(of.graph, &of.live, segments) } else { BTreeMap::new() };
        crossing.keys().for_each(|node| last[*node] = usize::MAX);
        Self {
            of,
            arrays: Arrays::default(),
            wanted: differentiated(of.graph, &of.live, &of.trained),
            last,
            values: vec![None; nodes],
            held: vec![Vec::new(); nodes],
            results: vec![None; nodes],
            gradients: BTreeMap::new(),
            learned: vec![false; of.graph.modules.len()],
            segments: segments.to_vec(),
            crossing,
        }
    }

    /// The most bytes that there were.
    pub fn peak(&self) -> u64 {
        self.arrays.peak
    }

    /// Evaluates nodes; `tracked` says whether there will be a way back.
    pub fn forward(&mut self, nodes: Range<usize>, tracked: bool) {
        for index in self.of.live_within(nodes) {
            self.make(index, tracked && self.wanted[index]);
            self.give_back(index, |walk, node| walk.last[node]);
        }
    }

    /// Evaluates the nodes of a segment again, whose values were given back.
    pub fn again(&mut self, segment: Range<usize>) {
        let mut last: BTreeMap<usize, usize> = BTreeMap::new();
        for index in self.of.live_within(segment.clone()) {
            for input in &self.of.graph.nodes[index].inputs {
                last.insert(input.index(), index);
            }
        }
        for index in self.of.live_within(segment.clone()) {
            let before = self.values[index].take();
            self.make(index, self.wanted[index]);
            if let Some(before) = before {
                self.arrays.release(before);
            }
            let within = segment.clone();
            self.give_back(index, |walk, node| match within.contains(&node) && !walk.crossing.contains_key(&node) {
                true => last.get(&node).copied().unwrap_or(usize::MAX),
                false => usize::MAX,
            });
        }
        // What later segments read was needed as an array before; now only its way back is.
        for index in self.of.live_within(segment) {
            if self.crossing.contains_key(&index)
                && let Some(value) = self.values[index].take()
            {
                self.arrays.release(value);
            }
        }
    }

    /// Makes the value of a node, and what its backward function holds.
    fn make(&mut self, index: usize, tracked: bool) {
        let node = &self.of.graph.nodes[index];
        let print = self.of.footprint(index);
        let bytes = self.of.bytes(index);
        let read: Vec<Option<ArrayId>> = node.inputs.iter().map(|input| self.values[input.index()]).collect();
        self.arrays.room(print.forward);
        let reusable = || {
            node.inputs.iter().zip(&read).find_map(|(input, array)| {
                let array = (*array)?;
                let free = self.last[input.index()] == index && self.arrays.is_alone(array);
                (free && self.arrays.bytes(array) == bytes).then_some(array)
            })
        };
        let kept: Vec<ArrayId> = if tracked { self.kept(index, &print, &read) } else { Vec::new() };
        let array = match (print.made, read.first().copied().flatten()) {
            (Made::Shown, Some(first)) => self.arrays.hold(first),
            (Made::InPlace, _) if kept.is_empty() => match reusable() {
                Some(array) => self.arrays.hold(array),
                None => self.arrays.made(bytes),
            },
            _ => {
                let made = self.arrays.made(bytes);
                self.arrays.room(print.forward);
                made
            }
        };
        let mut held: Vec<ArrayId> = kept.into_iter().map(|array| self.arrays.hold(array)).collect();
        if tracked {
            if print.own > 0 {
                held.push(self.arrays.made(print.own));
            }
            if print.output {
                self.results[index] = Some(self.arrays.hold(array));
            }
        }
        self.held[index] = held;
        self.values[index] = Some(array);
    }

    /// The inputs that a backward function holds.
    fn kept(&self, index: usize, print: &Footprint, read: &[Option<ArrayId>]) -> Vec<ArrayId> {
        let wanted: Vec<bool> =
            self.of.graph.nodes[index].inputs.iter().map(|input| self.wanted[input.index()]).collect();
        let holds = |position: usize| match print.inputs {
            Kept::Nothing => false,
            Kept::First => position == 0,
            Kept::FirstForItself => position == 0 && wanted.first() == Some(&true),
            Kept::All => true,
            Kept::ForOthers => wanted.iter().enumerate().any(|(other, wanted)| *wanted && other != position),
        };
        read.iter().enumerate().filter(|(position, _)| holds(*position)).filter_map(|(_, array)| *array).collect()
    }

    /// Gives back the values whose last reader a node is.
    fn give_back(&mut self, index: usize, last: impl Fn(&Self, usize) -> usize) {
        for input in &self.of.graph.nodes[index].inputs {
            if last(self, input.index()) == index
                && let Some(value) = self.values[input.index()].take()
            {
                self.arrays.release(value);
            }
        }
    }

    /// Goes back through nodes.
    pub fn backward(&mut self, nodes: Range<usize>) {
        // Values that were kept for this segment, or for those behind it, have been read: what needs them holds them.
        if let Some(position) = self.segments.iter().position(|segment| segment.start == nodes.start) {
            let read = self.crossing.iter().filter(|(_, first)| **first == position).map(|(node, _)| *node);
            for node in read.collect::<Vec<usize>>() {
                if let Some(value) = self.values[node].take() {
                    self.arrays.release(value);
                }
            }
        }
        if let Some(root) = self.of.roots.first().map(|root| root.index())
            && nodes.contains(&root)
            && self.wanted[root]
        {
            let ones = self.arrays.made(self.of.bytes(root));
            self.gradients.insert(root, ones);
        }
        for index in self.of.live_within(nodes.clone()).rev() {
            match self.gradients.remove(&index) {
                Some(gradient) if self.wanted[index] => self.step_back(index, gradient),
                Some(gradient) => self.arrays.release(gradient),
                None => {}
            }
            self.drop_held(index);
        }
    }

    fn drop_held(&mut self, index: usize) {
        for array in std::mem::take(&mut self.held[index]).into_iter().chain(self.results[index].take()) {
            self.arrays.release(array);
        }
    }

    fn step_back(&mut self, index: usize, gradient: ArrayId) {
        let node = &self.of.graph.nodes[index];
        let print = self.of.footprint(index);
        let [of_weights, of_inputs] = print.backward;
        self.arrays.room(of_weights);
        if let Some(module) = node.module.filter(|module| self.of.trained.contains(module)) {
            let bytes = F32 * self.of.graph.module(module).parameters();
            match std::mem::replace(&mut self.learned[module.index()], true) {
                false => drop(self.arrays.made(bytes)),
                true => self.arrays.room(bytes),
            }
        }
        let is_convolution = matches!(node.op, Op::Conv(_));
        if is_convolution {
            // The image has served its weights.
            self.drop_held(index);
        }
        self.arrays.room(of_inputs);
        let wanted: Vec<usize> =
            node.inputs.iter().map(|input| input.index()).filter(|input| self.wanted[*input]).collect();
        let mut made = Vec::with_capacity(wanted.len());
        for (position, input) in wanted.iter().enumerate() {
            let bytes = self.of.bytes(*input);
            let same = self.arrays.bytes(gradient) == bytes;
            let over = self.results[index].filter(|result| self.arrays.is_alone(*result));
            let array = match print.back {
                Back::Nothing => continue,
                Back::Repeated => self.arrays.made(0),
                Back::Passed if same || self.arrays.bytes(gradient) > bytes => self.arrays.hold(gradient),
                Back::OverResult if over.is_some() && self.arrays.bytes(gradient) > 0 => {
                    let result = over.unwrap_or(gradient);
                    self.arrays.hold(result)
                }
                Back::InPlace if same && position == 0 && self.arrays.is_alone(gradient) => self.arrays.hold(gradient),
                _ => {
                    let made = self.arrays.made(bytes);
                    self.arrays.room(of_inputs);
                    made
                }
            };
            made.push((*input, array));
        }
        self.drop_held(index);
        self.arrays.release(gradient);
        for (input, array) in made {
            self.add(input, array);
        }
    }

    /// Adds a gradient to what is known of it, in place of one that nobody else holds.
    fn add(&mut self, node: usize, array: ArrayId) {
        let Some(known) = self.gradients.remove(&node) else {
            self.gradients.insert(node, array);
            return;
        };
        let bytes = self.of.bytes(node);
        let usable = |id: ArrayId| self.arrays.is_alone(id) && self.arrays.bytes(id) == bytes;
        let sum = match (usable(known), usable(array)) {
            (true, _) => self.arrays.hold(known),
            (_, true) => self.arrays.hold(array),
            _ => self.arrays.made(bytes),
        };
        self.arrays.release(known);
        self.arrays.release(array);
        self.gradients.insert(node, sum);
    }
}
