cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
target age: real = c.column("age")
model m(thick) -> age { thick |> Linear(1) }
train m { minimize mse(m, age) }
protocol split = holdout(train: 0.8, validation: 0.1, test: 0.1, repeats: 10)
score m: mae
ensemble m over repeats, best: 5
// table: c: 90 people; a number; b number; d number; age number; sex F*40 M*50; diagnosis HC*45 AD*45; site A*40 B*50

// error[E0615] 9:32 by what the best are chosen is not said
// hint: say it: `best: 5, by: mae`
