cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age = 3
score b: mae
// table: c: x number; y number; age number; dx HC AD

// error[E0204] 5:24 expected a method: ridge, elastic_net, logistic, svm, decision_tree, random_forest, nearest
// hint: for example ridge(strength: 1.0)
