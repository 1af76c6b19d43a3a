//! What the labels of an atlas are called, and which of them a column of a table is of.
//!
//! ```text
//!  dseg.tsv (index, name), ColorLUT.txt ──read──▶ LabelTable ──find("lh_bankssts_thickness")──▶ 1001, `ctx-lh-bankssts`
//! ```
//!
//! BIDS has a table with the columns `index` and `name`; FreeSurfer a text of lines `index name R G B A`, with `#` before
//! remarks. Names are the same, or are alike: without case, marks between words, `ctx` before the hemisphere and the measure
//! behind the region, as FreeSurfer's tables of regions (`aparcstats2table`, `asegstats2table`) spell them.

use super::error::{DataError, Result};
use super::files::read_regular;
use super::table::{Table, parse_number};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What FreeSurfer measures of a region; its tables have it behind the region's name.
const MEASURES: [&str; 10] =
    ["thickness", "thicknessstd", "volume", "area", "meancurv", "gauscurv", "foldind", "curvind", "lgi", "sulc"];

/// A label of an atlas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its number in the image.
    pub index: i64,
    /// Its name.
    pub name: String,
}

/// The labels of an atlas, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelTable {
    path: PathBuf,
    /// The labels; each number once.
    pub labels: Vec<Label>,
    /// Places by name, and by what names have in common; several where it does not tell them apart.
    exact: BTreeMap<String, Vec<usize>>,
    alike: BTreeMap<String, Vec<usize>>,
}

impl LabelTable {
    /// Reads a table (`.tsv`, `.csv`), or a text of FreeSurfer's kind (anything else).
    ///
    /// # Errors
    /// No such file, a table without `index` or `name`, a line that says something else, a number twice, no label at all.
    pub fn read(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
        let labels = match extension.as_deref() {
            Some("tsv" | "csv") => of_table(&Table::read(path)?)?,
            _ => of_text(path, &text_of(path)?)?,
        };
        Self::new(path, labels)
    }

    fn new(path: &Path, labels: Vec<(usize, Label)>) -> Result<Self> {
        let mut first: BTreeMap<i64, usize> = BTreeMap::new();
        for (line, label) in &labels {
            if let Some(before) = first.insert(label.index, *line) {
                let problem = format!("the label {} is on line {before} already; name each once", label.index);
                return Err(DataError::Line { path: path.to_owned(), line: *line, problem });
            }
        }
        if labels.is_empty() {
            let problem = "it names no label; a line is an index and a name".to_owned();
            return Err(DataError::Line { path: path.to_owned(), line: 1, problem });
        }
        let labels: Vec<Label> = labels.into_iter().map(|(_, label)| label).collect();
        let (mut exact, mut alike) = (BTreeMap::<_, Vec<usize>>::new(), BTreeMap::<_, Vec<usize>>::new());
        for (at, label) in labels.iter().enumerate() {
            exact.entry(label.name.clone()).or_default().push(at);
            alike.entry(reduced(&label.name)).or_default().push(at);
        }
        Ok(Self { path: path.to_owned(), labels, exact, alike })
    }

    /// The label that a column is of: the one of its name, else the only one whose name is alike.
    ///
    /// # Errors
    /// Several labels that it could be of.
    pub fn find(&self, column: &str) -> Result<Option<&Label>> {
        let found = self.exact.get(column).or_else(|| self.alike.get(&reduced(column)));
        match found.map(Vec::as_slice) {
            None | Some([]) => Ok(None),
            Some([only]) => Ok(self.labels.get(*only)),
            Some(several) => {
                let names: Vec<String> = several
                    .iter()
                    .map(|at| format!("{} `{}`", self.labels[*at].index, self.labels[*at].name))
                    .collect();
                let problem = format!(
                    "`{column}` could be of several labels: {}; name one of them so in {}",
                    names.join(", "),
                    self.path.display()
                );
                Err(DataError::Step { step: "labels", problem })
            }
        }
    }
}

/// A name without what tables and atlases spell differently.
fn reduced(name: &str) -> String {
    let spelled = name.replace('&', " and ").to_lowercase();
    let mut words: Vec<&str> = spelled.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words.first() == Some(&"ctx") {
        words.remove(0);
    }
    if words.len() > 1 && words.last().is_some_and(|last| MEASURES.contains(last)) {
        words.pop();
    }
    words.join(" ")
}

