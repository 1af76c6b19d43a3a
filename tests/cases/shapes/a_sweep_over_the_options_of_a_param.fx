param fusion: one_of(early, late) = early
param width: int = 4
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(a) -> sex { if fusion == early { a |> Linear(2) } else { a |> Linear(width) |> relu |> Linear(2) } }
train m { minimize cross_entropy(m, sex) }
score m: auc
sweep methods: fusion, width in [4, 8, 16] { compare auc }
// table: c: x number; y number; sex F M

// shape: m = [2]
// parameters: m = 6
// variants: 6
