cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
target age: real = c.column("age")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  sample balanced(by: thick)
}

// error[E0403] 8:23 `thick` has no classes to be drawn alike
// also 2:10
// hint: draw by a class: `balanced(by: diagnosis)`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
