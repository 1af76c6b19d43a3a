use super::super::error::DataError;
use super::super::samples::{folder, put, shared};
use super::{Table, UNNAMED, levels_of};
use std::path::Path;

fn parse(name: &str, text: &str) -> Result<Table, DataError> {
    Table::parse(Path::new(name), text.as_bytes())
}

#[test]
fn a_table_with_a_byte_order_mark_and_crlf_is_read() {
    let table = parse("t.tsv", "\u{feff}participant_id\tage\r\nsub-01\t41\r\nsub-02\tn/a\r\n").expect("fine");
    assert_eq!(table.columns, ["participant_id", "age"]);
    assert_eq!(table.numbers("age").expect("numbers"), [Some(41.0), None]);
    assert_eq!(table.rows[1].line, 3);
}

#[test]
fn every_spelling_of_absence_is_absence() {
    let table = parse("t.csv", "id,v\na,\nb,n/a\nc,NA\nd,NaN\ne,N/A\nf,0\n").expect("fine");
    assert_eq!(table.numbers("v").expect("numbers"), [None, None, None, None, None, Some(0.0)]);
}

#[test]
fn quoted_cells_keep_their_delimiters_and_line_breaks() {
    let table = parse("t.csv", "id,note,age\na,\"one, two\",3\nb,\"line\nbreak\",4\nc,x,y\n").expect("fine");
    assert_eq!(table.rows[0].cells.get(1), Some("one, two"));
    assert!(matches!(table.numbers("age"), Err(DataError::NotANumber { line: 5, .. })));
}

#[test]
fn semicolons_and_tabs_are_recognised_whatever_the_name() {
    assert_eq!(parse("t.csv", "id;age\na;3\n").expect("fine").columns, ["id", "age"]);
    assert_eq!(parse("t.csv", "id\tage\na\t3\n").expect("fine").columns, ["id", "age"]);
    assert_eq!(parse("t.tsv", "id,age\na,3\n").expect("fine").columns, ["id", "age"]);
}

#[test]
fn wrong_lines_are_named() {
    let text = |e: DataError| e.to_string();
    let ragged = text(parse("t.csv", "id,age\na,1\nb,2,3\n").expect_err("ragged"));
    assert!(ragged.contains("t.csv, line 3: 3 cells, expected 2"), "{ragged}");
    let twice = text(parse("t.csv", "id,age,age\na,1,2\n").expect_err("duplicate"));
    assert!(twice.contains("`age` occurs twice, as column 2 and column 3"), "{twice}");
    let quote = text(parse("t.csv", "id,note\na,\"open\nb,x\n").expect_err("quote"));
    assert!(quote.contains("line 2: a quote is opened"), "{quote}");
    let empty = text(parse("t.csv", "").expect_err("empty"));
    assert!(empty.contains("the table is empty"), "{empty}");
    let latin = text(Table::parse(Path::new("t.csv"), b"id\na\nM\xfcller\n").expect_err("latin-1"));
    assert!(latin.contains("line 3: the text is not UTF-8"), "{latin}");
}

#[test]
fn text_in_a_column_of_numbers_is_named_with_file_line_and_column() {
    let table = parse("people.tsv", "participant_id\tage\nsub-01\t41\nsub-02\tforty\n").expect("fine");
    let error = table.numbers("age").expect_err("text").to_string();
    assert!(error.contains("people.tsv, line 3, column `age`: expected a number, found `forty`"), "{error}");
    let infinite = parse("t.csv", "id,v\na,inf\n").expect("fine");
    assert!(infinite.numbers("v").is_err());
}

#[test]
fn a_column_that_is_not_there_brings_the_nearest_name() {
    let table = parse("t.csv", "id,diagnosis\na,AD\n").expect("fine");
    let error = table.levels("diagnosys").expect_err("typo").to_string();
    assert!(error.contains("did you mean `diagnosis`?"), "{error}");
    let error = table.levels("weight").expect_err("absent").to_string();
    assert!(error.contains("it has `id`, `diagnosis`"), "{error}");
}

#[test]
fn a_subject_that_occurs_twice_is_named_with_both_lines() {
    let table = parse("t.tsv", "participant_id\tage\nsub-01\t1\nsub-02\t2\n01\t3\n").expect("fine");
    let error = table.by_subject(0, None).expect_err("twice").to_string();
    assert!(error.contains("`01` on line 2 and again on line 4"), "{error}");
    let table = parse("t.tsv", "participant_id\tsession_id\nsub-01\tses-1\nsub-01\tses-2\nsub-01\t2\n").expect("fine");
    let error = table.by_subject(0, table.session_column()).expect_err("twice").to_string();
    assert!(error.contains("`sub-01, session 2` on line 3 and again on line 4"), "{error}");
}

#[test]
fn a_first_column_without_a_name_can_be_addressed_and_identifies_people() {
    let table = parse("t.csv", ",age\n7,41\n8,42\n").expect("fine");
    assert_eq!(table.columns[0], UNNAMED);
    assert_eq!(table.subject_column(None).expect("first"), 0);
    assert_eq!(table.levels(UNNAMED).expect("levels"), ["7", "8"]);
}

#[test]
fn levels_are_sorted_and_numbers_by_value() {
    assert_eq!(levels_of(["10", "9", "1", "9"].into_iter()), ["1", "9", "10"]);
    assert_eq!(levels_of(["MCI", "AD", "CN"].into_iter()), ["AD", "CN", "MCI"]);
}

#[test]
fn a_table_that_is_not_there_is_said_to_be_missing() {
    let dir = folder();
    assert!(matches!(Table::read(&dir.path().join("no.csv")), Err(DataError::NotFound { .. })));
    put(dir.path(), "a.csv", "id\n1\n");
    assert!(Table::read(&dir.path().join("a.csv")).is_ok());
}

#[test]
fn a_table_is_read_once_however_its_path_is_spelled() {
    let dir = folder();
    put(dir.path(), "a.csv", "id,x\n1,2\n");
    let tables = super::Tables::default();
    let first = tables.read(&dir.path().join("a.csv")).expect("a table");
    let second = tables.read(&dir.path().join(".").join("a.csv")).expect("a table");
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    assert!(first.holds_no_text(1) && tables.read(&dir.path().join("no.csv")).is_err());
}

#[test]
fn spaces_around_cells_are_no_part_of_them() {
    let table = Table::parse(Path::new("t.csv"), b" id , x \n a ,\" 1 \"\n b , n/a \n").expect("a table");
    assert_eq!(table.columns, ["id", "x"]);
    assert_eq!((table.rows[0].cells.get(0), table.rows[0].cells.get(1)), (Some("a"), Some("1")));
    assert_eq!(table.rows[1].cells.get(1), None);
}

#[test]
fn the_published_tables_are_read() {
    let Some(root) = shared("data/normative") else { return };
    for (name, rows) in [
        ("fcon1000.csv", 1078),
        ("NIMH_controls_v1.csv", 67),
        ("NIMH_patients_v1.csv", 98),
        ("camcan_features.csv", 651),
    ] {
        assert_eq!(Table::read(&root.join(name)).expect("a table").rows.len(), rows, "{name}");
    }
}
