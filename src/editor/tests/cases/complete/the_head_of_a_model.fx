cohort people = table("people.tsv")
modality t1: volume[1, 8, 8, 8] = people.image("a") |> zscore
target age: real = people.column("age")
model m(⟨⟩
//= replaces ""
//= t1 ([1, 8, 8, 8])
//= and 0 more
