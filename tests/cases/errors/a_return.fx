cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) {
  let h = thick |> Linear(2)
  return h
}

// error[E0403] 5:3 `return h` is not a value
// hint: the last expression of a body is its value: `h`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
