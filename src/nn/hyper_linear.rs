//! An affine map whose weights are made from a second value, for each row its own, without ever forming them.
//!
//! ```text
//!  W(e) = G_0 + sum_k e_k G_k          [out, n] for each row: rows * out * n numbers
//!  W(e) x = G_0 x + sum_k e_k (G_k x)  two products with x, [rows, out * (k + 1)] numbers
//! ```
//!
//! At 39,424 -> 16 and 32 rows the weights of one layer would be 20 million numbers, and their gradient as many.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// The two maps that make weights and bias.
#[derive(Module, Debug)]
pub struct HyperLinear<B: Backend> {
    /// To `out * n` weights, `[out, n]` row-major.
    pub weights_gen: Linear<B>,
    /// To `out` biases.
    pub bias_gen: Linear<B>,
}

impl<B: Backend> HyperLinear<B> {
    /// `[rows, n]` and `[rows, k]` to `[rows, out]`.
    pub fn forward(&self, x: Tensor<B, 2>, by: Tensor<B, 2>) -> Tensor<B, 2> {
        let [rows, n] = x.dims();
        let [_, k] = by.dims();
        let bias = self.bias_gen.forward(by.clone());
        let outputs = bias.dims()[1];
        // burn holds a linear weight as `[k, out * n]`: its rows one below the other are the `G_k`.
        let maps = self.weights_gen.weight.val().reshape([k * outputs, n]);
        let mapped = x.clone().matmul(maps.transpose()).reshape([rows, k, outputs]);
        let [by_rows, _] = by.dims();
        let out = mapped.mul(by.reshape([by_rows, k, 1])).sum_dim(1);
        let [rows, ..] = out.dims();
        let out = out.reshape([rows, outputs]).add(bias);
        match &self.weights_gen.bias {
            Some(constant) => out.add(x.matmul(constant.val().reshape([outputs, n]).transpose())),
            None => out,
        }
    }
}
