//! Parts of images: where a patch lies, and what of each input is in it.
//!
//! ```text
//!  seed, subject ──▶ a class, a voxel of it, the box about that ──▶ of every image that is seen by parts the values in the box, moved
//! ```
//!
//! Only what a patch is made of is read: of an image that lies prepared in a file, the lines of the box.

use super::super::cache::CachedImage;
use super::super::error::{DataError, Result};
use super::super::transform::spatial::Part;
use super::super::transform::{FittedChain, Image};
use super::augment::{Augmentation, Augmented};
use super::{Content, FittedInputs, Item, fitted};
use fascicle_lang::program::{InputRole, SpatialKind};
use rand::RngExt;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many voxels of each class lie in each plane of a mask across its first axis.
type Planes = Vec<Vec<u32>>;

/// The planes of masks that patches were drawn by.
#[derive(Debug, Default)]
pub(super) struct Classes {
    known: Mutex<BTreeMap<(usize, Item), Arc<Planes>>>,
}

/// Where the numbers of an image lie.
enum Source<'s> {
    /// In a file, as they are read.
    Prepared(&'s CachedImage),
    Made(Arc<Image>),
}

impl Source<'_> {
    fn shape(&self) -> [usize; 4] {
        match self {
            Self::Prepared(image) => image.shape(),
            Self::Made(image) => <[usize; 4]>::from(image.data.dim()),
        }
    }

    /// A box of all channels.
    fn part(&self, part: &Part) -> Option<Vec<f32>> {
        let mut values = vec![0.0; self.shape()[0] * part.voxels()];
        match self {
            Self::Prepared(image) => image.copy_box(part.at, part.size, &mut values).then_some(values),
            Self::Made(image) => {
                let grid = image.grid();
                if (0..3).any(|i| part.at[i] + part.size[i] > grid[i]) {
                    return None;
                }
                let [x, y, z]: [_; 3] = std::array::from_fn(|i| part.at[i]..part.at[i] + part.size[i]);
                let within = image.data.slice(ndarray::s![.., x, y, z]);
                values.iter_mut().zip(within).for_each(|(to, from)| *to = *from);
                Some(values)
            }
        }
    }

    /// The first channel of a plane across the first axis.
    fn plane(&self, x: usize) -> Vec<f32> {
        let [_, _, ny, nz] = self.shape();
        let plane = self.part(&Part { at: [x, 0, 0], size: [1, ny, nz] }).unwrap_or_default();
        plane.into_iter().take(ny * nz).collect()
    }
}

