cohort c = table("people.csv")
modality a: vector[6] = c.columns(/x/)
model m(a) { a |> Conv3d(8) }
// table: c: x1 number; x2 number; x3 number; x4 number; x5 number; x6 number
