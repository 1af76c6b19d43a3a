cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m { minimize cross_entropy(m, diagnosis) }
analysis differ = ttest_ind(c.columns(a), diagnosis)

// error[E0201] 6:19 there is no analysis `ttest_ind`
// hint: `ttest_ind` is called `two_sample_t` here
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
