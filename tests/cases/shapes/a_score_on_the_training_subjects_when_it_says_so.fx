cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { a |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
protocol cv = kfold(5, stratify: [sex], holdout: 20, seeds: [1, 2, 3])
score m: auc
score m on training: auc
score m on validation: accuracy
score m on holdout: auc, recall by class
// table: c: x number; y number; sex F M

// shape: m = [2]
// parameters: m = 6
