cohort c = table("people.csv")
modality a: vector[_] = c.columns(/^lh_/ |> standardize)
model m(a) { a |> Linear(2) }

// error[E0308] 2:35 which columns match is known only from the table: there is no such table
// hint: make the table available, or write how many they are (vector[64]), or name the columns
