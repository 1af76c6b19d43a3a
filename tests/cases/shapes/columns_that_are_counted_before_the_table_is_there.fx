/// The number is written, so that the file can be checked where the data are not.
cohort c = table("people.csv")
modality thick: vector[148] = c.columns(/_thickness$/ |> standardize)
condition about: vector[3] = c.columns(age, sex |> onehot([F, M]))
model m(thick, about) { concat(thick, about) |> Linear(2) }

// shape: m = [2]
// parameters: m = 304
