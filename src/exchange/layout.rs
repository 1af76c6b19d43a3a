//! How a weight is laid out in a file, where that differs from the program: several tensors joined, a part of one, axes in
//! another order, another shape; forwards to read and backwards to write.

use crate::tensors::show_shape;
use ndarray::{ArrayD, ArrayViewD, Axis, IxDyn, Slice, concatenate};

/// Joined along `axis`, of which `part` is taken, seen as `view`, its axes in the order `permute`, in the shape of the
/// weight.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Layout {
    pub axis: usize,
    /// Extents along `axis` of the tensors that are joined; equal ones where not given.
    pub sizes: Option<Vec<usize>>,
    /// First and one past the last along `axis`.
    pub part: Option<(usize, usize)>,
    pub view: Option<Vec<usize>>,
    pub permute: Option<Vec<usize>>,
    /// Shape of the tensor in the file, for writing.
    pub shape: Option<Vec<usize>>,
}

impl Layout {
    /// Whether it is one at all.
    pub fn check(&self, tensors: usize) -> Result<(), String> {
        if tensors == 0 {
            return Err("`from` names no tensor".into());
        }
        if tensors > 1 && self.part.is_some() {
            return Err("`part` is of one tensor, `from` names several".into());
        }
        if let Some((first, end)) = self.part.filter(|(first, end)| first >= end) {
            return Err(format!("`part = [{first}, {end}]` is empty: expected the first and one past the last"));
        }
        if let Some(sizes) = self.sizes.as_ref().filter(|sizes| sizes.len() != tensors) {
            return Err(format!("`sizes` has {} numbers, `from` names {tensors} tensors", sizes.len()));
        }
        if let Some(order) = &self.permute {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            if sorted.iter().enumerate().any(|(i, axis)| i != *axis) {
                return Err(format!("`permute = {}` is no order of axes 0 to n - 1", show_shape(order)));
            }
            if let Some(view) = self.view.as_ref().filter(|view| view.len() != order.len()) {
                return Err(format!("`permute` has {} axes, `view` {}", order.len(), view.len()));
            }
        }
        Ok(())
    }

    /// Whether tensors of these shapes give a weight of this one.
    pub fn fits(&self, from: &[&[usize]], weight: &[usize]) -> Result<(), String> {
        if let (Some(shape), [found]) = (&self.shape, from)
            && shape != found
        {
            return Err(format!("the map gives it the shape {}, the file {}", show_shape(shape), show_shape(found)));
        }
        let found = self.joined(from)?;
        let seen = self.seen(&found)?;
        let reached = match &self.permute {
            Some(order) if order.len() != seen.len() => {
                return Err(format!("`permute` has {} axes, the tensor {}", order.len(), show_shape(&seen)));
            }
            Some(order) => order.iter().map(|axis| seen[*axis]).collect(),
            None => seen,
        };
        if reached == weight || (self.view.is_some() && count(&reached) == count(weight)) {
            return Ok(());
        }
        Err(format!("found {}", show_shape(&reached)))
    }

    /// Shape after joining and taking a part.
    fn joined(&self, from: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut shape = from[0].to_vec();
        if from.len() > 1 || self.part.is_some() {
            let axis = self.axis;
            if axis >= shape.len() {
                return Err(format!("{} has no axis {axis}", show_shape(&shape)));
            }
            for other in &from[1..] {
                let alike = other.len() == shape.len() && (0..shape.len()).all(|i| i == axis || other[i] == shape[i]);
                if !alike {
                    let shapes: Vec<String> = from.iter().map(|s| show_shape(s)).collect();
                    return Err(format!("{} cannot be joined along axis {axis}", shapes.join(" and ")));
                }
                shape[axis] += other[axis];
            }
            if let Some((first, end)) = self.part {
                if end > shape[axis] {
                    return Err(format!("{} has no part {first}..{end} along axis {axis}", show_shape(&shape)));
                }
                shape[axis] = end - first;
            }
        }
        Ok(shape)
    }

    fn seen(&self, found: &[usize]) -> Result<Vec<usize>, String> {
        match &self.view {
            Some(view) if count(view).is_some() && count(view) == count(found) => Ok(view.clone()),
            Some(view) => Err(format!("{} cannot be seen as {}", show_shape(found), show_shape(view))),
            None => Ok(found.to_vec()),
        }
    }

