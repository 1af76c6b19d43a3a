//! Variants side by side: each network that differs once, with what differs from the first marked.

use crate::diagram::{Diagram, Line, diagram};
use fascicle_lang::program::Program;
use std::collections::BTreeSet;

/// One drawing among several.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What it is of: the variants that have this network.
    pub title: String,
    /// The network.
    pub diagram: Diagram,
    /// Boxes that the first panel of the model has not, or has otherwise.
    pub marked: BTreeSet<usize>,
}

/// Names that a title counts up before it counts.
const NAMED: usize = 3;

/// The panels of a model: one for each network that its variants have. Variants without the model are passed over.
pub fn panels(variants: &[&Program], model: &str, depth: usize) -> Vec<Panel> {
    let mut found: Vec<(Vec<String>, Diagram)> = Vec::new();
    for variant in variants {
        let position = variant.models.iter().position(|m| m.name == model);
        let Some(drawn) = position.and_then(|at| diagram(variant, at, depth)) else { continue };
        match found.iter_mut().find(|(_, known)| *known == drawn) {
            Some((names, _)) => names.push(variant.variant.clone()),
            None => found.push((vec![variant.variant.clone()], drawn)),
        }
    }
    let first = found.first().map(|(_, first)| first.clone());
    found
        .into_iter()
        .map(|(names, diagram)| {
            let marked = first.as_ref().map_or_else(BTreeSet::new, |first| differing(first, &diagram));
            let more = names.len().saturating_sub(NAMED);
            let mut title = names.into_iter().take(NAMED).collect::<Vec<_>>().join("; ");
            if more > 0 {
                title.push_str(&format!("; and {more} more"));
            }
            Panel { title, diagram, marked }
        })
        .collect()
}

/// The boxes of a diagram that another has not: of the same path, with the same lines and shapes.
fn differing(first: &Diagram, other: &Diagram) -> BTreeSet<usize> {
    let key = |diagram: &Diagram, at: usize| -> (String, Vec<Line>, Vec<String>) {
        let vertex = &diagram.vertices[at];
        let shapes = diagram.arrows.iter().filter(|a| a.to == at).map(|a| a.shape.clone()).collect();
        (format!("{} {}", vertex.title, vertex.path), vertex.lines.clone(), shapes)
    };
    let known: BTreeSet<_> = (0..first.vertices.len()).map(|at| key(first, at)).collect();
    (0..other.vertices.len()).filter(|at| !known.contains(&key(other, *at))).collect()
}
