cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { nn.Sequential(Linear(4), relu)(thick) }

// error[E0201] 3:18 nobody declared `nn.Sequential`
// hint: layers stand one behind the other: `x |> Conv3d(8) |> relu`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
