cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> nn.Linear(16) }

// error[E0201] 3:27 nobody declared `nn.Linear`
// hint: `nn.Linear` is called `Linear` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
