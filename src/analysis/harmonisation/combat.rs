//! ComBat: each site's own location and scale, taken away from the columns it measured.
//!
//! The model of Johnson, Li and Rabinovic (2007), for images Fortin et al. (2018): a column of a subject of site `i` is
//! `mean + covariates * effects + sd * (shift_i + scale_i * noise)`. Mean, effects and pooled variance come of least
//! squares on indicators of the sites and on the covariates to be kept; shifts and scales of what is then left of each
//! site, drawn towards what the site's other columns say (`prior`). All numbers are those of neuroCombat 0.2.12. Somebody
//! who was not fitted is changed as by neuroHarmonize 2.5's `harmonizationApply`: by their own covariates and their site's
//! shift and scale.

use super::least_squares::least_squares;
use super::prior::{SiteColumns, non_parametric, parametric};
use super::residuals::dot;
use crate::error::{AnalysisError, Result, check_shapes};
use ndarray::{Array2, ArrayView2, Axis, concatenate, s};
use serde::{Deserialize, Serialize};

/// How sites are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CombatSettings {
    /// Whether the priors are a normal and an inverse gamma distribution, rather than the other columns themselves.
    pub parametric: bool,
    /// Whether a column's site is drawn towards what the site's other columns say. With one column nothing can be said, and
    /// it is not, as in neuroHarmonize.
    pub empirical_bayes: bool,
    /// Whether sites have a location only, and all the same scale.
    pub mean_only: bool,
    /// The site that the others are made like; `None`: like the mean over all subjects.
    pub reference: Option<usize>,
}

impl Default for CombatSettings {
    fn default() -> Self {
        Self { parametric: true, empirical_bayes: true, mean_only: false, reference: None }
    }
}

/// What was fitted. It is all that is needed to change anybody of a site that was fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Combat {
    /// The mean of each column that sites are brought to, at covariates of 0.
    pub means: Vec<f64>,
    /// One list a column: what one more of each covariate adds; this is kept.
    pub effects: Vec<Vec<f64>>,
    /// The pooled standard deviation of each column; above 0.
    pub sds: Vec<f64>,
    /// By site, then by column: its location, in pooled standard deviations.
    pub shifts: Vec<Vec<f64>>,
    /// By site, then by column: its variance, in pooled variances; above 0.
    pub scales: Vec<Vec<f64>>,
    /// The site that stays as it is.
    pub reference: Option<usize>,
}

impl Combat {
    /// Fits the columns `[subjects, columns]` of subjects whose sites are counted from 0 without a gap, keeping what the
    /// covariates `[subjects, terms]` explain.
    ///
    /// # Errors
    /// Fewer than two sites, a site of one subject (unless `mean_only`), too few subjects, a covariate that the sites and
    /// the covariates before it determine ([`AnalysisError::DependentTerm`] counts covariates from 0), a column that does
    /// not vary within sites, a number that is not finite.
    pub fn fit(
        columns: ArrayView2<'_, f64>,
        sites: &[usize],
        covariates: ArrayView2<'_, f64>,
        settings: CombatSettings,
    ) -> Result<Self> {
        check_shapes("the columns", &columns.shape()[..1], "the sites", &[sites.len()])?;
        check_shapes("the columns", &columns.shape()[..1], "the covariates", &covariates.shape()[..1])?;
        let sizes = sizes(sites, settings)?;
        let (subjects, n) = (sites.len(), sizes.len());
        let mut indicators = Array2::zeros((subjects, n));
        for (mut row, site) in indicators.rows_mut().into_iter().zip(sites) {
            row[*site] = 1.0;
            if let Some(reference) = settings.reference {
                row[reference] = 1.0;
            }
        }
        let design = concatenate![Axis(1), indicators, covariates];
        let coefficients = least_squares(design.view(), columns).map_err(|e| match e {
            AnalysisError::DependentTerm { term } => AnalysisError::DependentTerm { term: term.saturating_sub(n) },
            other => other,
        })?;
        let left = &columns - &design.dot(&coefficients);
        let effects = coefficients.slice(s![n.., ..]);
        let mut fitted = Self {
            means: match settings.reference {
                Some(reference) => coefficients.row(reference).to_vec(),
                None => {
                    let weights = sizes.iter().map(|size| *size as f64 / subjects as f64);
                    coefficients.rows().into_iter().zip(weights).fold(
                        vec![0.0; columns.ncols()],
                        |mut sum, (row, w)| {
                            sum.iter_mut().zip(row).for_each(|(s, c)| *s += w * c);
                            sum
                        },
                    )
                }
            },
            effects: effects.columns().into_iter().map(|c| c.to_vec()).collect(),
            sds: Vec::with_capacity(columns.ncols()),
            shifts: Vec::with_capacity(n),
            scales: Vec::with_capacity(n),
            reference: settings.reference,
        };
        let pooled = |site: &usize| settings.reference.is_none_or(|reference| *site == reference);
        for (column, residuals) in left.columns().into_iter().enumerate() {
            let counted = || sites.iter().zip(residuals).filter(|(site, _)| pooled(site)).map(|(_, r)| r * r);
            let variance = counted().sum::<f64>() / counted().count() as f64;
            let largest = columns.column(column).iter().fold(0.0_f64, |m, v| m.max(v.abs()));
            // A spread of a few last digits is none.
            if variance.sqrt() <= largest * 1e-12 {
                return Err(AnalysisError::ConstantColumn { column });
            }
            fitted.sds.push(variance.sqrt());
        }
        fitted.sites(columns, sites, covariates, settings);
        Ok(fitted)
    }

