/// The cohort and the first modality cannot be read; neither hides what is wrong with the score and the analysis, and
/// nothing that uses them is blamed.
cohort c = tabel("people.csv")
cohort d = table("others.csv")
modality a: vector[2] = c.columns(x, y
modality b: vector[2] = d.columns(x, y)
target sex: class{F, M} = d.column("sex")
model m(b) -> sex { b |> Linear(2) }
model n(a) -> sex { a |> Linear(2) }
train m on d { minimize cross_entropy(m, sex) }
train n { minimize cross_entropy(n, sex) }
score m: acuracy
score n on holdout: auc
analysis differ = one_sample_t(m, korrect: fdr)
sweep many: a in [1, 2] { compare f1 }
// table: d: x number; y number; sex F M

// error[E0701] 3:12 there is no source of cohorts `tabel`
// hint: did you mean `table`?
// error[E0101] 5:34 `(` is never closed
// hint: add the matching `)`
// error[E0211] 12:10 there is no metric `acuracy`
// hint: did you mean `accuracy`?
// error[E0602] 13:12 the protocol makes no `holdout` subjects
// hint: a single division has training, validation and test subjects: use `on test`
// error[E0202] 14:35 `one_sample_t` has no argument `korrect`
// hint: did you mean `correct`?
