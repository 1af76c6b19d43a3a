cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a, dx) -> age = ridge()
score b: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0603] 5:15 `dx` is a target: a baseline cannot read it
