cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
baseline linear(a) -> age = ridge()
baseline forest(a) -> age = random_forest()
baseline tree(a) -> age = decision_tree()
score linear, forest, tree: mae
compare linear, forest against tree: mae
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0204] 8:17 before `against` stands the reference, which is one model
