cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis, weight: "balanced") }

// error[E0204] 5:56 `weight` of `cross_entropy` takes one of equal, inverse_frequency, or a list of numbers, found a text
// hint: it is one of equal, inverse_frequency, without quotes
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
