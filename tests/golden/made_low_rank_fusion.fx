// Low-rank fusion as in the code of Liu et al.
//
// golden: low_rank_fusion
// input: a = a
// input: b = b
// input: cot = cot
// run: eval
// output: m.out = out
//
//| [names]
//| a = "m.LowRankFusion.Linear"
//| b = "m.LowRankFusion.Linear_2"
//| weights = "m.LowRankFusion.Linear_3"
//| bias = "m.LowRankFusion.Shift.Parameter.weight"

use std.fusion.LowRankFusion

modality a: vector[5] = given()
modality b: vector[3] = given()
modality cot: vector[4] = given()

model m(a, b) { output out = LowRankFusion(4, rank: 3)(a, b) }
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
