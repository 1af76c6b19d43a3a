/// A file.
param n: int = 3
block B(x: [c, d, h, w]) { x |> ConvBlo⟨⟩ }
//= replaces "ConvBlo"
//= ConvBlock (ConvBlock(filters)(x: [c, d, h, w]) -> [filters, d, h, w]) writes "ConvBlock(${1:filters})", and at 12 "use std.blocks.ConvBlock\n"
//= and 0 more
