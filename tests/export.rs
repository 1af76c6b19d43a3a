//! Models as PyTorch source against the models themselves: every operator of the language, every construct, and the published networks.
//! Both compute the same numbers: outputs, losses, gradients; PyTorch in double precision.
//!
//! `FASCICLE_TORCH=python` names a Python with torch and safetensors; where it is not set and `python3` has none, the test says so
//! and passes.

mod case;

use case::{Case, files_below};
use fascicle::exchange::{Application, Tensors, apply, places, pytorch, safetensors_bytes};
use fascicle::graph::{ClassWeights, Coalesce, Graph, Kind, LossOp, Op, TensorType};
use fascicle::nn::Device;
use fascicle::ops;
use fascicle::program::Program;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Rows of a batch.
const ROWS: usize = 4;
/// What single precision in another order of sums may differ by.
const TOLERANCE: f64 = 5e-5;

/// A Python that has torch.
fn python() -> Option<String> {
    let asked = std::env::var("FASCICLE_TORCH").ok();
    let python = asked.clone().unwrap_or_else(|| "python3".into());
    let found = Command::new(&python).args(["-c", "import torch, safetensors"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    assert!(asked.is_none(), "FASCICLE_TORCH={python} has no torch and safetensors");
    eprintln!("skipped: python3 has no torch and safetensors; FASCICLE_TORCH names one that has");
    None
}

/// Numbers that look random, the same for the same name.
struct Draws(u64);

impl Draws {
    fn of(name: &str) -> Self {
        Self(name.bytes().fold(1_469_598_103_934_665_603, |h, b| (h ^ u64::from(b)).wrapping_mul(1_099_511_628_211)))
    }

    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About standard normal.
    fn normal(&mut self) -> f32 {
        ((0..12).map(|_| self.uniform()).sum::<f64>() - 6.0) as f32
    }
}

/// Values of an input: classes are whole numbers, others may be asked to lie between 0 and 1.
fn values(name: &str, ty: &TensorType) -> (Vec<usize>, Vec<f32>) {
    let shape: Vec<usize> = std::iter::once(ROWS).chain(ty.shape.iter().copied()).collect();
    let mut draws = Draws::of(name);
    let one = |_| match &ty.kind {
        Kind::Class(levels) | Kind::Mask(levels) => (draws.uniform() * levels.len() as f64).floor() as f32,
        _ if name.starts_with("unit_") => draws.uniform() as f32,
        _ => draws.normal(),
    };
    let count = shape.iter().product();
    (shape, (0..count).map(one).collect())
}

fn inputs(graph: &Graph) -> Tensors {
    let mut all = Tensors::new();
    for input in &graph.inputs {
        all.insert(input.name.clone(), values(&input.name, &input.ty));
        if input.ty.may_be_absent() {
            // Nobody lacks everything, and of each input somebody lacks it.
            let mut draws = Draws::of(&format!("{} is there", input.name));
            let mut flags: Vec<f32> = (0..ROWS).map(|_| f32::from(u8::from(draws.uniform() < 0.6))).collect();
            flags[0] = 1.0;
            all.insert(format!("{}/present", input.name), (vec![ROWS], flags));
        }
    }
    all
}

fn weights(program: &Program) -> Tensors {
    let mut all = Tensors::new();
    for (name, shape) in places(program, None).expect("all models") {
        let mut draws = Draws::of(&name);
        let count: usize = shape.iter().product();
        let fan_in = (shape.iter().skip(1).product::<usize>().max(1) as f64).sqrt() as f32;
        let is_variance = name.ends_with("running_var");
        let one = |_| if is_variance { 0.5 + draws.uniform() as f32 } else { draws.normal() / fan_in };
        all.insert(name, (shape, (0..count).map(one).collect()));
    }
    all
}

/// What a pass does that is drawn anew each time.
fn is_random(graph: &Graph) -> bool {
    graph.nodes.iter().any(|node| matches!(node.op, Op::Dropout { .. } | Op::Sample | Op::RandomPlace))
}

/// Numbers that a run takes of its training people, and that nobody gives here.
fn reads_training_people(graph: &Graph) -> bool {
    let balanced =
        |op: &Op| matches!(op, Op::Loss(LossOp::CrossEntropy { weights: ClassWeights::InverseFrequency, .. }));
    graph.nodes.iter().any(|node| node.op == Op::Coalesce(Coalesce::TrainingMean) || balanced(&node.op))
}

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

fn compiled(text: &str) -> Option<Program> {
    let case = Case::parse("example.fx", text);
    case.compile().base
}

/// An operator's example with a loss of its value, so that gradients can be compared.
fn of_operator(example: &str) -> Option<Program> {
    let source = format!(
        "modality x: tensor[8, 16, 16, 16] = given()\n\
         modality g: class{{A, B, C}} = given()\n\
         modality m: mask[16, 16, 16]{{rest, core, rim}} = given()\n\
         block Example(x: [8, 16, 16, 16], g: class{{A, B, C}}, m: mask[16, 16, 16]{{rest, core, rim}}) {{\n{example}\n}}\n\
         model example(x, g, m) {{ Example()(x, g, m) }}\n"
    );
    let alone = compiled(&source)?;
    let (_, value) = alone.models.first()?.outputs.first()?.members.first()?;
    let ty = &alone.graph.node(*value).ty;
    let shape = ty.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let stage = match (&ty.kind, ty.batched, ty.shape.is_empty()) {
        (_, false, true) => "train example { minimize example }\n".to_owned(),
        (Kind::Tensor, true, false) => {
            format!("modality t: tensor[{shape}] = given()\ntrain example {{ minimize mse(example, t) }}\n")
        }
        _ => String::new(),
    };
    compiled(&format!("{source}{stage}")).or(Some(alone))
}

#[test]
fn exported_models_compute_what_the_models_compute() {
    let Some(python) = python() else { return };
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
    // Constructs of the language, values that some lack among them; and the published networks.
    let folders = ["tests/cases/shapes", "tests/golden"].map(|f| Path::new(env!("CARGO_MANIFEST_DIR")).join(f));
    for path in folders.iter().flat_map(|folder| files_below(folder, "fx")) {
        let case = Case::read(&path);
        let Some(program) = case.compile().base else { continue };
        if reads_training_people(&program.graph) {
            continue;
        }
        let networks = (0..program.models.len()).filter(|model| program.baseline_of(*model).is_none());
        if networks.count() == 0 {
            continue;
        }
        let large: u64 = program.graph.nodes.iter().map(|node| node.multiply_adds).sum();
        if large > 400_000_000 {
            continue;
        }
        let name = format!("network {}", case.name.trim_end_matches(".fx"));
        if let Err(why) = write(folder.path(), &name, &program, false) {
            unwritten.push(format!("{name}: {why}"));
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/export/run.py");
    let output = Command::new(python).arg(script).arg(folder.path()).output().expect("python runs");
    let told = String::from_utf8_lossy(&output.stdout);
    let mut rows: Vec<(f64, String)> = Vec::new();
    for line in told.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        let text = match row["error"].as_str() {
            Some(error) => format!("{}: {error}", row["case"]),
            None => format!("{}: {}", row["case"], row["of"]),
        };
        rows.push((row["worst"].as_f64().unwrap_or(f64::INFINITY), text));
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let failed = rows.iter().filter(|(worst, _)| *worst > TOLERANCE).count();
    println!("{operators} operators, {} cases, {failed} beyond {TOLERANCE:.0e}", rows.len());
    for (worst, text) in rows.iter().take(failed.max(8)) {
        println!("  {worst:.1e}  {text}");
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(unwritten.is_empty(), "{}", unwritten.join("\n"));
    assert_eq!(failed, 0);
}