    /// The weight's values, row-major; the shapes have been checked by [`Layout::fits`].
    pub fn read(&self, from: &[(&[usize], &[f32])]) -> Result<Vec<f32>, String> {
        let views = from.iter().map(|(shape, values)| array(shape, values)).collect::<Result<Vec<_>, _>>()?;
        let joined = match views.as_slice() {
            [one] => one.to_owned(),
            several => concatenate(Axis(self.axis), several).map_err(|e| e.to_string())?,
        };
        let taken = match self.part {
            Some((first, end)) => joined.slice_axis(Axis(self.axis), Slice::from(first..end)).to_owned(),
            None => joined,
        };
        let seen = match &self.view {
            Some(view) => row_major(taken).into_shape_with_order(IxDyn(view)).map_err(|e| e.to_string())?,
            None => taken,
        };
        let ordered = match &self.permute {
            Some(order) => seen.permuted_axes(IxDyn(order)),
            None => seen,
        };
        Ok(ordered.iter().copied().collect())
    }

    /// The way back: the tensors of the file that a weight is written to; for a part, that part alone.
    pub fn write(&self, tensors: usize, shape: &[usize], values: &[f32]) -> Result<Vec<ArrayD<f32>>, String> {
        let ordered_shape: Vec<usize> = match (&self.view, &self.permute) {
            (Some(view), Some(order)) => order.iter().map(|axis| view[*axis]).collect(),
            (Some(view), None) => view.clone(),
            (None, _) => shape.to_vec(),
        };
        let mut array = array(&ordered_shape, values)?.to_owned();
        if let Some(order) = &self.permute {
            if order.len() != ordered_shape.len() {
                let (axes, found) = (order.len(), show_shape(&ordered_shape));
                return Err(format!("`permute` has {axes} axes, the weight {found}"));
            }
            let mut back = vec![0; order.len()];
            for (to, from) in order.iter().enumerate() {
                back[*from] = to;
            }
            array = row_major(array.permuted_axes(IxDyn(&back)));
        }
        if let Some(shape) = self.shape.as_ref().filter(|_| tensors == 1 && self.part.is_none()) {
            array = array.into_shape_with_order(IxDyn(shape)).map_err(|e| e.to_string())?;
        }
        if tensors == 1 {
            return Ok(vec![array]);
        }
        let whole = *array.shape().get(self.axis).ok_or_else(|| format!("there is no axis {}", self.axis))?;
        let sizes = match &self.sizes {
            Some(sizes) if sizes.iter().try_fold(0_usize, |sum, n| sum.checked_add(*n)) == Some(whole) => sizes.clone(),
            None if whole % tensors == 0 => vec![whole / tensors; tensors],
            _ => return Err(format!("an extent of {whole} is to be dealt out to {tensors} tensors: give `sizes`")),
        };
        let mut first = 0;
        Ok(sizes
            .into_iter()
            .map(|size| {
                let part = array.slice_axis(Axis(self.axis), Slice::from(first..first + size));
                first += size;
                part.to_owned()
            })
            .collect())
    }
}

/// How many numbers a shape holds; `None` where no memory could.
fn count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |count, n| count.checked_mul(*n))
}

fn array<'a>(shape: &[usize], values: &'a [f32]) -> Result<ArrayViewD<'a, f32>, String> {
    ArrayViewD::from_shape(IxDyn(shape), values)
        .map_err(|_| format!("{} values do not fill {}", values.len(), show_shape(shape)))
}

/// In memory as in logic.
fn row_major(array: ArrayD<f32>) -> ArrayD<f32> {
    if array.is_standard_layout() { array } else { array.as_standard_layout().into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_of_more_axes_than_the_weight_has_is_refused_on_the_way_out_too() {
        let layout = Layout { permute: Some(vec![1, 0]), ..Layout::default() };
        let refused = layout.write(1, &[2], &[1.0, 2.0]).unwrap_err();
        assert_eq!(refused, "`permute` has 2 axes, the weight [2]");
    }

    #[test]
    fn a_view_that_no_memory_holds_is_told_apart_from_an_empty_one() {
        let huge = Layout { view: Some(vec![1 << 32, 1 << 32]), ..Layout::default() };
        assert!(huge.fits(&[&[0]], &[0]).is_err());
        let many = Layout { sizes: Some(vec![usize::MAX, 3]), ..Layout::default() };
        assert!(many.write(2, &[2], &[1.0, 2.0]).unwrap_err().contains("give `sizes`"));
    }
}
