param data: text = "data"
cohort c = bids(f"{data}/adni")

// error[E0101] 2:18 expected `)`, `,` or `:`, found `"{data}/adni"`
// hint: texts are joined by `+`: `data + "/adni"`
