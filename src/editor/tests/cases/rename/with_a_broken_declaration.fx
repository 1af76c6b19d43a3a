param wi⟨⟩dth: int = 4
block B(x: [c]) { x |> Linear(width }
// ⟨size⟩
//= refused: the declaration at main.fx:2 cannot be read and says `width`: mend it first
