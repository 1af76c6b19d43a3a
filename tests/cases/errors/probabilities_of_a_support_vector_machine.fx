cohort c = table("c.csv")
modality thick: vector[3] = columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = column("diagnosis")
baseline machine(thick) -> diagnosis = svm()
score machine: auc, brier

// error[E0407] 5:21 `brier` judges probabilities, and `svm` gives none
// also 5:7
// hint: logistic, random_forest and nearest give probabilities
// table: c: a number; b number; d number; diagnosis HC AD
