cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize: cross_entropy(m, diagnosis)
  epochs: 50
}

// error[E0101] 6:11 expected a value, found `:`
// hint: a clause is a word and its values, with nothing between: `minimize cross_entropy`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
