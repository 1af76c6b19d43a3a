cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age = ridge()
score b: auc
// table: c: x number; y number; age number; dx HC AD

// error[E0407] 6:10 `auc` does not measure numbers, and `age` holds numbers
