/// A baseline gives a number, or one for each class, to those who have all that it reads.
param strength: real = 1
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality rest: vector[1]? = c.columns(z)
condition site: class{A, B, C} = c.column("site")
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
group all = [a, site]
model m(a) -> age { a |> Linear(1) }
train m on c { minimize mse(m, age) }
baseline linear(all) -> age = ridge(strength)
baseline forest(all, rest) -> dx on c = random_forest(trees: 30, depth: 4, columns: 0.5)
score m, linear: mae, r2
score forest: auc
sweep penalties: strength in [0.1, 1, 10] { compare mae }
// table: c: x number; y number; z number; age number; dx HC AD; site A B C

// shape: m = [1]
// shape: linear = [1]
// shape: forest = [2]?
// variants: 3
