/// One column too many is declared for sex.
// edit: experiments/hyperfusion_age.fx
// - condition sex: vector[2] = people.columns(sex |> onehot([F, M]))
// + condition sex: vector[3] = people.columns(sex |> onehot([F, M]))
// error[E0309] "vector[3]" declared with 3 columns, the selection gives 2
// hint: write vector[2]
