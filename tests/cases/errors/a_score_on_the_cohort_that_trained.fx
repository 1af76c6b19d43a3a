cohort healthy = table("healthy.csv")
cohort patients = table("patients.csv")
modality a: vector[2] = columns(x, y)
model m(a) { a |> Linear(2) }
train m on healthy { minimize mse(m, a) }
analysis deviation = normative_deviation(m, reference: healthy, cases: patients)
// table: healthy: x number; y number
// table: patients: x number; y number

// error[E0601] 6:56 `healthy` holds people who trained the model
// hint: ask for those who did not: `healthy.test` or `healthy.validation`
