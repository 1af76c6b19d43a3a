cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m {
  minimize cross_entropy(m, sex)
  keep best auc on test
}
score m: auc
// table: c: x number; y number; sex F M

// error[E0601] 7:20 the epoch is chosen on the validation subjects
// hint: choosing it on any others would leak: write `on validation`, or nothing
