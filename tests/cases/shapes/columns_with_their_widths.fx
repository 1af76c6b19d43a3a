/// A number is one column, a class one for each level, ten bins are ten, and flags add one for each source column.
cohort c = table("people.csv")
condition record: vector[_] = c.columns(
  [age, education] |> standardize,
  sex |> onehot,
  volume |> bins(10) |> onehot,
  missing: mean(flags: true),
)
modality thick: vector[2] = c.columns(/^lh_/ |> standardize)
model m(record, thick) {
  output record = record |> relu
  output thick = thick |> relu
}
// table: c: age number; education number; sex F M; volume number; lh_a number; lh_b number; rh_a number

// shape: m.record = [18]
// shape: m.thick = [2]
// parameters: m = 0
