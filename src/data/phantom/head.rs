//! One person's head on the grid: painted once, then scanned in as many contrasts as wanted.

use ndarray::Array3;
use rayon::prelude::*;

use super::anatomy::{Anatomy, Tissue};
use super::clinical::Factors;
use super::contrast::{Scanner, shown, uptake_loss};
use super::deformation::{Deformation, Grid};
use super::folds::Folds;
use super::spec::{Contrast, PhantomSpec};

/// A painted head. Arrays are indexed to the right, to the front and up (RAS+).
#[derive(Debug)]
pub struct Head<'a> {
    spec: &'a PhantomSpec,
    grid: Grid,
    subject: usize,
    factors: Factors,
    labels: Array3<u8>,
    /// Noiseless intensities, in the order of [`Contrast::ALL`].
    clean: [Array3<f32>; 4],
    /// In mm3, by label.
    volumes: [f64; Tissue::COUNT],
}

/// What is painted of one plane across the right-left axis.
struct Plane {
    labels: Vec<u8>,
    clean: [Vec<f32>; 4],
    shares: [f64; Tissue::COUNT],
}

impl<'a> Head<'a> {
    pub(super) fn paint(spec: &'a PhantomSpec, grid: Grid, subject: usize, factors: Factors) -> Self {
        let anatomy = Anatomy::new(spec.seed, subject, &factors);
        let deformation = Deformation::new(spec, &grid, subject);
        let folds = Folds::new(spec.seed, subject, &grid);
        let planes: Vec<Plane> = (0..grid.shape[0])
            .into_par_iter()
            .map(|i| Plane::paint(i, &grid, &anatomy, &deformation, &folds, &factors))
            .collect();

        let mut labels = Array3::zeros(grid.shape);
        let mut clean: [Array3<f32>; 4] = std::array::from_fn(|_| Array3::zeros(grid.shape));
        let mut volumes = [0.0; Tissue::COUNT];
        let voxel_volume = grid.voxel.powi(3);
        for (i, plane) in planes.into_iter().enumerate() {
            let mut to = labels.index_axis_mut(ndarray::Axis(0), i);
            to.iter_mut().zip(plane.labels).for_each(|(t, v)| *t = v);
            for (volume, values) in clean.iter_mut().zip(plane.clean) {
                let mut to = volume.index_axis_mut(ndarray::Axis(0), i);
                to.iter_mut().zip(values).for_each(|(t, v)| *t = v);
            }
            for (sum, share) in volumes.iter_mut().zip(plane.shares) {
                *sum += share * voxel_volume;
            }
        }
        Head { spec, grid, subject, factors, labels, clean, volumes }
    }

    /// The head as a scanner sees it: whole numbers from 0 to 32767, air at zero in MRI, Bq/mL in PET.
    pub fn scan(&self, contrast: Contrast) -> Array3<f32> {
        let scanner = Scanner::new(self.spec, self.subject, &self.factors, contrast);
        scanner.acquire(&self.clean[contrast as usize], &self.grid)
    }

    /// For each voxel the tissue that fills most of it, by its number in [`Tissue`].
    pub fn labels(&self) -> &Array3<u8> {
        &self.labels
    }

    /// Volume of a tissue within the field of view in mm3, partly filled voxels counted in part.
    pub fn volume(&self, tissue: Tissue) -> f64 {
        self.volumes[tissue as usize]
    }

    /// The factors that the head was painted from.
    pub fn factors(&self) -> &Factors {
        &self.factors
    }
}

impl Plane {
    fn paint(
        i: usize,
        grid: &Grid,
        anatomy: &Anatomy,
        deformation: &Deformation,
        folds: &Folds,
        factors: &Factors,
    ) -> Plane {
        let [_, ny, nz] = grid.shape;
        let mut plane = Plane {
            labels: Vec::with_capacity(ny * nz),
            clean: std::array::from_fn(|_| Vec::with_capacity(ny * nz)),
            shares: [0.0; Tissue::COUNT],
        };
        let x = grid.world(0, i) as f32;
        let (mut bend, mut fold) = (Vec::new(), Vec::new());
        for j in 0..ny {
            let y = grid.world(1, j) as f32;
            deformation.column(i, j, &mut bend);
            folds.column(i, j, &mut fold);
            for k in 0..nz {
                let world = [x, y, grid.world(2, k) as f32];
                let p = deformation.template(world, &bend, k);
                let held = anatomy.mixture(p, deformation.voxel, || folds.distance(&fold, k));
                let loss = if held.shares[Tissue::CorticalGrey as usize] > 0.0 {
                    uptake_loss(p, factors.hypometabolism as f32)
                } else {
                    0.0
                };
                plane.labels.push(held.label() as u8);
                for (values, value) in plane.clean.iter_mut().zip(shown(&held, loss)) {
                    values.push(value);
                }
                for (sum, share) in plane.shares.iter_mut().zip(held.shares) {
                    *sum += f64::from(share);
                }
            }
        }
        plane
    }
}
