cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age = random_forest(trees: 0)
score b: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0204] 5:45 `trees` of `random_forest` takes a whole number of at least 1, found 0
