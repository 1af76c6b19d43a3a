cohort c = table("people.csv")
modality a: vector[2]? = c.columns(x, y)
modality b: vector[2]? = c.columns(y, z)
group parts = [a, b]
block Encoder(x: [n]) -> normal[4] { normal(mean: x |> Linear(4), log_var: x |> Linear(4)) }
model m(parts) { poe(for p in parts { p |> Encoder() }) |> sample }
// table: c: x number; y number; z number

// error[E0502] 6:18 all experts may be absent at once: `a` and `b`
// hint: add the prior as an expert: `poe(prior, ..)`
