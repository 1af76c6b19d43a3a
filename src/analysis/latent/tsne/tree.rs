//! Places on the map in a tree of squares (Barnes and Hut 1986): what is far away pushes as one.
//!
//! Squares are listed from the whole map inwards, each with the number of the next one that is not within it: to look
//! into a square is to go on in the list, to take it as a whole is to jump.

use super::Places;
use super::exact::Force;
use rayon::prelude::*;

/// A square is taken as a whole where its side is less than this share of its distance.
const ANGLE: f64 = 0.5;
/// Halvings of a side, after which places count as one.
const DEPTH: usize = 48;

pub(super) struct Tree {
    squares: Vec<Square>,
    /// Items such that those of a square follow one another.
    order: Vec<usize>,
}

struct Square {
    /// The mean of its places.
    x: f64,
    y: f64,
    /// How many.
    items: f64,
    /// The squared side over the squared angle: the squared distance from which on it is taken as a whole. A single place
    /// is from 0 on.
    far: f64,
    /// The next square that is not within this one.
    next: u32,
}

impl Tree {
    pub fn of(places: &Places) -> Self {
        let bounds =
            |axis: &[f64]| axis.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        let ((left, right), (bottom, top)) = (bounds(&places.x), bounds(&places.y));
        let side = (right - left).max(top - bottom);
        let mut tree = Self { squares: Vec::with_capacity(2 * places.x.len()), order: (0..places.x.len()).collect() };
        let mut order = std::mem::take(&mut tree.order);
        tree.add(places, &mut order, ([(left + right) / 2.0, (bottom + top) / 2.0], side), 0);
        tree.order = order;
        tree
    }

    /// Adds a square around `centre` with the items of `order`, which come to lie by its quarters.
    fn add(&mut self, places: &Places, order: &mut [usize], (centre, side): ([f64; 2], f64), depth: usize) {
        let items = order.len() as f64;
        let mean = |axis: &[f64]| order.iter().map(|i| axis[*i]).sum::<f64>() / items;
        let (x, y) = (mean(&places.x), mean(&places.y));
        let alone = order.len() == 1 || depth == DEPTH;
        let at = self.squares.len();
        self.squares.push(Square { x, y, items, far: if alone { 0.0 } else { (side / ANGLE).powi(2) }, next: 0 });
        if !alone {
            let above = parted(order, |i| places.y[i] >= centre[1]);
            let (low, high) = order.split_at_mut(above);
            for (half, up) in [(low, -1.0), (high, 1.0)] {
                let right = parted(half, |i| places.x[i] >= centre[0]);
                let (left, right) = half.split_at_mut(right);
                for (quarter, across) in [(left, -1.0), (right, 1.0)] {
                    if !quarter.is_empty() {
                        let centre = [centre[0] + across * side / 4.0, centre[1] + up * side / 4.0];
                        self.add(places, quarter, (centre, side / 2.0), depth + 1);
                    }
                }
            }
        }
        self.squares[at].next = self.squares.len() as u32;
    }

    /// How all others push each item.
    pub fn forces(&self, places: &Places) -> Vec<Force> {
        // Neighbours one after the other look into the same squares.
        let pushed: Vec<Force> =
            self.order.par_iter().with_min_len(64).map(|i| self.force(places.x[*i], places.y[*i])).collect();
        let mut forces = vec![Force { pull: [0.0; 2], push: [0.0; 2], closeness: 0.0 }; pushed.len()];
        self.order.iter().zip(pushed).for_each(|(i, force)| forces[*i] = force);
        forces
    }

    fn force(&self, x: f64, y: f64) -> Force {
        let (mut push, mut closeness) = ([0.0; 2], 0.0);
        let mut at = 0;
        while let Some(square) = self.squares.get(at) {
            let (a, b) = (x - square.x, y - square.y);
            let distance = a * a + b * b;
            if distance < square.far {
                at += 1;
                continue;
            }
            let near = 1.0 / (1.0 + distance);
            let all = square.items * near;
            closeness += all;
            push[0] += all * near * a;
            push[1] += all * near * b;
            at = square.next as usize;
        }
        // Of itself there is a closeness of 1, and no way.
        Force { pull: [0.0; 2], push, closeness: closeness - 1.0 }
    }
}

/// Puts items of which `later` is true behind the others; returns where they begin.
fn parted(order: &mut [usize], later: impl Fn(usize) -> bool) -> usize {
    let mut first = 0;
    for at in 0..order.len() {
        if !later(order[at]) {
            order.swap(first, at);
            first += 1;
        }
    }
    first
}
