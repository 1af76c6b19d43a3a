//! How many people lie beyond a bound, column by column.

use super::super::context::Context;
use super::super::error::{PlanError, Result};
use super::{AnalysisResult, Field, argument};
use crate::analysis::Exceedance;
use crate::analysis::normative::THRESHOLD;
use crate::program::Analysis;
use statrs::distribution::{ContinuousCDF, Normal};

impl Context<'_> {
    /// The share of people beyond the bound, on either side and on each.
    pub(super) fn frequency(&self, task: &str, variant: usize, declared: &Analysis) -> Result<AnalysisResult> {
        let values = self.values(task, variant, argument(task, declared, "values")?)?;
        let beyond = declared.number("beyond").unwrap_or(THRESHOLD);
        let found: Vec<Option<Exceedance>> =
            (0..values.names.len()).map(|column| Exceedance::of(&values.column(column), beyond).ok()).collect();
        let empty: Vec<&str> =
            found.iter().zip(&values.names).filter(|(e, _)| e.is_none()).map(|(_, name)| name.as_str()).collect();
        if empty.len() == values.names.len() {
            return Err(PlanError::task(task, "nobody has a value in any column"));
        }
        let by_normal = Normal::new(0.0, 1.0).map_or(f64::NAN, |normal| 2.0 * normal.cdf(-beyond));
        let method = format!(
            "share of people whose absolute value exceeds {beyond}, of those who have the column; of standard normal values \
             {:.1}% do (extreme deviations: Marquand et al., 2016; Wolfers et al., 2018)",
            100.0 * by_normal
        );
        let mut analysed = AnalysisResult::new(declared, method);
        if let Some(first) = empty.first() {
            analysed.notes.push(format!("{} of {} columns have no values: {first}", empty.len(), values.names.len()));
        }
        let mut put = |field: &str, of: &dyn Fn(Exceedance) -> f64| {
            let values_of = found.iter().map(|e| e.map(of)).collect();
            analysed.fields.insert(field.into(), Field::Columns { names: values.names.clone(), values: values_of });
        };
        put("people", &|e| e.people as f64);
        put("count", &|e| e.count() as f64);
        put("share", &|e| e.share(e.count()));
        put("positive", &|e| e.share(e.positive));
        put("negative", &|e| e.share(e.negative));
        let is_beyond = |row: &&Vec<Option<f64>>| row.iter().flatten().any(|v| v.abs() > beyond);
        let anybody = values.values.iter().filter(|row| row.iter().any(Option::is_some));
        let (people, anywhere) = (anybody.clone().count(), anybody.filter(is_beyond).count());
        analysed.fields.insert("anywhere".into(), Field::Number(anywhere as f64 / people.max(1) as f64));
        Ok(analysed)
    }
}
