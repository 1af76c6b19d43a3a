/// Both cohorts read one table and nothing keeps their people apart: who trains the model would be judged by it.
cohort everybody = table("people.csv")
cohort patients = table("people.csv") { keep diagnosis == "patient" }
modality a: vector[2] = columns(x, y)
model m(a) { a |> Linear(2) }
train m on everybody { minimize mse(m, a) }
analysis deviation = normative_deviation(m, reference: everybody.test, cases: patients)
// table: everybody: x number; y number; diagnosis control patient
// table: patients: x number; y number; diagnosis control patient

// error[E0604] 7:79 people of `patients` may be among those of `everybody`, who trained the model
// also 3:8
// also 2:8
// hint: keep their people apart: `keep diagnosis == "control"` in `everybody` and `keep diagnosis != "control"` in `patients`
