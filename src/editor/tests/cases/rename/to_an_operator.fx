block Wi⟨⟩de(x: [c]) { x |> Linear(2) }
// ⟨Linear⟩
