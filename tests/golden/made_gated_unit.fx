// The gated multimodal unit of Arevalo et al.
//
// golden: gated_unit
// input: a = a
// input: b = b
// input: cot = cot
// run: eval
// output: m.out = out
//
//| [names]
//| z = "m.GatedUnit.Linear"
//| a = "m.GatedUnit.Linear_2"
//| b = "m.GatedUnit.Linear_3"

use std.fusion.GatedUnit

modality a: vector[5] = given()
modality b: vector[3] = given()
modality cot: vector[4] = given()

model m(a, b) { output out = GatedUnit(4)(a, b) }
train m {
  minimize 2 * batch_mean(reduce_sum(m.out * cot))
}
