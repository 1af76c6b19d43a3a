cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
model m(a) -> age { a |> Linear(1) }
train m { minimize mse(m, age) }
analysis about = describe(c.columns(age, name) by c.sex)
analysis scaled = describe(c.columns(age |> standardize) by c.sex)
analysis known = describe(c.columns(agee, sex))
// table: c: x number; y number; age number; name text; sex F M

// error[E0705] 6:42 column `name` of `c` has too many values to be counted
// hint: leave it out
// error[E0705] 7:45 columns are described as they stand in the table
// hint: `|> onehot` counts the levels of a column of numbers
// error[E0704] 8:37 the table of `c` has no column `agee`
// hint: did you mean `age`?
