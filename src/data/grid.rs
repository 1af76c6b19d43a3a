//! Whether the images of an input lie on like grids: a scan of thick slices among thin ones, or of another field of view, is
//! cropped and padded like the others and shows something else.

use super::error::Result;
use super::image_file::ImageFile;
use super::nifti::{Header, read_header};
use fascicle_lang::program::{ImageStep, InputSource, InputSpec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Voxel sizes nearer than this are the same: headers hold them in single precision, some rounded.
const SAME_MM: f64 = 0.01;

/// The grid of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grid {
    /// Extents of the voxels in millimetres, in hundredths.
    spacing: [i64; 3],
    /// Voxels along each axis.
    extent: Vec<usize>,
}

impl Grid {
    pub(crate) fn of(header: &Header) -> Self {
        let rounded = |mm: f64| (mm / SAME_MM).round() as i64;
        Self { spacing: header.voxel_mm.map(rounded), extent: header.shape.iter().take(3).copied().collect() }
    }

    /// The grid that most have; of equally many, the least.
    pub(crate) fn of_most<'g>(grids: impl Iterator<Item = &'g Self>) -> Option<Self> {
        let mut counts: BTreeMap<&Self, usize> = BTreeMap::new();
        grids.for_each(|grid| *counts.entry(grid).or_default() += 1);
        let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
        most.map(|(grid, _)| grid.clone())
    }

    /// The extents of a voxel in millimetres.
    pub fn voxel_mm(&self) -> [f64; 3] {
        self.spacing.map(|hundredths| hundredths as f64 * SAME_MM)
    }

    /// The grid of a file; of a painted scan, none.
    ///
    /// # Errors
    /// A header that cannot be read.
    pub(crate) fn read(file: &ImageFile) -> Result<Option<Self>> {
        match file {
            ImageFile::Path(path) => Ok(Some(Self::of(&read_header(path)?))),
            ImageFile::Scan { .. } => Ok(None),
        }
    }
}

/// Whether grids of an input need not be alike: they are brought to one, or it is said that they differ.
pub(crate) fn may_differ(spec: &InputSpec) -> bool {
    match &spec.source {
        InputSource::Image { steps, any_spacing, .. } => {
            *any_spacing || steps.iter().any(|s| matches!(s, ImageStep::Resample { .. } | ImageStep::Resize { .. }))
        }
        _ => true,
    }
}

/// What is said of those whose grids are not those of most, one sentence for voxels and one for extents.
pub(crate) fn unlike_most(input: &str, grids: &[(String, Grid)]) -> Vec<String> {
    let mm = |spacing: &[i64; 3]| {
        let sizes: Vec<String> = spacing.iter().map(|s| format!("{}", *s as f64 * SAME_MM)).collect();
        format!("{} mm", sizes.join(" x "))
    };
    let voxels = |extent: &Vec<usize>| {
        let extents: Vec<String> = extent.iter().map(usize::to_string).collect();
        extents.join(" x ")
    };
    let spacing = told(
        grids.iter().map(|(name, grid)| (name.as_str(), mm(&grid.spacing))),
        (input, "voxels", "resample(..) brings them to one size; image(.., spacing: any) says that it is meant"),
    );
    let extent = told(
        grids.iter().map(|(name, grid)| (name.as_str(), voxels(&grid.extent))),
        (input, "a grid", "it is cropped and padded about its middle; image(.., spacing: any) says that it is meant"),
    );
    spacing.into_iter().chain(extent).collect()
}

