cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
baseline linear(a) -> age = ridge()
baseline forest(a) -> age = random_forest()
score linear, forest: mae, r2
compare linear, forest: mae on test
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0210] 7:29 a metric that is compared has no `on`
