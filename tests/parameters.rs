//! The published systems count what their authors' code counts, layer by layer, less what that code holds and does not use.

use fascicle::compile::{EmptyWorld, TableProblem, TableSummary, World, compile, model_tables};
use fascicle::graph::Init;
use fascicle::program::{Cohort, Program};
use std::path::Path;

/// The experiments, which extend one another, without their tables.
struct Folder;

impl World for Folder {
    fn source(&self, path: &str) -> Result<String, String> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments").join(path);
        std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
    }

    fn table(&self, cohort: &Cohort) -> Result<TableSummary, TableProblem> {
        EmptyWorld.table(cohort)
    }
}

/// An experiment with these settings.
fn program(experiment: &str, settings: &[(&str, &str)]) -> Program {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments").join(experiment);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let settings: Vec<(String, String)> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let compiled = compile(experiment, &text, &settings, &Folder);
    let errors: Vec<&String> = compiled.diagnostics.iter().map(|d| &d.message).collect();
    compiled.base.unwrap_or_else(|| panic!("{experiment}: {errors:?}"))
}

/// Learnable numbers of a model of an experiment with these settings, in all and below a path.
fn parameters(experiment: &str, settings: &[(&str, &str)], model: &str, below: &str) -> (u64, u64) {
    let program = program(experiment, settings);
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

#[test]
fn a_pet_scan_is_synthesised_by_the_same_networks_from_other_contrasts() {
    let shipped = [("slab", "7"), ("fuse", "mean")];
    assert_eq!(parameters("disentangle_pet.fx", &shipped, "parts", "parts").0, 20_180_730);
    // One map, as the 14,766,919 of their configuration count, without the 2 of a normalisation that is passed by.
    assert_eq!(parameters("disentangle_pet.fx", &shipped, "synthesise", "synthesise.AttentionUnet").1, 14_766_919 - 2);
}

#[test]
fn contrastive_networks_start_as_those_of_fedorovs_code() {
    // Uniform within gain * sqrt(6 / (fan in + fan out)): Glorot and Bengio's with the gain of leaky ReLU in encoders, of ReLU in
    // decoders and heads, and of the sigmoid.
    let bound = |gain: f64, places: f64, channels: f64| gain * (6.0 / (places * channels)).sqrt();
    let leaky = (2.0 / (1.0 + 0.2 * 0.2_f64)).sqrt();
    let relu = 2_f64.sqrt();
    let expected = [
        ("dim.Dcgan[t1].Conv3d", bound(leaky, 64.0, 1.0 + 32.0)),
        ("dim.Dcgan[t1].Conv3d_2", bound(leaky, 64.0, 32.0 + 64.0)),
        ("dim.Dcgan[t1].DcganDown.Conv3d", bound(leaky, 64.0, 64.0 + 128.0)),
        ("dim.Dcgan[t1].DcganDown_2.Conv3d", bound(leaky, 64.0, 128.0 + 256.0)),
        ("dim.Dcgan[t1].Conv3d_3", bound(leaky, 64.0, 256.0 + 64.0)),
        ("dim.DcganDecoder[t1].ConvTranspose3d", bound(relu, 64.0, 64.0 + 256.0)),
        ("dim.DcganDecoder[t1].DcganUp.ConvTranspose3d", bound(relu, 64.0, 256.0 + 128.0)),
        ("dim.DcganDecoder[t1].DcganUp_3.ConvTranspose3d", bound(relu, 64.0, 64.0 + 32.0)),
        ("dim.DcganDecoder[t1].ConvTranspose3d_2", bound(1.0, 64.0, 32.0 + 1.0)),
        ("dim.ConvHead[t1].Conv3d", bound(relu, 1.0, 128.0 + 64.0)),
        ("dim.ConvHead[t1].Conv3d_2", bound(relu, 1.0, 64.0 + 64.0)),
        // The way around them as PyTorch's convolutions.
        ("dim.ConvHead[t1].Conv3d_3", 1.0 / 128_f64.sqrt()),
        ("dim.LatentHead[t1].Linear", bound(relu, 1.0, 64.0 + 64.0)),
        ("dim.LatentHead[t1].Linear_2", bound(relu, 1.0, 64.0 + 64.0)),
        ("dim.Linear[t1]_2", bound(1.0, 1.0, 64.0 + 2.0)),
    ];
    let program =
        program("contrastive.fx", &[("local", "1"), ("code_head", "linear"), ("supervise", "1"), ("mixture", "1")]);
    for (path, bound) in expected {
        let module = program.graph.modules.iter().find(|m| m.path == path);
        let weight = module.and_then(|m| m.weights.first()).unwrap_or_else(|| {
            let known: Vec<&str> = program.graph.modules.iter().map(|m| m.path.as_str()).collect();
            panic!("there is no `{path}` among {}", known.join(", "))
        });
        let Init::Uniform(found) = weight.init else { panic!("{path} starts from {:?}", weight.init) };
        assert!((found - bound).abs() < 1e-12 * bound, "{path} starts within {found}, not {bound}");
    }
}
