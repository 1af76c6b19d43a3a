cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target age: real = c.column("age")
model m(thick) -> age { thick |> Linear(1) }
train m {
  minimize mse(m, age)
  patches 16
}

// error[E0861] 7:3 nothing that trains `m` has axes in space to cut patches along
// hint: patches are cut from volumes, images, slices and masks: leave the clause out
// table: c: a number; b number; d number; age number
