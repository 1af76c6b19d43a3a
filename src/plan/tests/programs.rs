//! Programs put together by hand: a classifier and an autoencoder of a table, and an autoencoder of a phantom's scans.

use crate::graph::{
    ClassWeights, ConvOp, Graph, GraphInput, Init, InputId, Kind, LossOp, Module, ModuleId, Node, NodeId, Op,
    TensorType, Unary, WeightSpec,
};
use crate::program::{
    Analysis, AnalysisKind, Argument, Cohort, CohortSource, ColumnSelector, ColumnSpec, ColumnStep, ColumnTest,
    Comparison, Correction, Experiment, GroupTest, ImageMask, ImageStep, InputRole, InputSource, InputSpec, Keep,
    Metric, Missing, Model, Monitor, Optimizer, Output, PairedTest, PhantomSettings, Predicate, Program, Protocol,
    ProtocolKind, Sampling, Scalar, Schedule, Score, ScorePair, SpatialKind, Stage, Subset, Sweep,
};
use indexmap::IndexMap;
use std::fmt::Write;
use std::sync::Arc;

const FEATURES: [&str; 4] = ["a", "b", "c", "d"];

/// A table of so many people: four features, an age, a diagnosis that `a` and `b` tell, and a group.
pub(super) fn people(n: usize) -> String {
    let mut text = String::from("id,a,b,c,d,age,diagnosis,group,stage\n");
    for i in 0..n {
        let wave = |k: f64| ((i as f64 + 1.0) * k).sin();
        let sick = i % 2 == 1;
        let shift = if sick { 0.8 } else { -0.8 };
        let (a, b) = (shift + wave(1.3), 0.5 * shift + wave(2.1));
        let (c, d) = (0.7 * a + 0.3 * wave(3.7), wave(0.9));
        let patient = i % 4 == 3;
        let group = if patient { "patient" } else { "healthy" };
        let age = 50.0 + 10.0 * a + 3.0 * wave(5.3);
        let diagnosis = if sick { "AD" } else { "HC" };
        let _ = writeln!(text, "p{i:03},{a},{b},{c},{d},{age},{diagnosis},{group},{}", ["x", "y", "z"][(i / 4) % 3]);
    }
    text
}

pub(super) fn cohort(name: &str, source: CohortSource) -> Cohort {
    Cohort::new(name, source)
}

fn table(name: &str) -> Cohort {
    Cohort { subject: Some("id".into()), ..cohort(name, CohortSource::Table { path: "people.csv".into() }) }
}

/// A graph that grows node by node.
#[derive(Default)]
struct Sketch {
    graph: Graph,
    specs: Vec<InputSpec>,
}

impl Sketch {
    fn input(&mut self, spec: InputSpec, ty: TensorType) -> (InputId, NodeId) {
        let id = InputId(self.graph.inputs.len() as u32);
        self.graph.inputs.push(GraphInput { name: spec.name.clone(), ty: ty.clone() });
        self.specs.push(spec);
        let path = self.graph.inputs[id.index()].name.clone();
        (id, self.node(Op::Input(id), &[], None, ty, &path))
    }

    fn features(&mut self) -> (InputId, NodeId) {
        let column = |name: &&str| ColumnSpec {
            select: ColumnSelector::Name((*name).into()),
            steps: vec![ColumnStep::Standardize],
        };
        let source = InputSource::Columns { columns: FEATURES.iter().map(column).collect(), missing: Missing::Absent };
        self.input(spec("features", InputRole::Modality, source, &[4], &[]), TensorType::tensor([4]))
    }

    fn node(&mut self, op: Op, inputs: &[NodeId], module: Option<ModuleId>, ty: TensorType, path: &str) -> NodeId {
        self.graph.push(Node { op, inputs: inputs.to_vec(), module, ty, path: path.into(), multiply_adds: 1 })
    }

    fn linear(&mut self, x: NodeId, inputs: usize, outputs: usize, path: &str) -> NodeId {
        let op = Op::Linear { inputs, outputs, bias: true };
        let init = Init::fan_in(inputs);
        let weights = vec![
            WeightSpec::parameter("weight", [outputs, inputs], init),
            WeightSpec::parameter("bias", [outputs], init),
        ];
        let module =
            self.graph.push_module(Module { path: path.into(), operator: "Linear".into(), op: op.clone(), weights });
        self.node(op, &[x], Some(module), TensorType::tensor([outputs]), path)
    }

