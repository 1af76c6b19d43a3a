cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis differ = mann_whitney(people.x, HC vs ADD)
analysis alike = similarity(m.z, people.columns(x, y), within: diagnosis == HCC)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0201] 7:42 no class has both `HC` and `ADD`
// hint: did you mean `AD`?
// error[E0201] 8:77 nobody is `HCC`
// hint: did you mean `HC`?
