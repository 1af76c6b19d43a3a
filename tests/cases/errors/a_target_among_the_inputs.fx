cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick, diagnosis) -> diagnosis { concat(thick, one_hot(diagnosis)) |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }

// error[E0603] 4:16 `diagnosis` is a target: a model cannot read it
// also 3:8
// hint: declare it as a `condition` if it is known in use; `-> diagnosis` says that it is predicted
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
