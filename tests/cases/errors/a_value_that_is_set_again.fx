cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) {
  let h = thick |> Linear(2)
  h += 1
  h
}

// error[E0101] 5:6 expected a value, found `=`
// hint: a name keeps its value: give the new one a name of its own with `let`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