    fn convolution(&mut self, x: NodeId, inputs: usize, outputs: usize, grid: [usize; 3], path: &str) -> NodeId {
        let op = Op::Conv(ConvOp {
            inputs,
            outputs,
            kernel: vec![3; 3],
            stride: vec![1; 3],
            padding: vec![(1, 1); 3],
            dilation: vec![1; 3],
            groups: 1,
            bias: true,
            transposed: None,
        });
        let init = Init::fan_in(27 * inputs);
        let weights = vec![
            WeightSpec::parameter("weight", [outputs, inputs, 3, 3, 3], init),
            WeightSpec::parameter("bias", [outputs], init),
        ];
        let module =
            self.graph.push_module(Module { path: path.into(), operator: "Conv3d".into(), op: op.clone(), weights });
        let ty = TensorType::tensor([outputs, grid[0], grid[1], grid[2]]);
        self.node(op, &[x], Some(module), ty, path)
    }

    fn relu(&mut self, x: NodeId) -> NodeId {
        let ty = self.graph.node(x).ty.clone();
        self.node(Op::Unary(Unary::Relu), &[x], None, ty, "relu")
    }

    fn loss(&mut self, op: LossOp, prediction: NodeId, truth: NodeId) -> NodeId {
        self.node(Op::Loss(op), &[prediction, truth], None, TensorType::scalar(), "loss")
    }

    fn all_modules(&self, prefix: &str) -> Vec<ModuleId> {
        let own = |(_, m): &(usize, &Arc<Module>)| m.path.starts_with(prefix);
        self.graph.modules.iter().enumerate().filter(own).map(|(i, _)| ModuleId(i as u32)).collect()
    }
}

fn spec(name: &str, role: InputRole, source: InputSource, shape: &[usize], levels: &[&str]) -> InputSpec {
    let levels = levels.iter().map(|l| (*l).to_owned()).collect();
    InputSpec {
        name: name.into(),
        role,
        cohort: None,
        source,
        optional: false,
        shape: shape.to_vec(),
        levels,
        window: None,
    }
}

fn stage(name: &str, loss: NodeId, trainable: Vec<ModuleId>) -> Stage {
    Stage {
        name: name.into(),
        model: 0,
        cohorts: Vec::new(),
        loss,
        terms: Vec::new(),
        trainable,
        frozen: Vec::new(),
        adversaries: Vec::new(),
        init: Vec::new(),
        loads: Vec::new(),
        optimizer: Optimizer::Adam { lr: 0.02, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 },
        schedule: Schedule::Constant,
        epochs: 6,
        batch: 16,
        accumulate: 1,
        clip: None,
        early_stop: None,
        keep: Keep::Last,
        augment: Vec::new(),
        sampling: Sampling::Shuffled,
        patches: None,
        within: None,
        take: None,
        precision: Default::default(),
        memory: Default::default(),
        after: Vec::new(),
    }
}

fn model(name: &str, output: NodeId, target: Option<InputId>) -> Model {
    let outputs = vec![Output { name: name.into(), members: vec![(String::new(), output)] }];
    Model { name: name.into(), outputs, target, live_roots: vec![output] }
}

fn score(of: &str, prediction: NodeId, truth: InputId, metrics: &[Metric]) -> Score {
    let pairs = vec![ScorePair { key: String::new(), prediction, truth, without: None }];
    Score::new(of.into(), 0, pairs, metrics.to_vec(), Subset::Test)
}

fn program(sketch: Sketch, cohorts: Vec<Cohort>) -> Program {
    Program {
        variant: "base".into(),
        settings: IndexMap::new(),
        params: IndexMap::new(),
        cohorts,
        inputs: sketch.specs,
        graph: sketch.graph,
        models: Vec::new(),
        stages: Vec::new(),
        protocol: folds(2, 0),
        baselines: Vec::new(),
        ensembles: Vec::new(),
        searches: Vec::new(),
        scores: Vec::new(),
        analyses: Vec::new(),
        comparisons: Vec::new(),
        used: Vec::new(),
        at_least_one: Vec::new(),
    }
}

