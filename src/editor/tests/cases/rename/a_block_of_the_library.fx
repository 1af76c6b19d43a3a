use std.blocks.ConvBlock
block B(x: [c, d, h, w]) { x |> Conv⟨⟩Block(2) }
// ⟨Block⟩
//= refused: `ConvBlock` is declared in the standard library (std/blocks.fx), which stays as it is
