//! The weights of a graph's modules, by PyTorch's names.

use super::values::Statistics;
use super::{Device, NnError, Tensor, WeightsError, draw};
use crate::graph::{Graph, ModuleId, Role, WeightSpec};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One weight on the host.
#[derive(Debug, Clone, PartialEq)]
pub struct Weight {
    /// `<module path>.<weight name>`.
    pub name: String,
    /// Shape in PyTorch's layout.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

/// The place of a weight in its network: the same in every network of the same modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WeightId {
    /// Position of its module among those that have weights.
    module: u32,
    /// Position in the module.
    weight: u32,
}

/// The weights of the live modules of a graph. A copy shares their memory until one of the two is changed.
#[derive(Debug, Clone)]
pub struct Network {
    /// By module that has weights, in the order of [`WeightSpec`]s.
    weights: Vec<Vec<Tensor>>,
    index: Arc<Index>,
    device: Device,
    tracked: bool,
}

/// Which weights belong to which module of the graph, and how they are called.
#[derive(Debug, Default)]
struct Index {
    /// Position among the modules that have weights, by [`ModuleId`].
    position_of: Vec<Option<usize>>,
    modules: Vec<Module>,
}

/// A module that has weights.
#[derive(Debug)]
struct Module {
    id: ModuleId,
    path: String,
    weights: Vec<WeightSpec>,
}

impl Network {
    /// The weights of these modules, their gradients wanted. Every weight starts from `seed` and its own name alone.
    pub fn new(graph: &Graph, modules: &[ModuleId], seed: u64, device: &Device) -> Self {
        let mut index = Index { position_of: vec![None; graph.modules.len()], modules: Vec::new() };
        let mut weights = Vec::new();
        for id in modules.iter().copied().filter(|id| !graph.module(*id).weights.is_empty()) {
            let module = graph.module(id);
            let start = |spec: &WeightSpec| {
                let name = format!("{}.{}", module.path, spec.name);
                let values = draw::initial(seed, &name, spec.init, spec.len() as usize);
                let tensor = Tensor::from_host(values, &spec.shape, device);
                if spec.role == Role::Parameter { tensor.tracked() } else { tensor }
            };
            index.position_of[id.index()] = Some(weights.len());
            weights.push(module.weights.iter().map(start).collect());
            index.modules.push(Module { id, path: module.path.clone(), weights: module.weights.clone() });
        }
        Self { weights, index: Arc::new(index), device: *device, tracked: true }
    }

    /// The same weights, no gradients wanted: nothing is kept of a forward pass.
    pub fn for_prediction(&self) -> Self {
        let mut network = self.clone();
        network.tracked = false;
        network.weights.iter_mut().flatten().for_each(|weight| *weight = weight.clone().detach());
        network
    }

    /// Whether gradients are wanted.
    pub fn is_tracked(&self) -> bool {
        self.tracked
    }

    /// Where the weights live.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// A weight of a module.
    pub(super) fn weight(&self, module: ModuleId, name: &str) -> Option<&Tensor> {
        let (position, weight) = self.place(module, name)?;
        self.weights.get(position)?.get(weight)
    }

    fn place(&self, module: ModuleId, name: &str) -> Option<(usize, usize)> {
        let position = (*self.index.position_of.get(module.index())?)?;
        let weight = self.index.modules.get(position)?.weights.iter().position(|spec| spec.name == name)?;
        Some((position, weight))
    }

    /// All weights and buffers with their places, in the order of the graph.
    pub fn weights_by_id(&self) -> impl Iterator<Item = (WeightId, &Tensor)> {
        self.weights.iter().enumerate().flat_map(|(module, weights)| {
            let id = move |weight: usize| WeightId { module: module as u32, weight: weight as u32 };
            weights.iter().enumerate().map(move |(weight, tensor)| (id(weight), tensor))
        })
    }

    /// All weights and buffers with their names, in the order of the graph.
    pub(super) fn named_weights(&self) -> impl Iterator<Item = (String, &Tensor)> {
        self.names().zip(self.weights.iter().flatten())
    }

    /// All weights and buffers on the host, in the order of the graph.
    ///
    /// # Errors
    /// When the device cannot deliver them.
    pub fn weights(&self) -> Result<Vec<Weight>, NnError> {
        self.named_weights().map(|(name, tensor)| host_weight(name, tensor)).collect()
    }

