//! Any bytes as CSV (first byte even) or TSV: an error that names a line of the file, or rows with as many cells as columns
//! whose lines ascend; numbers, levels and identifiers of every column.
#![no_main]

use fascicle_data::table::{Table, parse_number, same_level};
use fascicle_fuzz::limit::within;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

/// Columns that are looked at one by one.
const LOOKED_AT: usize = 50;

fuzz_target!(init: fascicle_fuzz::seeds::write("table"), |data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let path = Path::new(if first % 2 == 0 { "t.csv" } else { "t.tsv" });
    within((1 << 20) + 1000 * bytes.len(), || {
        let table = match Table::parse(path, bytes) {
            Ok(table) => table,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                return;
            }
        };
        let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
        let mut last = 0;
        for row in &table.rows {
            assert_eq!(row.cells.iter().count(), table.columns.len(), "line {}", row.line);
            assert!(row.line > last || row.line <= lines, "line {} after {last}", row.line);
            assert!(row.line >= last && row.line <= lines, "line {} after {last} of {lines}", row.line);
            last = row.line;
        }
        for (place, name) in table.columns.iter().enumerate().take(LOOKED_AT) {
            assert_eq!(table.column(name).ok(), Some(place), "{name}");
            let numbers = table.numbers(name);
            assert_eq!(numbers.is_ok(), table.holds_no_text(place), "{name}");
            if let Ok(numbers) = numbers {
                assert!(numbers.iter().flatten().all(|n| n.is_finite()));
            }
            let levels = table.levels(name).expect("the column is there");
            for row in &table.rows {
                if let Some(cell) = row.cells.get(place) {
                    assert!(levels.iter().any(|level| level == cell && same_level(level, cell)), "{cell}");
                    assert_eq!(cell, cell.trim());
                    parse_number(cell);
                }
            }
        }
        let subject = table.subject_column(None).expect("some column is the first");
        let session = table.session_column().filter(|s| *s != subject);
        match table.by_subject(subject, session) {
            Ok(places) => assert_eq!(places.len(), table.rows.len()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        assert!(table.column("no such column, surely").is_err() || table.columns.len() > 1);
    });
});
