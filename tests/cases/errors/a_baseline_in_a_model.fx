cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age = ridge()
model m(a, b) -> age { concat(a, b) |> Linear(1) }
train m { minimize mse(m, age) }
score m: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0403] 6:34 `b` is a baseline: it is fitted as a whole, and no network can be made of it
