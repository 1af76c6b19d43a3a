param strength: real = 1
param trees: int = 10
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
baseline linear(a) -> age = ridge(strength)
baseline forest(a) -> age = random_forest(trees: trees)
score linear, forest: mae, r2
sweep s: strength in [1, 2.5], trees in [10, 20] { compare mae against 2.5 }
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0806] 9:72 `2.5` is a value of 2 variants
