cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age = rigde(strength: 1.0)
score b: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0201] 5:24 there is no method of baselines `rigde`
// hint: did you mean `ridge`?
