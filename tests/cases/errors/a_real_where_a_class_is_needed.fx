cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
model m(a) -> age { a |> Linear(1) }
train m { minimize cross_entropy(m, age) }
score m: mae
// table: c: x number; y number; age number

// error[E0403] 5:37 `cross_entropy` compares with a class or a mask, and the target is a single number
// also 4:21
// also 3:8
// hint: numbers are compared by mse(prediction, target)
