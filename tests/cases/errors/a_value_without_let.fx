cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) {
  h = thick |> Linear(2)
  h
}

// error[E0101] 4:5 expected `}`, found `=`
// hint: names are given with `let h = ...`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
