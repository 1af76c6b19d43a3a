//! What holds for every entry.

use crate::ops::{Default, Family, ParameterType, table};
use std::collections::BTreeSet;

#[test]
fn every_operator_is_documented_with_its_source_and_an_example() {
    for stanza in table() {
        let name = stanza.name;
        assert!(stanza.doc.len() > 20 && stanza.doc.contains('.'), "{name}: {}", stanza.doc);
        assert!(stanza.source.len() > 8, "{name}: {}", stanza.source);
        assert!(!stanza.example.is_empty(), "{name}");
        assert!(!stanza.doc.contains("  "), "{name}: two spaces in {:?}", stanza.doc);
        for parameter in stanza.parameters {
            assert!(parameter.doc.len() > 3, "{name}.{}", parameter.name);
        }
    }
}

#[test]
fn names_are_unique_and_so_are_those_of_parameters() {
    let mut names = BTreeSet::new();
    for stanza in table() {
        assert!(names.insert(stanza.name), "{} stands in the table twice", stanza.name);
        let parameters: BTreeSet<&str> = stanza.parameters.iter().map(|p| p.name).collect();
        assert_eq!(parameters.len(), stanza.parameters.len(), "{}", stanza.name);
    }
}

#[test]
fn every_example_uses_its_operator_and_names_no_operator_that_does_not_exist() {
    let names: BTreeSet<&str> = table().map(|s| s.name).collect();
    for stanza in table() {
        let mut called: BTreeSet<&str> = BTreeSet::new();
        let words =
            |text: &'static str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        for (at, _) in stanza.example.match_indices("|> ") {
            called.insert(words(&stanza.example[at + 3..]));
        }
        for (at, _) in stanza.example.match_indices('(') {
            let before = &stanza.example[..at];
            let start = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |i| i + 1);
            called.insert(&before[start..]);
        }
        called.remove("");
        assert!(called.contains(stanza.name), "the example of `{}` does not use it: {}", stanza.name, stanza.example);
        for name in called {
            assert!(names.contains(name), "the example of `{}` uses `{name}`", stanza.name);
        }
    }
}

#[test]
fn defaults_are_of_the_type_of_their_parameter() {
    for stanza in table() {
        for parameter in stanza.parameters {
            let fits = match (parameter.ty, parameter.default) {
                (_, Default::Required | Default::None) => true,
                (ParameterType::Int { at_least } | ParameterType::Extent { at_least }, Default::Int(i)) => {
                    i >= at_least
                }
                (ParameterType::Real { low, high }, Default::Real(r)) => (low..=high).contains(&r),
                (ParameterType::Bool, Default::Bool(_)) => true,
                (ParameterType::Padding, Default::Int(i)) => i >= 0,
                (ParameterType::Padding, Default::Word(word)) => word == "same",
                (ParameterType::Word(words) | ParameterType::WordOrReals(words), Default::Word(word)) => {
                    words.contains(&word)
                }
                _ => false,
            };
            assert!(fits, "{}.{}: {:?} for {:?}", stanza.name, parameter.name, parameter.default, parameter.ty);
        }
    }
}

#[test]
fn a_parameter_that_takes_the_rest_is_the_first() {
    for stanza in table() {
        let takes = stanza.parameters.iter().position(|p| p.ty.takes_the_rest());
        assert!(takes.is_none_or(|position| position == 0), "{}", stanza.name);
    }
}

#[test]
fn every_chapter_has_operators() {
    use Family::*;
    for family in [Convolution, Linear, Normalisation, Pooling, Activation, Shape, Arithmetic, Gaussian, Loss] {
        assert!(table().any(|stanza| stanza.family == family), "{family:?}");
    }
}
