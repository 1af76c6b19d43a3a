//! The layers of a graph as one burn module, with its weights by PyTorch's names.

use super::layer::Source;
use super::values::Statistics;
use super::{B, Device, Dynamic, Layer, NnError, WeightsError, draw};
use crate::graph::{Graph, ModuleId, WeightSpec};
use burn::DispatchDevice;
use burn::module::{AutodiffModule, Module, ParamId};
use burn::tensor::backend::Backend;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The layers of the live modules of a graph.
pub type Network = Layers<B>;

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

/// See [`Network`]: generic over the backend only because burn's derived `Module` is.
#[derive(Module, Debug)]
pub struct Layers<B: Backend> {
    layers: Vec<Layer<B>>,
    #[module(skip)]
    index: Arc<Index>,
    #[module(skip)]
    device: DispatchDevice,
}

/// Which layer belongs to which module of the graph, and how its weights are called.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Position in `layers` by [`ModuleId`]; `None` for modules that are not live or have no weights.
    layer_of: Vec<Option<usize>>,
    /// Path and weights of each layer.
    layers: Vec<(String, Vec<WeightSpec>)>,
}

impl Network {
    /// The layers of these modules, on a device that tracks gradients. Every weight starts from `seed` and its own
    /// name alone.
    ///
    /// # Errors
    /// [`NnError::Graph`] where a module's operation and its weights contradict each other.
    pub fn new(graph: &Graph, modules: &[ModuleId], seed: u64, device: &Device) -> Result<Self, NnError> {
        let device = device.training();
        let mut index = Index { layer_of: vec![None; graph.modules.len()], layers: Vec::new() };
        let mut layers = Vec::new();
        for id in modules {
            let module = graph.module(*id);
            let fetch = |name: &str| {
                let spec = module.weights.iter().find(|w| w.name == name)?;
                let full = format!("{}.{name}", module.path);
                Some((spec.shape.clone(), draw::initial(seed, &full, spec.init, spec.len() as usize)))
            };
            if module.weights.is_empty() {
                continue;
            }
            let names = module.weights.iter().map(|w| w.name.as_str()).collect();
            let source = Source { path: &module.path, names, fetch: &fetch, device: &device };
            let layer = Layer::new(&module.op, &source).map_err(|problem| NnError::Graph {
                path: module.path.clone(),
                op: module.operator.clone(),
                problem,
            })?;
            if let Some(layer) = layer {
                index.layer_of[id.index()] = Some(layers.len());
                index.layers.push((module.path.clone(), module.weights.clone()));
                layers.push(layer);
            }
        }
        Ok(Self { layers, index: Arc::new(index), device })
    }

    /// The same weights on a device that does not track gradients: half the memory, no history.
    pub fn for_prediction(&self) -> Self {
        let DispatchDevice::Autodiff(inner) = &self.device else { return self.clone() };
        let device = DispatchDevice::clone(inner);
        let mut network = self.valid();
        network.device = device;
        network
    }

    /// Whether gradients are tracked.
    pub fn is_tracked(&self) -> bool {
        matches!(self.device, DispatchDevice::Autodiff(_))
    }

    /// Whether gradients are tracked on the CPU, where some kernels are our own.
    pub(super) fn tracks_on_cpu(&self) -> bool {
        matches!(&self.device, DispatchDevice::Autodiff(device) if matches!(**device, DispatchDevice::Flex(_)))
    }

    /// Where the weights live.
    pub(super) fn place(&self) -> &DispatchDevice {
        &self.device
    }

    /// The layer of a module, with its position.
    pub(super) fn layer(&self, module: ModuleId) -> Option<(usize, &Layer<B>)> {
        let position = (*self.index.layer_of.get(module.index())?)?;
        Some((position, self.layers.get(position)?))
    }

    /// All weights and buffers, in the order of the graph.
    ///
    /// # Errors
    /// When the device cannot deliver them.
    pub fn weights(&self) -> Result<Vec<Weight>, NnError> {
        let mut out = Vec::new();
        self.each_weight(|name, tensor, transposed| {
            out.push(host_weight(name, tensor, transposed)?);
            Ok(())
        })?;
        Ok(out)
    }