fn of_table(table: &Table) -> Result<Vec<(usize, Label)>> {
    let (index, name) = (table.column("index")?, table.column("name")?);
    let mut labels = Vec::new();
    for row in &table.rows {
        let bad = |problem: String| DataError::Line { path: table.path.clone(), line: row.line, problem };
        let (Some(cell), Some(name)) = (row.cells.get(index), row.cells.get(name)) else {
            return Err(bad("a label has an index and a name".into()));
        };
        let index =
            whole(cell).ok_or_else(|| bad(format!("the index of `{name}` is `{cell}`, expected a whole number")))?;
        labels.push((row.line, Label { index, name: name.to_owned() }));
    }
    Ok(labels)
}

/// A whole number; some programs write it as `1001.0`.
fn whole(cell: &str) -> Option<i64> {
    // More than any atlas; what images hold exactly as 32-bit numbers.
    const MOST: f64 = 16_777_216.0;
    parse_number(cell).filter(|v| v.fract() == 0.0 && v.abs() <= MOST).map(|v| v as i64)
}

fn text_of(path: &Path) -> Result<String> {
    let bytes = read_regular(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => DataError::NotFound {
            path: path.to_owned(),
            what: "table of labels",
            hint: "paths are relative to the folder in which the command runs".into(),
        },
        _ => DataError::io("read", path)(source),
    })?;
    String::from_utf8(bytes).map_err(|_| DataError::Line {
        path: path.to_owned(),
        line: 1,
        problem: "it is no text in UTF-8; expected lines of an index and a name, or a table (.tsv)".into(),
    })
}

fn of_text(path: &Path, text: &str) -> Result<Vec<(usize, Label)>> {
    let mut labels = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let bad = |problem: String| DataError::Line { path: path.to_owned(), line: at + 1, problem };
        match words.as_slice() {
            [] => {}
            [first, ..] if first.starts_with('#') => {}
            [index, name, ..] => {
                let index = whole(index).ok_or_else(|| {
                    bad(format!("`{index}` is no label; a line is `index name`; a table with a heading ends in .tsv"))
                })?;
                labels.push((at + 1, Label { index, name: (*name).to_owned() }));
            }
            [_] => return Err(bad("a line is an index and a name".into())),
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<LabelTable> {
        let path = Path::new("labels.txt");
        LabelTable::new(path, of_text(path, text)?)
    }

    fn index(table: &LabelTable, column: &str) -> Option<i64> {
        table.find(column).ok().flatten().map(|label| label.index)
    }

    #[test]
    fn columns_of_freesurfers_tables_are_found_in_its_lookup_table() -> Result<()> {
        let table = table(
            "#No. Label Name: R G B A\n\n17  Left-Hippocampus  220 216 20 0\n1001 ctx-lh-bankssts 25 100 40 0\n\
             11101 ctx_lh_G_and_S_frontomargin 23 220 60 0\n12101 ctx_rh_G_and_S_frontomargin 23 220 60 0\n",
        )?;
        assert_eq!(index(&table, "Left-Hippocampus"), Some(17));
        assert_eq!(index(&table, "lh_bankssts_thickness"), Some(1001));
        assert_eq!(index(&table, "lh_G&S_frontomargin_thickness"), Some(11101));
        assert_eq!(index(&table, "rh_G&S_frontomargin_thickness"), Some(12101));
        assert_eq!(index(&table, "eTIV"), None);
        Ok(())
    }

    #[test]
    fn a_name_itself_comes_before_names_that_are_alike_and_several_are_told() -> Result<()> {
        let table = table("1 area_thickness\n2 Area\n3 AREA\n")?;
        assert_eq!(index(&table, "Area"), Some(2));
        let error = table.find("area").err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.contains("could be of several labels: 1 `area_thickness`, 2 `Area`, 3 `AREA`"), "{error}");
        Ok(())
    }

    #[test]
    fn tables_that_cannot_be_understood_name_the_line() {
        let told = |text: &str| table(text).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(told("index name\n1 a\n").contains("line 1: `index` is no label"), "{}", told("index name\n1 a\n"));
        assert!(told("1 a\n1 b\n").contains("line 2: the label 1 is on line 1 already"));
        assert!(told("# nothing\n").contains("it names no label"));
        assert!(told("7\n").contains("a line is an index and a name"));
        let read = Table::parse(Path::new("l.tsv"), b"index\tname\n1001.0\tlh\n2.5\trh\n").and_then(|t| of_table(&t));
        assert!(read.is_err_and(|e| e.to_string().contains("line 3: the index of `rh` is `2.5`")));
    }
}
