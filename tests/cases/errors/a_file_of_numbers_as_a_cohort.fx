cohort c = "c.csv"

// error[E0701] 1:12 a cohort cannot be read from this
// hint: write table("c.csv")
