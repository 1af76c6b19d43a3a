extends "⟨⟩"
//== base.fx
/// A base.
param n: int = 3
