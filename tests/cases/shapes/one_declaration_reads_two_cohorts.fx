cohort healthy = table("healthy.csv") { subject id }
cohort patients = table("patients.csv") { rename ct_left from "CT left" }
modality thick: vector[_] = columns(/^ct_/ |> standardize)
model m(thick) { thick |> Linear(1) |> Linear(2) }
train m on healthy { minimize mse(m, thick) }
protocol split = holdout(train: 0.8, validation: 0.1, test: 0.1)
analysis deviation = normative_deviation(m, reference: healthy.test, cases: patients)
analysis regions = one_sample_t(deviation.z, correct: fdr)
// table: healthy: id text; ct_left number; ct_right number
// table: patients: ct_right number; ct_left number

// shape: m = [2]
// parameters: m = 7
