/// Preferences by value: evenly spaced between two percentiles of the similarities.
cohort c = table("c.csv")
analysis strata = affinity_propagation(
  c.columns(a, b, d),
  damping: 10 in 0.5..1,
  preference: 100 in values(1..99),
  keep: best silhouette,
)
analysis wide = affinity_propagation(c.columns(a, b, d), preference: 20 in values(0..=100))
// table: c: 90 people; a number; b number; d number

// variants: 1
