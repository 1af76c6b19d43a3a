//! The tensors of a checkpoint by name: a pickle's values come in, names and views go out, in the order of the file.

use super::values::{Id, Tensor, Value, Values};
use indexmap::IndexMap;

/// Where training scripts keep the weights in a checkpoint that holds more, the most telling first.
const NESTS: [&str; 4] = ["state_dict", "model_state_dict", "model", "net"];

/// How deep dictionaries and lists that hold tensors may stand in each other.
const DEEPEST: usize = 64;

/// The most entries that are looked at, and the most bytes of names: a small file can refer to one list very often.
const MOST_ENTRIES: usize = 1 << 22;
const MOST_NAMES: usize = 1 << 26;

/// Views by their names, joined by dots where dictionaries and lists stand in each other.
pub(super) fn tensors(values: &Values, root: Id) -> Result<IndexMap<String, &Tensor>, String> {
    let holds = values.holders();
    if !holds[root as usize] {
        return Err(without_tensors(values, root));
    }
    let root = nested(values, root, &holds).unwrap_or(root);
    let mut found = IndexMap::new();
    let (mut entries, mut names) = (0, 0);
    let mut open = vec![(root, String::new(), 0)];
    while let Some((id, name, depth)) = open.pop() {
        let children: Vec<(Id, String)> = match values.get(id) {
            Value::Tensor(tensor) if depth > 0 => {
                if found.insert(name.clone(), &**tensor).is_some() {
                    return Err(format!("it holds two tensors called `{}`", shown(&name)));
                }
                continue;
            }
            Value::Tensor(_) => return Err("it holds one tensor without a name: save a dictionary of tensors".into()),
            Value::Object(object) => return Err(made_by_python(&name, &object.class)),
            Value::Storage(_) => {
                return Err(format!("`{}` is a storage, which has no shape: save the tensor", shown(&name)));
            }
            Value::List(items) | Value::Tuple(items) => {
                entries += items.len();
                check(depth, entries, names)?;
                let named = items.iter().enumerate().filter(|(_, item)| holds[**item as usize]);
                named.map(|(i, item)| (*item, i.to_string())).collect()
            }
            Value::Dict(pairs) => {
                entries += pairs.len();
                check(depth, entries, names)?;
                // As in Python, a later entry takes the place of an earlier one with its key.
                let mut entries = IndexMap::new();
                for (key, value) in pairs.iter().filter(|(_, value)| holds[*value as usize]) {
                    let key = match values.get(*key) {
                        Value::Text(text) => text.to_string(),
                        Value::Int(number) => number.to_string(),
                        _ => return Err(format!("a key of `{}` is neither text nor a whole number", shown(&name))),
                    };
                    names += key.len();
                    check(depth, 0, names)?;
                    entries.insert(key, *value);
                }
                entries.into_iter().map(|(key, value)| (value, key)).collect()
            }
            _ => continue,
        };
        // The last that is put down is the first that is taken up.
        for (child, key) in children.into_iter().rev() {
            names += name.len();
            check(depth, entries, names)?;
            let full = if depth == 0 { key } else { format!("{name}.{key}") };
            open.push((child, full, depth + 1));
        }
    }
    Ok(found)
}

/// The dictionary of state in a checkpoint that holds more.
fn nested(values: &Values, root: Id, holds: &[bool]) -> Option<Id> {
    let Value::Dict(pairs) = values.get(root) else { return None };
    let under = |nest: &str| {
        let entry = pairs.iter().rev().find(|(key, _)| values.text(*key).is_some_and(|key| &**key == nest));
        let container = |id: &Id| matches!(values.get(*id), Value::Dict(_) | Value::List(_) | Value::Tuple(_));
        entry.map(|(_, value)| *value).filter(|id| holds[*id as usize] && container(id))
    };
    NESTS.iter().find_map(|nest| under(nest))
}

fn check(depth: usize, entries: usize, names: usize) -> Result<(), String> {
    if depth >= DEEPEST {
        return Err(format!("its dictionaries and lists stand more than {DEEPEST} deep in each other"));
    }
    if entries > MOST_ENTRIES || names > MOST_NAMES {
        return Err("it refers to the same dictionaries and lists too often to be a dictionary of state".into());
    }
    Ok(())
}

/// Why there is nothing to read, with the objects that may have been meant.
fn without_tensors(values: &Values, root: Id) -> String {
    let class = |id: Id| match values.get(id) {
        Value::Object(object) => Some(&object.class),
        Value::Global(name) => Some(name),
        _ => None,
    };
    match class(root) {
        Some(class) => made_by_python("", class),
        None => match values.inside(root).take(MOST_ENTRIES).find_map(class) {
            Some(class) => format!(
                "it holds no tensor (but a {}, which is not made here): save `model.state_dict()`",
                shown(class)
            ),
            None => "it holds no tensor: save `model.state_dict()`".into(),
        },
    }
}

/// A value that holds tensors in a form that only Python knows.
fn made_by_python(name: &str, class: &str) -> String {
    let what = if name.is_empty() { "it".to_string() } else { format!("its `{}`", shown(name)) };
    if class.starts_with("torch._utils._rebuild_tensor") {
        return format!(
            "{what} is a view whose numbers are still to be negated or conjugated, or one that is described wrongly: save \
             `tensor.resolve_conj().resolve_neg()`"
        );
    }
    if let Some(kind) = class.strip_prefix("torch._utils._rebuild_") {
        return format!(
            "{what} is a tensor of a kind that is not read ({}): save dense tensors of numbers",
            shown(kind)
        );
    }
    let holds = if name.is_empty() { "it holds" } else { "holds" };
    let subject = if name.is_empty() { String::new() } else { format!("{what} ") };
    format!("{subject}{holds} a whole model object ({}); save `model.state_dict()` instead", shown(class))
}

/// Text of the file in a message: not endless, and without characters that steer a terminal.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(120).flat_map(char::escape_debug).collect();
    if text.chars().nth(120).is_some() {
        shown.push_str("..");
    }
    shown
}
