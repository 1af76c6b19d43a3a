cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { torch.cat([thick, thick]) }

// error[E0201] 3:18 nobody declared `torch.cat`
// hint: `torch.cat` is called `concat` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
