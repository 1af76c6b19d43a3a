cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> torch.nn.functional.glu }

// error[E0201] 3:27 nobody declared `torch.nn.functional.glu`
// hint: nothing is imported: the operators are those that `fascicle doc` lists
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
