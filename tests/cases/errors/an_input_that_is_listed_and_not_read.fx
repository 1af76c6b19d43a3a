/// The head of the model names `age`; its body does not.
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition age: vector[1] = c.columns(age)
model m(a, age) { a |> Linear(2) }
train m { minimize mse(m, a) }
score m: mse, against: a
// table: c: x number; y number; age number

// warning[W0902] 4:11 nothing reads the input `age`
// hint: remove it, or use it
