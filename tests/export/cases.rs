//! Programs, weights and inputs that are exported: every operator's example, every construct, the published networks.

use super::case::{Case, files_below};
use fascicle::exchange::{Tensors, places};
use fascicle::graph::{ClassWeights, Coalesce, Graph, Kind, LossOp, Op, TensorType};
use fascicle::program::Program;
use std::path::Path;

/// Rows of a batch.
const ROWS: usize = 4;

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

pub fn inputs(graph: &Graph) -> Tensors {
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

pub fn weights(program: &Program) -> Tensors {
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
pub fn is_random(graph: &Graph) -> bool {
    graph.nodes.iter().any(|node| matches!(node.op, Op::Dropout { .. } | Op::Sample | Op::RandomPlace))
}

/// Numbers that a run takes of its training people, and that nobody gives here.
fn reads_training_people(graph: &Graph) -> bool {
    let balanced =
        |op: &Op| matches!(op, Op::Loss(LossOp::CrossEntropy { weights: ClassWeights::InverseFrequency, .. }));
    graph.nodes.iter().any(|node| node.op == Op::Coalesce(Coalesce::TrainingMean) || balanced(&node.op))
}

pub fn compiled(text: &str) -> Option<Program> {
    let case = Case::parse("example.fx", text);
    case.compile().base
}

/// An operator's example with a loss of its value, so that gradients can be compared.
pub fn of_operator(example: &str) -> Option<Program> {
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

/// Constructs of the language, values that some lack among them; and the published networks, with their names.
pub fn networks() -> Vec<(String, Program)> {
    let folders = ["tests/cases/shapes", "tests/golden"].map(|f| Path::new(env!("CARGO_MANIFEST_DIR")).join(f));
    let mut found = Vec::new();
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
        found.push((format!("network {}", case.name.trim_end_matches(".fx")), program));
    }
    found
}
