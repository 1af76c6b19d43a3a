cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol scanners = leave_out(site, validation: 0.15, seed: 1)
score m: auc
// no table: c: elsewhere: there is no table at c.csv; check the path

// warning[W0951] 1:12 there is no table at c.csv
// hint: check the path
// warning[W0951] 6:31 it depends on `site`, and the data of `c` are not here
// hint: check it where the data are
