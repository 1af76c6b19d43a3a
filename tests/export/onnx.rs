//! Predictions as ONNX files, run by onnxruntime on the CPU.

use super::cases::{inputs, networks, of_operator, weights};
use super::{python, report};
use fascicle::exchange::{Application, ExportError, apply, onnx, safetensors_bytes};
use fascicle::graph::{Kind, Op};
use fascicle::nn::Device;
use fascicle::ops;
use fascicle::program::Program;
use std::collections::BTreeMap;
use std::path::Path;

/// What single precision in another order of sums may differ by.
const TOLERANCE: f64 = 1e-5;

/// Writes a case; why not, where its model cannot be exported.
fn write(folder: &Path, name: &str, program: &Program) -> Result<(), ExportError> {
    let model = (0..program.models.len()).find(|m| program.baseline_of(*m).is_none()).expect("a network");
    let (inputs, weights) = (inputs(&program.graph), weights(program));
    let bytes = onnx(program, model, &weights, &BTreeMap::new(), "test")?;
    let job = Application {
        program,
        model: Some(&program.models[model].name),
        weights: &weights,
        inputs: &inputs,
        training: None,
        gradients: false,
        device: Device::cpu(),
    };
    let expected = apply(&job).expect("the model is applied");
    let folder = folder.join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    let put = |file: &str, bytes: &[u8]| std::fs::write(folder.join(file), bytes).expect("a file");
    put("net.onnx", &bytes);
    put("inputs.safetensors", &safetensors_bytes(&inputs).expect("numbers"));
    put("expected.safetensors", &safetensors_bytes(&expected).expect("numbers"));
    Ok(())
}

/// Whether an output is a loss, which no prediction holds.
fn is_refused(program: &Program) -> bool {
    let outputs = program.models.iter().flat_map(|model| &model.outputs).flat_map(|output| &output.members);
    let live = program.graph.live(outputs.map(|(_, node)| *node));
    program.graph.nodes.iter().zip(live).any(|(node, live)| live && matches!(node.op, Op::Loss(_)))
}

#[test]
fn onnx_files_predict_what_the_models_predict() {
    let Some(python) = python("FASCICLE_ONNX", &["onnx", "onnxruntime", "safetensors"]) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (mut operators, mut losses) = (0, 0);
    let examples =
        ops::table().filter_map(|stanza| Some((format!("operator {}", stanza.name), of_operator(stanza.example)?)));
    for (name, program) in examples.chain(networks()) {
        let is_operator = name.starts_with("operator ");
        match write(folder.path(), &name, &program) {
            Ok(()) => operators += usize::from(is_operator),
            Err(why) => {
                assert!(is_refused(&program), "{name}: {why}");
                losses += 1;
            }
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export/run_onnx.py");
    report(&python, &script, folder.path(), &format!("{operators} operators, {losses} losses refused"), TOLERANCE);
}

#[test]
fn what_no_prediction_holds_is_refused_by_name() {
    let program = of_operator("mse(x, x |> relu)").expect("it compiles");
    let told = onnx(&program, 0, &weights(&program), &BTreeMap::new(), "test").expect_err("a loss").to_string();
    assert!(told.contains("squared error") && told.contains("--to torch"), "{told}");
    let program = of_operator("x |> Conv3d(4)").expect("it compiles");
    let told = onnx(&program, 0, &BTreeMap::new(), &BTreeMap::new(), "test").expect_err("no weights").to_string();
    assert!(told.contains("there is no weight `example.Example.Conv3d.weight`"), "{told}");
    assert!(matches!(program.graph.inputs[1].ty.kind, Kind::Class(_)));
}

#[test]
fn a_mean_of_training_people_is_asked_for_and_written() {
    let text = "modality x: tensor[3]? = given()\nmodality y: tensor[3] = given()\n\
                model m(x, y) { (x ?? mean) + y }\n";
    let program = super::cases::compiled(text).expect("it compiles");
    let told = onnx(&program, 0, &BTreeMap::new(), &BTreeMap::new(), "test").expect_err("no mean").to_string();
    assert!(told.contains("x ?? mean") && told.contains("--weights"), "{told}");
    let means = BTreeMap::from([("x".to_owned(), vec![1.5, 2.5, 3.5])]);
    let bytes = onnx(&program, 0, &BTreeMap::new(), &means, "test").expect("it is written");
    let of_means: Vec<u8> = [1.5_f32, 2.5, 3.5].iter().flat_map(|mean| mean.to_le_bytes()).collect();
    assert!(bytes.windows(of_means.len()).any(|window| window == of_means));
}
