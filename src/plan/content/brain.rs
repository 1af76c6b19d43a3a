//! Maps at voxels as planes: what a saliency is on average, where groups differ in it, and what is painted into an atlas.

use super::super::analyse::{AnalysisResult, Field, PAINTED, VoxelMaps};
use super::super::context::Context;
use super::super::error::{PlanError, Result};
use crate::analysis::quantile;
use crate::program::{Analysis, AnalysisKind, Argument, ColumnTest, GroupTest};
use crate::report::content::{BrainMap, BrainSheet, Quantity};
use crate::report::picture::map_planes;
use ndarray::{Array3, ArrayView3};
use std::path::Path;

/// Variants shown.
const VARIANTS: usize = 6;
/// The share of voxels below the end of the colours.
const SHOWN: f64 = 0.995;

/// The sheet of an analysis that has maps.
///
/// # Errors
/// A result that cannot be read.
pub(super) fn sheet(
    context: &Context<'_>,
    (variant, at): (usize, usize),
    declared: &Analysis,
    analysed: &AnalysisResult,
) -> Result<Option<BrainSheet>> {
    if analysed.space.is_none() || variant >= VARIANTS {
        return Ok(None);
    }
    let task = context.layout.variants[variant].analyses.get(at).copied();
    let folder = context.folder(task.ok_or_else(|| PlanError::inconsistent("an analysis has no task"))?)?;
    let unit = "gradient of the output per unit of the image";
    let mut shown = Vec::new();
    if declared.kind == AnalysisKind::SmoothGrad {
        if let Some(mean) = VoxelMaps::read(&folder, analysed, "mean")? {
            let name = format!("mean of {} people", number(analysed, "people").unwrap_or_default());
            shown.push(Shown::new(mean, 0, name, Quantity::plain(unit), false));
        }
        return drawn((declared, analysed), shown, None);
    }
    if declared.kind == AnalysisKind::Paint {
        if let Some(painted) = VoxelMaps::read(&folder, analysed, PAINTED)? {
            let of = match declared.arguments.get("values") {
                Some(Argument::Result { analysis, field }) => format!("{analysis}.{field}"),
                _ => declared.name.clone(),
            };
            let signed = painted.values.iter().flatten().any(|v| *v < 0.0);
            let voxels = vec![true; painted.space.voxels.len()];
            shown.push(Shown::new(painted, 0, of.clone(), Quantity::plain(format!("{of} of each region")), signed));
            let outline = Outlined { voxels, told: "all labels of the atlas".into(), chooses: false };
            return drawn((declared, analysed), shown, Some(outline));
        }
        return drawn((declared, analysed), shown, None);
    }
    if let Some(means) = VoxelMaps::read(&folder, analysed, "means")? {
        let limit = limit(means.values.iter().flatten());
        for (map, group) in means.names.clone().into_iter().enumerate() {
            let name = format!("mean of {group}");
            shown.push(Shown { limit, ..Shown::new(means.clone(), map, name, Quantity::plain(unit), false) });
        }
    }
    let groups: Vec<String> = match analysed.fields.get("means") {
        Some(Field::Maps { names, .. }) => names.clone(),
        _ => Vec::new(),
    };
    let AnalysisKind::Test(test) = declared.kind else {
        return drawn((declared, analysed), shown, None);
    };
    let (field, name, signed) = match test {
        ColumnTest::OneSampleT | ColumnTest::Groups(GroupTest::TwoSampleT) => ("d", "Cohen's d", true),
        ColumnTest::Correlation => ("r", "Pearson's correlation", true),
        ColumnTest::Groups(GroupTest::MannWhitney) => ("effect", "rank-biserial correlation", true),
        ColumnTest::Groups(GroupTest::KruskalWallis) => ("effect", "epsilon squared", false),
    };
    if let Some(effect) = VoxelMaps::read(&folder, analysed, field)? {
        let quantity = match groups.as_slice() {
            [first, second] if signed => format!("{name}: above 0 where {first} has more than {second}"),
            _ => name.to_owned(),
        };
        shown.push(Shown::new(effect, 0, name.to_owned(), Quantity::plain(quantity), signed));
    }
    let significant = significant(&folder, analysed)?;
    drawn((declared, analysed), shown, significant)
}

/// A map to be shown.
struct Shown {
    maps: VoxelMaps,
    map: usize,
    name: String,
    quantity: Quantity,
    signed: bool,
    limit: f64,
}

