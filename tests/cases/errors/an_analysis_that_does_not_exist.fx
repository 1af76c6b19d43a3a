cohort healthy = table("healthy.csv")
cohort patients = table("patients.csv")
modality a: vector[2] = columns(x, y)
model m(a) { a |> Linear(2) }
train m on healthy { minimize mse(m, a) }
analysis deviation = normative_deviaton(m, reference: healthy.test, cases: patients)
analysis deviant = one_sample_t(deviation.z)
// table: healthy: x number; y number
// table: patients: x number; y number

// error[E0201] 6:22 there is no analysis `normative_deviaton`
// hint: did you mean `normative_deviation`?
