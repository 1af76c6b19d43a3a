// Attention of two heads to other tokens, as PyTorch computes it.
//
// golden: attention
// input: x = x
// input: y = y
// input: cot = cot
// run: eval
// output: m.out = out
//
//| [names]
//| q = "m.CrossAttention.Linear"
//| k = "m.CrossAttention.Linear_2"
//| v = "m.CrossAttention.Linear_3"
//| o = "m.CrossAttention.Linear_4"

use std.attention.CrossAttention

modality x: tensor[5, 8] = given()
modality y: tensor[7, 6] = given()
modality cot: tensor[5, 8] = given()

model m(x, y) { output out = CrossAttention(heads: 2)(x, y) }
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
