cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
baseline linear(a) -> age = ridge()
target weight: real = c.column("weight")
baseline forest(a) -> weight = random_forest()
score linear, forest: mae, r2
compare linear, forest: mae
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0607] 8:17 `linear` is judged by `age`, `forest` by `weight`
