cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition age: vector[1] = c.columns(age)
model m(a) { concat(a, age) |> Linear(2) }
// table: c: x number; y number; age number

// error[E0209] 4:24 model `m` reads `age` but does not list it
// also 3:11
// hint: add it to the model's head: model m(.., age)
