cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  sample balanced()
}

// error[E0203] 7:10 `balanced` needs `by`
// hint: the class to balance: balanced(by: diagnosis)
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
