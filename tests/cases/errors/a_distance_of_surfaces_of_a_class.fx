cohort c = table("c.csv")
modality thick: vector[3] = columns(a, b, d |> standardize)
condition sex: class{F, M} = column("sex")
target diagnosis: class{HC, AD} = column("diagnosis")
target age: real = column("age")
model dx(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
model years(thick) -> age { thick |> Linear(8) |> relu |> Linear(1) }
train dx { minimize cross_entropy(dx, diagnosis) }
train years { minimize mse(years, age) }
score dx: hausdorff

// error[E0407] 10:11 hausdorff
// also 4:8
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD; hand L R
