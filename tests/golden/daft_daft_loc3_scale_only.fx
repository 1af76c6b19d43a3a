// DAFT without a shift.
//
// golden: daft_repo_blocks/daft_loc3_scale_only
// input: x = x
// input: tabular = tabular
// input: cot = cot
// output: m = out
// skip: *.act.*: inside of a block whose result is compared
//
//| [names]
//| conv1 = "m.ModulatedRes.Conv3d"
//| bn1 = "m.ModulatedRes.BatchNorm"
//| conv2 = "m.ModulatedRes.Conv3d_2"
//| bn2 = "m.ModulatedRes.BatchNorm_2"
//| "downsample.0" = "m.ModulatedRes.ResShortcut.Conv3d"
//| "downsample.1" = "m.ModulatedRes.ResShortcut.BatchNorm"
//| "aux.aux_base" = "m.ModulatedRes.Daft.Affine.Linear"
//| "aux.aux_out" = "m.ModulatedRes.Daft.Affine.Linear_2"

use std.fusion.{Daft, ModulatedRes}

modality x: tensor[4, 6, 5, 7] = given()
condition tabular: vector[5] = given()
modality cot: tensor[6, 3, 3, 4] = given()

model m(x, tabular) { ModulatedRes(6, location: 3, modulate: Daft, shift: false)(x, tabular) }
train m {
  minimize 3 * batch_mean(reduce_sum(m * cot))
}
