use "parts.fx".Head
cohort c = bids("c")
modality t1: volume[1, 8, 8, 8] = c.image("a") |> zscore
model m(t1) { output t1 = t1 |> He⟨⟩ad(2) |> Conv3d(1) }
model k(t1) { output t1 = t1 |> Head(2) |> Conv3d(1) }
train m { minimize mse(m.t1, t1) }
train k { minimize mse(k.t1, t1), init k.Head from m.Head }
// ⟨Trunk⟩
//== parts.fx
block Head(n: int)(x: [c, d, h, w]) { x |> Conv3d(n) }
//== second.fx
use "parts.fx".{Head}
//= main.fx:1 Head -> Trunk
//= main.fx:4 Head -> Trunk
//= main.fx:5 Head -> Trunk
//= main.fx:7 Head -> Trunk
//= main.fx:7 Head -> Trunk
//= parts.fx:1 Head -> Trunk
//= second.fx:1 Head -> Trunk
//= paths of weights change: `m.Head.Conv3d` and 1 more: weights start otherwise under another path, so stages are trained anew; files of weights and name maps say `Head` where `Trunk` is needed
