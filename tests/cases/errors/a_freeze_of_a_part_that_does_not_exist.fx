cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  freeze m.encoder
}

// error[E0206] 7:10 no module has the path `m.encoder`
// also 4:7
// hint: there is m, m.Linear, m.Linear_2
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
