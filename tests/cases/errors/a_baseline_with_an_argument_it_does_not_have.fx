cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age = ridge(alpha: 1.0)
score b: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0202] 5:30 `ridge` has no argument `alpha`
// hint: `alpha` is called `strength` here
