cohort healthy = table("healthy.csv")
cohort patients = table("patients.csv")
modality a: vector[2] = columns(x, y)
model m(a) { a |> Linear(2) }
train m on healthy { minimize mse(m, a) }
analysis deviation = normative_deviation(m, reference: healthy.test, cases: patients)
analysis deviant = one_sample_t(deviation.zz, correct: fdrr)
// table: healthy: x number; y number
// table: patients: x number; y number

// error[E0206] 7:43 the result of `deviation` has no field `zz`
// hint: did you mean `deviation.z`?
// error[E0204] 7:56 `correct` of `one_sample_t` cannot be `fdrr`
// hint: did you mean `fdr`?
