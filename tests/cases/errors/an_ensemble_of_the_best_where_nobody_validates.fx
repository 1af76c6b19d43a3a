cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
target age: real = c.column("age")
model m(thick) -> age { thick |> Linear(1) }
train m { minimize mse(m, age), keep last }
protocol split = holdout(train: 0.8, validation: 0, test: 0.2, repeats: 10)
score m: mae
ensemble m over repeats, best: 5, by: mae
// table: c: 90 people; a number; b number; d number; age number; sex F*40 M*50; diagnosis HC*45 AD*45; site A*40 B*50

// error[E0615] 9:32 the best runs are chosen on those who validate, and nobody does
// hint: let some validate: `validation: 0.1` in the protocol
