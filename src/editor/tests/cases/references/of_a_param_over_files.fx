/// fascicle run main.fx --set width=16
extends "base.fx"
sweep s: wid⟨⟩th in [4, 8] { compare mse }
//== base.fx
param width: int = 4
cohort c = table("c.tsv")
modality t1: volume[1, 8, 8, 8] = c.image("a") |> zscore
model m(t1) { output t1 = t1 |> Conv3d(width) |> Conv3d(1) }
//== third.fx
extends "base.fx"
param width: int = 32
//== other.fx
param width: int = 5
//= base.fx:1 width
//= base.fx:4 width
//= main.fx:1 width
//= main.fx:3 width
//= third.fx:2 width
//= of this file 2, 1 of them write
