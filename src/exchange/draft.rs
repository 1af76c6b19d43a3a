//! A first name map, guessed: modules of a file and of a program come in, TOML goes out. Which pairs with which is
//! [`pairing`](crate::pairing)'s.

use crate::Place;
use crate::pairing::{Block, pairs};
use crate::tensors::{natural, show_shape};
use indexmap::IndexMap;
use std::collections::HashSet;
use std::fmt::Write;

/// What a line ends in that was guessed among several. [`crate::NameMap::guesses`] counts such lines.
pub(crate) const GUESS: &str = "# ?";

/// A name map as TOML, to be read and corrected: modules are paired by the shapes of their weights, by names and by order;
/// a pair whose module had a rival of the same shapes, on either side, ends in `# ?`; what is left is listed.
///
/// The file's names count in their order.
pub fn draft(file: &IndexMap<String, Vec<usize>>, places: &[Place]) -> String {
    let names = file.iter().filter(|(name, _)| !name.ends_with("num_batches_tracked"));
    let theirs = Block::all(names.clone().map(|(name, shape)| (name.as_str(), shape.as_slice())));
    let ours = Block::all(places.iter().map(|(name, shape)| (name.as_str(), shape.as_slice())));
    // Writers of safetensors sort by name, which says nothing.
    let in_order = names.map(|(name, _)| name.as_str());
    let ordered = !in_order.clone().is_sorted() && !in_order.is_sorted_by(|a, b| natural(a, b).is_le());
    let pairs = pairs(&theirs, &ours, ordered);

    let mut lines: Vec<(String, String)> = Vec::new();
    let mut guesses = 0;
    for pair in &pairs {
        let (from, to) = (&theirs[pair.theirs], &ours[pair.ours]);
        let shape = from.weights.values().next_back().map(|shape| show_shape(shape)).unwrap_or_default();
        let note = if pair.rival { format!("# {shape}  {GUESS}") } else { format!("# {shape}") };
        let mut line = |from: &str, to: &str| {
            guesses += usize::from(pair.rival);
            lines.push((format!("{} = {}", quoted(from), quoted(to)), note.clone()));
        };
        if from.path.is_empty() || file.contains_key(from.path) {
            // An empty prefix would stand for every name, and one that is a tensor's would stand here twice.
            to.weights.keys().for_each(|weight| line(&joined(from.path, weight), &joined(to.path, weight)));
        } else {
            line(from.path, to.path);
        }
    }
    let mut out = match guesses {
        0 => "# Guessed by shapes and names. No line had a rival of the same shapes; check them all the same.\n".into(),
        _ => format!(
            "# Guessed by shapes, names and order. {guesses} of {} lines had a rival of the same shapes and end in `{GUESS}`:\n\
             # check each and delete its mark; `weights import` counts those that are left.\n",
            lines.len()
        ),
    };
    out.push_str("[names]\n");
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0);
    for (line, note) in &lines {
        let _ = writeln!(out, "{line:<width$}  {note}");
    }
    let taken = pairs.iter().map(|pair| pair.theirs).collect();
    let title = "in the file alone: map them, or list them under `ignore` (at the top, before [names])";
    list(&mut out, title, &theirs, &taken);
    let taken = pairs.iter().map(|pair| pair.ours).collect();
    list(&mut out, "in the program alone: map them, or list them under `initial`", &ours, &taken);
    out
}

/// The weights of modules that were not taken.
fn list(out: &mut String, title: &str, blocks: &[Block<'_>], taken: &HashSet<usize>) {
    let left = || blocks.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, block)| block);
    if left().next().is_some() {
        let _ = writeln!(out, "\n# {title}");
    }
    for block in left() {
        for (name, shape) in &block.weights {
            let _ = writeln!(out, "#   {} {}", escaped(&joined(block.path, name)), show_shape(shape));
        }
    }
}

/// The name of a weight of a module.
fn joined(path: &str, weight: &str) -> String {
    if path.is_empty() { weight.to_owned() } else { format!("{path}.{weight}") }
}

