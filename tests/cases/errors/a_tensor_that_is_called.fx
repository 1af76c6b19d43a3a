cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) {
  let h = a |> Linear(4)
  h(2)
}
// table: c: x number; y number

// error[E0405] 5:3 a tensor cannot be called
// hint: to index use square brackets, to multiply use `*`
