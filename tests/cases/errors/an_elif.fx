cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
param depth: int = 2
model m(thick) {
  if depth == 1 { thick } elif depth == 2 { thick |> Linear(2) } else { thick |> Linear(3) }
}

// error[E0101] 5:27 expected `}`, found `elif`
// hint: a further condition is written `else if`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
