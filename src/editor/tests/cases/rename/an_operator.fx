block B(x: [c]) { x |> Line⟨⟩ar(2) }
// ⟨Dense⟩
