cohort c = table("c.csv");
modality thick: vector[3] = c.columns(a, b, d |> standardize);
model m(thick) { thick |> Linear(2) }

// error[E0101] 1:26 expected the end of the declaration, found `;`
// hint: a declaration ends with its line: remove `;`
// error[E0101] 2:62 expected the end of the declaration, found `;`
// hint: a declaration ends with its line: remove `;`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
