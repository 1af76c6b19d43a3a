// A layer of PyTorch's `TransformerEncoderLayer(norm_first=True)`.
//
// golden: transformer_first
// input: x = x
// input: cot = cot
// run: eval
// output: m.out = out
//
//| [names]
//| "attention.q" = "m.TransformerLayer.SelfAttention.CrossAttention.Linear"
//| "attention.k" = "m.TransformerLayer.SelfAttention.CrossAttention.Linear_2"
//| "attention.v" = "m.TransformerLayer.SelfAttention.CrossAttention.Linear_3"
//| "attention.o" = "m.TransformerLayer.SelfAttention.CrossAttention.Linear_4"
//| linear1 = "m.TransformerLayer.Linear"
//| linear2 = "m.TransformerLayer.Linear_2"
//| norm1 = "m.TransformerLayer.LayerNorm"
//| norm2 = "m.TransformerLayer.LayerNorm_2"

use std.attention.TransformerLayer

modality x: tensor[5, 8] = given()
modality cot: tensor[5, 8] = given()

model m(x) { output out = x |> TransformerLayer(heads: 2, hidden: 12, dropout: 0, first: true) }
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
