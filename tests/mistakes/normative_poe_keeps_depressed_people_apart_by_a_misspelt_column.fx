/// The column is called depression.
// edit: experiments/normative_poe.fx
// -   keep depression == 0
// +   keep depresion == 0
// error[E0704] "depresion" the table of `healthy` has no column `depresion`
// hint: did you mean `depression`?
