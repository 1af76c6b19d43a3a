cohort healthy = table("healthy.csv")
cohort patients = table("patients.csv")
modality a: vector[2] = columns(x, y)
model m(a) { a |> Linear(2) }
train m on healthy { minimize mse(m, a) }
analysis deviation = normative_deviation(m, reference: healthy.training, cases: patients)
// table: healthy: x number; y number
// table: patients: x number; y number

// error[E0601] 6:64 people who trained the model are not a fair reference
// hint: use `healthy.validation` or `healthy.test`