/// What is said of masks that a crop has cut labelled voxels off: whose, and how many.
pub(crate) fn labels_cut<'a>(spec: &InputSpec, cut: impl Iterator<Item = (&'a str, u64)>) -> Option<String> {
    let (mut masks, mut worst) = (0, Vec::new());
    for (name, voxels) in cut {
        masks += 1;
        if voxels > 0 {
            worst.push((name, voxels));
        }
    }
    if worst.is_empty() {
        return None;
    }
    // Those that lose most; among equals, in order.
    worst.sort_by_key(|(_, voxels)| std::cmp::Reverse(*voxels));
    let named: Vec<String> = worst.iter().take(3).map(|(name, voxels)| format!("{voxels} of {name}")).collect();
    let more = if worst.len() > 3 { ", .." } else { "" };
    Some(format!(
        "input `{}`: labelled voxels are cut off {} of {masks} masks: {}{more}; declare a larger shape than {:?}, or crop(at: .., size: ..) around the labels",
        spec.name,
        worst.len(),
        named.join(", "),
        spec.shape
    ))
}

fn told<'a>(
    images: impl Iterator<Item = (&'a str, String)>,
    (input, what, hint): (&str, &str, &str),
) -> Option<String> {
    let mut by_value: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    images.for_each(|(name, value)| by_value.entry(value).or_default().push(name));
    // Of equally many, the first in order.
    let most = by_value.iter().rev().max_by_key(|(_, names)| names.len()).map(|(value, _)| value.clone())?;
    let others: Vec<(&String, &Vec<&str>)> = by_value.iter().filter(|(value, _)| **value != most).collect();
    let count: usize = others.iter().map(|(_, names)| names.len()).sum();
    if count == 0 {
        return None;
    }
    let shown: Vec<String> = others
        .iter()
        .take(3)
        .map(|(value, names)| {
            let people: Vec<&str> = names.iter().take(3).copied().collect();
            let more = if names.len() > 3 { ", .." } else { "" };
            format!("{value} ({}{more})", people.join(", "))
        })
        .collect();
    let more = if others.len() > 3 { ", .." } else { "" };
    let all = count + by_value.get(&most).map_or(0, Vec::len);
    Some(format!(
        "input `{input}`: {count} of {all} images have {what} of {}{more}, the others of {most}; {hint}",
        shown.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(mm: f64, extent: [usize; 3]) -> Grid {
        Grid { spacing: [(mm / SAME_MM).round() as i64; 3], extent: extent.to_vec() }
    }

    #[test]
    fn nothing_is_said_of_images_that_are_alike_up_to_rounding() {
        let grids = [("a".to_owned(), grid(1.0, [8, 8, 8])), ("b".to_owned(), grid(1.000_01, [8, 8, 8]))];
        assert_eq!(unlike_most("t1", &grids), Vec::<String>::new());
    }

    #[test]
    fn masks_that_lose_labels_are_named_with_what_they_lose() {
        let mut spec = crate::samples::volume_input("parts", "x", [4, 4, 4], Vec::new());
        spec.shape = vec![4, 4, 4];
        let told = labels_cut(&spec, [("sub-1", 0), ("sub-2", 3), ("sub-3", 12)].into_iter());
        assert_eq!(
            told.as_deref(),
            Some(
                "input `parts`: labelled voxels are cut off 2 of 3 masks: 12 of sub-3, 3 of sub-2; declare a larger shape than [4, 4, 4], or crop(at: .., size: ..) around the labels"
            )
        );
        assert_eq!(labels_cut(&spec, [("sub-1", 0)].into_iter()), None);
    }

    #[test]
    fn whoever_has_other_voxels_or_another_grid_is_named() {
        let mut grids: Vec<(String, Grid)> = (0..9).map(|i| (format!("sub-{i}"), grid(1.0, [64, 64, 64]))).collect();
        grids[4].1 = grid(3.0, [64, 64, 64]);
        grids[7].1 = grid(1.0, [64, 64, 1]);
        let told = unlike_most("t1", &grids);
        assert_eq!(told.len(), 2);
        assert!(
            told[0].starts_with(
                "input `t1`: 1 of 9 images have voxels of 3 x 3 x 3 mm (sub-4), the others of 1 x 1 x 1 mm"
            )
        );
        assert!(
            told[1].starts_with(
                "input `t1`: 1 of 9 images have a grid of 64 x 64 x 1 (sub-7), the others of 64 x 64 x 64"
            )
        );
    }
}
