use "parts.fx".Head
cohort c = table("c.tsv")
modality t1: volume[1, 8, 8, 8] = c.image("a") |> zscore
model m(t1) { t1 |> He⟨⟩ad(2) }
train m { minimize mse(m, t1), freeze m.Head }
//== parts.fx
block Head(n: int)(x: [c, d, h, w]) { x |> Conv3d(n) |> Tail() }
block Tail()(x: [c, d, h, w]) { x |> relu }
//== second.fx
use "parts.fx".{Tail, Head}
//= main.fx:1 Head
//= main.fx:4 Head
//= main.fx:5 Head
//= parts.fx:1 Head
//= second.fx:1 Head
//= of this file 3, 0 of them write
