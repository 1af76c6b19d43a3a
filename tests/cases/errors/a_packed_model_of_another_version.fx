use model norm from "norm.fascicle"
cohort patients = table("patients.csv")
score norm on patients: mse
// not packed: norm.fascicle: its format is `fascicle model 9`, and this version of fascicle reads `fascicle model 1`; pack the run again
// error[E0859] 1:21 its format is `fascicle model 9`
