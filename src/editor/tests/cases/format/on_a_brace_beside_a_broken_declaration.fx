param   width: int = 
model m(t1) {   t1   |> relu
}⟨⟩
//= replaces "model m(t1) {   t1   |> relu\n"
//= with "model m(t1) {\n  t1 |> relu\n"
