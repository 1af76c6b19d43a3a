cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
condition site: class{A, B, C} = c.column("site")
model m(a, site) {
  output columns = concat(a, site |> one_hot)
  output row = concat(a, site |> Embedding(4))
}
// table: c: x number; y number; site A B C

// shape: m.columns = [5]
// shape: m.row = [6]
// parameters: m = 12
