//! Convolutions, pooling, upsampling, and what is put around.

use super::Network;
use super::nodes::{Value, int, ints, word};
use crate::ExportError;
use fascicle_lang::graph::{ConvOp, Node, Padding, PoolKind, PoolOp, Reduction, UpsampleMode};

/// `[before.., after..]`, as ONNX writes it.
fn both_sides(padding: &Padding) -> Vec<usize> {
    padding.iter().map(|(before, _)| *before).chain(padding.iter().map(|(_, after)| *after)).collect()
}

impl Network<'_> {
    /// A convolution with the weights of a module.
    pub(super) fn convolution(&mut self, node: &Node, conv: &ConvOp) -> Result<Value, ExportError> {
        let x = self.number_of(node, 0);
        let weight = self.weight_or_refuse(node, "weight")?;
        let bias = self.own_weight(node, "bias")?;
        let read: Vec<&str> = [x.as_str(), weight.as_str()].into_iter().chain(bias.as_deref()).collect();
        let mut settings = vec![
            ints("kernel_shape", conv.kernel.clone()),
            ints("strides", conv.stride.clone()),
            ints("dilations", conv.dilation.clone()),
            int("group", conv.groups as i64),
        ];
        let Some(far) = &conv.transposed else {
            settings.push(ints("pads", both_sides(&conv.padding)));
            return Ok(self.nodes.call("Conv", &read, settings));
        };
        // What is added at the far side is cut off less, and beyond that made.
        let ends = conv.padding.iter().zip(far).map(|((_, after), far)| after.saturating_sub(*far));
        let before = conv.padding.iter().map(|(before, _)| *before);
        settings.push(ints("pads", before.chain(ends)));
        let more = conv.padding.iter().zip(far).map(|((_, after), far)| far.saturating_sub(*after));
        settings.push(ints("output_padding", more));
        Ok(self.nodes.call("ConvTranspose", &read, settings))
    }

    /// A convolution with a kernel that is computed: one for all, or one a row, whose windows are laid out as columns.
    pub(super) fn convolve(&mut self, node: &Node, conv: &ConvOp) -> Result<Value, ExportError> {
        let (x, kernel) = (self.number_of(node, 0), self.number_of(node, 1));
        let bias = conv.bias.then(|| self.number_of(node, 2));
        let of_bias = self.type_of(node, 2);
        let for_everybody = !self.type_of(node, 1).batched && (!conv.bias || !of_bias.batched);
        if for_everybody {
            // `[1, c', c, k..]` without its row.
            let first = self.nodes.wholes(&[0]);
            let kernel = self.nodes.call("Squeeze", &[&kernel, &first], Vec::new());
            let bias = bias.map(|bias| self.nodes.call("Squeeze", &[&bias, &first], Vec::new()));
            let read: Vec<&str> = [x.as_str(), kernel.as_str()].into_iter().chain(bias.as_deref()).collect();
            let settings = vec![
                ints("kernel_shape", conv.kernel.clone()),
                ints("strides", conv.stride.clone()),
                ints("dilations", conv.dilation.clone()),
                ints("pads", both_sides(&conv.padding)),
            ];
            return Ok(self.nodes.call("Conv", &read, settings));
        }
        let around: Vec<(usize, usize)> = std::iter::once((0, 0)).chain(conv.padding.iter().copied()).collect();
        let x = self.pad(&x, &around, 0.0);
        let made = &node.ty.shape[1..];
        let places: usize = made.iter().product();
        let taps: usize = conv.kernel.iter().product();
        let mut windows = Vec::with_capacity(taps);
        for tap in 0..taps {
            let (mut rest, mut offsets) = (tap, vec![0; conv.kernel.len()]);
            for (offset, extent) in offsets.iter_mut().zip(&conv.kernel).rev() {
                (*offset, rest) = (rest % extent, rest / extent);
            }
            let mut part = x.clone();
            for (axis, offset) in offsets.iter().enumerate() {
                let start = offset * conv.dilation[axis];
                let end = start + (made[axis] - 1) * conv.stride[axis] + 1;
                part = self.slice(&part, axis + 2, (start, end, conv.stride[axis]));
            }
            windows.push(self.nodes.reshaped(&part, &[conv.inputs, places]));
        }
        // `[rows, c * taps, places]`, in the order of the kernel's numbers.
        let columns = self.stack(&windows, 2);
        let columns = self.nodes.reshaped(&columns, &[conv.inputs * taps, places]);
        let kernel = self.nodes.reshaped(&kernel, &[conv.outputs, conv.inputs * taps]);
        let mut out = self.nodes.call("MatMul", &[&kernel, &columns], Vec::new());
        if let Some(bias) = bias {
            let bias = self.nodes.with_axes(&bias, &[2]);
            out = self.nodes.call("Add", &[&out, &bias], Vec::new());
        }
        Ok(self.nodes.reshaped(&out, &node.ty.shape))
    }

    /// Values added to each axis behind the rows.
    pub(super) fn pad(&mut self, x: &str, amounts: &[(usize, usize)], value: f64) -> Value {
        if amounts.iter().all(|amount| *amount == (0, 0)) {
            return x.to_owned();
        }
        let before = std::iter::once(0).chain(amounts.iter().map(|(before, _)| *before as i64));
        let after = std::iter::once(0).chain(amounts.iter().map(|(_, after)| *after as i64));
        let amounts: Vec<i64> = before.chain(after).collect();
        let (amounts, value) = (self.nodes.wholes(&amounts), self.nodes.number(value));
        self.nodes.call("Pad", &[x, &amounts, &value], Vec::new())
    }

    /// Pooling over windows.
    pub(super) fn pool(&mut self, node: &Node, pool: &PoolOp) -> Value {
        let mut x = self.number_of(node, 0);
        let mut padding = pool.padding.clone();
        // ONNX pads by less than a window.
        let too_wide = padding.iter().zip(&pool.kernel).any(|((before, after), kernel)| before.max(after) >= kernel);
        if too_wide {
            let border = if pool.kind == PoolKind::Max { f64::NEG_INFINITY } else { 0.0 };
            let around: Vec<(usize, usize)> = std::iter::once((0, 0)).chain(padding.iter().copied()).collect();
            x = self.pad(&x, &around, border);
            padding = vec![(0, 0); padding.len()];
        }
        let mut settings = vec![
            ints("kernel_shape", pool.kernel.clone()),
            ints("strides", pool.stride.clone()),
            ints("pads", both_sides(&padding)),
        ];
        match pool.kind {
            PoolKind::Max => self.nodes.call("MaxPool", &[&x], settings),
            PoolKind::Average => {
                settings.push(int("count_include_pad", 1));
                self.nodes.call("AveragePool", &[&x], settings)
            }
        }
    }

    /// Pooling to a given extent: window `i` of `m` over `n` elements is `floor(i n / m) .. ceil((i + 1) n / m)`.
    pub(super) fn adaptive_pool(&mut self, node: &Node, kind: PoolKind, size: &[usize]) -> Value {
        let mut x = self.number_of(node, 0);
        let shape = self.type_of(node, 0).shape;
        let (_, extents) = shape.split_at(1.min(shape.len()));
        let reduction = if kind == PoolKind::Max { Reduction::Maximum } else { Reduction::Mean };
        if size.iter().all(|m| *m == 1) {
            let axes: Vec<usize> = (2..2 + extents.len()).collect();
            return self.reduce(&x, reduction, &axes, true);
        }
        if extents.iter().zip(size).all(|(n, m)| n % m == 0) {
            let windows: Vec<usize> = extents.iter().zip(size).map(|(n, m)| n / m).collect();
            let settings = vec![ints("kernel_shape", windows.clone()), ints("strides", windows)];
            let function = if kind == PoolKind::Max { "MaxPool" } else { "AveragePool" };
            return self.nodes.call(function, &[&x], settings);
        }
        for (axis, (n, m)) in extents.iter().zip(size).enumerate().rev() {
            let mut parts = Vec::with_capacity(*m);
            for i in 0..*m {
                let part = self.slice(&x, axis + 2, (i * n / m, ((i + 1) * n).div_ceil(*m), 1));
                parts.push(self.reduce(&part, reduction, &[axis + 2], true));
            }
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            x = self.nodes.call("Concat", &parts, vec![int("axis", axis as i64 + 2)]);
        }
        x
    }

    /// Upsampling of the spatial axes. By whole numbers to the nearest it is ONNX's; else one axis after the other, by the places
    /// and shares that the language defines: runtimes round them in different ways.
    pub(super) fn upsample(&mut self, node: &Node, mode: UpsampleMode) -> Value {
        let mut x = self.number_of(node, 0);
        let before = self.type_of(node, 0).shape;
        let (before, after) = (&before[1..], &node.ty.shape[1..]);
        let whole = before.iter().zip(after).all(|(old, new)| new % old == 0);
        if mode == UpsampleMode::Nearest && whole {
            let scales: Vec<f32> = before.iter().zip(after).map(|(old, new)| (new / old) as f32).collect();
            let scales: Vec<f32> = [1.0, 1.0].into_iter().chain(scales).collect();
            let scales = self.nodes.numbers(&[scales.len()], &scales);
            let settings = vec![
                word("mode", "nearest"),
                word("nearest_mode", "floor"),
                word("coordinate_transformation_mode", "asymmetric"),
            ];
            return self.nodes.call("Resize", &[&x, "", &scales], settings);
        }
        for (axis, (old, new)) in before.iter().copied().zip(after.iter().copied()).enumerate() {
            if old == new {
                continue;
            }
            let at = vec![int("axis", axis as i64 + 2)];
            let aligned = match mode {
                UpsampleMode::Nearest => {
                    let scale = old as f32 / new as f32;
                    let places: Vec<i64> =
                        (0..new).map(|i| ((i as f32 * scale) as usize).min(old - 1) as i64).collect();
                    let places = self.nodes.wholes(&places);
                    x = self.nodes.call("Gather", &[&x, &places], at);
                    continue;
                }
                UpsampleMode::Linear => false,
                UpsampleMode::LinearAligned => true,
            };
            let place = |i: usize| match aligned {
                true => (i * (old - 1)) as f64 / new.saturating_sub(1).max(1) as f64,
                false => ((i as f64 + 0.5) * old as f64 / new as f64 - 0.5).max(0.0),
            };
            let left: Vec<usize> = (0..new).map(|i| (place(i) as usize).min(old - 1)).collect();
            let column: Vec<usize> =
                std::iter::once(new).chain(std::iter::repeat_n(1, before.len() - axis - 1)).collect();
            let shares: Vec<f32> = left.iter().enumerate().map(|(i, left)| (place(i) - *left as f64) as f32).collect();
            let rest: Vec<f32> =
                left.iter().enumerate().map(|(i, left)| (1.0 - (place(i) - *left as f64)) as f32).collect();
            let right: Vec<i64> = left.iter().map(|left| (left + 1).min(old - 1) as i64).collect();
            let left: Vec<i64> = left.iter().map(|left| *left as i64).collect();
            let mut part = |places: &[i64], shares: &[f32]| {
                let (places, shares) = (self.nodes.wholes(places), self.nodes.numbers(&column, shares));
                let there = self.nodes.call("Gather", &[&x, &places], at.clone());
                self.nodes.call("Mul", &[&there, &shares], Vec::new())
            };
            let (left, right) = (part(&left, &rest), part(&right, &shares));
            x = self.nodes.call("Add", &[&left, &right], Vec::new());
        }
        x
    }
}
