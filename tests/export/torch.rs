//! Models as PyTorch source: outputs, losses and gradients, PyTorch in double precision.

use super::cases::{inputs, is_random, networks, of_operator, weights};
use super::{python, report};
use fascicle::exchange::{Application, apply, pytorch, safetensors_bytes};
use fascicle::graph::Kind;
use fascicle::nn::Device;
use fascicle::ops;
use fascicle::program::Program;
use std::collections::BTreeMap;
use std::path::Path;

/// What single precision in another order of sums may differ by.
const TOLERANCE: f64 = 5e-5;

/// Writes a case; `None` where a program has nothing to be exported.
fn write(folder: &Path, name: &str, program: &Program, training: bool) -> Result<(), String> {
    let model = (0..program.models.len()).find(|m| program.stages.iter().any(|s| s.model == *m)).unwrap_or(0);
    let declared = program.models.get(model).ok_or("no model")?;
    let text = pytorch(program, model, "test.fx", "test").map_err(|e| e.to_string())?;
    let (inputs, weights) = (inputs(&program.graph), weights(program));
    let stages: Vec<_> = program.stages.iter().filter(|stage| stage.model == model).collect();
    let job = Application {
        program,
        model: Some(&declared.name),
        weights: &weights,
        inputs: &inputs,
        training: training.then_some(1),
        gradients: !stages.is_empty(),
        device: Device::cpu(),
    };
    let expected = apply(&job).map_err(|e| e.to_string())?;
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let class = text.split("\nclass ").last().and_then(|rest| rest.split('(').next()).unwrap_or_default();
    // `loss_x` of each stage, in their order.
    let methods =
        text.match_indices("    def loss_").map(|(at, _)| text[at + 8..].split('(').next().unwrap_or_default());
    let losses: BTreeMap<&str, &str> = stages.iter().map(|stage| stage.name.as_str()).zip(methods).collect();
    let own = |file: &String| -> Option<(String, String)> {
        let listed = text.lines().find(|line| line.trim_end().ends_with(&format!(": \"{file}\",")));
        let listed = listed.and_then(|line| line.trim().strip_prefix('"')?.split('"').next());
        // `names = {name: "m." + name ..}`: all behind one prefix.
        let prefix = text.split("names = {name: \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let own = listed.unwrap_or_else(|| file.strip_prefix(prefix).unwrap_or(file));
        Some((own.to_owned(), file.clone()))
    };
    let names: BTreeMap<String, String> = weights.keys().filter_map(own).collect();
    let classes: Vec<&str> = program
        .graph
        .inputs
        .iter()
        .filter(|input| matches!(input.ty.kind, Kind::Class(_) | Kind::Mask(_)))
        .map(|input| input.name.as_str())
        .collect();
    let about = serde_json::json!({
        "class": class, "losses": losses, "weights": names, "classes": classes, "training": training,
    });
    let put = |file: &str, bytes: &[u8]| std::fs::write(folder.join(file), bytes).map_err(|e| e.to_string());
    put("net.py", text.as_bytes())?;
    put("about.json", about.to_string().as_bytes())?;
    put("weights.safetensors", &safetensors_bytes(&weights)?)?;
    put("inputs.safetensors", &safetensors_bytes(&inputs)?)?;
    put("expected.safetensors", &safetensors_bytes(&expected)?)
}

#[test]
fn exported_models_compute_what_the_models_compute() {
    let Some(python) = python("FASCICLE_TORCH", &["torch", "safetensors"]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut unwritten = Vec::new();
    let mut operators = 0;
    for stanza in ops::table() {
        let Some(program) = of_operator(stanza.example) else { continue };
        operators += 1;
        for (training, mode) in [(false, "prediction"), (true, "training")] {
            if training && is_random(&program.graph) {
                continue;
            }
            let name = format!("operator {}, {mode}", stanza.name);
            if let Err(why) = write(folder.path(), &name, &program, training) {
                unwritten.push(format!("{name}: {why}"));
            }
        }
    }
    for (name, program) in networks() {
        if let Err(why) = write(folder.path(), &name, &program, false) {
            unwritten.push(format!("{name}: {why}"));
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export/run_torch.py");
    assert!(unwritten.is_empty(), "{}", unwritten.join("\n"));
    report(&python, &script, folder.path(), &format!("{operators} operators"), TOLERANCE);
}
