param experts: one_of(poe, moe, mopoe) = moe
cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
modality b: vector[3] = c.columns(x, y, z)
// table: c: x number; y number; z number; age number; sex F M
group parts = [a, b]
block Encoder(x: [n]) -> normal[4] { normal(mean: x |> Linear(4), log_var: x |> Linear(4)) }
model m(parts) {
  let q = experts(prior, for p in parts { p |> Encoder() })
  output posterior = q
  output z = q |> sample
  output mean = q.mean
}

// shape: m.posterior = normal[4]
// shape: m.z = [4]
// shape: m.mean = [4]
// parameters: m = 56
