//! A result as a table for people and for other programs.

use super::{AnalysisResult, Field, Table, clean};
use std::fmt::Write;

/// Wider tables are kept as JSON alone.
const WIDEST: usize = 20_000;

impl AnalysisResult {
    /// Numbers by run side by side; what is by subject; rows by columns; numbers by column side by side; or single numbers,
    /// one below the other.
    pub(super) fn tsv(&self) -> String {
        [self.by_runs(), self.by_subjects(), self.matrix(), self.by_columns(), self.numbers()]
            .into_iter()
            .flatten()
            .next()
            .unwrap_or_default()
    }

    fn by_runs(&self) -> Option<String> {
        let fields: Vec<_> = self
            .fields
            .iter()
            .filter_map(|(field, f)| match f {
                Field::Runs { runs, names, values } => Some((field, runs, names, values)),
                _ => None,
            })
            .collect();
        let (_, runs, names, _) = fields.first()?;
        let mut text = String::from("seed\tfold\trepeat\tname");
        fields.iter().for_each(|(field, ..)| {
            let _ = write!(text, "\t{field}");
        });
        for (row, run) in runs.iter().enumerate() {
            for (column, name) in names.iter().enumerate() {
                let name = if name.is_empty() { "n/a".to_owned() } else { clean(name) };
                let _ = write!(text, "\n{}\t{}\t{}\t{name}", run.seed, run.fold + 1, run.repeat + 1);
                for (_, _, _, values) in &fields {
                    let _ = write!(text, "\t{}", cell(values.get(row).and_then(|v| v.get(column)?.as_ref())));
                }
            }
        }
        text.push('\n');
        Some(text)
    }

    fn matrix(&self) -> Option<String> {
        let (rows, columns, values) = self.fields.values().find_map(|f| match f {
            Field::Matrix { rows, columns, values } => Some((rows, columns, values)),
            _ => None,
        })?;
        let mut text = String::from("name");
        columns.iter().for_each(|column| {
            let _ = write!(text, "\t{}", clean(column));
        });
        for (name, row) in rows.iter().zip(values) {
            let _ = write!(text, "\n{}", clean(name));
            row.iter().for_each(|value| {
                let _ = write!(text, "\t{}", cell(value.as_ref()));
            });
        }
        text.push('\n');
        Some(text)
    }

    fn by_columns(&self) -> Option<String> {
        let columns = self.columns();
        let (_, names, _) = columns.first()?;
        let mut text = String::from("name");
        for (field, ..) in &columns {
            let _ = write!(text, "\t{field}");
        }
        for (row, name) in names.iter().enumerate() {
            let _ = write!(text, "\n{}", clean(name));
            for (_, _, values) in &columns {
                let _ = write!(text, "\t{}", cell(values.get(row).and_then(Option::as_ref)));
            }
        }
        text.push('\n');
        Some(text)
    }

    fn numbers(&self) -> Option<String> {
        let mut text = String::from("name\tvalue\n");
        let mut any = false;
        for (field, found) in &self.fields {
            if let Field::Number(value) = found {
                let _ = writeln!(text, "{field}\t{value}");
                any = true;
            }
        }
        any.then_some(text)
    }

    fn by_subjects(&self) -> Option<String> {
        let subjects = self.fields.values().find_map(|f| match f {
            Field::Subjects(table) => Some(&table.subjects),
            Field::Labels { subjects, .. } => Some(subjects),
            _ => None,
        })?;
        let mut text = String::from("participant_id");
        let mut columns: Vec<Vec<String>> = Vec::new();
        for (field, f) in &self.fields {
            match f {
                Field::Labels { subjects: own, labels } if own == subjects => {
                    let _ = write!(text, "\t{field}");
                    columns.push(labels.iter().map(|label| clean(label)).collect());
                }
                Field::Subjects(table) if table.subjects == *subjects && table.names.len() <= WIDEST => {
                    columns.extend(Self::columns_of(&mut text, field, table));
                }
                _ => {}
            }
        }
        for (row, subject) in subjects.iter().enumerate() {
            let _ = write!(text, "\n{}", clean(subject));
            for column in &columns {
                let _ = write!(text, "\t{}", column[row]);
            }
        }
        text.push('\n');
        Some(text)
    }

    fn columns_of(heading: &mut String, field: &str, table: &Table) -> Vec<Vec<String>> {
        for name in &table.names {
            let _ = match table.names.as_slice() {
                [_] => write!(heading, "\t{field}"),
                _ => write!(heading, "\t{field} {}", clean(name)),
            };
        }
        (0..table.names.len()).map(|at| table.values.iter().map(|row| cell(row[at].as_ref())).collect()).collect()
    }
}

fn cell(value: Option<&f64>) -> String {
    value.map_or("n/a".to_owned(), f64::to_string)
}