impl FittedInputs<'_> {
    /// What is drawn for an item, the part of its images among it.
    pub(super) fn draw(&self, item: Item, draw: &Augmentation<'_>) -> Result<Augmented> {
        let mut drawn = draw.of(&self.dataset.members[item.member].key, item.slice, self.dataset.views());
        if let Augmentation::Patch { balanced, .. } = draw {
            drawn.part = self.part(item, *balanced, &drawn)?;
        }
        Ok(drawn)
    }

    /// Where the patch lies; `None` where nothing is seen by parts.
    fn part(&self, item: Item, balanced: Option<usize>, drawn: &Augmented) -> Result<Option<Part>> {
        let seen = self.dataset.inputs.iter().find_map(|spec| Some((spec.window?, spec.extents()?)));
        let (Some((window, extents)), Some(mut rng)) = (seen, drawn.of_part()) else { return Ok(None) };
        let size = window.size;
        let centre = match balanced.filter(|mask| self.dataset.has(item.member, *mask)) {
            None => None,
            Some(mask) => {
                let (planes, source) = self.planes(item, mask, drawn.view)?;
                let of_class = |class: usize| planes.iter().map(|plane| u64::from(plane[class])).sum::<u64>();
                let classes = planes.first().map_or(0, Vec::len);
                let present: Vec<usize> = (0..classes).filter(|class| of_class(*class) > 0).collect();
                match present.len() {
                    0 => None,
                    n => {
                        let class = present[rng.random_range(0..n)];
                        let mut nth = rng.random_range(0..of_class(class));
                        let found = planes.iter().position(|plane| {
                            let here = u64::from(plane[class]);
                            let is_here = nth < here;
                            nth -= if is_here { 0 } else { here };
                            is_here
                        });
                        found.and_then(|x| voxel(&source, x, class, nth))
                    }
                }
            }
        };
        let at = std::array::from_fn(|axis| {
            let last = extents[axis].saturating_sub(size[axis]);
            match centre {
                Some(centre) => centre[axis].saturating_sub(size[axis] / 2).min(last),
                None => rng.random_range(0..=last),
            }
        });
        Ok(Some(Part { at, size }))
    }

    /// The planes of a mask, and the mask.
    fn planes(&self, item: Item, mask: usize, view: usize) -> Result<(Arc<Planes>, Source<'_>)> {
        let source = self.source(item, mask, view)?;
        // Of several views each would have planes of its own: they are counted anew.
        let keeps = self.dataset.views() == 1;
        let known = keeps
            .then(|| self.classes.known.lock().unwrap_or_else(PoisonError::into_inner).get(&(mask, item)).cloned());
        if let Some(planes) = known.flatten() {
            return Ok((planes, source));
        }
        let classes = self.dataset.inputs[mask].levels.len();
        let count = |x: usize| {
            let mut counts = vec![0_u32; classes];
            for value in source.plane(x) {
                if let Some(count) = counts.get_mut(value as usize) {
                    *count += 1;
                }
            }
            counts
        };
        let planes: Arc<Planes> = Arc::new((0..source.shape()[1]).map(count).collect());
        if keeps {
            let mut all = self.classes.known.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert((mask, item), planes.clone());
        }
        Ok((planes, source))
    }

    /// An image of an item in a view, unmoved.
    fn source(&self, item: Item, input: usize, view: usize) -> Result<Source<'_>> {
        let (chain, fitted, volume) = self.image_parts(item, input)?;
        if chain.is_all_cached() && chain.kind != SpatialKind::Slices {
            return Ok(Source::Prepared(volume));
        }
        self.seen_whole(item, input, view, fitted).map(Source::Made)
    }

    /// The image of an item as it is before anything is drawn: in a view, and of a volume that is cut into slices one of them.
    pub(super) fn seen_whole(&self, item: Item, input: usize, view: usize, fitted: &FittedChain) -> Result<Arc<Image>> {
        let (chain, _, volume) = self.image_parts(item, input)?;
        let cut = chain.kind == SpatialKind::Slices;
        if chain.is_all_cached() && cut {
            let slices: Vec<usize> = fitted.neighbours(item.slice, volume.shape()[3]).collect();
            return Ok(Arc::new(volume.slices(&slices)));
        }
        let mut whole = self.of_fold(fitted, item.member, input, volume)?;
        if chain.has_views() {
            let name =
                |e: DataError| e.of_subject(&self.dataset.members[item.member].key, &self.dataset.inputs[input].name);
            whole = Arc::new(fitted.in_view(Arc::unwrap_or_clone(whole), view).map_err(name)?);
        }
        Ok(if cut { Arc::new(fitted.slice(&whole, item.slice)) } else { whole })
    }

    fn image_parts(&self, item: Item, input: usize) -> Result<(&super::ImageChain, &FittedChain, &CachedImage)> {
        let spec = &self.dataset.inputs[input];
        let (Content::Images { chain, volumes }, super::FittedInput::Image(fitted)) =
            (&self.dataset.content[input], &self.fitted()[input])
        else {
            return Err(fitted::of_another(&spec.name));
        };
        let key = &self.dataset.members[item.member].key;
        let volume = volumes[item.member].as_ref().ok_or_else(|| fitted::gone(key))?;
        Ok((chain, fitted, volume))
    }

    /// The part of an image that was drawn, as it is in a batch.
    pub(super) fn copy_part(
        &self,
        item: Item,
        input: usize,
        (drawn, part): (&Augmented, &Part),
        out: &mut [f32],
    ) -> Result<()> {
        let spec = &self.dataset.inputs[input];
        let key = &self.dataset.members[item.member].key;
        let source = self.source(item, input, drawn.view)?;
        let [channels, nx, ny, nz] = source.shape();
        let grid = [nx, ny, nz];
        let (affine, labels) = match &source {
            Source::Prepared(image) => (image.affine(), image.labels()),
            Source::Made(image) => (image.affine, image.labels),
        };
        let misfit = || {
            let problem = format!(
                "a patch of {:?} from voxel {:?} does not lie within the image, which has {channels} channels of {grid:?} voxels",
                part.size, part.at
            );
            DataError::Step { step: "patches", problem }.of_subject(key, &spec.name)
        };
        let mut image =
            drawn.cut(part, (grid, channels, affine, labels), |part| source.part(part)).ok_or_else(misfit)?;
        if !labels && spec.role == InputRole::Modality {
            drawn.change_part(&mut image, part, grid, input);
        }
        let values: Cow<'_, [f32]> = match image.data.as_slice() {
            Some(values) => Cow::Borrowed(values),
            None => Cow::Owned(image.data.iter().copied().collect()),
        };
        if values.len() != out.len() {
            return Err(misfit());
        }
        out.copy_from_slice(&values);
        Ok(())
    }
}

/// The `nth` voxel of a class in a plane across the first axis.
fn voxel(source: &Source<'_>, x: usize, class: usize, nth: u64) -> Option<[usize; 3]> {
    let nz = source.shape()[3].max(1);
    let plane = source.plane(x);
    let of_class = plane.iter().enumerate().filter(|(_, value)| **value as usize == class);
    let (at, _) = of_class.take(usize::try_from(nth).ok()?.checked_add(1)?).last()?;
    Some([x, at / nz, at % nz])
}
