param   width: int = 
model m(t1) {   t1 |> relu }
//= nothing
