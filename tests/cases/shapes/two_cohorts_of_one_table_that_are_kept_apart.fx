/// Disjoint by a number and by a word: nobody can be on both sides.
cohort young = table("people.csv") { keep age < 45 }
cohort old = table("people.csv") { keep age >= 45 and site in [A, B] }
cohort others = table("people.csv") { keep age >= 45, keep site == "C" }
modality a: vector[2] = columns(x, y)
model m(a) { a |> Linear(2) }
train m on young, old { minimize mse(m, a) }
analysis deviation = normative_deviation(m, reference: young.test, cases: others)
// table: young: x number; y number; age number; site A B C
// table: old: x number; y number; age number; site A B C
// table: others: x number; y number; age number; site A B C

// shape: m = [2]
// parameters: m = 6
