/// A file.
param n: int = 3
block B(x: [c, d, h, w]) { x |> ConvBlo⟨⟩ }
