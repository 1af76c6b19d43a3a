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
