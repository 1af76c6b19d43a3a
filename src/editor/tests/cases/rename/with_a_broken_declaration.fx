param wi⟨⟩dth: int = 4
block B(x: [c]) { x |> Linear(width }
// ⟨size⟩
