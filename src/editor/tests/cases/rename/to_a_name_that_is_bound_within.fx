param wi⟨⟩dth: int = 4
block B(n: int)(x: [c]) { x |> Linear(width) }
// ⟨n⟩
