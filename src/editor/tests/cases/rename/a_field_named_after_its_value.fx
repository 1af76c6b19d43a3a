block B(x: [c]) {
  let la⟨⟩yer = x |> Linear(2)
  { layer, wide: layer }
}
// ⟨low⟩
//= main.fx:2 layer -> low
//= main.fx:3 layer -> layer: low
//= main.fx:3 layer -> low
