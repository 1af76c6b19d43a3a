cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: accuracy, pearson
// table: c: x number; y number; sex F M

// error[E0407] 6:20 `pearson` does not measure classes, and `sex` holds classes
// also 3:8
// hint: for classes: accuracy, balanced_accuracy, f1, auc
