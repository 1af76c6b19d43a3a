param wi⟨⟩dth: int = 4
// ⟨fold⟩
