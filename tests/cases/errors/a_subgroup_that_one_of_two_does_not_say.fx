cohort c = table("c.csv")
param alone: bool = true
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target age: real = c.column("age")
model m(thick) -> age { thick |> Linear(1) }
train m { minimize mse(m, age), within if alone { } else { sex == F } }
score m: mae
// table: c: 90 people; a number; b number; d number; age number; sex F*40 M*50

// error[E0204] 6:40 one of the two says nothing
// hint: write: within if alone { sex == F } else { everybody }
