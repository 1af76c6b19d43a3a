//! Values as people read them beside the text.

use fascicle_lang::compile::{Record, Seen};
use fascicle_lang::graph::{TensorType, operations, thousands};

/// A value: its type, or what it is.
pub fn seen(seen: &Seen) -> String {
    match seen {
        Seen::Tensor(ty, _) => ty.to_string(),
        Seen::Family { keys, first, alike } => {
            let member = first.as_deref().map_or_else(|| "nothing".to_owned(), self::seen);
            let other = if *alike { "" } else { ", .." };
            format!("for {}: {member}{other}", few(keys))
        }
        Seen::Record(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", self::seen(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Seen::List { items, length } => {
            let mut shown: Vec<String> = items.iter().map(self::seen).collect();
            if items.len() < *length {
                shown.push(format!("{} more", length - items.len()));
            }
            format!("[{}]", shown.join(", "))
        }
        Seen::Constant(value) => value.clone(),
        Seen::Module { path, .. } => format!("module {path}"),
        Seen::Operator(name) => (*name).to_owned(),
        Seen::Declared(name) => name.clone(),
        Seen::Model(name, gives) => match gives {
            Some(gives) => self::seen(gives),
            None => format!("model {name}"),
        },
        Seen::Group(names) => format!("group of {}", few(names)),
        Seen::Prior => "the standard normal".into(),
        Seen::Broken => "a mistake".into(),
    }
}

fn few(names: &[String]) -> String {
    match names {
        [] => "nobody".into(),
        [.., _] if names.len() <= 4 => names.join(", "),
        [first, second, .., last] => format!("{first}, {second}, .., {last}"),
        _ => names.join(", "),
    }
}

/// The type within a value: its own, that of the first member, that of what a model gives.
pub fn ty(seen: &Seen) -> Option<&TensorType> {
    match seen {
        Seen::Tensor(ty, _) => Some(ty),
        Seen::Family { first, .. } => first.as_deref().and_then(ty),
        Seen::Model(_, gives) => gives.as_deref().and_then(ty),
        _ => None,
    }
}

/// Whether it is a value of the network, as opposed to a function, a module, or what the compiler knows.
pub fn is_value(seen: &Seen) -> bool {
    match seen {
        Seen::Tensor(..) | Seen::Family { .. } | Seen::Record(_) | Seen::Model(..) => true,
        Seen::List { items, .. } => items.first().is_some_and(is_value),
        _ => false,
    }
}

/// `448 parameters · 12.4 M multiply-adds`; nothing where it costs neither.
pub fn cost(parameters: u64, multiply_adds: u64) -> Option<String> {
    let plural = |count: u64, what: &str| if count == 1 { what.to_owned() } else { format!("{what}s") };
    let mut parts = Vec::new();
    if parameters > 0 {
        parts.push(format!("{} {}", thousands(parameters), plural(parameters, "parameter")));
    }
    if multiply_adds > 0 {
        parts.push(format!("{} {} a subject", operations(multiply_adds), plural(multiply_adds, "multiply-add")));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// Who lacks a value: `pet`, `pet, flair`; `None` where nobody does.
pub fn lacking(record: &Record, ty: &TensorType) -> Option<String> {
    let names: Vec<&str> = record.who(ty).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
