cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age = ridge()
train b { minimize mse(b, age) }
score b: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0403] 6:7 `b` is a baseline: it is fitted as a whole, and no network can be made of it
// hint: it can be scored, compared and analysed: score b: ..
