/// Each class, each sex, the old alone, and people of a cohort that trains nothing.
cohort c = table("c.csv")
cohort clinic = table("clinic.csv")
modality thick: vector[3] = columns(a, b, d |> standardize)
condition sex: class{F, M} = column("sex")
target diagnosis: class{HC, AD} = column("diagnosis")
model dx(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train dx on c { minimize cross_entropy(dx, diagnosis) }
score dx: recall, brier, average_precision, each: class
score dx: auc, calibration_error(bins: 10), within: sex
score dx: auc, within: age > 70 and sex == F
score dx: auc, within: hand
score dx on clinic: auc

// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD; hand L R
// table: clinic: a number; b number; d number; age number; sex F M; diagnosis HC AD; hand L R

// parameters: dx = 50
