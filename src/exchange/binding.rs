//! A name map applied to a file and a program: every tensor has its weight, every weight its tensors, all shapes fit.

use crate::error::{ShapeMismatch, UnmatchedTensor};
use crate::layout::Layout;
use crate::names::{NameMap, fits};
use crate::tensors::show_shape;
use crate::{ExchangeError, Mismatch, Tensors};
use ndarray::{ArrayD, Axis, concatenate};
use std::collections::{BTreeMap, BTreeSet};

/// A weight of the program: name and shape in PyTorch's layout.
pub type Place = (String, Vec<usize>);

/// How tensors of a file become weights, and back.
#[derive(Debug, Clone)]
pub struct Binding {
    places: Vec<Place>,
    /// One or several a weight: a module that PyTorch shares is repeated in its files.
    routes: Vec<Route>,
}

#[derive(Debug, Clone)]
struct Route {
    place: usize,
    from: Vec<String>,
    layout: Layout,
}

/// A part of a tensor of the file.
struct Piece {
    first: usize,
    end: usize,
    axis: usize,
    array: ArrayD<f32>,
}

/// PyTorch's counter of batches, which nothing reads.
fn counts_batches(name: &str) -> bool {
    name.rsplit('.').next() == Some("num_batches_tracked")
}

impl NameMap {
    /// Matches the tensors of a file with the weights of a program.
    ///
    /// # Errors
    /// Everything that does not meet, at once.
    pub fn bind(&self, places: &[Place], file: &BTreeMap<String, Vec<usize>>) -> Result<Binding, Mismatch> {
        let mut wrong = Mismatch::default();
        let position: BTreeMap<&str, usize> = places.iter().enumerate().map(|(i, (n, _))| (n.as_str(), i)).collect();
        let mut routes = Vec::new();
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        for (name, laid) in &self.weights {
            taken.extend(laid.from.iter().map(String::as_str));
            match position.get(name.as_str()) {
                Some(place) if laid.from.iter().all(|from| file.contains_key(from)) => {
                    routes.push(Route { place: *place, from: laid.from.clone(), layout: laid.layout.clone() });
                }
                _ => wrong.idle.push(format!("weights.\"{name}\"")),
            }
        }
        let mut used = BTreeSet::new();
        for (name, shape) in file {
            if taken.contains(name.as_str()) || counts_batches(name) || self.ignore.iter().any(|p| fits(p, name)) {
                continue;
            }
            let meant = self.translate(name, &mut used);
            match position.get(meant.as_str()) {
                Some(place) => {
                    routes.push(Route { place: *place, from: vec![name.clone()], layout: Layout::default() });
                }
                None => {
                    let meant = (meant != *name).then_some(meant);
                    wrong.in_file.push(UnmatchedTensor { name: name.clone(), shape: shape.clone(), meant });
                }
            }
        }
        let idle = self.entries().filter(|entry| !used.contains(entry));
        wrong.idle.extend(idle.map(|(table, name)| format!("{table}.\"{name}\"")));
        for (i, (name, shape)) in places.iter().enumerate() {
            if !routes.iter().any(|r| r.place == i) && !self.initial.iter().any(|p| fits(p, name)) {
                wrong.in_program.push((name.clone(), shape.clone()));
            }
        }
        for route in &routes {
            let (place, expected) = &places[route.place];
            let shapes: Vec<&[usize]> = route.from.iter().map(|name| file[name].as_slice()).collect();
            if let Err(problem) = route.layout.fits(&shapes, expected) {
                wrong.misshapen.push(ShapeMismatch {
                    place: place.clone(),
                    expected: expected.clone(),
                    from: route.from.join(" and "),
                    problem,
                });
            }
        }
        if wrong.is_empty() { Ok(Binding { places: places.to_vec(), routes }) } else { Err(wrong) }
    }

    /// The way out without a file to follow: every weight gets the names that the map would make it of.
    ///
    /// # Errors
    /// A weight that several names would be read as, where only a file says which it was; an entry of `weights` that the
    /// program does not have.
    pub fn inverse(&self, places: &[Place]) -> Result<Binding, ExchangeError> {
        let mut routes = Vec::new();
        for (name, laid) in &self.weights {
            let place = places.iter().position(|(place, _)| place == name);
            let place = place.ok_or_else(|| {
                let idle = vec![format!("weights.\"{name}\"")];
                Mismatch { idle, ..Mismatch::default() }
            })?;
            routes.push(Route { place, from: laid.from.clone(), layout: laid.layout.clone() });
        }
        for (place, (name, _)) in places.iter().enumerate() {
            let laid_out = self.weights.contains_key(name);
            if laid_out || self.initial.iter().any(|p| fits(p, name)) {
                continue;
            }
            for from in self.untranslate(name)? {
                routes.push(Route { place, from: vec![from], layout: Layout::default() });
            }
        }
        Ok(Binding { places: places.to_vec(), routes })
    }
}

