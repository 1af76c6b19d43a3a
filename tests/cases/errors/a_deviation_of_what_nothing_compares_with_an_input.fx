/// An output that is called like an input, and as wide, is no reconstruction of it unless a loss or a score says so.
cohort people = table("people.csv")
cohort patients = table("patients.csv")
modality deep: vector[4] = columns(a, b, c, d)
target diagnosis: class{HC, AD} = people.column("diagnosis")
model norm(deep) {
  output deep = deep |> Linear(4)
  output told = deep |> relu |> Linear(2)
}
train norm on people { minimize cross_entropy(norm.told, diagnosis) }
score norm.told: auc, against: diagnosis
analysis deviation = normative_deviation(norm, reference: people.test, cases: patients)
// table: people: a number; b number; c number; d number; diagnosis HC AD
// table: patients: a number; b number; c number; d number

// error[E0403] 12:42 no loss and no score compares an output of `norm` with an input
// hint: mse(norm, x)