/// A text of TOML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NameMap;

    fn file(names: &[(&str, &[usize])]) -> IndexMap<String, Vec<usize>> {
        names.iter().map(|(name, shape)| ((*name).to_string(), shape.to_vec())).collect()
    }

    fn places(names: &[(&str, &[usize])]) -> Vec<Place> {
        names.iter().map(|(name, shape)| ((*name).to_string(), shape.to_vec())).collect()
    }

    /// Weight and bias of each module.
    fn with_biases(modules: &[(&str, [usize; 2])]) -> Vec<Place> {
        let both = |(path, [to, from]): &(&str, [usize; 2])| {
            [(format!("{path}.weight"), vec![*to, *from]), (format!("{path}.bias"), vec![*to])]
        };
        modules.iter().flat_map(both).collect()
    }

    #[test]
    fn pairs_that_had_a_rival_are_marked_and_counted() {
        let file =
            file(&[("net.2.weight", &[4, 4]), ("net.10.weight", &[4, 4]), ("in.weight", &[4, 3]), ("head.bias", &[2])]);
        let places = places(&[
            ("m.Linear.weight", &[4, 3]),
            ("m.Linear_2.weight", &[4, 4]),
            ("m.Linear_3.weight", &[4, 4]),
            ("m.Conv1d.weight", &[4, 4, 3]),
        ]);
        let text = draft(&file, &places);
        assert!(text.starts_with("# Guessed by shapes, names and order. 2 of 3 lines had a rival"), "{text}");
        assert!(text.contains("\"in\" = \"m.Linear\"        # [4, 3]\n"), "{text}");
        assert!(text.contains("\"net.2\" = \"m.Linear_2\"   # [4, 4]  # ?\n"), "{text}");
        assert!(text.contains("\"net.10\" = \"m.Linear_3\"  # [4, 4]  # ?\n"), "{text}");
        assert!(text.contains("#   head.bias [2]\n") && text.contains("#   m.Conv1d.weight [4, 4, 3]\n"), "{text}");
        let map = NameMap::parse(&text).unwrap();
        assert_eq!(map.guesses(), 2);
        assert_eq!(NameMap::parse(&text.replacen("  # ?", "", 1)).unwrap().guesses(), 1);
        let shapes = file.into_iter().collect();
        assert!(map.bind(&places[..3], &shapes).is_err_and(|e| e.in_file.len() == 1 && e.in_program.is_empty()));
    }

    #[test]
    fn a_map_without_rivals_says_so() {
        let text = draft(&file(&[("a.weight", &[2])]), &places(&[("m.A.weight", &[2])]));
        assert!(text.starts_with("# Guessed by shapes and names. No line had a rival"), "{text}");
        assert_eq!(NameMap::parse(&text).unwrap().guesses(), 0);
    }

    #[test]
    fn names_with_marks_of_toml_are_escaped() {
        let names: [(&str, &[usize]); 2] = [("a\"b\\c\n.weight", &[2]), ("x\ny.bias", &[7])];
        let text = draft(&file(&names), &places(&[("m.A.weight", &[2])]));
        let map = NameMap::parse(&text).unwrap();
        assert_eq!(map.names.get_index(0).unwrap(), (&"a\"b\\c\n".to_string(), &"m.A".to_string()));
    }

    #[test]
    fn two_autoencoders_of_the_same_shapes_are_told_apart() {
        type Part<'a> = (&'a str, &'a [[usize; 2]]);
        // A file may have its encoders before its decoders; the program has each where it is applied.
        let layers =
            |name: &str, shapes: &[[usize; 2]], number: &dyn Fn(usize) -> String| -> Vec<(String, [usize; 2])> {
                shapes.iter().enumerate().map(|(i, shape)| (format!("{name}.{}", number(i)), *shape)).collect()
            };
        let (down, up) = ([[8, 10], [8, 8], [4, 8]], [[8, 4], [8, 8], [10, 8]]);
        let theirs = |i: usize| format!("{}", 2 * i);
        let ours = |i: usize| if i == 0 { "Linear".to_string() } else { format!("Linear_{}", i + 1) };
        let all = |parts: [Part<'_>; 4], number: &dyn Fn(usize) -> String| {
            let modules: Vec<_> = parts.iter().flat_map(|(name, shapes)| layers(name, shapes, number)).collect();
            with_biases(&modules.iter().map(|(name, shape)| (name.as_str(), *shape)).collect::<Vec<_>>())
        };
        let places =
            all([("m.Encoder", &down), ("m.Decoder", &up), ("m.Encoder_2", &down), ("m.Decoder_2", &up)], &ours);
        let first: [Part<'_>; 4] = [("encoder1", &down), ("encoder2", &down), ("decoder1", &up), ("decoder2", &up)];
        let in_turns: [Part<'_>; 4] = [("encoder1", &down), ("decoder1", &up), ("encoder2", &down), ("decoder2", &up)];
        for order in [first, in_turns] {
            let text = draft(&all(order, &theirs).into_iter().collect(), &places);
            let map = NameMap::parse(&text).unwrap();
            for (part, to) in
                [("encoder1", "Encoder"), ("encoder2", "Encoder_2"), ("decoder1", "Decoder"), ("decoder2", "Decoder_2")]
            {
                for i in 0..3 {
                    assert_eq!(map.names[&format!("{part}.{}", theirs(i))], format!("m.{to}.{}", ours(i)), "{text}");
                }
            }
            assert_eq!(map.guesses(), 12);
        }
    }

    /// A stem and two blocks, whose norms are all alike.
    fn residual(names: [&str; 6]) -> Vec<(String, Vec<usize>)> {
        let [stem, norm, first, first_norm, second, second_norm] = names;
        let conv = |name: &str, from: usize, side: usize| (format!("{name}.weight"), vec![8, from, side, side]);
        let norm_of = |name: &str| {
            ["weight", "bias", "running_mean", "running_var"].map(|last| (format!("{name}.{last}"), vec![8]))
        };
        let mut all = vec![conv(stem, 3, 7)];
        all.extend(norm_of(norm));
        all.push(conv(first, 8, 3));
        all.extend(norm_of(first_norm));
        all.push(conv(second, 8, 1));
        all.extend(norm_of(second_norm));
        all
    }

    #[test]
    fn norms_go_with_the_convolutions_beside_them() {
        let names = ["stem.conv", "stem.bn", "block.conv1", "block.bn1", "block.conv2", "block.bn2"];
        let places = residual([
            "m.Conv2d",
            "m.BatchNorm",
            "m.Block.Conv2d",
            "m.Block.BatchNorm",
            "m.Block.Conv2d_2",
            "m.Block.BatchNorm_2",
        ]);
        let mut file = residual(names);
        for sorted in [false, true] {
            if sorted {
                file.sort();
            }
            let map = NameMap::parse(&draft(&file.iter().cloned().collect(), &places)).unwrap();
            assert_eq!(map.names["stem.bn"], "m.BatchNorm", "{sorted} {map:?}");
            assert_eq!(map.names["block.bn1"], "m.Block.BatchNorm", "{sorted}");
            assert_eq!(map.names["block.bn2"], "m.Block.BatchNorm_2", "{sorted}");
        }
    }

    #[test]
    fn a_module_that_the_program_lacks_moves_no_other() {
        let file = with_biases(&[("a", [4, 4]), ("extra", [4, 4]), ("wide", [9, 4]), ("b", [4, 4]), ("out", [2, 4])]);
        let places = with_biases(&[("m.Linear", [9, 4]), ("m.Linear_2", [4, 4]), ("m.Linear_3", [2, 4])]);
        let map = NameMap::parse(&draft(&file.into_iter().collect(), &places)).unwrap();
        assert_eq!(map.names["b"], "m.Linear_2");
        assert_eq!(map.names.len(), 3);
    }

    #[test]
    fn a_tensor_that_is_called_as_a_module_is_drafted_so_that_the_map_can_be_read() {
        let file = file(&[("m", &[5]), ("m.a", &[64]), ("m.a.b", &[3])]);
        let places = places(&[("p.m", &[5]), ("m.a", &[64]), ("q.b", &[3]), ("loose", &[7])]);
        let drafted = draft(&file, &places);
        let map = NameMap::parse(&drafted).unwrap_or_else(|e| panic!("{e}\n{drafted}"));
        let shapes = file.iter().map(|(name, shape)| (name.clone(), shape.clone())).collect();
        assert!(map.bind(&places[..3], &shapes).is_ok(), "{drafted}");
    }
}
