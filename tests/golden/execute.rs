//! Runs a case: compiles it, takes the golden's weights and inputs, and compares all that the golden holds.

use super::case::Case;
use super::compare::{self, Findings};
use super::directive::{Directives, Layout, Loss, Output, Run, Source};
use super::reference::{Reference, Summary};
use super::select::Array;
use fascicle::compile::{Severity, render};
use fascicle::exchange::{Binding, NameMap, Place, Tensors};
use fascicle::graph::{Graph, InputId, ModuleId, NodeId, Op, Role};
use fascicle::nn::{Batch, Device, Forward, HostValue, InputBatch, Mode, Network, Precision, RunSettings};
use fascicle::program::Program;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// A case that is ready to be run.
pub struct Prepared {
    device: Device,
    directives: Directives,
    reference: Reference,
    program: Program,
    graph: Arc<Graph>,
    modules: Vec<ModuleId>,
    places: Vec<Place>,
    binding: Binding,
    weights: Tensors,
    runs: Vec<Run>,
}

/// A run's findings by its name.
pub type Report = Vec<(String, Findings)>;

impl Prepared {
    pub fn new(
        path: &Path,
        directives: Directives,
        folder: std::path::PathBuf,
        device: Device,
    ) -> Result<Self, String> {
        let reference = Reference::open(folder)?;
        let case = Case::read(path);
        let compiled = case.compile();
        if compiled.failed() {
            let errors = compiled.diagnostics.iter().filter(|d| d.severity == Severity::Error);
            let texts: Vec<String> = errors.map(|d| render(d, &compiled.sources, false, 100)).collect();
            return Err(format!("it does not compile:\n{}", texts.join("\n")));
        }
        let program = compiled.base.ok_or("it gives no program")?;
        let runs = if directives.runs.is_empty() { usual_runs(&reference) } else { directives.runs.clone() };
        let mut roots: Vec<NodeId> = program.stages.iter().map(|s| s.loss).collect();
        for common in std::iter::once(&directives.common).chain(runs.iter().map(|r| &r.own)) {
            for output in &common.outputs {
                roots.push(node(&program, &output.path)?);
            }
            let of_outputs = common.losses.iter().filter(|l| !program.stages.iter().any(|s| s.name == l.stage));
            for loss in of_outputs {
                roots.push(node(&program, &loss.stage)?);
            }
        }
        let graph = without_dropout(program.graph.clone());
        let modules = graph.live_modules(&graph.live(roots));
        let places: Vec<Place> = modules
            .iter()
            .map(|id| graph.module(*id))
            .flat_map(|m| m.weights.iter().map(|w| (format!("{}.{}", m.path, w.name), w.shape.clone())))
            .collect();
        let stored = reference.weights()?;
        let shapes = stored.iter().map(|(name, (shape, _))| (name.clone(), shape.clone())).collect();
        let names = NameMap::parse(&directives.names).map_err(|e| e.to_string())?;
        let binding = names.bind(&places, &shapes).map_err(|e| e.to_string())?;
        let weights = binding.import(&stored).map_err(|e| e.to_string())?;
        Ok(Self {
            directives,
            device,
            reference,
            program,
            graph: Arc::new(graph),
            modules,
            places,
            binding,
            weights,
            runs,
        })
    }

    /// Bytes that a run holds at once, roughly: every value, its gradient, and a copy on the way.
    pub fn memory(&self) -> u64 {
        let rows = self.runs.first().and_then(|run| self.batch(run).ok()).map_or(1, |batch| batch.rows as u64);
        3 * 4 * rows * self.graph.nodes.iter().map(|n| n.ty.len()).sum::<u64>()
    }

    /// Every run, and a last line for tensors of the golden that nothing was compared with.
    pub fn execute(&self) -> Result<Report, String> {
        self.execute_on(&self.weights, &self.device)
    }

