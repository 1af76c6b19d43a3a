/// Fusion operators: two kinds of data become one.

/// Feature-wise linear modulation (Perez et al. 2018): each channel is scaled and shifted as a record says. The
/// scale is 1 + what is computed, so that a small record leaves the image as it is.
block Film(hidden: int = 8)(x: [c, d, h, w], record: [k]) -> [c, d, h, w] {
  let r = record |> Linear(hidden) |> relu
  x * (1 + (r |> Linear(c))) + (r |> Linear(c))
}

/// The same for a vector of features.
block FilmVector(hidden: int = 8)(x: [n], record: [k]) -> [n] {
  let r = record |> Linear(hidden) |> relu
  x * (1 + (r |> Linear(n))) + (r |> Linear(n))
}

/// Dynamic affine feature map transform (Pölsterl et al. 2021): as FiLM, but the record is read together with a
/// summary of the image, through a bottleneck.
block Daft(bottleneck: int = 7)(x: [c, d, h, w], record: [k]) -> [c, d, h, w] {
  let r = concat(x |> global_avg_pool, record) |> Linear(bottleneck, bias: false) |> relu
  x * (1 + (r |> Linear(c, bias: false))) + (r |> Linear(c, bias: false))
}
