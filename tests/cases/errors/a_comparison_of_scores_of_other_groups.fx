cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition sex: class{F, M} = c.column("sex")
target age: real = c.column("age")
baseline linear(a, sex) -> age = ridge()
baseline forest(a, sex) -> age = random_forest()
score linear: mae, within: sex
score forest: mae
compare linear, forest: mae
// table: c: x number; y number; z number; age number; weight number; dx HC AD; sex F M

// error[E0607] 9:25 `mae` is taken of these models in different ways
