cohort c = table("people.csv")
analysis first = one_sample_t(second.t)
analysis second = one_sample_t(first.t)
// table: c: x number

// error[E0208] 2:31 `second` cannot be worked out before this
// hint: two analyses need each other; remove what one reads of the other