    /// The same on the CPU in single precision, each number of the weights moved by its rounding, up or down by chance.
    pub fn execute_moved(&self, seed: u64) -> Result<Report, String> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut moved = |value: &f32| {
            // Xorshift: only the sign matters.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            if state & 1 == 0 { value.next_up() } else { value.next_down() }
        };
        let weights = self
            .weights
            .iter()
            .map(|(name, (shape, values))| (name.clone(), (shape.clone(), values.iter().map(&mut moved).collect())));
        self.execute_on(&weights.collect(), &Device::cpu())
    }

    fn execute_on(&self, weights: &Tensors, device: &Device) -> Result<Report, String> {
        let mut report = Report::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for run in &self.runs {
            let mut findings = Findings::default();
            self.run(run, weights, device, &mut findings, &mut seen).map_err(|e| format!("{}: {e}", run.name))?;
            report.push((run.name.clone(), findings));
        }
        let skipped = |key: &str| self.directives.skip.iter().any(|(pattern, _)| fits(pattern, key));
        let left: Vec<&str> = self.reference.outputs.keys().map(String::as_str).collect();
        let left: Vec<&str> = left
            .into_iter()
            .filter(|key| !seen.contains(*key) && !key.ends_with("num_batches_tracked") && !skipped(key))
            .collect();
        if !left.is_empty() {
            let mut findings = Findings::default();
            findings.fail(format!("compared with nothing, and not under `skip`: {}", left.join(", ")));
            report.push(("golden".into(), findings));
        }
        Ok(report)
    }

    fn run(
        &self,
        run: &Run,
        given: &Tensors,
        device: &Device,
        findings: &mut Findings,
        seen: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        let full = |key: &str| full_name(&run.name, key);
        let batch = self.batch(run)?;
        let outputs: Vec<&Output> = both(&self.directives.common.outputs, &run.own.outputs);
        let losses = self.losses(run, &full)?;
        let mut pending: Vec<&Output> = outputs;
        // Each loss is walked back on a pass of its own; the first pass gives the outputs too.
        let passes: Vec<Option<&Loss>> = if losses.is_empty() { vec![None] } else { losses.iter().map(Some).collect() };
        for (pass, loss) in passes.into_iter().enumerate() {
            let mut network = Network::new(&self.graph, &self.modules, 0, device);
            let mut weights: Tensors = network
                .weights()
                .map_err(|e| e.to_string())?
                .into_iter()
                .map(|w| (w.name, (w.shape, w.values)))
                .collect();
            weights.extend(given.clone());
            network.set_weights(&weights).map_err(|e| e.to_string())?;
            let wanted = std::mem::take(&mut pending);
            let mut roots = wanted.iter().map(|o| node(&self.program, &o.path)).collect::<Result<Vec<_>, _>>()?;
            let root = loss.map(|loss| self.loss_node(loss)).transpose()?;
            roots.extend(root);
            let forward = Forward::new(self.graph.clone(), &roots);
            let mode = if run.training { Mode::Training { seed: 0, step: 0 } } else { Mode::Prediction };
            let settings = RunSettings { track_inputs: true, ..RunSettings::new(mode) };
            let mut values = forward.run(&network, &batch, &settings).map_err(|e| e.to_string())?;
            for (output, root) in wanted.iter().zip(&roots) {
                let value = values.host(*root).map_err(|e| e.to_string())?;
                let key = full(&output.key);
                let value = value.ok_or_else(|| format!("nobody has `{}`", output.path))?;
                self.output(run, output, &key, value, batch.rows, findings)?;
                seen.insert(key);
            }
            if let (Some(loss), Some(root)) = (loss, root) {
                let key = full(&loss.key);
                if let Some((_, golden)) = self.reference.outputs.get(&key) {
                    let number = values.number(root).map_err(|e| e.to_string())?.ok_or("the loss has no value")?;
                    findings.output(&key, compare::of_largest(&[number], golden), self.allowed(run, false));
                    seen.insert(key);
                }
                let gradients = values.backward(root).map_err(|e| e.to_string())?;
                let of_weights = gradients.weights(&network).map_err(|e| e.to_string())?;
                let of_weights = of_weights.into_iter().map(|w| (w.name, (w.shape, w.values))).collect();
                self.weight_gradients(run, loss, of_weights, findings)?;
                for (input, source) in self.inputs(run) {
                    let Source::Golden { name, .. } = source else { continue };
                    // `seg.logits` has its gradient under the whole name or its last part.
                    let last = name.rsplit('.').next().unwrap_or(name);
                    let keys = [name, last].map(|name| full(&loss.inputs.replace('*', name)));
                    let stored = |key: String| self.reference.outputs.get(&key).map(|golden| (key, golden));
                    let Some((key, golden)) = keys.into_iter().find_map(stored) else { continue };
                    let id = self.input_id(input)?;
                    let found = gradients.input(id).map_err(|e| e.to_string())?;
                    let golden = self.arranged(id, source, golden.clone(), batch.rows)?;
                    let golden = rows_present(&golden, batch.inputs[id.index()].as_ref());
                    let found = found.unwrap_or_else(|| vec![0.0; golden.len()]);
                    self.gradient(run, input, &found, &golden, 0.0, findings)?;
                    seen.insert(key);
                }
            }
            if pass == 0 && run.training {
                network.absorb(values.take_statistics());
                let after = network.weights().map_err(|e| e.to_string())?;
                let after: Tensors = after.into_iter().map(|w| (w.name, (w.shape, w.values))).collect();
                for (name, (_, found)) in self.binding.export(&after).map_err(|e| e.to_string())? {
                    let key = full(&format!("buffer_after.{name}"));
                    if let Some((_, golden)) = self.reference.outputs.get(&key) {
                        let allowed = self.allowed(run, false);
                        findings.output(&key, compare::of_largest(&found, golden), allowed);
                        seen.insert(key);
                    }
                }
            }
        }
        Ok(())
    }

    fn inputs<'a>(&'a self, run: &'a Run) -> Vec<(&'a str, &'a Source)> {
        let mut inputs: BTreeMap<&str, &Source> = BTreeMap::new();
        // Those of the run replace those of all runs.
        for (input, source) in both(&self.directives.common.inputs, &run.own.inputs) {
            inputs.insert(input, source);
        }
        inputs.into_iter().collect()
    }

    fn input_id(&self, name: &str) -> Result<InputId, String> {
        let position = self.graph.inputs.iter().position(|i| i.name == name);
        position.map(|i| InputId(i as u32)).ok_or_else(|| format!("the file has no input `{name}`"))
    }

    fn batch(&self, run: &Run) -> Result<Batch, String> {
        let present = |name: &str| -> Option<&Source> {
            let all = both(&self.directives.common.present, &run.own.present);
            all.into_iter().rev().find(|(input, _)| input == name).map(|(_, source)| source)
        };
        let inputs = self.inputs(run);
        let mut rows = None;
        for (_, source) in &inputs {
            if let Source::Golden { name, select, layout: Layout::Same | Layout::Reshaped } = source {
                let (shape, _) = selected(self.reference.input(name)?, select)?;
                rows = rows.or(shape.first().copied());
            }
        }
        let rows = rows.ok_or("no input comes from the golden, so that the number of rows is not known")?;
        let mut batch = Batch { rows, inputs: vec![None; self.graph.inputs.len()] };
        for (input, source) in inputs {
            let id = self.input_id(input)?;
            let shape = self.graph.inputs[id.index()].ty.shape.clone();
            let size: usize = shape.iter().product();
            let values = match source {
                Source::Golden { name, .. } => self.arranged(id, source, self.reference.input(name)?, rows)?,
                Source::Filled(number) => vec![*number; rows * size],
                Source::Given(numbers) if numbers.len() == rows * size => numbers.clone(),
                Source::Given(numbers) => {
                    return Err(format!("{input}: {} numbers are given, expected {}", numbers.len(), rows * size));
                }
            };
            let present: Vec<bool> = match present(input) {
                _ if run.without.iter().any(|w| w == input) => vec![false; rows],
                None => vec![true; rows],
                Some(Source::Filled(number)) => vec![*number != 0.0; rows],
                Some(Source::Given(numbers)) => numbers.iter().map(|n| *n != 0.0).collect(),
                Some(Source::Golden { name, select, .. }) => {
                    selected(self.reference.input(name)?, select)?.1.iter().map(|n| *n != 0.0).collect()
                }
            };
            let mut input = InputBatch { values, shape, present };
            input.values = rows_present(&input.values, Some(&input));
            batch.inputs[id.index()] = Some(input);
        }
        Ok(batch)
    }

    /// A tensor of the golden in the shape of an input, or of its gradient.
    fn arranged(&self, id: InputId, source: &Source, tensor: Array, rows: usize) -> Result<Vec<f32>, String> {
        let Source::Golden { name, select, layout } = source else { return Ok(tensor.1) };
        let input = &self.graph.inputs[id.index()];
        let (shape, values) = selected(tensor, select)?;
        let mut expected = vec![rows];
        expected.extend(&input.ty.shape);
        let alike = match layout {
            Layout::Same => same_shape(&shape, &expected),
            Layout::Reshaped => values.len() == expected.iter().product::<usize>(),
            Layout::Repeated => same_shape(&shape, &input.ty.shape),
        };
        match (alike, layout) {
            (false, _) => Err(format!("{}: expected {expected:?}, `{name}` is {shape:?}", input.name)),
            (true, Layout::Repeated) => Ok(values.repeat(rows)),
            (true, _) => Ok(values),
        }
    }

    fn losses(&self, run: &Run, full: &dyn Fn(&str) -> String) -> Result<Vec<Loss>, String> {
        let given: Vec<Loss> = both(&self.directives.common.losses, &run.own.losses).into_iter().cloned().collect();
        if !given.is_empty() {
            return Ok(given);
        }
        let [stage] = self.program.stages.as_slice() else { return Ok(Vec::new()) };
        let usual =
            Loss { stage: stage.name.clone(), key: "loss".into(), inputs: "grad_input.*".into(), weights: None };
        Ok(if self.reference.outputs.contains_key(&full("loss")) { vec![usual] } else { Vec::new() })
    }

    fn loss_node(&self, loss: &Loss) -> Result<NodeId, String> {
        let stage = self.program.stages.iter().find(|s| s.name == loss.stage);
        let names = || self.program.stages.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
        match stage {
            Some(stage) => Ok(stage.loss),
            None => {
                node(&self.program, &loss.stage).map_err(|e| format!("{e}, and no such stage; there are {}", names()))
            }
        }
    }

    fn output(
        &self,
        run: &Run,
        output: &Output,
        key: &str,
        value: HostValue,
        rows: usize,
        findings: &mut Findings,
    ) -> Result<(), String> {
        let allowed = self.allowed(run, false);
        let held = value.rows.as_ref().map_or(1, Vec::len);
        let mut shape = if value.rows.is_some() { vec![held] } else { Vec::new() };
        shape.extend(&value.shape);
        let found = selected((shape, value.values), &output.at)?;
        let Some(golden) = self.reference.outputs.get(key) else {
            let summary = self.reference.activation(&run.name, &output.key);
            let elsewhere = |other: &Run| self.reference.outputs.contains_key(&full_name(&other.name, &output.key));
            if summary.is_none() && self.runs.iter().any(elsewhere) {
                // The golden keeps it in other runs, where it is compared.
                return Ok(());
            }
            let summary = summary.ok_or_else(|| format!("the golden has no output `{key}`"))?;
            check_summary_shape(&output.path, &found, &summary)?;
            findings.output(key, compare::of_summary(&found.1, &summary), allowed);
            return Ok(());
        };
        let mut golden = selected(golden.clone(), &output.select)?;
        if let Some(present) = value.rows.as_ref().filter(|_| held < rows && golden.0.first() == Some(&rows)) {
            let size = golden.1.len() / rows;
            golden.1 = present.iter().flat_map(|row| golden.1[row * size..(row + 1) * size].to_vec()).collect();
            golden.0[0] = held;
        }
        if !same_shape(&found.0, &golden.0) {
            return Err(format!("{} has the shape {:?}, `{key}` {:?}", output.path, found.0, golden.0));
        }
        findings.output(key, compare::of_largest(&found.1, &golden.1), allowed);
        Ok(())
    }

    /// Gradients are compared in the golden's names and layouts. What the golden lacks must vanish.
    fn weight_gradients(
        &self,
        run: &Run,
        loss: &Loss,
        mut found: Tensors,
        findings: &mut Findings,
    ) -> Result<(), String> {
        let (stored, summaries) = self.reference.gradients(&run.name, run.training, loss.weights.as_deref())?;
        if stored.is_empty() && summaries.is_empty() {
            return Ok(());
        }
        for (name, shape) in &self.places {
            let zeros = || (shape.clone(), vec![0.0; shape.iter().product()]);
            found.entry(name.clone()).or_insert_with(zeros);
        }
        let found = self.binding.export(&found).map_err(|e| e.to_string())?;
        let scale = stored.values().map(|(_, v)| compare::magnitude(v)).fold(0.0, f64::max);
        let scale = summaries.iter().map(|(_, s)| s.min.abs().max(s.max.abs())).fold(scale, f64::max);
        let known = |name: &str| stored.contains_key(name) || summaries.iter().any(|(n, _)| n == name);
        for (name, (shape, golden)) in &stored {
            let Some((own, values)) = found.get(name) else { continue };
            if own != shape {
                findings.fail(format!("gradient of {name}: expected {shape:?}, found {own:?}"));
                continue;
            }
            self.gradient(run, name, values, golden, scale, findings)?;
        }
        for (name, golden) in summaries.iter().filter(|(name, _)| !stored.contains_key(name)) {
            let Some(own) = found.get(name) else { continue };
            check_summary_shape(name, own, golden)?;
            if self.vanishes(run, name) {
                self.vanishing(name, &own.1, scale, findings);
            } else {
                findings.gradient(name, compare::of_summary(&own.1, golden), self.allowed(run, true));
            }
        }
        for place in self.parameters() {
            let names = self.binding.names_in_file(&place);
            if names.is_empty() || names.iter().any(|name| known(name)) {
                continue;
            }
            if let Some((_, values)) = found.get(names[0]) {
                self.vanishing(names[0], values, scale, findings);
            }
        }
        Ok(())
    }

    /// Learnable weights among the places.
    fn parameters(&self) -> impl Iterator<Item = String> {
        self.modules.iter().map(|id| self.graph.module(*id)).flat_map(|m| {
            let learned = m.weights.iter().filter(|w| w.role == Role::Parameter);
            learned.map(move |w| format!("{}.{}", m.path, w.name))
        })
    }

    fn vanishes(&self, run: &Run, name: &str) -> bool {
        self.reference.vanishes(&run.name, name) || self.directives.zero.iter().any(|(zero, _)| fits(zero, name))
    }

    fn gradient(
        &self,
        run: &Run,
        name: &str,
        found: &[f32],
        golden: &[f32],
        scale: f64,
        findings: &mut Findings,
    ) -> Result<(), String> {
        if found.len() != golden.len() {
            findings.fail(format!("gradient of {name}: expected {} numbers, found {}", golden.len(), found.len()));
        } else if self.vanishes(run, name) || compare::magnitude(golden) == 0.0 {
            self.vanishing(name, found, scale, findings);
        } else {
            findings.gradient(name, compare::of_norm(found, golden), self.allowed(run, true));
        }
        Ok(())
    }

    fn vanishing(&self, name: &str, found: &[f32], scale: f64, findings: &mut Findings) {
        let (absolute, relative) = compare::VANISHING;
        let allowed = absolute.max(relative * scale);
        let largest = compare::magnitude(found);
        if largest <= allowed {
            findings.vanished += 1;
        } else {
            findings.fail(format!("gradient of {name}: expected to vanish (below {allowed:.0e}), found {largest:.2e}"));
        }
    }

    /// The tolerance.
    fn allowed(&self, run: &Run, gradient: bool) -> f64 {
        match (gradient, run.training) {
            _ if self.device.precision() == Precision::Double => compare::DOUBLE,
            (false, _) => compare::OUTPUTS,
            (true, false) => compare::GRADIENTS,
            (true, true) => compare::TRAINING_GRADIENTS,
        }
    }
}

