cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> StandardScaler)
model m(thick) { thick |> Linear(2) }

// error[E0705] 2:50 there is no step for columns `StandardScaler`
// hint: `StandardScaler` is called `standardize` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
