cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
baseline linear(a) -> age = ridge()
baseline forest(a) -> age = random_forest()
score linear: mae, r2
score forest: mae
compare linear against forest: mae, r2
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0607] 8:37 nothing scores `r2` of `forest` on test