pub(super) fn folds(folds: usize, holdout: usize) -> Protocol {
    Protocol { stratify: vec!["diagnosis".into()], ..Protocol::new(ProtocolKind::kfold(folds, 0.25, holdout)) }
}

pub(super) fn one_variant(program: Program) -> Experiment {
    Experiment { name: "test".into(), doc: "A test.".into(), variants: vec![program], sweeps: Vec::new() }
}

/// `model dx(features) -> diagnosis`, with a hidden layer of so many units.
pub(super) fn classifier(width: usize) -> Program {
    let mut s = Sketch::default();
    let (_, x) = s.features();
    let source = InputSource::column("diagnosis");
    let levels = ["HC", "AD"];
    let class = TensorType { kind: Kind::Class(levels.map(str::to_owned).to_vec()), ..TensorType::tensor([]) };
    let (target, truth) = s.input(spec("diagnosis", InputRole::Target, source, &[], &levels), class);
    let h = s.linear(x, 4, width, "dx.Linear");
    let h = s.relu(h);
    let out = s.linear(h, width, 2, "dx.Linear_2");
    let loss = s.loss(LossOp::CrossEntropy { weights: ClassWeights::InverseFrequency, smoothing: 0.0 }, out, truth);
    let modules = s.all_modules("dx");
    let mut p = program(s, vec![table("people")]);
    p.variant = format!("width={width}");
    p.settings.insert("width".into(), width.to_string());
    p.params.insert("width".into(), width.to_string());
    p.models = vec![model("dx", out, Some(target))];
    let keep = Keep::Best(Monitor::Metric(Metric::BalancedAccuracy));
    p.stages = vec![Stage { keep, ..stage("dx", loss, modules) }];
    p.scores = vec![score("dx", out, target, &[Metric::BalancedAccuracy, Metric::Auc, Metric::F1, Metric::Confusion])];
    p
}

/// A sweep over the widths of [`classifier`].
pub(super) fn sweep(widths: &[usize]) -> Experiment {
    let variants: Vec<Program> = widths.iter().map(|w| classifier(*w)).collect();
    let sweep = Sweep {
        name: "widths".into(),
        variants: (0..variants.len()).collect(),
        compare: vec!["auc".into(), "f1".into()],
        test: PairedTest::CorrectedT,
        reference: None,
    };
    Experiment { name: "test".into(), doc: String::new(), variants, sweeps: vec![sweep] }
}

/// `model age(features) -> age`, trained after the classifier of another stage, whose first layer it takes over.
pub(super) fn two_stages() -> Program {
    let mut s = Sketch::default();
    let (_, x) = s.features();
    let source = InputSource::column("age");
    let (target, truth) = s.input(spec("age", InputRole::Target, source, &[], &[]), TensorType::tensor([]));
    let code = s.linear(x, 4, 3, "auto.Linear");
    let code = s.relu(code);
    let recon = s.linear(code, 3, 4, "auto.Linear_2");
    let first = s.loss(LossOp::MeanSquared, recon, x);
    let out = s.linear(code, 3, 1, "age.Linear");
    let out = s.node(Op::Reshape, &[out], None, TensorType::tensor([]), "age");
    let second = s.loss(LossOp::Huber { delta: 5.0 }, out, truth);
    let (auto, head) = (s.all_modules("auto"), s.all_modules("age"));
    let mut p = program(s, vec![table("people")]);
    p.models = vec![model("auto", recon, None), model("age", out, Some(target))];
    let frozen = vec![auto[0]];
    let init = frozen.iter().map(|m| crate::program::StageInit { to: *m, from: *m, stage: 0 }).collect();
    p.stages = vec![
        stage("auto", first, auto),
        Stage { model: 1, frozen, init, after: vec![0], epochs: 20, ..stage("age", second, head) },
    ];
    p.scores = vec![Score { model: 1, ..score("age", out, target, &[Metric::Mae, Metric::R2, Metric::Pearson]) }];
    p
}

