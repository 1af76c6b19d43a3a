param wi⟨⟩dth: int = 4
// ⟨fold⟩
//= refused: `fold` is a reserved word
