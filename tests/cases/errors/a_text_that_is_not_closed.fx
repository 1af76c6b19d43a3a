cohort c = table("people.csv)

// error[E0101] 1:18 a text is not closed on its line
// hint: add the closing `"`