/// The golden's name of a tensor of a run; `/name` is the whole name.
fn full_name(run: &str, key: &str) -> String {
    match key.strip_prefix('/') {
        Some(whole) => whole.to_string(),
        None if run.is_empty() => key.to_string(),
        None => format!("{run}.{key}"),
    }
}

/// `eval` and `train`, as far as the golden has them.
fn usual_runs(reference: &Reference) -> Vec<Run> {
    let has = |name: &str| reference.outputs.keys().any(|key| key.starts_with(&format!("{name}.")));
    [("eval", false), ("train", true)]
        .into_iter()
        .filter(|(name, _)| has(name))
        .map(|(name, training)| Run { name: name.into(), training, ..Run::default() })
        .collect()
}

/// The goldens' training runs have every dropout at 0.
fn without_dropout(mut graph: Graph) -> Graph {
    let ops = graph.nodes.iter_mut().map(|n| &mut Arc::make_mut(n).op);
    let ops = ops.chain(graph.modules.iter_mut().map(|m| &mut Arc::make_mut(m).op));
    for op in ops {
        if let Op::Dropout { probability, .. } = op {
            *probability = 0.0;
        }
    }
    graph
}

/// `m`, `m.z` or `m.z[t1]`.
fn node(program: &Program, path: &str) -> Result<NodeId, String> {
    let (name, key) = match path.split_once('[') {
        Some((name, key)) => (name, key.trim_end_matches(']')),
        None => (path, ""),
    };
    let (model, output) = name.split_once('.').unwrap_or((name, name));
    let found = program.models.iter().find(|m| m.name == model).and_then(|m| m.output(output));
    let found = found.and_then(|o| o.members.iter().find(|(k, _)| k == key));
    found.map(|(_, node)| *node).ok_or_else(|| format!("the file has no output `{path}`"))
}

