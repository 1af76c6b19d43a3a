/// With a model go its stages and scores; what the file declares itself stays.
extends "base.fx" without judge, truth
target years: real = c.column("years")
model age(m.code) -> years { m.code |> Linear(1) }
train age { minimize mse(age, years) }
score age: mae
// table: c: x number; y number; truth A B; years number
// file base.fx:
//| cohort c = table("people.csv")
//| modality a: vector[2] = c.columns(x, y)
//| target truth: class{A, B} = c.column("truth")
//| model m(a) {
//|   output code = a |> Linear(4)
//|   code |> Linear(2)
//| }
//| train m { minimize mse(m, a) }
//| score m: mse, against: a
//| model judge(m.code) -> truth { m.code |> Linear(2) }
//| train judge {
//|   freeze m
//|   minimize cross_entropy(judge, truth)
//| }
//| score judge: auc

// shape: age = [1]
// parameters: age = 17
