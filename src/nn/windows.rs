//! Whole images seen window by window: what a network of patches reads of a subject, and what its outputs come to.
//!
//! ```text
//!  Batch { 1 row, whole images } ──cut(some windows)──▶ Batch { a row a window } ──forward──▶ HostValue ──add──▶ Whole ──finish──▶ a whole map
//! ```
//!
//! Windows begin where MONAI's `sliding_window_inference` begins them, and outputs are averaged as its `mode="gaussian"` does: each voxel
//! of a window counts by a Gaussian about the window's middle, whose standard deviation is an eighth of the window along each axis. Beside
//! one batch of windows stand the subject's images and, of each node, one sum.

use super::{Batch, Forward, HostValue, InputBatch, Network, NnError, RunSettings, Values};
use crate::graph::{Graph, Kind, NodeId};
use crate::program::{InputSpec, Window};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// MONAI's `sigma_scale`: the standard deviation of the weights as a share of the window.
const SIGMA: f64 = 0.125;
/// MONAI's least weight.
const LEAST: f32 = 1e-3;

/// How whole images are gone over.
#[derive(Debug)]
pub struct Windows {
    window: Window,
    extents: [usize; 3],
    axes: usize,
    /// By input of the graph, whether windows of it are read.
    seen: Vec<bool>,
    /// The first voxel of each window.
    starts: Vec<[usize; 3]>,
    /// By voxel of a window.
    weights: Vec<f32>,
    /// By voxel of the image, what the weights of all windows that see it add up to.
    sums: OnceLock<Vec<f32>>,
}

impl Windows {
    /// Those of inputs that a graph reads, in its order; `None` where all of them are read whole.
    pub fn of(inputs: &[&InputSpec]) -> Option<Self> {
        let first = inputs.iter().find(|spec| spec.window.is_some())?;
        let (window, extents, axes) = (first.window?, first.extents()?, first.spatial_axes());
        let [xs, ys, zs] = std::array::from_fn(|axis| window.starts(axis, extents[axis]));
        let mut starts = Vec::with_capacity(xs.len() * ys.len() * zs.len());
        for x in &xs {
            for y in &ys {
                starts.extend(zs.iter().map(|z| [*x, *y, *z]));
            }
        }
        Some(Self {
            window,
            extents,
            axes,
            seen: inputs.iter().map(|spec| spec.window.is_some()).collect(),
            starts,
            weights: weights(window.size, axes),
            sums: OnceLock::new(),
        })
    }

    /// Windows of an image.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// All windows, so many at a time.
    pub fn pieces(&self, at_a_time: usize) -> impl Iterator<Item = Range<usize>> {
        let (count, step) = (self.starts.len(), at_a_time.max(1));
        (0..count).step_by(step).map(move |first| first..(first + step).min(count))
    }

    /// Whether what a node computes of a window is a map of it, which whole maps can be made of.
    pub fn is_map(&self, graph: &Graph, node: NodeId) -> bool {
        let ty = &graph.node(node).ty;
        let map = ty.shape.len().checked_sub(self.axes).map(|first| &ty.shape[first..]);
        ty.batched && ty.kind != Kind::Normal && map == Some(&self.window.size[..self.axes])
    }

    /// The shape of a map of the whole image, of that of a window.
    pub fn whole_shape(&self, of_window: &[usize]) -> Vec<usize> {
        let mut shape = of_window.to_vec();
        let first = shape.len().saturating_sub(self.axes);
        let axes = shape.len() - first;
        shape[first..].copy_from_slice(&self.extents[..axes]);
        shape
    }

    /// Some windows of the only row of a batch, a row each. What has no place in space is the same for all of them.
    pub fn cut(&self, whole: &Batch, which: Range<usize>) -> Batch {
        let starts = self.starts.get(which).unwrap_or_default();
        let rows = starts.len();
        let inputs = whole.inputs.iter().enumerate().map(|(at, input)| {
            let input = input.as_ref()?;
            let present = input.present.first().copied().unwrap_or(false);
            let is_seen = self.seen.get(at).copied().unwrap_or(false);
            let mut shape = input.shape.clone();
            let first = shape.len().saturating_sub(self.axes);
            if is_seen {
                shape[first..].copy_from_slice(&self.window.size[..self.axes]);
            }
            let values = match (present, is_seen) {
                (false, _) => Vec::new(),
                (true, false) => input.values.repeat(rows),
                (true, true) => {
                    let each = shape.iter().product::<usize>();
                    let mut values = vec![0.0; each * rows];
                    let windows = values.par_chunks_mut(each.max(1)).zip(starts);
                    windows.for_each(|(out, start)| self.copy(&input.values, *start, out));
                    values
                }
            };
            Some(InputBatch { values, shape, present: vec![present; rows] })
        });
        Batch { rows, inputs: inputs.collect() }
    }

