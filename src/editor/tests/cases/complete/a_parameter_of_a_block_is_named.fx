block B(⟨⟩
//= replaces ""
//=
//= and 0 more
