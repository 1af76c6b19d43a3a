cohort c = table("people.csv")
modle m(a) { a |> Linear(2) }

// error[E0101] 2:1 expected a declaration, found `modle`
// hint: did you mean `model`?
