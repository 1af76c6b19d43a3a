param wi⟨⟩dth: int = 4
block B(n: int)(x: [c]) { x |> Linear(width) }
// ⟨n⟩
//= refused: `n` is taken: parameter, declared at main.fx:2
