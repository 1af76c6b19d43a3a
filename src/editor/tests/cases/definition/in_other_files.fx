extends "ba⟨⟩se.fx" without ol⟨⟩d
use "parts/b.fx".Hea⟨⟩d
use st⟨⟩d.blocks.ConvBlock
param width: int = 8
model k(t1) { t1 |> Head(n: ⟨⟩width) |> Conv⟨⟩Block(2) }
//== base.fx
param width: int = 4
cohort c = table("c.tsv")
modality t1: volume[1, 8, 8, 8] = c.image("a") |> zscore
model old(t1) { t1 }
//== parts/b.fx
block Head(n: int)(x: [c, d, h, w]) { x |> Conv3d(n) }
//= base.fx:1
//= base.fx:4 old
//= parts/b.fx:1 Head
//= std/blocks.fx:1
//= main.fx:4 width, base.fx:1 width
//= std/blocks.fx:9 ConvBlock