/// `model norm(features) { output recon = .. }` trained on the healthy, with deviations of the patients.
pub(super) fn normative(protocol: Protocol) -> Program {
    let mut s = Sketch::default();
    let (input, x) = s.features();
    let h = s.linear(x, 4, 3, "norm.Linear");
    let h = s.relu(h);
    let recon = s.linear(h, 3, 4, "norm.Linear_2");
    let loss = s.loss(LossOp::MeanSquared, recon, x);
    let modules = s.all_modules("norm");
    let of_group = |group: &str| {
        let condition = Predicate::Compare {
            column: "group".into(),
            comparison: Comparison::Equal,
            value: Scalar::Text(group.into()),
        };
        vec![(format!("group == {group}"), condition)]
    };
    let healthy = Cohort { keep: of_group("healthy"), ..table("healthy") };
    let patients = Cohort { keep: of_group("patient"), ..table("patients") };
    let mut p = program(s, vec![healthy, patients]);
    p.protocol = protocol;
    p.protocol.stratify.clear();
    let recon_output = Output { name: "recon".into(), members: vec![("features".into(), recon)] };
    p.models = vec![Model { name: "norm".into(), outputs: vec![recon_output], target: None, live_roots: vec![recon] }];
    p.stages = vec![Stage { cohorts: vec!["healthy".into()], ..stage("norm", loss, modules) }];
    p.scores = vec![score("norm.recon", recon, input, &[Metric::Mse, Metric::R2])];
    let people = |cohort: &str, subset: Subset| Argument::People { cohort: cohort.into(), subset };
    let field = |analysis: &str, field: &str| Argument::Result { analysis: analysis.into(), field: field.into() };
    let column =
        |column: &str| Argument::Column { cohort: Some("patients".into()), column: column.into(), levels: Vec::new() };
    let analysis = |name: &str, kind, arguments: Vec<(&str, Argument)>| Analysis {
        name: name.into(),
        kind,
        arguments: arguments.into_iter().map(|(n, a)| (n.to_owned(), a)).collect(),
        spelling: name.into(),
    };
    let fdr = || ("correct", Argument::Correction(Correction::Fdr));
    p.analyses = vec![
        analysis(
            "deviation",
            AnalysisKind::NormativeDeviation,
            vec![
                ("model", Argument::Model(0)),
                ("reference", people("healthy", Subset::Test)),
                ("cases", people("patients", Subset::All)),
            ],
        ),
        analysis(
            "by_region",
            AnalysisKind::Test(ColumnTest::OneSampleT),
            vec![("values", field("deviation", "z")), fdr(), ("alpha", Argument::Number(0.05))],
        ),
        analysis(
            "by_stage",
            AnalysisKind::Test(ColumnTest::Groups(GroupTest::KruskalWallis)),
            vec![("values", field("deviation", "mean")), ("groups", column("stage"))],
        ),
        analysis(
            "with_age",
            AnalysisKind::Test(ColumnTest::Correlation),
            vec![("values", field("deviation", "mean")), ("with", column("age"))],
        ),
    ];
    p
}

/// An autoencoder of the T1-weighted scans of a small phantom.
pub(super) fn images() -> Program {
    let grid = [16, 18, 16];
    let mut s = Sketch::default();
    let steps =
        vec![ImageStep::Rescale { to: (0.0, 1.0), percentiles: (1.0, 99.0), mask: ImageMask::All, each: false }];
    let source = InputSource::Image {
        pattern: "anat/*_T1w.nii.gz".into(),
        kind: SpatialKind::Volume,
        steps,
        any_spacing: false,
    };
    let shape = [1, grid[0], grid[1], grid[2]];
    let (input, x) = s.input(spec("t1", InputRole::Modality, source, &shape, &[]), TensorType::tensor(shape));
    let h = s.convolution(x, 1, 2, grid, "auto.Conv3d");
    let h = s.relu(h);
    let recon = s.convolution(h, 2, 1, grid, "auto.Conv3d_2");
    let loss = s.loss(LossOp::MeanSquared, recon, x);
    let modules = s.all_modules("auto");
    let settings = PhantomSettings { subjects: 12, shape: grid, ..PhantomSettings::default() };
    let mut p = program(s, vec![cohort("heads", CohortSource::Phantom(settings))]);
    p.protocol.stratify.clear();
    p.models = vec![model("auto", recon, None)];
    p.stages = vec![Stage { epochs: 2, batch: 4, ..stage("auto", loss, modules) }];
    p.scores = vec![score("auto", recon, input, &[Metric::Mse, Metric::Psnr, Metric::Ssim, Metric::NormDiff])];
    p
}
