//! Implicit shapes: functions that are negative inside, positive outside, and close to a distance in mm.
//!
//! The distance of an ellipsoid is the first-order one, `k (k - 1) / |grad|`; the smooth union is the polynomial one.
//! Both follow I. Quilez, "Distance functions" and "Smooth minimum" (iquilezles.org/articles).

use super::deformation::Point;

/// An ellipsoid with axes along those of the template.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ellipsoid {
    pub centre: Point,
    pub radii: Point,
}

impl Ellipsoid {
    pub const fn new(centre: Point, radii: Point) -> Self {
        Ellipsoid { centre, radii }
    }

    pub fn distance(&self, p: Point) -> f32 {
        let scaled: Point = std::array::from_fn(|a| (p[a] - self.centre[a]) / self.radii[a]);
        let slope: Point = std::array::from_fn(|a| scaled[a] / self.radii[a]);
        let (first, second) = (dot(scaled, scaled), dot(slope, slope));
        if second < 1e-12 {
            return -self.radii[0].min(self.radii[1]).min(self.radii[2]);
        }
        let k = first.sqrt();
        k * (k - 1.0) / second.sqrt()
    }
}

/// A segment with a radius at each end: a capsule that tapers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Capsule {
    pub from: Point,
    pub to: Point,
    pub radii: [f32; 2],
}

impl Capsule {
    pub const fn new(from: Point, to: Point, radii: [f32; 2]) -> Self {
        Capsule { from, to, radii }
    }

    /// Distance to the surface with the radii multiplied by `scale` and enlarged by `more` mm.
    pub fn distance(&self, p: Point, scale: f32, more: f32) -> f32 {
        let along: Point = std::array::from_fn(|a| self.to[a] - self.from[a]);
        let there: Point = std::array::from_fn(|a| p[a] - self.from[a]);
        let share = (dot(along, there) / dot(along, along)).clamp(0.0, 1.0);
        let rest: Point = std::array::from_fn(|a| there[a] - share * along[a]);
        let radius = self.radii[0] + share * (self.radii[1] - self.radii[0]);
        dot(rest, rest).sqrt() - radius * scale - more
    }

    /// The point at `share` of the way, 0 to 1, and the radius there.
    pub fn along(&self, share: f32) -> (Point, f32) {
        let mix = |a: f32, b: f32| a + share * (b - a);
        (std::array::from_fn(|axis| mix(self.from[axis], self.to[axis])), mix(self.radii[0], self.radii[1]))
    }
}

/// The union of two shapes, its crease rounded over `width` mm.
pub(super) fn union(a: f32, b: f32, width: f32) -> f32 {
    let overlap = (width - (a - b).abs()).max(0.0) / width;
    a.min(b) - 0.25 * width * overlap * overlap
}

/// What is in both shapes, its crease rounded over `width` mm.
pub(super) fn intersection(a: f32, b: f32, width: f32) -> f32 {
    -union(-a, -b, width)
}

fn dot(a: Point, b: Point) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
