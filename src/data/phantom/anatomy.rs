//! The head: which tissues a point of the template holds, for one person.
//!
//! Template coordinates are mm to the right, front and up, laid out as in MNI space. Shapes are implicit surfaces
//! painted over one another from the skin inwards; each edge is one voxel wide, so that a voxel across a border holds
//! both tissues, as in a real scan. Coordinates and sizes are plausible, not measured.

use rand::RngExt;
use rand_distr::{Distribution, Poisson, UnitSphere};
use serde::Serialize;

use super::clinical::Factors;
use super::deformation::Point;
use super::draws::{Purpose, normal, stream};
use super::shapes::{Capsule, Ellipsoid, intersection, union};

/// What a voxel can hold; the number is its label in the label map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[repr(u8)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Tissue {
    Background = 0,
    SoftTissue = 1,
    Skull = 2,
    Csf = 3,
    CorticalGrey = 4,
    WhiteMatter = 5,
    LateralVentricle = 6,
    DeepGrey = 7,
    HippocampusLeft = 8,
    HippocampusRight = 9,
    Lesion = 10,
    Cerebellum = 11,
    Brainstem = 12,
    Eye = 13,
}

impl Tissue {
    /// How many there are, the background included.
    pub const COUNT: usize = 14;

    /// Every tissue, at the index that is its label.
    pub const ALL: [Tissue; Tissue::COUNT] = [
        Tissue::Background,
        Tissue::SoftTissue,
        Tissue::Skull,
        Tissue::Csf,
        Tissue::CorticalGrey,
        Tissue::WhiteMatter,
        Tissue::LateralVentricle,
        Tissue::DeepGrey,
        Tissue::HippocampusLeft,
        Tissue::HippocampusRight,
        Tissue::Lesion,
        Tissue::Cerebellum,
        Tissue::Brainstem,
        Tissue::Eye,
    ];

    /// The name in tables: `cortical_grey`.
    pub fn name(self) -> &'static str {
        match self {
            Tissue::Background => "background",
            Tissue::SoftTissue => "soft_tissue",
            Tissue::Skull => "skull",
            Tissue::Csf => "csf",
            Tissue::CorticalGrey => "cortical_grey",
            Tissue::WhiteMatter => "white_matter",
            Tissue::LateralVentricle => "lateral_ventricle",
            Tissue::DeepGrey => "deep_grey",
            Tissue::HippocampusLeft => "hippocampus_left",
            Tissue::HippocampusRight => "hippocampus_right",
            Tissue::Lesion => "lesion",
            Tissue::Cerebellum => "cerebellum",
            Tissue::Brainstem => "brainstem",
            Tissue::Eye => "eye",
        }
    }
}

// Paired structures are given for the right side (x > 0) and mirrored.
const CEREBRUM: Ellipsoid = Ellipsoid::new([0.0, -17.0, 12.0], [67.0, 82.0, 66.0]);
const CEREBRUM_FLOOR: f32 = -20.0;
const TEMPORAL_LOBE: Ellipsoid = Ellipsoid::new([37.0, -12.0, -18.0], [26.0, 42.0, 24.0]);
const CEREBELLUM: Ellipsoid = Ellipsoid::new([21.0, -62.0, -39.0], [31.0, 30.0, 24.0]);
const STEM: Capsule = Capsule::new([0.0, -22.0, -8.0], [0.0, -40.0, -90.0], [13.0, 8.0]);
const PONS: Ellipsoid = Ellipsoid::new([0.0, -26.0, -34.0], [17.0, 13.0, 14.0]);
const DIENCEPHALON: Ellipsoid = Ellipsoid::new([0.0, -14.0, -2.0], [18.0, 22.0, 14.0]);
const HEAD: Ellipsoid = Ellipsoid::new([0.0, -15.0, 2.0], [78.0, 95.0, 88.0]);
const FACE: Ellipsoid = Ellipsoid::new([0.0, 34.0, -50.0], [55.0, 46.0, 62.0]);
const NECK: Capsule = Capsule::new([0.0, -38.0, -50.0], [0.0, -50.0, -160.0], [54.0, 52.0]);
const EYE: Ellipsoid = Ellipsoid::new([31.0, 58.0, -36.0], [12.0, 12.5, 12.0]);
const NASAL_CAVITY: Ellipsoid = Ellipsoid::new([0.0, 56.0, -52.0], [9.0, 22.0, 17.0]);
const MAXILLARY_SINUS: Ellipsoid = Ellipsoid::new([27.0, 50.0, -64.0], [11.0, 14.0, 13.0]);
const PHARYNX: Capsule = Capsule::new([0.0, 20.0, -62.0], [0.0, -4.0, -130.0], [9.0, 10.0]);

