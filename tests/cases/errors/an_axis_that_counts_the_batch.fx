cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { concat(thick, thick, axis: 1) }

// error[E0302] 3:18 `concat`: there is no axis 1: axes are 0 to 0, and -1 is the last
// also 2:10
// hint: axis: 0
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
