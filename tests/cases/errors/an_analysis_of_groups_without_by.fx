cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = kfold(5)
analysis differ = kruskal_wallis(c.columns(a))

// error[E0203] 7:19 `kruskal_wallis` needs `groups`
// hint: say which groups: kruskal_wallis(x by people.stage)
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
