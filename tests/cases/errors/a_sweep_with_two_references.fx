param strength: real = 1
param trees: int = 10
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
baseline linear(a) -> age = ridge(strength)
baseline forest(a) -> age = random_forest(trees: trees)
score linear, forest: mae, r2
sweep s: [strength, trees] in [[1, 10], [2, 20]] { compare mae against 20, r2 against [1, 10] }
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0204] 9:87 a sweep has one reference for all that it compares
