cohort people = table("people.csv")
modality thick: vector[3] = people.columns(/^lh_/)
model m(thick) { output thick = thick |> Linear(2) |> Linear(3) }
train m { minimize mse(m.thick, thick) }
score m.thick: mse, skill
// table: people: lh_a number; lh_b number; lh_c number

// error[E0407] 5:21 `skill` judges images, and `thick` is none
// also 2:10
// hint: for numbers: mae, mse, r2, pearson
