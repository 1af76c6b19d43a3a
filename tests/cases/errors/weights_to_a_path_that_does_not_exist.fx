cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
model other(thick) -> diagnosis { thick |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
train other {
  init other.Encoder from m.Linear
  minimize cross_entropy(other, diagnosis)
}

// error[E0206] 8:8 no module has the path `other.Encoder`
// also 5:7
// hint: there is other, other.Linear, m, m.Linear, m.Linear_2
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
