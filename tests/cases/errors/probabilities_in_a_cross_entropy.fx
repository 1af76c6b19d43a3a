cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) |> softmax }
train m { minimize cross_entropy(m, diagnosis) }
score m: auc

// warning[W0907] 4:31 `cross_entropy` takes logits, and is given what `softmax` makes of them
// also 5:20
// hint: leave out `|> softmax`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
