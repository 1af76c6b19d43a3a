//! A part of an array, as numpy writes it: `[0, :, 2:5, ::8]`.

use ndarray::{ArrayD, Axis, IxDyn, Slice};

/// An array's shape and row-major values.
pub type Array = (Vec<usize>, Vec<f32>);

/// What is taken along each of the first axes; the others stay whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection(Vec<Pick>);

#[derive(Debug, Clone, PartialEq)]
enum Pick {
    One(usize),
    Range { first: usize, end: Option<usize>, step: isize },
}

impl Selection {
    /// What stands between the brackets.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number = |word: &str| word.trim().parse::<usize>().map_err(|_| format!("`{word}` is no number"));
        let pick = |text: &str| {
            let parts: Vec<&str> = text.split(':').map(str::trim).collect();
            match parts.as_slice() {
                [one] => Ok(Pick::One(number(one)?)),
                [first, end] | [first, end, _] => Ok(Pick::Range {
                    first: if first.is_empty() { 0 } else { number(first)? },
                    end: if end.is_empty() { None } else { Some(number(end)?) },
                    step: parts
                        .get(2)
                        .map_or(Ok(1), |step| step.parse().map_err(|_| format!("`{step}` is no number")))?,
                }),
                _ => Err(format!("`{text}` is neither `i` nor `first:end:step`")),
            }
        };
        text.split(',').map(|part| pick(part.trim())).collect::<Result<_, _>>().map(Self)
    }

    /// Takes it.
    pub fn of(&self, (shape, values): &Array) -> Result<Array, String> {
        if self.0.len() > shape.len() {
            return Err(format!("{shape:?} has fewer axes than {} are selected of", self.0.len()));
        }
        let mut array = ArrayD::from_shape_vec(IxDyn(shape), values.clone()).map_err(|e| e.to_string())?;
        // From the last axis on, so that an axis that goes does not move those before it.
        for (axis, pick) in self.0.iter().enumerate().rev() {
            let extent = shape[axis];
            array = match pick {
                Pick::One(i) if *i < extent => array.index_axis(Axis(axis), *i).to_owned(),
                Pick::Range { first, end, step } if *first < end.unwrap_or(extent) && end.unwrap_or(0) <= extent => {
                    let slice = Slice::new(*first as isize, end.map(|e| e as isize), *step);
                    array.slice_axis(Axis(axis), slice).to_owned()
                }
                _ => return Err(format!("axis {axis} of {shape:?} has no {pick:?}")),
            };
        }
        Ok((array.shape().to_vec(), array.iter().copied().collect()))
    }
}
