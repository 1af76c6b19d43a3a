cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> leaky_relu(negative_slope: 0.2) }

// error[E0202] 3:38 `leaky_relu` has no argument `negative_slope`
// hint: `negative_slope` is called `slope` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
