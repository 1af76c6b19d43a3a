//! The published systems count what their authors' code counts, layer by layer, less what that code holds and does not use.

use fascicle::compile::{EmptyWorld, compile, model_tables};
use std::path::Path;

/// Learnable numbers of a model of an experiment with these settings, in all and below a path.
fn parameters(experiment: &str, settings: &[(&str, &str)], model: &str, below: &str) -> (u64, u64) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments").join(experiment);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let settings: Vec<(String, String)> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let compiled = compile(experiment, &text, &settings, &EmptyWorld);
    let errors: Vec<&String> = compiled.diagnostics.iter().map(|d| &d.message).collect();
    let program = compiled.base.unwrap_or_else(|| panic!("{experiment}: {errors:?}"));
    let tables = model_tables(&program);
    let table = tables.iter().find(|table| table.name == model).unwrap_or_else(|| panic!("there is no `{model}`"));
    let part = table.layers.iter().filter(|layer| layer.path.starts_with(below)).map(|layer| layer.parameters).sum();
    (table.parameters, part)
}

#[test]
fn anatomy_and_appearance_count_what_ouyangs_configuration_counts() {
    // 35,193,257 in all: anatomy encoder 5,223,038 and decoder 4,100,298, appearance encoder 1,105,662, painter
    // 9,997,340, downstream network 14,766,919.
    let shipped = [("slab", "7"), ("fuse", "mean")];
    let part = |model: &str, below: &str| parameters("disentangle.fx", &shipped, model, below).1;
    // Without the 8 of a normalisation that the last layer passes by.
    assert_eq!(part("parts", "parts.Anatomy"), 5_223_038 + 4_100_298 - 8);
    // Without 245,600 of a stack of convolutions that nothing applies.
    assert_eq!(part("parts", "parts.Appearance"), 1_105_662 - 245_600);
    assert_eq!(part("parts", "parts.Painter"), 9_997_340);
    assert_eq!(parameters("disentangle.fx", &shipped, "parts", "parts").0, 20_180_730);
    // Without 2 of another such normalisation, and with four classes in place of one map.
    assert_eq!(part("segment", "segment.AttentionUnet"), 14_766_919 - 2 + 3 * (128 * 9 + 1));
}
