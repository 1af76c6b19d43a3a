use std.blocks.{PreactRes, Res}
use std.fusion.{Daft, Film, HyperConv3d, HyperPreactRes, ModulatedPreactRes, ModulatedRes}
cohort c = bids("data")
modality t1: volume[2, 9, 8, 7] = c.image("anat/*_T1w.nii.gz") |> labels(1, 2)
condition record: vector[2] = c.columns(age, education)
model m(t1, record) {
  output plain = t1 |> PreactRes(4, stride: 2)
  output same = t1 |> PreactRes(2)
  output late = t1 |> Res(4, stride: 2)
  output film = ModulatedPreactRes(4, stride: 2, modulate: Film)(t1, record)
  output daft = ModulatedRes(4, modulate: Daft, location: 3, shift: false, activation: sigmoid)(t1, record)
  output conv = HyperConv3d(3)(t1, record)
  output hyper = HyperPreactRes(4, stride: 2, first: true, second: true)(t1, record)
  output linear = HyperLinear(5, variance: 0.25)(t1 |> global_avg_pool, record)
}
// table: c: age number; education number

// shape: m.plain = [4, 5, 4, 4]
// shape: m.same = [2, 9, 8, 7]
// shape: m.late = [4, 5, 4, 4]
// shape: m.film = [4, 5, 4, 4]
// shape: m.daft = [4, 5, 4, 4]
// shape: m.conv = [3, 9, 8, 7]
// shape: m.hyper = [4, 5, 4, 4]
// shape: m.linear = [5]
// parameters: m = 5624
