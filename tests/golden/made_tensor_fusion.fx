// The outer product of Zadeh et al.
//
// golden: tensor_fusion
// input: a = a
// input: b = b
// input: cot = cot
// run: eval
// output: m.out = out
// loss: m.total = loss, inputs grad_input.*

use std.fusion.TensorFusion

modality a: vector[5] = given()
modality b: vector[3] = given()
modality cot: vector[24] = given()

model m(a, b, cot) {
  output out = TensorFusion()(a, b)
  output total = 2 * batch_mean(reduce_sum(out * cot))
  out
}