const LATERAL_VENTRICLE: [Capsule; 5] = [
    Capsule::new([8.0, 28.0, 2.0], [10.0, 6.0, 17.0], [4.6, 5.0]),
    Capsule::new([10.0, 6.0, 17.0], [15.0, -26.0, 21.0], [5.0, 5.4]),
    Capsule::new([15.0, -26.0, 21.0], [25.0, -44.0, 10.0], [5.4, 6.2]),
    Capsule::new([25.0, -44.0, 10.0], [23.0, -68.0, 6.0], [4.6, 2.4]),
    Capsule::new([25.0, -44.0, 10.0], [34.0, -24.0, -11.0], [4.6, 2.6]),
];
const THIRD_VENTRICLE: Ellipsoid = Ellipsoid::new([0.0, -14.0, 2.0], [2.2, 15.0, 10.0]);
const FOURTH_VENTRICLE: Ellipsoid = Ellipsoid::new([0.0, -44.0, -36.0], [6.0, 5.0, 8.0]);
const THALAMUS: Ellipsoid = Ellipsoid::new([11.5, -18.0, 8.0], [8.5, 14.0, 8.5]);
const CAUDATE: [Capsule; 2] = [
    Capsule::new([14.0, 20.0, 3.0], [17.0, 2.0, 17.0], [5.5, 4.0]),
    Capsule::new([17.0, 2.0, 17.0], [23.0, -24.0, 20.0], [4.0, 2.4]),
];
const PUTAMEN: Ellipsoid = Ellipsoid::new([26.5, 3.0, 0.0], [6.5, 16.0, 10.0]);
const HIPPOCAMPUS: [Capsule; 2] = [
    Capsule::new([22.0, -8.0, -20.0], [27.0, -22.0, -15.0], [7.6, 6.6]),
    Capsule::new([27.0, -22.0, -15.0], [25.0, -38.0, -4.0], [6.6, 4.6]),
];
/// Largest factor on a hippocampus's cross-section; what a smaller one leaves free is fluid.
const LARGEST_HIPPOCAMPUS: f32 = 1.35;

/// A white matter lesion, on either side.
#[derive(Debug, Clone, Copy)]
struct Lesion {
    centre: Point,
    radius: f32,
}

/// The sizes of one person's structures.
#[derive(Debug)]
pub(super) struct Anatomy {
    /// Thickness of the cortex, mm.
    cortex: f32,
    /// Half the width of a sulcus, mm.
    sulcus: f32,
    /// How far the brain has drawn back from the skull, mm.
    retreat: f32,
    /// Factors on radii, hence square roots of those on cross-sections.
    ventricle: f32,
    hippocampus: f32,
    lesions: Vec<Lesion>,
}

/// What a voxel holds: the share of each tissue (they sum to 1), and how fatty its soft tissue is (0 to 1).
#[derive(Debug, Clone)]
pub(super) struct Mixture {
    pub shares: [f32; Tissue::COUNT],
    pub fat: f32,
}

impl Mixture {
    fn of_air() -> Self {
        let mut shares = [0.0; Tissue::COUNT];
        shares[Tissue::Background as usize] = 1.0;
        Mixture { shares, fat: 0.0 }
    }

    /// Paints `share` of the voxel over with `tissue`.
    fn cover(&mut self, tissue: Tissue, share: f32) {
        if share > 0.0 {
            for held in &mut self.shares {
                *held *= 1.0 - share;
            }
            self.shares[tissue as usize] += share;
        }
    }

    /// The tissue with the largest share, the first of equals.
    pub fn label(&self) -> Tissue {
        let mut best = Tissue::Background;
        for tissue in Tissue::ALL {
            if self.shares[tissue as usize] > self.shares[best as usize] {
                best = tissue;
            }
        }
        best
    }
}