    /// A window of all channels.
    fn copy(&self, whole: &[f32], start: [usize; 3], out: &mut [f32]) {
        let line = self.window.size[2];
        let lines = out.chunks_exact_mut(line.max(1)).enumerate();
        lines.for_each(|(at, out)| {
            let from = self.line(start, at);
            if let Some(from) = whole.get(from..from + line) {
                out.copy_from_slice(from);
            }
        });
    }

    /// Where a line of a window, channel after channel, begins in the whole image.
    fn line(&self, start: [usize; 3], at: usize) -> usize {
        let ([sx, sy, _], [nx, ny, nz]) = (self.window.size, self.extents);
        let (channel, x, y) = (at / (sx * sy), at / sy % sx, at % sy);
        ((channel * nx + start[0] + x) * ny + start[1] + y) * nz + start[2]
    }

    /// What the weights of all windows add up to at each voxel.
    fn sums(&self) -> &[f32] {
        self.sums.get_or_init(|| {
            let mut sums = vec![0.0; self.extents.iter().product()];
            self.starts.iter().for_each(|start| self.add(&self.weights, *start, &mut sums, false));
            sums
        })
    }

    /// Adds a window of one channel; `weighted` by its weights, or as it is.
    fn add(&self, values: &[f32], start: [usize; 3], sums: &mut [f32], weighted: bool) {
        let line = self.window.size[2].max(1);
        for (at, values) in values.chunks_exact(line).enumerate() {
            let to = self.line(start, at);
            let Some(to) = sums.get_mut(to..to + line) else { continue };
            match weighted.then(|| &self.weights[at * line..(at + 1) * line]) {
                Some(weights) => {
                    to.iter_mut().zip(values).zip(weights).for_each(|((sum, value), weight)| *sum += weight * value);
                }
                None => to.iter_mut().zip(values).for_each(|(sum, value)| *sum += value),
            }
        }
    }
}

/// The map of a node over the whole image of a subject, as it comes together.
#[derive(Debug)]
pub struct Whole<'w> {
    windows: &'w Windows,
    /// Empty until the first windows come: of whoever lacks the node there are none.
    sums: Vec<f32>,
    /// The shape of the whole.
    shape: Vec<usize>,
}

impl<'w> Whole<'w> {
    /// Nothing yet, of a node that is a map.
    pub fn new(windows: &'w Windows, graph: &Graph, node: NodeId) -> Self {
        let shape = windows.whole_shape(&graph.node(node).ty.shape);
        Self { windows, sums: Vec::new(), shape }
    }

    /// Adds what was computed of some windows; rows are these windows.
    pub fn add(&mut self, value: Option<HostValue>, which: &Range<usize>) {
        let Some(value) = value else { return };
        let voxels: usize = self.windows.extents.iter().product();
        let size = self.windows.window.voxels();
        if self.sums.is_empty() {
            self.sums = vec![0.0; self.shape.iter().product()];
        }
        let width: usize = value.shape.iter().product();
        let rows: Vec<usize> = value.rows.clone().unwrap_or_else(|| (0..which.len()).collect());
        let of_channel = self.sums.par_chunks_mut(voxels.max(1)).enumerate();
        of_channel.for_each(|(channel, sums)| {
            for (at, row) in rows.iter().enumerate() {
                // A constant has one row for all of them.
                let row_at = if value.rows.is_some() { at } else { 0 };
                let from = row_at * width + channel * size;
                let window = self.windows.starts.get(which.start + row);
                if let (Some(values), Some(start)) = (value.values.get(from..from + size), window) {
                    self.windows.add(values, *start, sums, true);
                }
            }
        });
    }

    /// The mean over windows, and its shape; `None` of whoever lacks the node.
    pub fn finish(mut self) -> Option<(Vec<f32>, Vec<usize>)> {
        let weights = self.windows.sums();
        if self.sums.is_empty() {
            return None;
        }
        self.sums.par_chunks_mut(weights.len().max(1)).for_each(|channel| {
            channel.iter_mut().zip(weights).for_each(|(sum, weight)| *sum /= weight);
        });
        Some((self.sums, self.shape))
    }
}

