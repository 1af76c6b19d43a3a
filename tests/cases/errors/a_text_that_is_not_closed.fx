cohort c = table("people.csv)
