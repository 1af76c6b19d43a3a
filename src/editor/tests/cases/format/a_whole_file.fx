param   width: int = 4
param   other : int=5

model m(t1) {   t1 |> relu }
//= replaces "param   width: int = 4\nparam   other : int=5\n\nmodel m(t1) {   t1 |> relu }\n"
//= with "param width: int = 4\nparam other: int = 5\n\nmodel m(t1) { t1 |> relu }\n"
