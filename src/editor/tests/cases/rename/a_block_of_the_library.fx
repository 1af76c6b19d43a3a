use std.blocks.ConvBlock
block B(x: [c, d, h, w]) { x |> Conv⟨⟩Block(2) }
// ⟨Block⟩
