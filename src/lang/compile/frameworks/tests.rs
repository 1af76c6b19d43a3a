//! What the table of names promises: that every name it gives exists.

use super::names::NAMES;
use super::{PACKAGES, SAYINGS, plain, suggest, target};
use crate::compile::declare::{analysis, entry, param};
use crate::ops::{self, Arity};
use std::collections::BTreeSet;

/// Every name that the language has for a function, an argument, a clause, a type.
fn here() -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for stanza in ops::table() {
        names.insert(stanza.name.into());
        names.extend(stanza.parameters.iter().map(|p| p.name.to_string()));
        if let Arity::Exactly(read) = stanza.arity {
            names.extend(read.iter().map(ToString::to_string));
        }
    }
    for analysis in analysis::analyses() {
        names.insert(analysis.name.into());
        names.extend(analysis.parameters.iter().map(|p| p.name.to_string()));
    }
    for entry in entry::entries() {
        names.insert(entry.name.into());
        names.extend(entry.parameters.iter().map(|p| p.name.to_string()));
    }
    let words = param::TYPES.iter().chain(SUBSETS);
    names.extend(words.map(ToString::to_string));
    names
}

/// Which parts a division has.
const SUBSETS: &[&str] = &["training", "validation", "test", "holdout"];

#[test]
fn every_name_that_is_suggested_exists() {
    let here = here();
    for (theirs, ours) in NAMES {
        for name in *ours {
            assert!(here.contains(target(name)), "{theirs:?} would be called `{name}`, which is nothing");
        }
    }
}

#[test]
fn no_name_of_the_language_is_taken_for_one_from_elsewhere() {
    let here = here();
    let alike = |name: &&&str| here.iter().any(|h| plain(h) == plain(name));
    let functions: Vec<&str> = ops::table().map(|s| s.name).collect();
    for (theirs, ours) in NAMES {
        for name in theirs.iter().filter(alike) {
            // A word may be an argument of one function and the name from elsewhere of another's.
            assert!(!functions.contains(name) || !ours.contains(name), "{name} is called {ours:?} and has that name");
        }
    }
    assert!(PACKAGES.iter().all(|p| !here.contains(*p)));
    assert!(SAYINGS.iter().all(|(names, ..)| !names.is_empty()));
}

#[test]
fn a_name_is_told_with_what_it_is_called_where_it_stands() {
    let convolution = ["filters", "kernel", "stride"];
    let said =
        |name: &str, known: &[&str]| suggest(name, known, super::Place::Argument).map(|s| s.words).unwrap_or_default();
    assert_eq!(said("kernel_size", &convolution), "`kernel_size` is called `kernel` here");
    assert_eq!(said("kernel_size", &["size"]), "`kernel_size` is called `size` here");
    assert_eq!(said("in_channels", &convolution), "it is known from what comes in: leave it out");
    assert_eq!(said("kernal", &convolution), "did you mean `kernel`?");
    let functions: Vec<&str> = ops::table().map(|s| s.name).collect();
    let called = |name: &str| suggest(name, &functions, super::Place::Value).map(|s| s.words).unwrap_or_default();
    assert_eq!(called("nn.ReLU"), "`nn.ReLU` is called `relu` here");
    assert_eq!(called("ReLU"), "did you mean `relu`?");
    assert_eq!(called("Dense"), "`Dense` is called `Linear` here");
    assert_eq!(called("Conv3D"), "did you mean `Conv3d`?");
}
