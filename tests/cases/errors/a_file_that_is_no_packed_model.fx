use model norm from "weights.safetensors"
cohort patients = table("patients.csv")
score norm on patients: mse
// not packed: weights.safetensors: it is no packed model; `fascicle pack RUN` makes one from a run's folder
// error[E0859] 1:21 it is no packed model
// hint: fascicle pack runs/NAME -o FILE
