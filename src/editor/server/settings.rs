//! What a user switches: in `initializationOptions` and `workspace/didChangeConfiguration`.
//!
//! ```json
//! { "fascicle": { "inlayHints": { "shapes": true, "presence": true, "dimensions": true, "params": true },
//!                 "lens": { "models": true, "sweeps": true, "results": true, "commands": true } } }
//! ```

use crate::inlay::Shown;
use serde::Deserialize;
use serde_json::Value;

/// All settings; what is not given is on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Settings {
    /// Hints beside the text.
    pub inlay_hints: InlayHints,
    /// Lines over declarations.
    pub lens: Lens,
}

/// Which hints are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct InlayHints {
    /// The shape behind a stage.
    pub shapes: bool,
    /// Who lacks a value.
    pub presence: bool,
    /// Solved dimensions of blocks.
    pub dimensions: bool,
    /// Values of parameters.
    pub params: bool,
}

impl Default for InlayHints {
    fn default() -> Self {
        Self { shapes: true, presence: true, dimensions: true, params: true }
    }
}

impl InlayHints {
    /// The same, for the function that makes them.
    pub fn shown(self) -> Shown {
        let Self { shapes, presence, dimensions, params } = self;
        Shown { shapes, presence, dimensions, params }
    }
}

/// Which lenses are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Lens {
    /// The size of a model.
    pub models: bool,
    /// The variants of a sweep.
    pub sweeps: bool,
    /// What the last run gave.
    pub results: bool,
    /// `check` and `run`.
    pub commands: bool,
}

impl Default for Lens {
    fn default() -> Self {
        Self { models: true, sweeps: true, results: true, commands: true }
    }
}

impl Settings {
    /// From what a client sends, below a key `fascicle` or not.
    ///
    /// # Errors
    /// What cannot be read of it, in a sentence.
    pub fn read(value: &Value) -> Result<Self, String> {
        let own = value.get("fascicle").unwrap_or(value);
        if own.is_null() {
            return Ok(Self::default());
        }
        serde_json::from_value(own.clone()).map_err(|error| format!("the settings cannot be read: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_given_is_on() {
        let given = json!({ "fascicle": { "inlayHints": { "params": false }, "lens": { "commands": false } } });
        let settings = Settings::read(&given).unwrap_or_default();
        let hints = InlayHints { params: false, ..InlayHints::default() };
        assert_eq!(settings, Settings { inlay_hints: hints, lens: Lens { commands: false, ..Lens::default() } });
        assert_eq!(Settings::read(&Value::Null), Ok(Settings::default()));
        assert!(Settings::read(&json!({ "inlayHints": 3 })).is_err_and(|why| why.contains("cannot be read")));
    }
}