impl Anatomy {
    /// The anatomy that follows from a subject's hidden factors, with a little chance of its own.
    pub fn new(seed: u64, subject: usize, factors: &Factors) -> Self {
        let rng = &mut stream(seed, subject, Purpose::Shape, 0);
        let decades = (factors.age - 70.0) / 10.0;
        let mut chance = |sd: f64| sd * normal(rng).clamp(-2.5, 2.5);
        let thickness = 3.5 * (1.0 - 0.05 * decades + chance(0.03)) - 0.08 * factors.atrophy;
        let sulcus = 0.85 + 0.2 * decades + 0.1 * factors.atrophy + chance(0.1);
        let retreat = 0.6 + 0.35 * decades + 0.15 * factors.atrophy + chance(0.15);
        let ventricle = (0.1 * decades + 0.5 * factors.atrophy + chance(0.06)).exp();
        // Over the range of atrophy, -1.9 to 1.9: 1.35 to 0.45 of the template's cross-section.
        let hippocampus = (0.9 - 0.45 / 1.9 * factors.atrophy) * (1.0 + chance(0.03));
        let ventricle = ventricle.sqrt() as f32;
        Anatomy {
            cortex: thickness as f32,
            sulcus: sulcus.max(0.35) as f32,
            retreat: retreat.max(0.0) as f32,
            ventricle,
            hippocampus: (hippocampus as f32).min(LARGEST_HIPPOCAMPUS).sqrt(),
            lesions: lesions(seed, subject, factors.lesion_load, ventricle),
        }
    }

    /// What the voxel around `p` holds; borders are `voxel` mm wide. `fold` gives the distance to the nearest sulcus
    /// in mm and is asked only inside the brain.
    pub fn mixture(&self, p: Point, voxel: f32, fold: impl Fn() -> f32) -> Mixture {
        let inside = |distance: f32| (0.5 - distance / voxel).clamp(0.0, 1.0);
        let mut held = Mixture::of_air();
        let m = [p[0].abs(), p[1], p[2]];

        let cerebrum =
            union(intersection(CEREBRUM.distance(p), CEREBRUM_FLOOR - p[2], 16.0), TEMPORAL_LOBE.distance(m), 12.0);
        let cerebellum = CEREBELLUM.distance(m);
        let stem = union(STEM.distance(p, 1.0, 0.0), PONS.distance(p), 6.0);
        let cavity = union(union(cerebrum, cerebellum, 16.0), stem, 12.0) - 2.8;

        let head = union(union(HEAD.distance(p), FACE.distance(p), 24.0), NECK.distance(p, 1.0, 0.0), 30.0);
        let head = union(head, cavity - 10.0, 10.0);
        if head > voxel {
            return held;
        }
        if cavity > -voxel {
            held.cover(Tissue::SoftTissue, inside(head));
            held.fat = fattiness(-head, &fold);
            self.cover_face(&mut held, p, m, inside);
            held.cover(Tissue::Skull, inside(cavity - 5.0));
        }
        if cavity > voxel {
            return held;
        }
        held.cover(Tissue::Csf, inside(cavity));

        let fold = fold();
        let leaf = -cerebellum - self.retreat * 0.5;
        held.cover(Tissue::Cerebellum, inside(-leaf));
        held.cover(Tissue::WhiteMatter, inside(9.5 + 3.5 * (1.5 * fold).cos() - leaf));
        held.cover(Tissue::Brainstem, inside(stem));
        let surface = self.depth_below_surface(m, cerebrum, fold);
        held.cover(Tissue::CorticalGrey, inside(-surface));
        held.cover(Tissue::WhiteMatter, inside(self.cortex - surface));
        self.cover_deep(&mut held, p, m, inside);
        held
    }

    /// Distance, in mm, inwards from the folded surface of the cerebrum.
    fn depth_below_surface(&self, m: Point, cerebrum: f32, fold: f32) -> f32 {
        let depth = -cerebrum - self.retreat;
        // Each kind of cleft is negative within: a sulcus down to 18 mm, the fissure between the hemispheres down to
        // the corpus callosum, and the lateral sulcus down to the insula.
        let sulcus = (fold - self.sulcus).max(depth - 18.0);
        let (along, above) = ((m[1] + 5.0) / 37.0, (m[2] - 2.0) / 28.0);
        let callosum = ((along * along + above * above).sqrt() - 1.0) * 30.0;
        let fissure = (m[0] - 0.4 - self.sulcus).max(-callosum);
        let bent = 0.03 * (m[0] - 44.0) * (m[0] - 44.0);
        let tilt = (m[2] + 6.0 + 0.4 * m[1] + 2.0 * (0.12 * m[1]).sin() - bent).abs() * 0.93;
        let taper = 1.0 - ((m[1] + 6.0) / 36.0).powi(2);
        let lateral = (tilt - (0.6 + self.sulcus) * taper).max(38.0 - m[0]);
        depth.min(sulcus).min(fissure).min(lateral)
    }

