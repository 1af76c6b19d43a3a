/// What people are like, by group; by how much a model errs, and whether that goes with anything.
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age") |> standardize
model m(a) -> age { a |> Linear(1) }
baseline b(a) -> age = ridge()
train m { minimize mse(m, age) }
analysis about = describe(c.columns([age, x], site |> onehot, sex) by c.sex)
analysis all = describe(c.columns(age))
analysis ranked = describe(c.columns(age) by c.site, test: ranks)
analysis errors = residuals(m)
analysis plain = residuals(b)
analysis bias = correlation(errors.difference, c.age)
analysis where = kruskal_wallis(plain.absolute by c.site)
analysis by_site = describe(errors.absolute by c.site)
// table: c: x number; y number; age number; sex F M; site 1 2 3

// shape: m = [1]
// variants: 1
