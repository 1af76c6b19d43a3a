cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol scanners = leave_out(site)
score m on holdout: auc
// table: c: 90 people; a number; b number; d number; age number; sex F*40 M*50; diagnosis HC*45 AD*45; site A*40 B*50

// error[E0602] 7:12
