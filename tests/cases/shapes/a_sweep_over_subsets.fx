/// Every combination of three switches but the one where all are off: 7 variants.
param one: real = 1
param two: real = 0
param three: real = 0
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(2) }
train m { minimize one * mse(m, a) + two * l1(m, a) + three * huber(m, a) }
score m: mse, against: a
sweep terms: [one, two, three] in subsets([0, 1]) { compare mse }
// table: c: x number; y number

// shape: m = [2]
// parameters: m = 6
// variants: 7
