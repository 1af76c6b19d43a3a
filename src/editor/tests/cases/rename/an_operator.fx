block B(x: [c]) { x |> Line⟨⟩ar(2) }
// ⟨Dense⟩
//= refused: `Linear` is a word of the language: operator
