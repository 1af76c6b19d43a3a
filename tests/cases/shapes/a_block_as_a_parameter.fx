/// A block takes another as a parameter: the nonlinearity, the norm, the whole shortcut.
cohort c = bids("data")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz")
block Plain(filters: int)(x: [c, d, h, w]) -> [filters, d, h, w] { x |> Conv3d(filters) }
block Wide(filters: int)(x: [c, d, h, w]) -> [filters, d, h, w] {
  x |> Conv3d(2 * filters) |> Conv3d(filters)
}
block Residual(inner: block = Plain)(x: [c, d, h, w]) -> [c, d, h, w] { x + (x |> inner(c)) }
model m(t1) {
  let h = t1 |> Conv3d(4)
  output plain = h |> Residual()
  output wide = h |> Residual(inner: Wide)
}

// shape: m.plain = [4, 32, 32, 32]
// shape: m.wide = [4, 32, 32, 32]
// parameters: m = 2288
