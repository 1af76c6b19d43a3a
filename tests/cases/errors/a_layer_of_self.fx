cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { self.linear(thick) }

// error[E0201] 3:18 nobody declared `self`
// hint: a block has no `self`: its layers are made where they are applied, its values named by `let`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
