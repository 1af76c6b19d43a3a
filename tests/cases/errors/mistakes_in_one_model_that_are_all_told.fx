cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) {
  let left = a |> Liner(4)
  let right = a |> Linear(4) |> rlu
  output both = concat(left, right)
  output other = a |> Linear(fetures: 3)
}
// table: c: x number; y number

// error[E0201] 4:19 nobody declared `Liner`
// hint: did you mean `Linear`?
// error[E0201] 5:33 nobody declared `rlu`
// hint: did you mean `elu`?
// error[E0202] 7:30 `Linear` has no argument `fetures`
// hint: it has outputs, bias