    /// Replaces all weights and buffers (in PyTorch's layout), or none of them.
    ///
    /// # Errors
    /// All names that are missing or unknown and all shapes that differ, at once.
    pub fn set_weights(&mut self, weights: &BTreeMap<String, (Vec<usize>, Vec<f32>)>) -> Result<(), NnError> {
        let mut wrong = WeightsError::default();
        let mut known = 0;
        for (path, specs) in &self.index.layers {
            for spec in specs {
                let name = format!("{path}.{}", spec.name);
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
    pub fn redraw(&mut self, graph: &Graph, module: ModuleId, seed: u64) {
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
        let device = self.device.clone();
        let layers = std::mem::take(&mut self.layers);
        let paths = self.index.layers.iter().map(|(path, _)| path);
        self.layers = layers
            .into_iter()
            .zip(paths)
            .map(|(layer, path)| {
                layer.map_weights(&mut |name, old, transposed| {
                    let Some((shape, values)) = weights.get(&format!("{path}.{name}")) else { return old };
                    let new = Dynamic::from_host(values.clone(), shape, &device);
                    let new = if transposed { new.permute(&[1, 0]) } else { new };
                    if old.is_tracked() { new.tracked() } else { new }
                })
            })
            .collect();
    }

    /// Names of all weights and buffers, in the order of the graph.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.index.layers.iter().flat_map(|(path, specs)| specs.iter().map(move |s| format!("{path}.{}", s.name)))
    }

    /// Excludes the weights of these modules from training. Running statistics still follow the batches.
    pub fn freeze(&mut self, modules: &[ModuleId]) {
        let positions: Vec<usize> = modules.iter().filter_map(|m| *self.index.layer_of.get(m.index())?).collect();
        let layers = std::mem::take(&mut self.layers);
        self.layers = layers
            .into_iter()
            .enumerate()
            .map(|(i, layer)| if positions.contains(&i) { layer.no_grad() } else { layer })
            .collect();
    }

    /// The ids under which optimisers keep the weights of these modules.
    pub fn ids_of(&self, modules: &[ModuleId]) -> BTreeSet<ParamId> {
        let layers = modules.iter().filter_map(|module| self.layer(*module));
        layers.flat_map(|(_, layer)| burn::module::list_param_ids(layer)).collect()
    }

    /// Takes over the running statistics that a forward pass in training has moved. To be called once for each
    /// training batch; batch normalisation in prediction depends on it.
    pub fn absorb(&mut self, statistics: Statistics) {
        self.take_over(statistics, |_| true);
    }

    /// As [`Network::absorb`], those of these modules alone.
    pub fn absorb_of(&mut self, statistics: Statistics, modules: &[ModuleId]) {
        let own: BTreeSet<usize> = modules.iter().filter_map(|m| Some(self.layer(*m)?.0)).collect();
        self.take_over(statistics, |position| own.contains(&position));
    }

    fn take_over(&mut self, statistics: Statistics, wanted: impl Fn(usize) -> bool) {
        for (position, running) in statistics.layers.into_iter().filter(|(position, _)| wanted(*position)) {
            if let Some(Layer::BatchNorm(norm)) = self.layers.get_mut(position) {
                norm.running_mean = norm.running_mean.clone().map(|_| running.mean.rank());
                norm.running_var = norm.running_var.clone().map(|_| running.var.rank());
            }
        }
    }

    /// Visits the weights in the order of the graph.
    pub(super) fn each_weight(
        &self,
        mut f: impl FnMut(String, Dynamic, bool) -> Result<(), NnError>,
    ) -> Result<(), NnError> {
        for (layer, (path, specs)) in self.layers.iter().zip(&self.index.layers) {
            let mut held = BTreeMap::new();
            layer.clone().map_weights(&mut |name, tensor, transposed| {
                held.insert(name, (tensor.clone(), transposed));
                tensor
            });
            for spec in specs {
                if let Some((tensor, transposed)) = held.remove(spec.name.as_str()) {
                    f(format!("{path}.{}", spec.name), tensor, transposed)?;
                }
            }
        }
        Ok(())
    }
}

/// A weight, or a gradient of one, in PyTorch's layout on the host.
pub(super) fn host_weight(name: String, tensor: Dynamic, transposed: bool) -> Result<Weight, NnError> {
    let tensor = if transposed { tensor.permute(&[1, 0]) } else { tensor };
    let shape = tensor.dims();
    let values = tensor.to_host().map_err(|reason| NnError::DeviceFailed { reason })?;
    Ok(Weight { name, shape, values })
}
