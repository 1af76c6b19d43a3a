//! A folder of reference values: tensors from files, or from the formula of the goldens' README.

use super::select::Array;
use fascicle::exchange::{Tensors, read_safetensors};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};

/// Below `tests/golden/made`, whose numbers `tests/reference/networks.py` makes, or below the goldens' root; `None` where it is not there.
pub fn folder(name: &str) -> Option<PathBuf> {
    let root = fascicle_reference::root();
    let places = [root.join("tests/golden/made"), root.join("../shared/golden")];
    places.into_iter().map(|place| place.join(name)).find(|path| path.is_dir())
}

/// A folder, opened.
pub struct Reference {
    folder: PathBuf,
    meta: Json,
    /// What is compared.
    pub outputs: Tensors,
}

/// Sums and a few elements of a tensor that was too large to be kept.
#[derive(Debug, Clone)]
pub struct Summary {
    pub shape: Vec<usize>,
    pub sum: f64,
    pub l2: f64,
    pub min: f64,
    pub max: f64,
    pub first: Vec<f64>,
    pub last: Vec<f64>,
}

impl Reference {
    pub fn open(folder: PathBuf) -> Result<Self, String> {
        let path = folder.join("meta.json");
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let meta = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?;
        let outputs = tensors(&folder, "outputs.safetensors")?.ok_or("it has no outputs.safetensors")?;
        Ok(Self { folder, meta, outputs })
    }

    /// The folders that complete this one: `as ../other` of its own words, and the one above (`fixed` has the weights and
    /// inputs of the case it corrects).
    fn relatives(&self) -> Result<Vec<(PathBuf, Json)>, String> {
        let mut folders = vec![self.folder.clone()];
        for key in ["procedural", "procedural_inputs"] {
            let other = self.meta.get(key).and_then(Json::as_str).and_then(|words| words.split("as ").nth(1));
            folders.extend(other.map(|path| self.folder.join(path.trim())));
        }
        folders.extend(self.folder.parent().map(Path::to_path_buf));
        let mut out = Vec::new();
        for folder in folders {
            let Ok(text) = std::fs::read_to_string(folder.join("meta.json")) else { continue };
            let meta = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", folder.display()))?;
            out.push((folder, meta));
        }
        Ok(out)
    }

    /// All weights, by the golden's names.
    pub fn weights(&self) -> Result<Tensors, String> {
        // A function without parameters has none, whatever the folder above holds.
        if self.meta.get("params").is_none() {
            return Ok(Tensors::new());
        }
        for (folder, meta) in self.relatives()? {
            if let Some(stored) = tensors(&folder, "weights.safetensors")? {
                return Ok(stored);
            }
            if let Some(formulas) = meta.get("procedural").and_then(Json::as_object) {
                return formulas.iter().map(|(name, f)| Ok((name.clone(), made(name, f)?))).collect();
            }
        }
        Ok(Tensors::new())
    }

    /// An input.
    pub fn input(&self, name: &str) -> Result<Array, String> {
        for (folder, meta) in self.relatives()? {
            if let Some(found) = tensors(&folder, "inputs.safetensors")?.and_then(|mut t| t.remove(name)) {
                return Ok(found);
            }
            match meta.get("procedural_inputs").and_then(|inputs| inputs.get(name)) {
                Some(formula @ Json::Object(_)) => {
                    let full = formula.get("name").and_then(Json::as_str).unwrap_or(name);
                    return made(full, formula);
                }
                Some(list @ Json::Array(_)) => return listed(list),
                _ => {}
            }
        }
        Err(format!("the golden has no input `{name}`"))
    }

    /// The gradients of a run with respect to weights: those that are stored, and summaries of the others.
    pub fn gradients(
        &self,
        run: &str,
        training: bool,
        file: Option<&str>,
    ) -> Result<(Tensors, Vec<(String, Summary)>), String> {
        let own = format!("grads_{run}.safetensors");
        let usual = if training { "grads_train.safetensors" } else { "grads.safetensors" };
        let stored = match file {
            Some(file) => Some(tensors(&self.folder, file)?.ok_or_else(|| format!("there is no {file}"))?),
            None => match tensors(&self.folder, &own)? {
                Some(found) => Some(found),
                None => tensors(&self.folder, usual)?,
            },
        };
        let omitted = self.meta.get("grads_train_omitted_summary").filter(|_| training);
        let summaries = self.meta.get("grads_summary").and_then(|s| s.get(run));
        let summaries = [omitted, summaries].into_iter().flatten().filter_map(Json::as_object).flatten();
        let summaries = summaries.map(|(name, s)| Ok((name.clone(), summary(s)?))).collect::<Result<_, String>>()?;
        Ok((stored.unwrap_or_default(), summaries))
    }

