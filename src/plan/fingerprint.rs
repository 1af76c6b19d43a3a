//! Fingerprints: what determines a task's result, hashed.
//!
//! ```text
//!  [(name of a part, value)] ──canonical JSON, BLAKE3──▶ Identity { fingerprint, parts: name -> hash }
//! ```
//!
//! Parts have names so that `fascicle plan` can say which of them changed since the last run. Canonical JSON has sorted
//! keys and no spaces.

use super::error::{PlanError, Result};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// The key of a result in the store: BLAKE3 as hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that a result's folder is named by.
    pub(super) fn of_name(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The first 12 digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A task's fingerprint with what it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The key in the store.
    pub fingerprint: Fingerprint,
    /// The hash of each part, by its name.
    pub parts: IndexMap<String, String>,
}

/// Parts gathered one by one.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    kind: &'static str,
    parts: IndexMap<String, String>,
}

impl Parts {
    /// Begins with the kind of task and the version of its code.
    pub fn new(kind: &'static str, version: u32) -> Self {
        let parts = IndexMap::from([("version of the code".to_owned(), version.to_string())]);
        Self { kind, parts }
    }

    /// Adds a part.
    ///
    /// # Errors
    /// A value that JSON cannot hold: a map whose keys are not texts.
    pub fn with(mut self, name: impl Into<String>, value: &impl Serialize) -> Result<Self> {
        self.add(name.into(), hash_of(value)?);
        Ok(self)
    }

    /// Adds the result of another task.
    pub fn after(mut self, name: impl Into<String>, other: &Identity) -> Self {
        self.add(name.into(), other.fingerprint.0.clone());
        self
    }

    /// Two parts of one name, as two scores of one model on two sets of people, both count.
    fn add(&mut self, name: String, hash: String) {
        let taken = |name: &String| self.parts.contains_key(name);
        let name = match taken(&name) {
            false => name,
            true => (2..).map(|n| format!("{name} ({n})")).find(|name| !taken(name)).unwrap_or(name),
        };
        self.parts.insert(name, hash);
    }

    /// Hashes all of it.
    pub fn finish(self) -> Identity {
        let mut hasher = blake3::Hasher::new();
        let mut part = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        };
        part(self.kind);
        for (name, hash) in &self.parts {
            part(name);
            part(hash);
        }
        Identity { fingerprint: Fingerprint(hasher.finalize().to_hex().to_string()), parts: self.parts }
    }
}

/// BLAKE3 of a value's canonical JSON.
///
/// # Errors
/// A value that JSON cannot hold.
pub(super) fn hash_of(value: &impl Serialize) -> Result<String> {
    Ok(blake3::hash(canonical(value)?.as_bytes()).to_hex().to_string())
}

/// A value as JSON with sorted keys.
///
/// # Errors
/// A value that JSON cannot hold.
pub(super) fn canonical(value: &impl Serialize) -> Result<String> {
    let value = serde_json::to_value(value)
        .map_err(|e| PlanError::inconsistent(format!("a part of the program cannot be written as JSON: {e}")))?;
    let mut text = String::new();
    write(&value, &mut text);
    Ok(text)
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(key.clone()).to_string());
                out.push(':');
                write(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(settings: &Value) -> Result<Identity> {
        Ok(Parts::new("train", 1).with("settings", settings)?.finish())
    }

    #[test]
    fn the_order_of_keys_does_not_matter_and_everything_else_does() -> Result<()> {
        let a: Value = serde_json::json!({ "b": 1, "a": [1.5, null] });
        let b: Value = serde_json::json!({ "a": [1.5, null], "b": 1 });
        assert_eq!(canonical(&a)?, r#"{"a":[1.5,null],"b":1}"#);
        assert_eq!(identity(&a)?, identity(&b)?);
        assert_ne!(identity(&a)?.fingerprint, identity(&serde_json::json!({ "b": 2, "a": [1.5, null] }))?.fingerprint);
        let other = Parts::new("train", 2).with("settings", &a)?.finish();
        assert_ne!(identity(&a)?.fingerprint, other.fingerprint, "another version of the code is another task");
        Ok(())
    }

    #[test]
    fn of_two_parts_with_one_name_both_count() -> Result<()> {
        let of = |first: u32, second: u32| -> Result<Fingerprint> {
            Ok(Parts::new("compare", 1).with("score of m", &first)?.with("score of m", &second)?.finish().fingerprint)
        };
        assert_ne!(of(1, 2)?, of(3, 2)?);
        assert_ne!(of(1, 2)?, of(1, 3)?);
        assert_eq!(Parts::new("compare", 1).with("a", &1)?.with("a", &2)?.finish().parts.len(), 3);
        Ok(())
    }
}