impl Binding {
    /// The weights that a file holds. Weights that the map leaves as they start are not among them.
    ///
    /// # Errors
    /// Tensors that should be one weight and hold different numbers.
    pub fn import(&self, file: &Tensors) -> Result<Tensors, ExchangeError> {
        let mut weights = Tensors::new();
        let mut first: BTreeMap<usize, &str> = BTreeMap::new();
        for route in &self.routes {
            let (place, shape) = &self.places[route.place];
            let Some(values) = route.read(file)? else { continue };
            if let Some((_, known)) = weights.get(place) {
                if known.iter().zip(&values).any(|(a, b)| a.to_bits() != b.to_bits()) {
                    let first = first.get(&route.place).copied().unwrap_or_default().to_owned();
                    return Err(ExchangeError::Disagreement {
                        place: place.clone(),
                        first,
                        second: route.from.join(" and "),
                    });
                }
                continue;
            }
            first.insert(route.place, route.from.first().map_or("", String::as_str));
            weights.insert(place.clone(), (shape.clone(), values));
        }
        Ok(weights)
    }

    /// The tensors of the file that a weight is made of; all of its names, where the file repeats it.
    pub fn names_in_file(&self, place: &str) -> Vec<&str> {
        let routes = self.routes.iter().filter(|r| self.places[r.place].0 == place);
        routes.flat_map(|r| r.from.iter().map(String::as_str)).collect()
    }

    /// The way back: a file for PyTorch with these weights.
    ///
    /// # Errors
    /// Weights that are not there or have another shape, all of them; a layout whose map does not say enough to be gone
    /// backwards.
    pub fn export(&self, weights: &Tensors) -> Result<Tensors, ExchangeError> {
        let refuse = |name: &str, problem: String| ExchangeError::NoWayBack { name: name.to_owned(), problem };
        self.all_there(weights)?;
        let mut file = Tensors::new();
        // Of tensors that several weights are taken from.
        let mut parts: BTreeMap<&str, Vec<Piece>> = BTreeMap::new();
        for route in &self.routes {
            let (place, shape) = &self.places[route.place];
            let name = &route.from[0];
            let Some((_, values)) = weights.get(place) else { continue };
            let written = route.layout.write(route.from.len(), shape, values).map_err(|e| refuse(name, e))?;
            for (name, array) in route.from.iter().zip(written) {
                match route.layout.part {
                    Some((first, end)) => {
                        let piece = Piece { first, end, axis: route.layout.axis, array };
                        parts.entry(name).or_default().push(piece);
                    }
                    None => {
                        file.insert(name.clone(), (array.shape().to_vec(), array.iter().copied().collect()));
                    }
                }
            }
        }
        for (name, mut pieces) in parts {
            pieces.sort_by_key(|piece| piece.first);
            let mut reached = 0;
            for piece in &pieces {
                if piece.first != reached {
                    return Err(refuse(name, format!("no weight is for its part {reached}..{}", piece.first)));
                }
                reached = piece.end;
            }
            let axis = pieces[0].axis;
            let views: Vec<_> = pieces.iter().map(|piece| piece.array.view()).collect();
            let whole = concatenate(Axis(axis), &views).map_err(|e| refuse(name, e.to_string()))?;
            file.insert(name.to_owned(), (whole.shape().to_vec(), whole.iter().copied().collect()));
        }
        Ok(file)
    }

    fn all_there(&self, weights: &Tensors) -> Result<(), Mismatch> {
        let mut wrong = Mismatch::default();
        for (i, (place, shape)) in self.places.iter().enumerate() {
            if !self.routes.iter().any(|r| r.place == i) {
                continue;
            }
            match weights.get(place) {
                None => wrong.in_program.push((place.clone(), shape.clone())),
                Some((found, _)) if found != shape => wrong.misshapen.push(ShapeMismatch {
                    place: place.clone(),
                    expected: shape.clone(),
                    from: "the file".into(),
                    problem: format!("found {}", show_shape(found)),
                }),
                Some(_) => {}
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

impl Route {
    /// The values; `None` where the file lacks a tensor (gradients have one name where weights have several).
    fn read(&self, file: &Tensors) -> Result<Option<Vec<f32>>, ExchangeError> {
        let mut parts = Vec::with_capacity(self.from.len());
        for name in &self.from {
            let Some((shape, values)) = file.get(name) else { return Ok(None) };
            parts.push((shape.as_slice(), values.as_slice()));
        }
        let refuse = |problem: String| ExchangeError::Map(format!("{}: {problem}", self.from.join(" and ")));
        self.layout.read(&parts).map(Some).map_err(refuse)
    }
}
