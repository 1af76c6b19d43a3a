// The head for codes of Fedorov et al.
//
// golden: dim_infonce/latent_head
// input: x = x
// input: cot = cot
// output: m.out = out
//
//| [names]
//| "_head.1" = "m.LatentHead.Linear"
//| "_head.2" = "m.LatentHead.BatchNorm"
//| "_head.4" = "m.LatentHead.Linear_2"

use std.heads.LatentHead

modality x: tensor[8, 1, 1, 1] = given()
modality cot: tensor[8] = given()

model m(x) {
  output out = x |> flatten |> LatentHead(8)
}
train m {
  minimize 4 * batch_mean(reduce_sum(m.out * cot))
}
