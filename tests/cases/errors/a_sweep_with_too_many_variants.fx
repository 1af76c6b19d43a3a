param a: int = 1
param b: int = 1
cohort c = table("people.csv")
modality v: vector[2] = c.columns(x, y)
target sex: class{F, M} = c.column("sex")
model m(v) -> sex { v |> Linear(a) |> Linear(b) |> Linear(2) }
train m { minimize cross_entropy(m, sex) }
score m: auc
sweep many: a in 1..1000, b in 1..1000 { compare auc }
// table: c: x number; y number; sex F M

// error[E0804] 9:7 the sweep has more than 10000 variants
// hint: its axes are multiplied; give fewer values, or make several sweeps of it
