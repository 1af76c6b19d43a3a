cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
model m(a) -> age { a |> Linear(1) }
train m { minimize cross_entropy(m, age) }
score m: mae
// table: c: x number; y number; age number
