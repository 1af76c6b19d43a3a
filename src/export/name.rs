//! Names of Python: identifiers, classes, and the modules that a model's layers stand in.

use fascicle_lang::graph::{Graph, ModuleId};
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Words that no identifier can be.
const RESERVED: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield", "None", "True", "False",
];
/// Names that the file has already, or that `nn.Module` has.
const TAKEN: &[&str] = &[
    "torch",
    "nn",
    "F",
    "math",
    "itertools",
    "rows",
    "batch",
    "has",
    "self",
    "class_weights",
    "train",
    "eval",
    "forward",
    "half",
    "float",
    "double",
    "type",
    "to",
    "cpu",
    "cuda",
    "apply",
    "modules",
    "parameters",
    "buffers",
    "children",
    "training",
    "load_weights",
    "means",
    "share_memory",
    "compile",
    "extra_repr",
    "bfloat16",
    "dump_patches",
    "call_super_init",
];

/// A text as Python writes it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Letters, digits and underscores of a text, not a word that means something else.
pub(super) fn identifier(text: &str) -> String {
    let mut name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    while name.ends_with('_') {
        name.pop();
    }
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if RESERVED.contains(&name.as_str()) || TAKEN.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

/// One that is not among those there are: with a number behind it where need be.
pub(super) fn distinct(wanted: &str, taken: &BTreeSet<String>) -> String {
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken.contains(&name) {
        name = format!("{wanted}_{number}");
        number += 1;
    }
    name
}

/// `BrainAge` for `brain_age`.
pub(super) fn class_name(model: &str) -> String {
    let parts = model.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let upper = |part: &str| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    identifier(&parts.map(upper).collect::<String>())
}

/// `loss_years`, told apart from those before.
pub(super) fn method_name(stage: &str, before: &[String]) -> String {
    let taken: BTreeSet<String> = before.iter().cloned().collect();
    distinct(&format!("loss_{}", identifier(stage).trim_matches('_')), &taken)
}

/// Where the layers stand: `self.Encoder_t1.Conv3d` for `m.Encoder[t1].Conv3d`.
pub(super) struct Tree {
    /// By module: the path in Python, without `self`.
    paths: IndexMap<ModuleId, Vec<String>>,
    /// Weights: name in Python, name in the file.
    weights: Vec<(String, String)>,
}

impl Tree {
    /// The modules in their order; a first part that all have in common (the model's name) is left out.
    pub fn of(graph: &Graph, modules: &[ModuleId]) -> Self {
        let segments =
            |id: &ModuleId| -> Vec<String> { graph.module(*id).path.split('.').map(str::to_owned).collect() };
        let all: Vec<Vec<String>> = modules.iter().map(segments).collect();
        let first = all.first().and_then(|path| path.first()).cloned();
        let common = all.iter().all(|path| path.len() > 1 && path.first() == first.as_ref());
        let mut tree = Self { paths: IndexMap::new(), weights: Vec::new() };
        // Each name in a container, by what it was.
        let mut known: IndexMap<(Vec<String>, String), String> = IndexMap::new();
        for (id, path) in modules.iter().zip(&all) {
            let mut own: Vec<String> = Vec::new();
            for segment in &path[usize::from(common)..] {
                let place = (own.clone(), segment.clone());
                let name = match known.get(&place) {
                    Some(name) => name.clone(),
                    None => {
                        let beside = known.iter().filter(|((container, _), _)| *container == own);
                        let taken: BTreeSet<String> = beside.map(|(_, name)| name.clone()).collect();
                        let name = distinct(&identifier(segment), &taken);
                        known.insert(place, name.clone());
                        name
                    }
                };
                own.push(name);
            }
            let module = graph.module(*id);
            for weight in &module.weights {
                let file = format!("{}.{}", module.path, weight.name);
                tree.weights.push((format!("{}.{}", own.join("."), weight.name), file));
            }
            tree.paths.insert(*id, own);
        }
        tree
    }

    /// `self.Encoder_t1.Conv3d`
    pub fn attribute(&self, module: ModuleId) -> String {
        let path = self.paths.get(&module).map_or_else(String::new, |path| path.join("."));
        format!("self.{path}")
    }

    /// Containers in an order in which each comes after the one around it, then the layers.
    pub fn containers(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for path in self.paths.values() {
            for depth in 1..path.len() {
                let container = path[..depth].join(".");
                if !found.contains(&container) {
                    found.push(container);
                }
            }
        }
        found
    }

    /// The modules in their order.
    pub fn modules(&self) -> impl Iterator<Item = ModuleId> + '_ {
        self.paths.keys().copied()
    }

    /// Names of weights here and in the file.
    pub fn weights(&self) -> impl Iterator<Item = (&str, &str)> {
        self.weights.iter().map(|(own, file)| (own.as_str(), file.as_str()))
    }
}
