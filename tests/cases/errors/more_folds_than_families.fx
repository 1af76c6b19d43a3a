cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
protocol cv = kfold(5, group: family)
score m: auc
// table: c: 90 people; a number; b number; d number; age number; sex F*40 M*50; diagnosis HC*45 AD*45; family f*30 g*30 h*30

// error[E0606] 6:31
