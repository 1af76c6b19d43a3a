cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
model m(thick) { thick |> LSTM(16) }

// error[E0201] 3:27 nobody declared `LSTM`
// hint: there is no such layer: a sequence is convolved by `Conv1d`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
