//! Random changes of training images, decided by seed, epoch and subject.

use super::super::affine::Affine;
use super::super::transform::Image;
use super::super::transform::artefact;
use super::super::transform::elastic::Elastic;
use super::super::transform::spatial::{Move, Part, Places, moved};
use fascicle_lang::program::Augment;
use ndarray::{Array4, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// How an item is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Augmentation<'a> {
    /// As it is, in one view.
    Fixed {
        /// Which, from 0.
        view: usize,
    },
    /// Changed at random, in a random view. The same three numbers and subject give the same change.
    Random {
        /// The run's seed.
        seed: u64,
        /// The pass over the training subjects.
        epoch: u64,
        /// The changes, in order.
        augment: &'a [Augment],
    },
    /// As at random, and of images that are seen by parts one of those.
    Patch {
        /// Decides what is drawn.
        seed: u64,
        /// The changes, in order.
        augment: &'a [Augment],
        /// The mask whose classes are as likely as one another to hold the centre of the part.
        balanced: Option<usize>,
    },
}

/// What was drawn for one item; the same for all its inputs.
#[derive(Debug, Clone)]
pub(super) struct Augmented {
    pub(super) view: usize,
    /// What happens, with the step of the list that it is of.
    changes: Vec<(usize, Change)>,
    /// From which each input draws what is its own.
    key: Option<blake3::Hash>,
    /// The part of images that are seen by parts.
    pub(super) part: Option<Part>,
}

/// Moves are drawn for all inputs of a subject, what changes intensities for each.
#[derive(Debug, Clone, PartialEq)]
enum Change {
    Flip(usize),
    Shift([i64; 3]),
    Move(Move),
    Noise(f64),
    Scale(f64),
    Gamma((f64, f64)),
    BiasField { most: f64, order: usize },
    Blur(f64),
    Swap { voxels: usize, times: usize },
}

impl Change {
    /// Whether it goes by whole voxels, so that nothing need be interpolated.
    fn is_exact(&self) -> bool {
        !matches!(self, Self::Move(_))
    }

    fn as_move(&self) -> Option<Move> {
        match self {
            Self::Flip(axis) => Some(Move::Flip(*axis)),
            Self::Shift(by) => Some(Move::Voxels(*by)),
            Self::Move(step) => Some(step.clone()),
            _ => None,
        }
    }
}

impl Augmentation<'_> {
    /// Draws for one item.
    pub(super) fn of(&self, key: &str, slice: usize, views: usize) -> Augmented {
        let (seed, epoch, augment) = match self {
            Self::Fixed { view } => return Augmented { view: *view, changes: Vec::new(), key: None, part: None },
            Self::Random { seed, epoch, augment } => (seed, epoch, augment),
            // The seed of a look is another one in every epoch.
            Self::Patch { seed, augment, .. } => (seed, &0, augment),
        };
        let hash = blake3::hash(format!("augment {seed} {epoch} {slice} {key}").as_bytes());
        let mut rng = ChaCha8Rng::from_seed(*hash.as_bytes());
        let view = rng.random_range(0..views.max(1));
        let changes = augment
            .iter()
            .enumerate()
            .filter_map(|(step, augment)| Some((step, draw(augment, &mut rng, &mut of_step(&hash, step, 0))?)))
            .collect();
        Augmented { view, changes, key: Some(hash), part: None }
    }
}

/// Numbers of one step of the list, for all inputs (0) or for one: no step's draws depend on another step.
fn of_step(key: &blake3::Hash, step: usize, input: usize) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::from_seed(*key.as_bytes());
    rng.set_stream(((step as u64 + 1) << 32) | input as u64);
    rng
}