fn both<'a, T>(common: &'a [T], own: &'a [T]) -> Vec<&'a T> {
    common.iter().chain(own).collect()
}

fn selected(tensor: Array, select: &Option<super::select::Selection>) -> Result<Array, String> {
    match select {
        Some(select) => select.of(&tensor),
        None => Ok(tensor),
    }
}

/// The rows that an input has, one after the other.
fn rows_present(values: &[f32], input: Option<&InputBatch>) -> Vec<f32> {
    match input {
        Some(input) if !input.present.is_empty() => {
            let size = values.len() / input.present.len();
            let rows = (0..input.present.len()).filter(|row| input.present[*row]);
            rows.flat_map(|row| values[row * size..(row + 1) * size].to_vec()).collect()
        }
        _ => values.to_vec(),
    }
}

/// Equal but for axes of extent 1.
fn same_shape(a: &[usize], b: &[usize]) -> bool {
    let long = |shape: &[usize]| shape.iter().copied().filter(|n| *n != 1).collect::<Vec<_>>();
    long(a) == long(b)
}

fn check_summary_shape(name: &str, (shape, _): &Array, golden: &Summary) -> Result<(), String> {
    match same_shape(shape, &golden.shape) {
        true => Ok(()),
        false => Err(format!("{name} has the shape {shape:?}, the golden {:?}", golden.shape)),
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, behind)) => {
            name.strip_prefix(before).is_some_and(|rest| (0..=rest.len()).any(|i| fits(behind, &rest[i..])))
        }
    }
}
