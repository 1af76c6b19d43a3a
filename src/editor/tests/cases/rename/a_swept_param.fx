/// fascicle run main.fx --set width=16
param wi⟨⟩dth: int = 4
cohort c = table("c.tsv")
modality t1: volume[1, 8, 8, 8] = c.image("a") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(width) |> Conv3d(1) }
train m { minimize mse(m.t1, t1) }
score m.t1: mse
sweep s: width in [4, 8] { compare mse }
// ⟨filters⟩
//= main.fx:1 width -> filters
//= main.fx:2 width -> filters
//= main.fx:5 width -> filters
//= main.fx:8 width -> filters
//= names of variants change: results stand under `width=..`, and scripts that say `--set width=..` need `filters`
