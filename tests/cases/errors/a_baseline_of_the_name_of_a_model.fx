cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
model b(a) -> age { a |> Linear(1) }
train b { minimize mse(b, age) }
baseline b(a) -> age = ridge()
score b: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0205] 7:10 `b` is declared twice
