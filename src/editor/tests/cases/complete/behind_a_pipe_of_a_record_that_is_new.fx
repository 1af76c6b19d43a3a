block R(x: [n]) { { low: x, high: x |> Linear(4) } }
cohort people = bids("data")
modality t1: volume[1, 8, 8, 8] = people.image("a") |> zscore
model m(t1) {
  let r = t1 |> flatten |> R()
  output z = r.⟨⟩
//= replaces ""
//= low ([512])
//= high ([4])
//= and 0 more
