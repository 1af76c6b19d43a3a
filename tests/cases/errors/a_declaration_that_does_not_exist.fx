cohort c = table("people.csv")
modle m(a) { a |> Linear(2) }