    /// Fills in shifts and scales, from the means, effects and deviations that are there.
    fn sites(
        &mut self,
        columns: ArrayView2<'_, f64>,
        sites: &[usize],
        covariates: ArrayView2<'_, f64>,
        settings: CombatSettings,
    ) {
        let mut standardised = columns.to_owned();
        for (mut row, terms) in standardised.rows_mut().into_iter().zip(covariates.rows()) {
            let terms = terms.to_vec();
            row.iter_mut().enumerate().for_each(|(j, v)| *v = (*v - self.expected(j, &terms)) / self.sds[j]);
        }
        let of_site = |site: usize| {
            let members: Vec<usize> = (0..sites.len()).filter(|i| sites[*i] == site).collect();
            standardised.select(Axis(0), &members)
        };
        let origin = match settings.reference {
            Some(reference) => SiteColumns::of(of_site(reference).view(), None, false).means,
            None => vec![0.0; columns.ncols()],
        };
        let n = sites.iter().max().map_or(0, |last| last + 1);
        for site in 0..n {
            let (shifts, scales) = if settings.reference == Some(site) {
                (vec![0.0; columns.ncols()], vec![1.0; columns.ncols()])
            } else {
                let measured = SiteColumns::of(of_site(site).view(), Some(&origin), settings.mean_only);
                match settings.empirical_bayes && columns.ncols() > 1 {
                    false => (measured.shifts, measured.scales),
                    true if settings.parametric => parametric(&measured, settings.mean_only),
                    true => non_parametric(&measured),
                }
            };
            self.shifts.push(shifts);
            self.scales.push(scales);
        }
    }

    /// What a column is at these covariates, whatever the site.
    fn expected(&self, column: usize, covariates: &[f64]) -> f64 {
        self.means[column] + dot(&self.effects[column], covariates)
    }

    /// One subject's columns as if measured at the mean of all sites, or at the reference.
    ///
    /// # Errors
    /// Another number of columns or covariates than were fitted, or a site that was not.
    pub fn apply(&self, columns: &[f64], site: usize, covariates: &[f64]) -> Result<Vec<f64>> {
        check_shapes("the columns", &[columns.len()], "those fitted", &[self.means.len()])?;
        let terms = self.effects.first().map_or(0, Vec::len);
        check_shapes("the covariates", &[covariates.len()], "those fitted", &[terms])?;
        let (Some(shifts), Some(scales)) = (self.shifts.get(site), self.scales.get(site)) else {
            return Err(AnalysisError::Setting {
                setting: "the site",
                found: site.to_string(),
                expected: "one of those fitted",
            });
        };
        if self.reference == Some(site) {
            return Ok(columns.to_vec());
        }
        let changed = columns.iter().enumerate().map(|(j, value)| {
            let expected = self.expected(j, covariates);
            let standardised = (value - expected) / self.sds[j];
            (standardised - shifts[j]) / scales[j].sqrt() * self.sds[j] + expected
        });
        Ok(changed.collect())
    }
}

/// How many subjects each site has.
fn sizes(sites: &[usize], settings: CombatSettings) -> Result<Vec<usize>> {
    let mut sizes = vec![0; sites.iter().max().map_or(0, |last| last + 1).min(sites.len())];
    for site in sites {
        match sizes.get_mut(*site) {
            Some(size) => *size += 1,
            None => return Err(AnalysisError::SmallGroup { group: sizes.len() - 1, needed: 1, found: 0 }),
        }
    }
    if sizes.len() < 2 {
        return Err(AnalysisError::TooFew { what: "the list of sites", needed: 2, found: sizes.len() });
    }
    let needed = if settings.mean_only { 1 } else { 2 };
    if let Some((group, found)) = sizes.iter().copied().enumerate().find(|(_, size)| *size < needed) {
        return Err(AnalysisError::SmallGroup { group, needed, found });
    }
    match settings.reference {
        Some(reference) if reference >= sizes.len() => Err(AnalysisError::Setting {
            setting: "the reference",
            found: reference.to_string(),
            expected: "one of the sites",
        }),
        _ => Ok(sizes),
    }
}
