//! Names, layouts and both ways.

use super::*;
use std::collections::BTreeMap;

fn place(name: &str, shape: &[usize]) -> Place {
    (name.to_string(), shape.to_vec())
}

fn tensors(list: &[(&str, &[usize])]) -> Tensors {
    let numbers = |n: usize, start: usize| (start..start + n).map(|v| v as f32).collect();
    list.iter()
        .enumerate()
        .map(|(i, (name, shape))| ((*name).to_string(), (shape.to_vec(), numbers(shape.iter().product(), 100 * i))))
        .collect()
}

fn shapes(file: &Tensors) -> BTreeMap<String, Vec<usize>> {
    file.iter().map(|(name, (shape, _))| (name.clone(), shape.clone())).collect()
}

/// Imports, exports again, and expects the same file.
fn there_and_back(map: &str, places: &[Place], file: &Tensors) -> Tensors {
    let binding = NameMap::parse(map).unwrap().bind(places, &shapes(file)).unwrap();
    let weights = binding.import(file).unwrap();
    assert_eq!(binding.export(&weights).unwrap(), *file);
    let inverse = NameMap::parse(map).unwrap().inverse(places).unwrap();
    assert_eq!(inverse.export(&weights).unwrap(), *file);
    weights
}

#[test]
fn prefixes_and_names_go_there_and_back() {
    let file = tensors(&[("net.0.weight", &[2, 3]), ("net.0.bias", &[2]), ("scale", &[2])]);
    let places = [place("m.Linear.weight", &[2, 3]), place("m.Linear.bias", &[2]), place("m.PRelu.weight", &[2])];
    let map = "[names]\n\"net.0\" = \"m.Linear\"\nscale = \"m.PRelu.weight\"";
    let weights = there_and_back(map, &places, &file);
    assert_eq!(weights["m.PRelu.weight"].1, file["scale"].1);
}

#[test]
fn axes_in_another_order_go_there_and_back() {
    let file = tensors(&[("dense", &[12, 2])]);
    let places = [place("m.Linear.weight", &[2, 12])];
    // Flattened with the channels last there, first here.
    let map =
        "[weights]\n\"m.Linear.weight\" = { from = \"dense\", view = [4, 3, 2], permute = [2, 1, 0], shape = [12, 2] }";
    let weights = there_and_back(map, &places, &file);
    assert_eq!(weights["m.Linear.weight"].1[..5], [0.0, 6.0, 12.0, 18.0, 2.0]);
}

#[test]
fn tensors_are_joined_and_dealt_out_again() {
    let file = tensors(&[("mean.weight", &[2, 2]), ("scale.weight", &[1, 2])]);
    let places = [place("m.Linear.weight", &[3, 2])];
    let map = "[weights]\n\"m.Linear.weight\" = { from = [\"mean.weight\", \"scale.weight\"], sizes = [2, 1] }";
    let weights = there_and_back(map, &places, &file);
    assert_eq!(weights["m.Linear.weight"].1, [0.0, 1.0, 2.0, 3.0, 100.0, 101.0]);
}

#[test]
fn parts_of_a_tensor_are_put_together_again() {
    let file = tensors(&[("both", &[2, 3])]);
    let places = [place("m.A.weight", &[2, 1]), place("m.B.weight", &[2, 2])];
    let map = "[weights]\n\"m.B.weight\" = { from = \"both\", axis = 1, part = [1, 3] }\n\
               \"m.A.weight\" = { from = \"both\", axis = 1, part = [0, 1] }";
    let weights = there_and_back(map, &places, &file);
    assert_eq!(weights["m.A.weight"].1, [0.0, 3.0]);
    assert_eq!(weights["m.B.weight"].1, [1.0, 2.0, 4.0, 5.0]);
}

