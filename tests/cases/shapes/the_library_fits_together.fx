use std.blocks.{ConvBlock, ConvBnRelu, MidFlow}
use std.encoders.{Cnn3d, Mlp}
use std.fusion.{Daft, Film, FilmVector}
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
condition record: vector[2] = c.columns(age, education)
model m(t1, record) {
  let h = t1 |> ConvBnRelu(8, stride: 2)
  output mid = h |> ConvBlock(8) |> MidFlow()
  output film = Film()(h, record)
  output daft = Daft()(h, record)
  output vector = FilmVector()(t1 |> Cnn3d(4, steps: 2), record |> Mlp())
}
// table: c: age number; education number

// shape: m.mid = [8, 16, 16, 16]
// shape: m.film = [8, 16, 16, 16]
// shape: m.daft = [8, 16, 16, 16]
// shape: m.vector = [8]
// parameters: m = 15440
