cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[1] = c.columns(z)
target sex: class{F, M} = c.column("sex")
group parts = [a, b]
model m(parts) -> sex { concat(for p in parts { p |> Linear(4) }) |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: auc
sweep inputs: parts in [[a], [b], [a, b]] { compare auc with wilcoxon }
// table: c: x number; y number; z number; sex F M

// shape: m = [2]
// parameters: m = 38
// variants: 3
