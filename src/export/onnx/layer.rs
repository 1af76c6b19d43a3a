//! Affine maps and normalisation.

use super::Network;
use super::nodes::{Value, float, int};
use crate::ExportError;
use fascicle_lang::graph::Node;

impl Network<'_> {
    /// The scale that is learned, or ones.
    pub(super) fn scale(&mut self, node: &Node, channels: usize) -> Result<Value, ExportError> {
        let own = self.own_weight(node, "weight")?;
        Ok(own.unwrap_or_else(|| self.nodes.numbers(&[channels], &vec![1.0; channels])))
    }

    /// The shift that is learned, or zeros.
    pub(super) fn shift(&mut self, node: &Node, channels: usize) -> Result<Value, ExportError> {
        let own = self.own_weight(node, "bias")?;
        Ok(own.unwrap_or_else(|| self.nodes.numbers(&[channels], &vec![0.0; channels])))
    }

    /// An affine map of the last axis.
    pub(super) fn linear(&mut self, node: &Node, inputs: usize, outputs: usize) -> Result<Value, ExportError> {
        let x = self.number_of(node, 0);
        let bias = self.own_weight(node, "bias")?;
        if self.type_of(node, 0).shape.len() == 1 {
            let weight = self.weight_or_refuse(node, "weight")?;
            let read: Vec<&str> = [x.as_str(), weight.as_str()].into_iter().chain(bias.as_deref()).collect();
            return Ok(self.nodes.call("Gemm", &read, vec![int("transB", 1)]));
        }
        let weight = self.own_numbers(node, "weight")?.unwrap_or_default();
        let weight = self.nodes.numbers(&[inputs, outputs], &transposed(&weight, outputs, inputs));
        let product = self.nodes.call("MatMul", &[&x, &weight], Vec::new());
        Ok(match bias {
            Some(bias) => self.nodes.call("Add", &[&product, &bias], Vec::new()),
            None => product,
        })
    }

    /// `W(e) x = G_0 x + sum_k e_k (G_k x)`: the weights of a row are never formed.
    pub(super) fn hyper_linear(
        &mut self,
        node: &Node,
        inputs: usize,
        outputs: usize,
        embedding: usize,
    ) -> Result<Value, ExportError> {
        let (x, by) = (self.number_of(node, 0), self.number_of(node, 1));
        let transpose = |network: &mut Self, a: &str, b: &str, bias: Option<&str>| {
            let read: Vec<&str> = [a, b].into_iter().chain(bias).collect();
            network.nodes.call("Gemm", &read, vec![int("transB", 1)])
        };
        // `[out * in, k]`: the rows of its transpose, one below the other, are the `G_k`.
        let maps = self.own_numbers(node, "weights_gen.weight")?.unwrap_or_default();
        let maps = self.nodes.numbers(&[embedding * outputs, inputs], &transposed(&maps, outputs * inputs, embedding));
        let mapped = transpose(self, &x, &maps, None);
        let mapped = self.nodes.reshaped(&mapped, &[embedding, outputs]);
        let shares = self.nodes.with_axes(&by, &[2]);
        let mapped = self.nodes.call("Mul", &[&mapped, &shares], Vec::new());
        let mut out = self.nodes.reduced("ReduceSum", &mapped, &[1], false);
        if let Some(constant) = self.own_numbers(node, "weights_gen.bias")? {
            let constant = self.nodes.numbers(&[outputs, inputs], &constant);
            let more = transpose(self, &x, &constant, None);
            out = self.nodes.call("Add", &[&out, &more], Vec::new());
        }
        let (weight, bias) = (self.weight_or_refuse(node, "bias_gen.weight")?, self.own_weight(node, "bias_gen.bias")?);
        let bias = transpose(self, &by, &weight, bias.as_deref());
        Ok(self.nodes.call("Add", &[&out, &bias], Vec::new()))
    }

    /// Groups of channels of each row over their spatial axes.
    pub(super) fn group_norm(&mut self, node: &Node, groups: usize, eps: f64) -> Result<Value, ExportError> {
        let x = self.number_of(node, 0);
        let (ones, zeros) =
            (self.nodes.numbers(&[groups], &vec![1.0; groups]), self.nodes.numbers(&[groups], &vec![0.0; groups]));
        let by_group = self.nodes.wholes(&[0, groups as i64, -1]);
        let flat = self.nodes.call("Reshape", &[&x, &by_group], Vec::new());
        let flat = self.nodes.call("InstanceNormalization", &[&flat, &ones, &zeros], vec![float("epsilon", eps)]);
        let mut out = self.nodes.reshaped(&flat, &node.ty.shape);
        let behind: Vec<usize> = (1..node.ty.shape.len()).collect();
        for (name, function) in [("weight", "Mul"), ("bias", "Add")] {
            if let Some(weight) = self.own_weight(node, name)? {
                let weight = self.nodes.with_axes(&weight, &behind);
                out = self.nodes.call(function, &[&out, &weight], Vec::new());
            }
        }
        Ok(out)
    }
}

/// The transpose of a matrix.
fn transposed(matrix: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| matrix[row * columns + column])).collect()
}
