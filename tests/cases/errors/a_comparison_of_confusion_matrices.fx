cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target dx: class{HC, AD} = c.column("dx")
baseline linear(a) -> dx = logistic()
baseline forest(a) -> dx = random_forest()
score linear, forest: confusion
compare linear, forest: confusion
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0403] 7:25 `confusion` is a table