    fn cover_face(&self, held: &mut Mixture, p: Point, m: Point, inside: impl Fn(f32) -> f32) {
        if p[2] > -15.0 {
            return;
        }
        let air = NASAL_CAVITY.distance(p).min(MAXILLARY_SINUS.distance(m)).min(PHARYNX.distance(p, 1.0, 0.0));
        held.cover(Tissue::Eye, inside(EYE.distance(m)));
        held.cover(Tissue::Background, inside(air));
    }

    /// Everything below the cortex, where the ventricles and what surrounds them lie.
    fn cover_deep(&self, held: &mut Mixture, p: Point, m: Point, inside: impl Fn(f32) -> f32) {
        if m[0] > 52.0 || p[2] > 50.0 || p[2] < -50.0 {
            return;
        }
        held.cover(Tissue::Brainstem, inside(DIENCEPHALON.distance(p)));
        let grey = CAUDATE
            .iter()
            .map(|c| c.distance(m, 1.0, 0.0))
            .fold(THALAMUS.distance(m).min(PUTAMEN.distance(m)), f32::min);
        held.cover(Tissue::DeepGrey, inside(grey));

        for lesion in &self.lesions {
            let d: Point = std::array::from_fn(|a| p[a] - lesion.centre[a]);
            let distance = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt() - lesion.radius;
            let moved = inside(distance) * held.shares[Tissue::WhiteMatter as usize];
            held.shares[Tissue::WhiteMatter as usize] -= moved;
            held.shares[Tissue::Lesion as usize] += moved;
        }

        let chamber = THIRD_VENTRICLE.distance(p).min(FOURTH_VENTRICLE.distance(p)) - 2.0 * (self.ventricle - 1.0);
        held.cover(Tissue::Csf, inside(chamber));
        let ventricle = LATERAL_VENTRICLE
            .iter()
            .map(|c| c.distance(m, self.ventricle, 0.0))
            .fold(f32::INFINITY, |a, b| union(a.min(1e3), b, 4.0));
        held.cover(Tissue::LateralVentricle, inside(ventricle));

        let hippocampus = |scale: f32, more: f32| {
            HIPPOCAMPUS.iter().map(|c| c.distance(m, scale, more)).fold(f32::INFINITY, f32::min)
        };
        let bed = hippocampus(LARGEST_HIPPOCAMPUS.sqrt(), 0.4);
        if inside(bed) > 0.0 {
            let side = if p[0] < 0.0 { Tissue::HippocampusLeft } else { Tissue::HippocampusRight };
            held.cover(Tissue::Csf, inside(bed));
            held.cover(side, inside(hippocampus(self.hippocampus, 0.0)));
        }
    }
}

/// Fat lies under the skin and, in strands, between the muscles deeper down.
fn fattiness(depth: f32, fold: impl Fn() -> f32) -> f32 {
    let skin = (1.0 - (depth - 5.0).abs() / 5.0).clamp(0.0, 1.0);
    if depth < 8.0 {
        return skin;
    }
    skin.max((0.9 - 0.25 * fold()).clamp(0.0, 1.0))
}

/// Lesions scattered beside the lateral ventricles, in number and size after the load.
fn lesions(seed: u64, subject: usize, load: f64, ventricle: f32) -> Vec<Lesion> {
    let rng = &mut stream(seed, subject, Purpose::Lesions, 0);
    let expected = 1.0 + 12.0 * load;
    let count = Poisson::new(expected).map_or(0, |p| p.sample(rng) as usize);
    (0..count)
        .map(|_| {
            let branch = &LATERAL_VENTRICLE[rng.random_range(0..4)];
            let (point, radius) = branch.along(rng.random());
            let [x, y, z]: [f32; 3] = UnitSphere.sample(rng);
            let away = radius * ventricle + 2.0 + 6.0 * rng.random::<f32>();
            let side = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
            // Outwards and upwards: away from the midline and from the deep grey matter.
            let direction = [x.abs(), y, z.abs()];
            let centre: Point = std::array::from_fn(|a| point[a] + away * direction[a]);
            Lesion {
                centre: [side * centre[0], centre[1], centre[2]],
                radius: rng.random_range(2.0..3.6) + 0.5 * load as f32,
            }
        })
        .collect()
}
