cohort young = table("young.csv")
cohort old = table("old.csv")
modality a: vector[2] = columns(x, y)
target age: real = column("age")
model m(a) -> age { a |> Linear(1) }
model n(a) -> age { a |> Linear(1) }
train m on young { minimize mse(m, age) }
train n on old { minimize mse(n, age) }
baseline b(a) -> age = ridge()
baseline d(a) -> age on old = ridge()
score m: mae
score n: mae
score b: mae
score d: mae
// table: young: x number; y number; age number
// table: old: x number; y number; age number

// error[E0203] 9:10 baseline `b` does not say on whom it is fitted: the stage of `m` trains on `young`, that of `n` on `old`
// hint: name the cohort: baseline b(..) -> age on young = ..
