cohort c = table("c.csv")
modality about: vector[2] = c.columns(a, b, missing: SimpleImputer())
model m(about) { about |> Linear(2) }

// error[E0204] 2:54 there is no way to deal with missing cells `SimpleImputer`
// hint: `SimpleImputer` is called `mean` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
