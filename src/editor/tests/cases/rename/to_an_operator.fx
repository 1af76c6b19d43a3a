block Wi⟨⟩de(x: [c]) { x |> Linear(2) }
// ⟨Linear⟩
//= refused: `Linear` is the name of an operator, which would be hidden
