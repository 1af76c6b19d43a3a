cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { poe(prior, a |> Linear(4)) |> sample }
// table: c: x number; y number

// error[E0403] 3:25 `poe`: a Gaussian, normal[n], is needed here, and this is [4]
// hint: make one of means and log-variances: `normal(mean: h |> Linear(10), log_var: h |> Linear(10))`