/// What happens, if anything. `common` are the numbers that flips and shifts have drawn from since there are augmentations, one behind
/// the other; all others have numbers of their own.
fn draw(augment: &Augment, common: &mut ChaCha8Rng, own: &mut ChaCha8Rng) -> Option<Change> {
    let within = |rng: &mut ChaCha8Rng, most: f64| most * rng.random_range(-1.0..=1.0);
    match augment {
        Augment::Flip { axis, share } => common.random_bool(*share).then_some(Change::Flip(axis.position())),
        Augment::Shift { voxels } => {
            let most = i64::try_from(*voxels).unwrap_or(i64::MAX);
            Some(Change::Shift(std::array::from_fn(|_| common.random_range(-most..=most))))
        }
        Augment::Sometimes { share, change } => {
            // Drawn in any case, so that what comes behind does not depend on whether this happens.
            let happens = own.random_bool(*share);
            let drawn = draw(change, common, own);
            if happens { drawn } else { None }
        }
        Augment::Affine { degrees, zoom, apart, shift_mm } => {
            let mut factors: [f64; 3] = std::array::from_fn(|_| own.random_range(zoom.0..=zoom.1));
            if !apart {
                factors = [factors[0]; 3];
            }
            let degrees = degrees.map(|most| within(own, most));
            let shift_mm = shift_mm.map(|most| within(own, most));
            Some(Change::Move(Move::Affine { zoom: factors, degrees, shift_mm }))
        }
        Augment::Elastic { most_mm, points } => {
            let elastic = Elastic::of(*points, || std::array::from_fn(|_| within(own, *most_mm)));
            Some(Change::Move(Move::Elastic(elastic)))
        }
        Augment::Noise { sd } => Some(Change::Noise(*sd)),
        Augment::Scale { by } => Some(Change::Scale(*by)),
        Augment::Gamma { exponent } => Some(Change::Gamma(*exponent)),
        Augment::BiasField { most, order } => Some(Change::BiasField { most: *most, order: *order }),
        Augment::Blur { sd_mm } => Some(Change::Blur(*sd_mm)),
        Augment::Swap { voxels, times } => Some(Change::Swap { voxels: *voxels, times: *times }),
    }
}

impl Augmented {
    /// Whether images stay as they are.
    pub(super) fn is_none(&self) -> bool {
        self.changes.is_empty()
    }

    /// Numbers for where the part lies, which no change draws from.
    pub(super) fn of_part(&self) -> Option<ChaCha8Rng> {
        let mut rng = ChaCha8Rng::from_seed(*self.key?.as_bytes());
        rng.set_stream(u64::MAX);
        Some(rng)
    }

    /// The part of one input's image that was drawn. `read` gives a box of the image, all channels of it; the image has this grid, these
    /// channels and this affine.
    pub(super) fn cut(
        &self,
        part: &Part,
        (grid, channels, affine, labels): ([usize; 3], usize, Affine, bool),
        read: impl Fn(&Part) -> Option<Vec<f32>>,
    ) -> Option<Image> {
        let [x, y, z] = part.size;
        let shape = (channels, x, y, z);
        let moves: Vec<Move> = self.changes.iter().filter_map(|(_, change)| change.as_move()).collect();
        let values = if moves.is_empty() {
            read(part)?
        } else if self.changes.iter().all(|(_, change)| change.is_exact()) {
            let from: [Vec<usize>; 3] = std::array::from_fn(|axis| self.exact_places(axis, part, grid[axis]));
            let at: [usize; 3] = std::array::from_fn(|i| from[i].iter().copied().min().unwrap_or(0));
            let size = std::array::from_fn(|i| from[i].iter().copied().max().unwrap_or(0) + 1 - at[i]);
            let around = read(&Part { at, size })?;
            let mut values = Vec::with_capacity(channels * part.voxels());
            for channel in 0..channels {
                for x in &from[0] {
                    for y in &from[1] {
                        let line = ((channel * size[0] + x - at[0]) * size[1] + y - at[1]) * size[2];
                        values.extend(from[2].iter().filter_map(|z| around.get(line + z - at[2])));
                    }
                }
            }
            values
        } else {
            let places = Places::of(grid, affine.voxel_mm(), &moves, part);
            let around = read(&places.read)?;
            let mut values = vec![0.0; channels * part.voxels()];
            let of_channel = values.chunks_mut(part.voxels().max(1)).zip(around.chunks(places.read.voxels().max(1)));
            of_channel.for_each(|(out, around)| places.sample(around, labels, out));
            values
        };
        Some(Image { data: Array4::from_shape_vec(shape, values).ok()?, affine, labels })
    }

