//! Plain-text tables for the terminal.

pub(super) use crate::graph::{bytes, operations, thousands};

/// Rows of cells in aligned columns: the first `left` columns to the left, the others to the right.
pub(super) fn aligned(header: &[&str], rows: &[Vec<String>], left: usize) -> String {
    let columns = header.len();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|r| r.get(column)).map(|c| c.chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut out = String::new();
        for (column, cell) in cells.enumerate().take(columns) {
            let pad = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
            if column > 0 {
                out.push_str("  ");
            }
            if column < left {
                out.push_str(cell);
                out.push_str(&pad);
            } else {
                out.push_str(&pad);
                out.push_str(cell);
            }
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    };
    let mut out = line(&mut header.iter().copied());
    for row in rows {
        out.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    out
}

/// `1.5 GB`, `300 MB`.
pub(super) fn sized(bytes: u64) -> String {
    let of = |unit: u32| bytes as f64 / f64::from(1000u32).powi(unit as i32);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} kB", of(1)),
        1_000_000..1_000_000_000 => format!("{:.0} MB", of(2)),
        _ => format!("{:.1} GB", of(3)),
    }
}
