cohort people = table("people.csv")
modality a: vector[2] = people.columns(x, y)
target diagnosis: class{HC, AD} = people.column("diagnosis")
target age: real = people.column("age")
group parts = [a]
model m(parts) { output z = for p in parts { p |> Linear(3) } }
analysis apart = tsne(m.z, colour: modality), tsne(m.z, colour: subject)
train m { minimize mse(m.z[a] |> Linear(2), a) }
// table: people: x number; y number; age number; diagnosis HC AD; site A B

// error[E0204] 7:47 an analysis asks one thing
// hint: declare the second by itself: analysis apart_2 = tsne(m.z, colour: subject)
