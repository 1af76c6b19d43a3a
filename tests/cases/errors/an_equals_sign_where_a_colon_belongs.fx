cohort c = table("people.csv")
modality a: vector[2] = c.columns(x, y)
model m(a) { a |> Linear(features = 2) }
// table: c: x number; y number

// error[E0101] 3:35 expected `)`, `,` or `:`, found `=`
// hint: write `features: 2`
