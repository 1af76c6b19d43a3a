cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
modality sick: vector[2] = c.columns(sex |> onehot([F, M]))
model m(thick) { thick |> Linear(2) |> sigmoid }
train m { minimize binary_cross_entropy(m, sick, logits: true) }
score m: mse, against: sick

// warning[W0907] 4:18 takes logits, and is given what `sigmoid` makes of them
// also 5:20
// hint: leave out `|> sigmoid`, or `logits: true`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
