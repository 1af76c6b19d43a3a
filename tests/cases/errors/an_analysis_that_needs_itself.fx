cohort c = table("people.csv")
analysis first = one_sample_t(second.t)
analysis second = one_sample_t(first.t)
// table: c: x number
