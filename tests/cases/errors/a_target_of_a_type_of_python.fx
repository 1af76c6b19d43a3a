cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target age: float = c.column("age")
model m(thick) -> age { thick |> Linear(1) }

// error[E0703] 3:13 there is no type of inputs `float`
// hint: `float` is called `real` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