    /// The voxels along an axis that a part's come from, where nothing but mirrors (about the middle of the part) and moves by whole
    /// voxels is drawn.
    fn exact_places(&self, axis: usize, part: &Part, voxels: usize) -> Vec<usize> {
        let (at, size) = (part.at[axis] as i64, part.size[axis] as i64);
        let from = |i: i64| {
            self.changes.iter().rev().fold(i, |i, (_, change)| match change {
                Change::Flip(flipped) if *flipped == axis => size - 1 - i,
                Change::Shift(by) if voxels > 1 => i.saturating_sub(by[axis]),
                _ => i,
            })
        };
        (0..size).map(|i| at.saturating_add(from(i)).clamp(0, voxels as i64 - 1) as usize).collect()
    }

    /// Changes the intensities of a part of one input's image, as `change` those of a whole one.
    pub(super) fn change_part(&self, image: &mut Image, part: &Part, grid: [usize; 3], input: usize) {
        self.intensities(image, (part.at, grid), input, &|_, _| ());
    }

    /// Changes one input's image. Places move alike in all inputs; what is done to intensities is each input's own, and only
    /// for `intensities`.
    ///
    /// Flips and shifts alone are taken in their order among the others. With a move between voxels, all moves are composed and
    /// interpolated once, and what changes intensities comes behind them.
    pub(super) fn change(&self, mut image: Image, intensities: bool, input: usize) -> Image {
        if self.key.is_none() {
            return image;
        }
        let exact = self.changes.iter().all(|(_, change)| change.is_exact());
        if !exact {
            let moves: Vec<Move> = self.changes.iter().filter_map(|(_, change)| change.as_move()).collect();
            image = moved(&image, &moves);
        }
        let whole = ([0; 3], image.grid());
        let step = |image: &mut Image, change: &Change| match change {
            Change::Flip(axis) if exact => image.data.invert_axis(Axis(axis + 1)),
            Change::Shift(by) if exact => image.data = shift(&image.data, *by),
            _ => {}
        };
        if intensities {
            self.intensities(&mut image, whole, input, &step);
        } else {
            self.changes.iter().for_each(|(_, change)| step(&mut image, change));
        }
        image
    }

    /// Changes intensities in the order of the list, `moved` what moves between them.
    fn intensities(
        &self,
        image: &mut Image,
        part: ([usize; 3], [usize; 3]),
        input: usize,
        moved: &dyn Fn(&mut Image, &Change),
    ) {
        let Some(key) = &self.key else { return };
        let mut common = ChaCha8Rng::from_seed(*key.as_bytes());
        // Stream 0 has drawn the places.
        common.set_stream(input as u64 + 1);
        for (step, change) in &self.changes {
            match change {
                Change::Flip(_) | Change::Shift(_) | Change::Move(_) => moved(image, change),
                Change::Noise(sd) => image.data.mapv_inplace(|v| {
                    let draw: f64 = StandardNormal.sample(&mut common);
                    v + (sd * draw) as f32
                }),
                Change::Scale(by) => {
                    let factor = 1.0 + by * common.random_range(-1.0..=1.0);
                    image.data.mapv_inplace(|v| v * factor as f32);
                }
                own => values(image, part, own, &mut of_step(key, *step, input + 1)),
            }
        }
    }
}

/// What has numbers of its own in each input.
fn values(image: &mut Image, part: ([usize; 3], [usize; 3]), change: &Change, rng: &mut ChaCha8Rng) {
    match change {
        Change::Gamma((low, high)) => artefact::gamma(&mut image.data, rng.random_range(*low..=*high)),
        Change::BiasField { most, order } => {
            let mut draw = || most * rng.random_range(-1.0..=1.0);
            let coefficients: Vec<f64> = (0..artefact::coefficients(*order)).map(|_| draw()).collect();
            artefact::bias_field(&mut image.data, part, *order, &coefficients);
        }
        Change::Blur(most) => {
            let sd = std::array::from_fn(|_| rng.random_range(0.0..=*most));
            artefact::blur(image, sd);
        }
        Change::Swap { voxels, times } => {
            let grid = image.grid();
            let extent = grid.map(|n| if n == 1 { 1 } else { *voxels });
            artefact::swap(&mut image.data, extent, &pairs(grid, extent, *times, rng));
        }
        _ => {}
    }
}

