param   width: int = 4
param   other : int=5

model m(t1) {   t1 |> relu }
