cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis alike = similarity(m.z, people.columns(x, y), measures: [cka, svcca])
sweep sizes: parts in [[a]] { compare alike.cca, alike.cka on holdout }
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0206] 8:39 `alike` has no field `cca`
// hint: did you mean `alike.cka`?
// error[E0204] 8:63 `alike` is not asked of the holdout subjects
// hint: say it where it is asked: analysis alike = ..(.., on: holdout)
