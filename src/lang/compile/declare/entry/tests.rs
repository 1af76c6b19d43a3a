//! The tables hold all that there is, and nothing twice.

use super::{Chapter, entries, names};
use crate::compile::value::Builtin;
use crate::program::Metric;

#[test]
fn every_metric_and_every_function_of_the_compiler_is_in_the_table() {
    let metrics: Vec<&str> = Metric::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(names(Chapter::Metric), metrics);
    let mut functions: Vec<&str> = Builtin::ALL.iter().map(|(name, _)| *name).collect();
    let mut listed = names(Chapter::Function);
    functions.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, functions);
}

#[test]
fn every_chapter_has_entries_and_none_has_one_twice() {
    for chapter in Chapter::ALL {
        let mut listed = names(chapter);
        assert!(!listed.is_empty(), "{chapter:?}");
        let all = listed.len();
        listed.sort_unstable();
        listed.dedup();
        assert_eq!(listed.len(), all, "{chapter:?}");
    }
    assert!(entries().all(|entry| !entry.doc.is_empty() && entry.doc.trim_end().ends_with(['.', '`', ')'])));
}
