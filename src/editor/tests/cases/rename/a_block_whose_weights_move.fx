use "parts.fx".Head
cohort c = table("c.tsv")
modality t1: volume[1, 8, 8, 8] = c.image("a") |> zscore
model m(t1) { t1 |> He⟨⟩ad(2) }
train m { minimize mse(m, t1), freeze m.Head }
// ⟨Trunk⟩
//== parts.fx
block Head(n: int)(x: [c, d, h, w]) { x |> Conv3d(n) }
//== second.fx
use "parts.fx".{Head}
