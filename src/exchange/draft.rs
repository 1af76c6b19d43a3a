//! A first name map, guessed: modules of a file and of a program whose weights have the same shapes, in order.

use crate::Place;
use crate::tensors::show_shape;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The weights of one module: the last part of each name with its shape.
struct Block {
    path: String,
    weights: BTreeMap<String, Vec<usize>>,
}

/// A name map as TOML, to be read and corrected: modules are paired by the shapes of their weights and by order, pairs
/// that are not the only possible ones are marked with `?`, and what is left on either side is listed.
pub fn draft(file: &BTreeMap<String, Vec<usize>>, places: &[Place]) -> String {
    let mut names: Vec<&String> = file.keys().filter(|name| !name.ends_with("num_batches_tracked")).collect();
    names.sort_by(|a, b| natural(a, b));
    let mut theirs = blocks(names.into_iter().map(|name| (name.as_str(), &file[name])));
    let ours = blocks(places.iter().map(|(name, shape)| (name.as_str(), shape)));
    let mut pairs: Vec<(String, String, String)> = Vec::new();
    let mut left: Vec<&Block> = Vec::new();
    for block in &ours {
        let Some(at) = theirs.iter().position(|b| b.weights == block.weights) else {
            left.push(block);
            continue;
        };
        let others = theirs.iter().filter(|b| b.weights == block.weights).count() - 1;
        let found = theirs.remove(at);
        let shape = found.weights.values().next_back().map(|s| show_shape(s)).unwrap_or_default();
        let doubt = if others > 0 { "   ? others have these shapes" } else { "" };
        if found.path.is_empty() {
            // An empty prefix would stand for every name.
            let whole = block.weights.keys().map(|w| (w.clone(), format!("{}.{w}", block.path)));
            pairs.extend(whole.map(|(from, to)| (from, to, format!("{shape}{doubt}"))));
        } else {
            pairs.push((found.path, block.path.clone(), format!("{shape}{doubt}")));
        }
    }
    let mut out =
        String::from("# Guessed by shapes and order. Check every line, above all those with a `?`.\n[names]\n");
    let width = pairs.iter().map(|(a, b, _)| a.len() + b.len()).max().unwrap_or(0) + 7;
    for (from, to, note) in &pairs {
        let line = format!("\"{from}\" = \"{to}\"");
        let _ = writeln!(out, "{line:<width$}  # {note}");
    }
    list(&mut out, "in the file alone: map them, or list them under `ignore` (at the top, before [names])", &theirs);
    let left: Vec<Block> =
        left.into_iter().map(|b| Block { path: b.path.clone(), weights: b.weights.clone() }).collect();
    list(&mut out, "in the program alone: map them, or list them under `initial`", &left);
    out
}

fn list(out: &mut String, title: &str, blocks: &[Block]) {
    if blocks.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n# {title}");
    for block in blocks {
        for (name, shape) in &block.weights {
            let full = if block.path.is_empty() { name.clone() } else { format!("{}.{name}", block.path) };
            let _ = writeln!(out, "#   {full} {}", show_shape(shape));
        }
    }
}

/// Names by the module they belong to, in order of first appearance.
fn blocks<'a>(weights: impl Iterator<Item = (&'a str, &'a Vec<usize>)>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for (name, shape) in weights {
        let (path, last) = name.rsplit_once('.').unwrap_or(("", name));
        if !blocks.iter().any(|b| b.path == path) {
            blocks.push(Block { path: path.to_string(), weights: BTreeMap::new() });
        }
        if let Some(block) = blocks.iter_mut().find(|b| b.path == path) {
            block.weights.insert(last.to_string(), shape.clone());
        }
    }
    blocks
}

/// `layer.2` before `layer.10`.
fn natural(a: &str, b: &str) -> Ordering {
    let key = |part: &str| (part.parse::<u64>().unwrap_or(u64::MAX), part.to_string());
    a.split('.').map(key).cmp(b.split('.').map(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_paired_by_shapes_and_order() {
        let file = [("net.10.weight", vec![4, 4]), ("net.2.weight", vec![4, 4]), ("head.bias", vec![2])];
        let file = file.into_iter().map(|(n, s)| (n.to_string(), s)).collect();
        let places = vec![
            ("m.Linear.weight".to_string(), vec![4, 4]),
            ("m.Linear_2.weight".to_string(), vec![4, 4]),
            ("m.Conv1d.weight".to_string(), vec![4, 4, 3]),
        ];
        let text = draft(&file, &places);
        assert!(text.contains("\"net.2\" = \"m.Linear\"     # [4, 4]   ? others have these shapes"), "{text}");
        assert!(text.contains("\"net.10\" = \"m.Linear_2\"  # [4, 4]\n"), "{text}");
        assert!(text.contains("#   head.bias [2]\n") && text.contains("#   m.Conv1d.weight [4, 4, 3]\n"), "{text}");
        let map = crate::NameMap::parse(&text).unwrap();
        assert!(map.bind(&places[..2], &file).is_err_and(|e| e.in_file.len() == 1 && e.in_program.is_empty()));
    }
}
