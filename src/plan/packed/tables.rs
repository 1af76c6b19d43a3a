//! What was predicted, as tables: the mean over training runs with its spread.
//!
//! ```text
//!  predictions.tsv  participant_id  output  element  prediction  sd  runs
//!  z.tsv            participant_id  1  2  ..  64 and more numbers a subject: one line each, means alone
//! ```

use super::super::analyse::clean;
use super::super::error::Result;
use super::super::metric::largest;
use super::super::store::put_bytes;
use std::fmt::Write;
use std::path::Path;

/// Outputs with more numbers a subject have a table of their own.
const WIDEST: usize = 64;

/// The numbers of an output, of those who have it.
pub(super) struct Numbers {
    /// Places among all who are predicted.
    rows: Vec<usize>,
    runs: usize,
    /// Mean and standard deviation (`n - 1`; absent for one run), by row and element.
    of_rows: Vec<Vec<(f64, Option<f64>)>>,
}

impl Numbers {
    /// Of the values of every run: by run, row and element.
    pub fn new(by_run: Vec<Vec<Vec<f64>>>, rows: &[usize]) -> Self {
        let runs = by_run.len();
        let spread = |row: usize, element: usize| {
            let values: Vec<f64> = by_run.iter().filter_map(|run| run.get(row)?.get(element).copied()).collect();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
            (mean, (values.len() > 1).then(|| (squares / (values.len() - 1) as f64).sqrt()))
        };
        let of_row = |row: usize| {
            let width = by_run.first().and_then(|run| run.get(row)).map_or(0, Vec::len);
            (0..width).map(|element| spread(row, element)).collect()
        };
        Self { rows: rows.to_vec(), runs, of_rows: (0..rows.len()).map(of_row).collect() }
    }
}

/// Tables under construction.
#[derive(Default)]
pub(super) struct Predictions {
    lines: String,
    /// Tables of their own, by the output's name.
    wide: Vec<(String, String)>,
}

impl Predictions {
    /// Probabilities of classes; the class is the one whose mean is the largest, the first of equals.
    pub fn classes(&mut self, of: &str, names: &[String], levels: &[String], numbers: &Numbers) {
        for (row, values) in numbers.rows.iter().zip(&numbers.of_rows) {
            let best = largest(values.iter().map(|(p, _)| *p));
            let name = |class: usize| levels.get(class).map_or_else(|| class.to_string(), |level| clean(level));
            self.line(&names[*row], of, "class", &name(best), None, numbers.runs);
            for (class, (p, sd)) in values.iter().enumerate() {
                let element = format!("probability of {}", name(class));
                self.line(&names[*row], of, &element, &p.to_string(), *sd, numbers.runs);
            }
        }
    }

    /// Numbers, by the names of their elements where they have any.
    pub fn numbers(&mut self, of: &str, names: &[String], elements: &[String], numbers: &Numbers) {
        let width = numbers.of_rows.first().map_or(0, Vec::len);
        let element = |i: usize| match elements.get(i) {
            Some(name) => clean(name),
            None if width == 1 => "value".to_owned(),
            None => (i + 1).to_string(),
        };
        if width > WIDEST {
            let heading: Vec<String> = (0..width).map(element).collect();
            let mut table = format!("participant_id\t{}\n", heading.join("\t"));
            for (row, values) in numbers.rows.iter().zip(&numbers.of_rows) {
                let cells: Vec<String> = values.iter().map(|(mean, _)| mean.to_string()).collect();
                // Writing to a string cannot fail.
                let _ = writeln!(table, "{}\t{}", clean(&names[*row]), cells.join("\t"));
            }
            self.wide.push((super::super::maps::plain(of), table));
            return;
        }
        for (row, values) in numbers.rows.iter().zip(&numbers.of_rows) {
            for (i, (mean, sd)) in values.iter().enumerate() {
                self.line(&names[*row], of, &element(i), &mean.to_string(), *sd, numbers.runs);
            }
        }
    }

    fn line(&mut self, who: &str, of: &str, element: &str, value: &str, sd: Option<f64>, runs: usize) {
        let sd = sd.map_or("n/a".to_owned(), |sd| sd.to_string());
        let _ = writeln!(self.lines, "{}\t{}\t{element}\t{value}\t{sd}\t{runs}", clean(who), clean(of));
    }

    /// Writes what there is.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn write(&self, folder: &Path) -> Result<()> {
        if !self.lines.is_empty() {
            let text = format!("participant_id\toutput\telement\tprediction\tsd\truns\n{}", self.lines);
            put_bytes(&folder.join("predictions.tsv"), text.as_bytes())?;
        }
        for (name, table) in &self.wide {
            put_bytes(&folder.join(format!("{name}.tsv")), table.as_bytes())?;
        }
        Ok(())
    }
}
