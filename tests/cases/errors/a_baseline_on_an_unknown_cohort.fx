cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age on d = ridge()
score b: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0201] 5:25 there is no cohort `d`
