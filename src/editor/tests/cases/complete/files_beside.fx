extends "⟨⟩"
//== base.fx
/// A base.
param n: int = 3
//= replaces ""
//= base.fx (A base.)
//= and 0 more