impl Shown {
    fn new(maps: VoxelMaps, map: usize, name: String, quantity: Quantity, signed: bool) -> Self {
        let limit = limit(maps.values.get(map).into_iter().flatten());
        Self { maps, map, name, quantity, signed, limit }
    }
}

/// The size below which nearly all numbers lie.
fn limit<'a>(values: impl Iterator<Item = &'a f32>) -> f64 {
    let sizes: Vec<f64> = values.filter(|v| v.is_finite()).map(|v| f64::from(v.abs())).collect();
    quantile(&sizes, SHOWN).ok().filter(|limit| *limit > 0.0).unwrap_or(1.0)
}

fn number(analysed: &AnalysisResult, field: &str) -> Option<f64> {
    match analysed.fields.get(field) {
        Some(Field::Number(value)) => Some(*value),
        _ => None,
    }
}

/// What is outlined: by voxel of the mask, and in words.
struct Outlined {
    voxels: Vec<bool>,
    told: String,
    /// Whether planes go through one of them: where they say what is significant.
    chooses: bool,
}

fn significant(folder: &Path, analysed: &AnalysisResult) -> Result<Option<Outlined>> {
    let (Some(alpha), Some(q)) = (number(analysed, "alpha"), VoxelMaps::read(folder, analysed, "q")?) else {
        return Ok(None);
    };
    let voxels: Vec<bool> = (0..q.space.voxels.len()).map(|v| q.at(0, v).is_some_and(|q| q <= alpha)).collect();
    let n = voxels.iter().filter(|v| **v).count();
    let told = format!("voxels with q \u{2264} {alpha}, {n} of {}", voxels.len());
    Ok(Some(Outlined { voxels, told, chooses: true }))
}

/// Planes of the maps through the voxel where the last of them is largest: among those that are significant, where any is.
fn drawn(
    (declared, analysed): (&Analysis, &AnalysisResult),
    shown: Vec<Shown>,
    outlined: Option<Outlined>,
) -> Result<Option<BrainSheet>> {
    let Some(last) = shown.last() else { return Ok(None) };
    let space = last.maps.space.clone();
    let counts = |voxel: &usize| {
        outlined.as_ref().filter(|s| s.chooses).is_none_or(|s| s.voxels.get(*voxel).copied().unwrap_or(false))
    };
    let size = |voxel: &usize| last.maps.at(last.map, *voxel).map_or(0.0, f64::abs);
    let all = || 0..space.voxels.len();
    let largest = |voxels: &mut dyn Iterator<Item = usize>| {
        voxels.reduce(|best, voxel| if size(&voxel) > size(&best) { voxel } else { best })
    };
    let (peak, chosen) = match largest(&mut all().filter(counts)) {
        Some(peak) if outlined.as_ref().is_some_and(|s| s.chooses) => {
            (Some(peak), "through the largest effect among the voxels outlined")
        }
        found => (found.or_else(|| largest(&mut all())), "through the voxel where the last map is largest"),
    };
    let Some(peak) = peak else { return Ok(None) };
    let wrong = |e: ndarray::ShapeError| PlanError::inconsistent(format!("a map does not fill its grid: {e}"));
    let marks = match &outlined {
        Some(found) => {
            let mut grid = vec![false; space.shape.iter().product()];
            space.voxels.iter().zip(&found.voxels).for_each(|(place, mark)| grid[*place] = *mark);
            Some(Array3::from_shape_vec(space.shape, grid).map_err(wrong)?)
        }
        None => None,
    };
    let mut maps = Vec::with_capacity(shown.len());
    for (at, one) in shown.iter().enumerate() {
        let Some(values) = one.maps.values.get(one.map) else { continue };
        let grid = space.spread(values, f32::NAN);
        let view = ArrayView3::from_shape(space.shape, &grid).map_err(wrong)?;
        let (spacing, origin) = (space.place.affine.voxel_mm(), space.place.affine.at([0.0; 3]));
        let marks = marks.as_ref().filter(|_| at + 1 == shown.len()).map(|marks| marks.view());
        let planes = map_planes(view, marks, space.at(peak), spacing, origin);
        maps.push(BrainMap {
            name: one.name.clone(),
            quantity: one.quantity.clone(),
            signed: one.signed,
            limit: one.limit,
            planes: planes.map_err(|e| PlanError::inconsistent(e.to_string()))?,
        });
    }
    let outlined = outlined.filter(|s| s.voxels.contains(&true)).map(|s| s.told).unwrap_or_default();
    let method = format!("{}: {}", analysed.spelling, analysed.method);
    Ok(Some(BrainSheet { name: declared.name.clone(), method, maps, choice: chosen.into(), outlined }))
}