/// A network that goes over whole images by windows.
#[derive(Debug, Clone, Copy)]
pub struct ByWindows<'a> {
    /// How.
    pub windows: &'a Windows,
    /// What is computed of each window.
    pub forward: &'a Forward,
    /// With what weights.
    pub network: &'a Network,
    /// In which mode.
    pub settings: &'a RunSettings,
    /// Windows at a time.
    pub batch: usize,
}

impl<'a> ByWindows<'a> {
    /// The maps of some nodes over the images of a subject. `each` is told what came of every batch of windows, and how many they are.
    /// `None` when the interrupt flag was set.
    ///
    /// # Errors
    /// A subject that does not fit, a device that fails.
    pub fn of_subject(
        &self,
        subject: &Batch,
        nodes: &[NodeId],
        interrupt: &AtomicBool,
        mut each: impl FnMut(&Values, usize) -> Result<(), NnError>,
    ) -> Result<Option<Vec<Whole<'a>>>, NnError> {
        let graph = self.forward.graph();
        let mut whole: Vec<Whole<'a>> = nodes.iter().map(|node| Whole::new(self.windows, graph, *node)).collect();
        for which in self.windows.pieces(self.batch) {
            if interrupt.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let values = self.forward.run(self.network, &self.windows.cut(subject, which.clone()), self.settings)?;
            for (whole, node) in whole.iter_mut().zip(nodes) {
                whole.add(values.host(*node)?, &which);
            }
            each(&values, which.len())?;
        }
        Ok(Some(whole))
    }
}