    /// The summary of an activation that is not stored: `eval.down1`.
    pub fn activation(&self, run: &str, name: &str) -> Option<Summary> {
        let name = name.strip_prefix("act.").unwrap_or(name);
        let stats = self.meta.get("activation_stats")?;
        summary(stats.get(format!("{run}.{name}"))?).ok()
    }

    /// What is known of the noise of 32-bit arithmetic in a run.
    fn noise(&self, run: &str, kind: &str) -> Option<&Json> {
        let noise = self.meta.get("noise_f32_vs_f64")?;
        let nested = noise.get(run).and_then(|n| n.get(kind));
        let short = kind.trim_end_matches("puts");
        let named = [format!("{run}_{kind}"), format!("{run}_{short}"), kind.to_string()];
        nested.or_else(|| named.iter().find_map(|name| noise.get(name)))
    }

    /// Whether the golden says that a gradient vanishes in exact arithmetic.
    pub fn vanishes(&self, run: &str, name: &str) -> bool {
        let listed = self.noise(run, "grads").and_then(|n| n.get("zero_in_exact_arithmetic"));
        listed.is_some_and(|list| list.get(name).is_some())
    }
}

fn tensors(folder: &Path, file: &str) -> Result<Option<Tensors>, String> {
    let path = folder.join(file);
    if !path.exists() {
        return Ok(None);
    }
    read_safetensors(&path).map(Some).map_err(|e| e.to_string())
}

fn numbers(json: &Json) -> Vec<f64> {
    json.as_array().into_iter().flatten().filter_map(Json::as_f64).collect()
}

fn summary(json: &Json) -> Result<Summary, String> {
    let one = |key: &str| json.get(key).and_then(Json::as_f64).ok_or_else(|| format!("a summary without `{key}`"));
    let list = |key: &str| json.get(key).map(numbers).unwrap_or_default();
    Ok(Summary {
        shape: list("shape").into_iter().map(|n| n as usize).collect(),
        sum: one("sum")?,
        l2: one("l2")?,
        min: one("min")?,
        max: one("max")?,
        first: list("first8"),
        last: list("last4"),
    })
}

/// Nested lists of numbers.
fn listed(json: &Json) -> Result<Array, String> {
    let mut shape = Vec::new();
    let mut at = json;
    while let Json::Array(list) = at {
        shape.push(list.len());
        at = list.first().ok_or("an empty list")?;
    }
    fn flat(json: &Json, into: &mut Vec<f32>) {
        match json {
            Json::Array(list) => list.iter().for_each(|j| flat(j, into)),
            other => into.extend(other.as_f64().map(|v| v as f32)),
        }
    }
    let mut values = Vec::new();
    flat(json, &mut values);
    Ok((shape, values))
}

fn made(name: &str, formula: &Json) -> Result<Array, String> {
    let shape: Vec<usize> = formula.get("shape").map(numbers).unwrap_or_default().iter().map(|n| *n as usize).collect();
    if name.ends_with("num_batches_tracked") {
        return Ok((shape, vec![0.0]));
    }
    let bound = |key: &str| {
        formula.get(key).and_then(Json::as_f64).ok_or_else(|| format!("the formula of `{name}` has no `{key}`"))
    };
    let values = procedural(name, shape.iter().product(), bound("lo")?, bound("hi")?);
    Ok((shape, values))
}

/// The goldens' formula: numbers from a name.
pub fn procedural(name: &str, len: usize, lo: f64, hi: f64) -> Vec<f32> {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    (0..len as u64)
        .map(|i| {
            let mut z = hash.wrapping_add((i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            let unit = (z >> 11) as f64 * 2f64.powi(-53);
            (lo + (hi - lo) * unit) as f32
        })
        .collect()
}
