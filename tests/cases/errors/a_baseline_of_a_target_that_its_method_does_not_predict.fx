cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
target age: real = c.column("age")
target dx: class{HC, AD} = c.column("dx")
baseline b(a) -> age = logistic()
baseline d(a) -> dx = ridge()
score b: mae
score d: auc
// table: c: x number; y number; age number; dx HC AD

// error[E0709] 5:24 `logistic` predicts classes, and `age` is a number
// hint: for numbers: ridge, elastic_net, svm, decision_tree, random_forest, nearest
// error[E0709] 6:23 `ridge` predicts numbers, and `dx` is a class
// hint: for classes: logistic, svm, decision_tree, random_forest, nearest
