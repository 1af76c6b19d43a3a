param year: int = 2024
use model norm from year
cohort patients = table("patients.csv")
score norm on patients: mse
// error[E0403] 2:21 expected the file of a packed model, as text
