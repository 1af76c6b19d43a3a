/// What it is.
/// And more.
use std.blocks.ConvBlock
use std.fusion.Daft

param width: int = 4

cohort c = bids("data") {
  keep age > 3
}
modality t1: volume[1, 8, 8, 8] = c.image("a") |> zscore
block B(n: int)(x: [c, d, h, w]) -> [n, d, h, w] {
  let y = x |> Conv3d(
    n⟨⟩ + 1,
  )
  y
}
model m(t1) {
  output z = t1 |> B(4)
}
train m {
  minimize mse(m.z, t1)
  epochs 3
}
score m.z: mse, mae
sweep s: width in [1, 2] { compare mse }
block Broken(x { 
//= use std.blocks.ConvBlock
//= use std.fusion.Daft
//= param width int = 4
//= cohort c bids("data")
//=   clause keep
//= modality t1 volume[1, 8, 8, 8]
//= block B -> [n, d, h, w]
//=   parameter n int
//=   input x [c, d, h, w]
//=   let y
//= model m (t1)
//=   output z
//= train m
//=   clause minimize mse(m.z, t1)
//=   clause epochs 3
//= score m.z mse, mae
//= sweep s width
//= fold 1..2 comment
//= fold 3..4 imports
//= fold 8..9
//= fold 12..16
//= fold 13..14
//= fold 18..19
//= fold 21..23
//= select n
//= select n + 1
//= select Conv3d(\n    n + 1,\n  )
//= select x |> Conv3d(\n    n + 1,\n  )
//= select y = x |> Conv3d(\n    n + 1,\n  )
//= select {\n  let y = x |> Conv3d(\n    n + 1,\n  )\n  y\n}
//= select block B(n: int)(x: [c, d, h, w]) -> [n, d, h, w] {\n  let y = x |> Conv3d(\n    n + 1,\n  )\n  y\n}
//= select /// What it is.\n/// And more.\nuse std.blocks.ConvBlock\nuse std.fusion.Daft\n\nparam width: int = 4\n\ncohort c = bids("data") {\n  keep age > 3\n}\nmodality t1: volume[1, 8, 8, 8] = c.image("a") |> zscore\nblock B(n: int)(x: [c, d, h, w]) -> [n, d, h, w] {\n  let y = x |> Conv3d(\n    n + 1,\n  )\n  y\n}\nmodel m(t1) {\n  output z = t1 |> B(4)\n}\ntrain m {\n  minimize mse(m.z, t1)\n  epochs 3\n}\nscore m.z: mse, mae\nsweep s: width in [1, 2] { compare mse }\nblock Broken(x { \n
