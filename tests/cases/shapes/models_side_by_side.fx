/// Models are compared by the scores that all of them have, and a sweep with the variant that the file names.
param strength: real = 1
param method: one_of(early, late) = early
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition sex: class{F, M} = c.column("sex")
target age: real = c.column("age")
group all = [a, sex]
model m(all) -> age { if method == early { concat(a, sex |> one_hot) |> Linear(1) } else { a |> Linear(1) } }
train m { minimize mse(m, age) }
baseline linear(all) -> age = ridge(strength)
baseline forest(all) -> age = random_forest()
protocol cv = kfold(4, holdout: 10)
score m, linear, forest: mae, r2
score linear, forest, m: mae, within: sex
score m, forest on holdout: mae
compare m against linear, forest: mae, r2 with wilcoxon
compare linear, forest, m: mae
compare m, forest on holdout: mae
sweep penalties: strength in [0.1, 1, 10] { compare mae against 1 }
sweep both: method, strength in [0.1, 1] { compare mae, r2 against [late, 0.1] with wilcoxon }
sweep named: method, strength in [0.1, 10] { compare mae on holdout against "method=late,strength=10" }
// table: c: x number; y number; age number; sex F M

// shape: m = [1]
// shape: linear = [1]
// variants: 9
