cohort c = bids('data')

// error[E0101] 1:17 `'` is not part of the language
// hint: texts stand in straight double quotes: "..."