#[test]
fn a_module_that_is_repeated_in_the_file_is_one_weight() {
    let mut file = tensors(&[("a.weight", &[2]), ("b.weight", &[2])]);
    let places = [place("m.L.weight", &[2])];
    let binding = NameMap::parse("[names]\na = \"m.L\"\nb = \"m.L\"").unwrap().bind(&places, &shapes(&file)).unwrap();
    let error = binding.import(&file).unwrap_err().to_string();
    assert!(error.contains("`a.weight` and `b.weight`"), "{error}");
    file.insert("b.weight".into(), file["a.weight"].clone());
    let weights = binding.import(&file).unwrap();
    assert_eq!(binding.export(&weights).unwrap(), file);
}

#[test]
fn everything_that_does_not_meet_is_told_at_once() {
    let file = tensors(&[
        ("a.weight", &[2, 3]),
        ("b.weight", &[2]),
        ("c.weight", &[4]),
        ("bn.num_batches_tracked", &[]),
        ("old.weight", &[1]),
    ]);
    let places = [place("m.A.weight", &[3, 2]), place("m.B.bias", &[2]), place("m.New.weight", &[5])];
    let map = "ignore = [\"old.*\"]\ninitial = [\"m.New.*\"]\n[names]\na = \"m.A\"\nb = \"m.B\"\nd = \"m.D\"";
    let error = NameMap::parse(map).unwrap().bind(&places, &shapes(&file)).unwrap_err();
    let text = error.to_string();
    assert_eq!(
        text,
        "the file and the program do not meet\n\
         shapes that differ:\n  \
         m.A.weight expects [3, 2], a.weight: found [2, 3]\n\
         in the file alone (map them, or list them under `ignore`):\n  \
         b.weight [2], mapped to m.B.weight, which the program does not have\n  \
         c.weight [4]\n\
         in the program alone (map them, or list them under `initial` to leave them as they start):\n  \
         m.B.bias [2]\n\
         entries of the map that match nothing: names.\"d\""
    );
}

#[test]
fn a_layout_that_contradicts_itself_is_refused() {
    let refuse =
        |entry: &str| NameMap::parse(&format!("[weights]\n\"w\" = {{ {entry} }}")).map(|_| ()).unwrap_err().to_string();
    assert!(refuse("from = []").contains("names no tensor"));
    assert!(refuse("from = \"a\", permute = [0, 2]").contains("no order of axes"));
    assert!(refuse("from = \"a\", part = [3, 3]").contains("is empty"));
    assert!(refuse("from = [\"a\", \"b\"], sizes = [1]").contains("2 tensors"));
}

#[test]
fn names_of_recurring_blocks_go_there_and_back() {
    let file = tensors(&[("down.0.conv.weight", &[2]), ("down.1.conv.weight", &[2]), ("down.1.bn.weight", &[2])]);
    let places =
        [place("m.A.Conv3d.weight", &[2]), place("m.B.Conv3d.weight", &[2]), place("m.B.BatchNorm.weight", &[2])];
    let map = "[names]\n\"down.0\" = \"m.A\"\n\"down.1\" = \"m.B\"\n[inside]\nconv = \"Conv3d\"\nbn = \"BatchNorm\"";
    there_and_back(map, &places, &file);
}

#[test]
fn a_name_that_the_map_leaves_open_is_not_guessed() {
    let places = [place("m.A.Conv3d.weight", &[2])];
    let map = "[names]\na = \"m.A\"\n[inside]\nconv = \"Conv3d\"\ncnn = \"Conv3d\"";
    let error = NameMap::parse(map).unwrap().inverse(&places).unwrap_err().to_string();
    assert!(error.contains("a.cnn.weight or a.conv.weight"), "{error}");
}

#[test]
fn weights_that_are_missing_are_told_before_anything_is_written() {
    let places = [place("m.A.weight", &[2]), place("m.B.weight", &[3])];
    let binding = NameMap::parse("[names]\na = \"m.A\"\nb = \"m.B\"").unwrap().inverse(&places).unwrap();
    let error = binding.export(&tensors(&[("m.B.weight", &[2])])).unwrap_err().to_string();
    assert!(error.contains("m.A.weight [2]") && error.contains("m.B.weight expects [3]"), "{error}");
}