/// Pairs of boxes that do not overlap; none where there is no room for two.
fn pairs(grid: [usize; 3], extent: [usize; 3], times: usize, rng: &mut ChaCha8Rng) -> Vec<[[usize; 3]; 2]> {
    let fits = (0..3).all(|i| extent[i] <= grid[i]) && (0..3).any(|i| grid[i] >= 2 * extent[i]);
    if !fits {
        return Vec::new();
    }
    let mut place = || std::array::from_fn(|i| rng.random_range(0..=grid[i] - extent[i]));
    let apart = |[one, other]: &[[usize; 3]; 2]| (0..3).any(|i| one[i].abs_diff(other[i]) >= extent[i]);
    // In an image with room for just two boxes few pairs lie apart: those that do not are drawn anew, so often.
    let most = times.saturating_mul(100);
    std::iter::repeat_with(|| [place(), place()]).take(most).filter(apart).take(times).collect()
}

/// Moves an image by whole voxels; what comes in has the border's value.
fn shift(data: &Array4<f32>, by: [i64; 3]) -> Array4<f32> {
    let (channels, nx, ny, nz) = data.dim();
    let source = |i: usize, extent: usize, by: i64| (i as i64).saturating_sub(by).clamp(0, extent as i64 - 1) as usize;
    let values: Vec<f32> = data.iter().copied().collect();
    // Along the last axis a border, a run of voxels that lie together, a border.
    let far = usize::try_from(by[2].unsigned_abs()).unwrap_or(nz).min(nz);
    let (first, from) = if by[2] > 0 { (far, 0) } else { (0, far) };
    let run = nz - far;
    let mut moved = Vec::with_capacity(values.len());
    for c in 0..channels {
        for x in 0..nx {
            for y in 0..ny {
                let at = ((c * nx + source(x, nx, by[0])) * ny + source(y, ny, by[1])) * nz;
                let Some(row) = values.get(at..at + nz) else { continue };
                let (Some(head), Some(tail)) = (row.first(), row.last()) else { continue };
                moved.extend(std::iter::repeat_n(*head, first));
                moved.extend_from_slice(&row[from..from + run]);
                moved.extend(std::iter::repeat_n(*tail, nz - first - run));
            }
        }
    }
    Array4::from_shape_vec(data.raw_dim(), moved).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::shift;
    use ndarray::Array4;

    #[test]
    fn a_shifted_voxel_has_the_value_of_the_one_so_far_behind_or_of_the_border() {
        let data = Array4::from_shape_fn((2, 3, 4, 5), |(c, x, y, z)| (c * 1000 + x * 100 + y * 10 + z) as f32);
        let mut turned = data.clone();
        turned.invert_axis(ndarray::Axis(3));
        for data in [&data, &turned] {
            for by in [
                [0, 0, 0],
                [1, -1, 2],
                [-2, 3, -1],
                [0, 0, 5],
                [0, 0, -5],
                [9, -9, 9],
                [0, 0, i64::MIN],
                [0, i64::MAX, 4],
            ] {
                let moved = shift(data, by);
                for ((c, x, y, z), value) in moved.indexed_iter() {
                    let source = |i: usize, extent: usize, by: i64| {
                        (i as i64).saturating_sub(by).clamp(0, extent as i64 - 1) as usize
                    };
                    let expected = data[[c, source(x, 3, by[0]), source(y, 4, by[1]), source(z, 5, by[2])]];
                    assert_eq!(*value, expected, "{by:?} at {:?}", (c, x, y, z));
                }
            }
        }
    }
}