    /// Replaces all weights and buffers (in PyTorch's layout), or none of them.
    ///
    /// # Errors
    /// All names that are missing or unknown and all shapes that differ, at once.
    pub fn set_weights(&mut self, weights: &BTreeMap<String, (Vec<usize>, Vec<f32>)>) -> Result<(), NnError> {
        let mut wrong = WeightsError::default();
        let mut known = 0;
        for module in &self.index.modules {
            for spec in &module.weights {
                let name = format!("{}.{}", module.path, spec.name);
                match weights.get(&name) {
                    None => wrong.missing.push(name),
                    Some((shape, values)) => {
                        known += 1;
                        if *shape != spec.shape || values.len() as u64 != spec.len() {
                            wrong.misshapen.push((name, spec.shape.clone(), shape.clone()));
                        }
                    }
                }
            }
        }
        if known < weights.len() {
            let own: BTreeSet<String> = self.names().collect();
            wrong.unknown = weights.keys().filter(|name| !own.contains(*name)).cloned().collect();
        }
        if !wrong.is_empty() {
            return Err(wrong.into());
        }
        self.put(weights);
        Ok(())
    }

    /// Draws the parameters of a module anew, each from `seed`, its name and its own distribution; what it holds that
    /// is not drawn but constant at the start (gains, running statistics) stays.
    pub fn reinitialize(&mut self, graph: &Graph, module: ModuleId, seed: u64) {
        let module = graph.module(module);
        let drawn = module.weights.iter().filter(|spec| spec.is_drawn()).map(|spec| {
            let name = format!("{}.{}", module.path, spec.name);
            let values = draw::initial(seed, &name, spec.init, spec.len() as usize);
            (name, (spec.shape.clone(), values))
        });
        self.put(&drawn.collect());
    }

    /// Replaces those weights that are given, which have the shapes of their places.
    fn put(&mut self, weights: &BTreeMap<String, (Vec<usize>, Vec<f32>)>) {
        let device = self.device;
        let names: Vec<String> = self.names().collect();
        for (name, weight) in names.iter().zip(self.weights.iter_mut().flatten()) {
            let Some((shape, values)) = weights.get(name) else { continue };
            let given = Tensor::from_host(values.clone(), shape, &device);
            *weight = if weight.is_tracked() { given.tracked() } else { given };
        }
    }

    /// Replaces the weights for which there is a new value, without their history; they stay what their gradients are taken of.
    pub fn replace(&mut self, mut changed: impl FnMut(WeightId, &Tensor) -> Option<Tensor>) {
        for (module, weights) in self.weights.iter_mut().enumerate() {
            for (weight, tensor) in weights.iter_mut().enumerate() {
                let id = WeightId { module: module as u32, weight: weight as u32 };
                if let Some(new) = changed(id, tensor) {
                    *tensor = if tensor.is_tracked() { new.tracked() } else { new };
                }
            }
        }
    }

    /// The name of a weight.
    pub fn name(&self, id: WeightId) -> Option<String> {
        let module = self.index.modules.get(id.module as usize)?;
        Some(format!("{}.{}", module.path, module.weights.get(id.weight as usize)?.name))
    }

    /// Names of all weights and buffers, in the order of the graph.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let of = |module: &Module| {
            let name = |spec: &WeightSpec| format!("{}.{}", module.path, spec.name);
            module.weights.iter().map(name).collect::<Vec<String>>()
        };
        self.index.modules.iter().flat_map(of)
    }

    /// Excludes the weights of these modules from training. Running statistics still follow the batches.
    pub fn freeze(&mut self, modules: &[ModuleId]) {
        for (module, weights) in self.index.modules.iter().zip(&mut self.weights) {
            if modules.contains(&module.id) {
                weights.iter_mut().for_each(|weight| *weight = weight.clone().detach());
            }
        }
    }

    /// The places of the weights of these modules.
    pub fn ids_of(&self, modules: &[ModuleId]) -> BTreeSet<WeightId> {
        let own = |id: &WeightId| modules.contains(&self.index.modules[id.module as usize].id);
        self.weights_by_id().map(|(id, _)| id).filter(own).collect()
    }

    /// Takes over the running statistics that a forward pass in training has moved. To be called once for each
    /// training batch; batch normalisation in prediction depends on it.
    pub fn absorb(&mut self, statistics: Statistics) {
        self.take_over(statistics, |_| true);
    }

    /// As [`Network::absorb`], those of these modules alone.
    pub fn absorb_of(&mut self, statistics: Statistics, modules: &[ModuleId]) {
        self.take_over(statistics, |module| modules.contains(&module));
    }

    fn take_over(&mut self, statistics: Statistics, wanted: impl Fn(ModuleId) -> bool) {
        for (module, moved) in statistics.of_modules.into_iter().filter(|(module, _)| wanted(*module)) {
            for (name, value) in [("running_mean", moved.mean), ("running_var", moved.var)] {
                if let Some((position, weight)) = self.place(module, name) {
                    self.weights[position][weight] = value;
                }
            }
        }
    }
}

/// A weight, or a gradient of one, on the host.
pub(super) fn host_weight(name: String, tensor: &Tensor) -> Result<Weight, NnError> {
    let values = tensor.to_host().map_err(|reason| NnError::DeviceFailed { reason })?;
    Ok(Weight { name, shape: tensor.dims(), values })
}
