use "other.fx".Head
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
block Tail(x: [n]) -> [n] { x |> relu }
model m(a) { a |> Head() |> Tail() }
// table: c: x number; y number
// file other.fx:
//| use "two_files_that_use_each_other.fx".Tail
//| block Head(x: [n]) -> [n] { x |> Tail() }

// error[E0103] other.fx 1:5 `two_files_that_use_each_other.fx` uses itself, through two_files_that_use_each_other.fx and other.fx
// hint: move what both need to a third file
