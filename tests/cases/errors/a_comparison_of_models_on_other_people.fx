cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[1]? = c.columns(z)
target age: real = c.column("age")
baseline linear(a) -> age = ridge()
baseline forest(a, b) -> age = random_forest()
score linear, forest: mae, r2
compare linear, forest: mae
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0607] 8:17 `linear` and `forest` are not judged on the same people