/// The weights of a window's voxels: MONAI's `compute_importance_map(mode="gaussian")`.
fn weights(size: [usize; 3], axes: usize) -> Vec<f32> {
    let along = |axis: usize| -> Vec<f32> {
        let n = size[axis];
        if axis >= axes {
            return vec![1.0; n];
        }
        let sigma = SIGMA * n as f64;
        let of = |i: usize| ((i as f64 - (n as f64 - 1.0) / 2.0).powi(2) / (-2.0 * sigma * sigma)).exp() as f32;
        (0..n).map(of).collect()
    };
    let [xs, ys, zs] = std::array::from_fn(along);
    let mut weights = Vec::with_capacity(xs.len() * ys.len() * zs.len());
    for x in &xs {
        for y in &ys {
            weights.extend(zs.iter().map(|z| x * y * z));
        }
    }
    let least = weights.iter().copied().fold(f32::INFINITY, f32::min).max(LEAST);
    weights.iter_mut().for_each(|weight| *weight = weight.max(least));
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Node, Op, TensorType};
    use crate::program::{InputRole, InputSource, SpatialKind};

    const IMAGE: [usize; 3] = [11, 9, 7];
    const SIZE: [usize; 3] = [5, 4, 7];

    fn spec(overlap: f64) -> InputSpec {
        InputSpec {
            name: "t1".into(),
            role: InputRole::Modality,
            cohort: None,
            source: InputSource::Image {
                pattern: String::new(),
                kind: SpatialKind::Volume,
                steps: Vec::new(),
                any_spacing: false,
            },
            optional: false,
            shape: vec![1, 11, 9, 7],
            levels: Vec::new(),
            window: Some(Window { size: SIZE, overlap }),
        }
    }

    /// A graph with one node, of two maps.
    fn graph() -> Graph {
        let mut graph = Graph::default();
        let ty = TensorType::tensor([2, SIZE[0], SIZE[1], SIZE[2]]);
        graph.push(Node { op: Op::Reshape, inputs: vec![], module: None, ty, path: "m".into(), multiply_adds: 0 });
        graph
    }

    fn image() -> Batch {
        let [nx, ny, nz] = IMAGE;
        let voxels = (0..nx * ny * nz).map(|at| (at / (ny * nz), at / nz % ny, at % nz));
        let values = voxels.map(|(x, y, z)| ((7 * x + 3 * y * y + 5 * z * x) % 11) as f32);
        Batch { rows: 1, inputs: vec![Some(InputBatch::complete(values.collect(), [1, nx, ny, nz], 1))] }
    }

    /// What `network` of tests/reference/windows.py computes: maps that depend on where a voxel lies within its window.
    fn network(windows: &Batch) -> HostValue {
        let input = windows.inputs[0].as_ref().expect("an image");
        let mut values = Vec::new();
        for window in input.values.chunks(SIZE.iter().product()) {
            let at = |i: usize| (i / (SIZE[1] * SIZE[2]), i / SIZE[2] % SIZE[1], i % SIZE[2]);
            let each = window.iter().enumerate().map(|(i, value)| (at(i), value));
            values.extend(each.clone().map(|((x, y, _), value)| 0.5 * value + x as f32 - 0.5 * y as f32));
            values.extend(each.map(|((_, _, z), value)| value - z as f32));
        }
        HostValue { values, shape: vec![2, SIZE[0], SIZE[1], SIZE[2]], rows: Some((0..windows.rows).collect()) }
    }

    fn whole(overlap: f64, at_a_time: usize) -> Vec<f32> {
        let windows = Windows::of(&[&spec(overlap)]).expect("windows");
        let graph = graph();
        let mut whole = Whole::new(&windows, &graph, NodeId(0));
        for which in windows.pieces(at_a_time) {
            whole.add(Some(network(&windows.cut(&image(), which.clone()))), &which);
        }
        let (values, shape) = whole.finish().expect("a map");
        assert_eq!(shape, [2, 11, 9, 7]);
        values
    }

    #[test]
    fn windows_make_the_whole_that_monai_makes_of_them() {
        let at = |[c, x, y, z]: [usize; 4]| ((c * 11 + x) * 9 + y) * 7 + z;
        let places = [[0, 0, 0, 0], [0, 4, 4, 3], [0, 10, 8, 6], [1, 3, 3, 1], [1, 6, 7, 5], [1, 5, 2, 0]];
        // `sliding_window_inference(.., (5, 4, 7), mode="gaussian", sigma_scale=0.125)` of MONAI 1.6.1.
        for (overlap, expected, sum) in [
            (0.25, [0.0, 2.563_124, 3.0, 7.0, 4.0, 3.0], 3_902.249_99),
            (0.5, [0.0, 3.020_911_2, 3.0, 7.0, 4.0, 3.0], 3_904.539_34),
        ] {
            let found = whole(overlap, 3);
            for (place, expected) in places.into_iter().zip(expected) {
                assert!((found[at(place)] - expected).abs() < 1e-5, "{place:?}: {} {expected}", found[at(place)]);
            }
            assert!((found.iter().map(|v| f64::from(*v)).sum::<f64>() - sum).abs() < 1e-2);
            assert_eq!(found, whole(overlap, 1), "however many windows at a time");
        }
    }

    #[test]
    fn weights_are_monais() {
        let weights = weights(SIZE, 3);
        let at = |[x, y, z]: [usize; 3]| weights[(x * 4 + y) * 7 + z];
        let expected = [1e-3, 0.606_530_67, 0.087_767_75, 0.001_699_279_3, 1e-3];
        for (place, expected) in [[0, 0, 0], [2, 1, 3], [1, 1, 2], [2, 2, 0], [4, 3, 3]].into_iter().zip(expected) {
            assert!((at(place) - expected).abs() < 1e-6 * expected, "{place:?}: {} {expected}", at(place));
        }
    }

    #[test]
    fn whoever_lacks_an_image_has_no_map_and_what_has_no_place_is_the_same_for_all_windows() {
        let windows = Windows::of(&[&spec(0.25), &InputSpec { window: None, ..spec(0.25) }]).expect("windows");
        let mut batch = image();
        batch.inputs.push(Some(InputBatch::complete(vec![4.0, 5.0], [2], 1)));
        let cut = windows.cut(&batch, 2..5);
        let about = cut.inputs[1].as_ref().expect("a vector");
        assert_eq!((cut.rows, about.values.as_slice()), (3, [4.0, 5.0, 4.0, 5.0, 4.0, 5.0].as_slice()));
        let absent = InputBatch { values: Vec::new(), shape: vec![1, 11, 9, 7], present: vec![false] };
        let cut = windows.cut(&Batch { rows: 1, inputs: vec![Some(absent), None] }, 0..2);
        assert_eq!(cut.inputs[0].as_ref().map(|input| input.present.clone()), Some(vec![false, false]));
        let graph = graph();
        let mut whole = Whole::new(&windows, &graph, NodeId(0));
        whole.add(None, &(0..2));
        assert!(whole.finish().is_none());
    }
}
