block B(x: [c]) {
  let la⟨⟩yer = x |> Linear(2)
  { layer, wide: layer }
}
// ⟨low⟩
