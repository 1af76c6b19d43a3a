use model norm from "norm.fascicle"
cohort patients = table("patients.csv")
analysis ill = normative_deviation(norm, reference: patients, cases: patients)
// error[E0859] 1:21 no model can be taken from `norm.fascicle`: there is no such file
// hint: a path is relative to the folder in which the command runs
