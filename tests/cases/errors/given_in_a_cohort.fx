// error[E0702] 8:38 what is given is in no cohort
// hint: write `= given()`
// error[E0703] 9:17 `vector` needs its shape
// also 9:29
// hint: tensor[8, 16, 16]

cohort c = phantom(subjects: 10)
modality features: tensor[8, 6, 7] = c.given()
modality about: vector[_] = given()
model m(features, about) { concat(features |> global_avg_pool, about) |> Linear(2) }
