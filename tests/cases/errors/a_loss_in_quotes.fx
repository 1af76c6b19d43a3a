cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize "cross_entropy" }

// error[E0403] 5:20 expected a tensor, found a text
// hint: functions are named without quotes: `cross_entropy(..)`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
