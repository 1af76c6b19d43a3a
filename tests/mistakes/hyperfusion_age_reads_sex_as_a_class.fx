/// Sex is read as a class, and a linear layer cannot read classes.
// edit: experiments/hyperfusion_age.fx
// - condition sex: vector[2] = people.columns(sex |> onehot([F, M]))
// + condition sex: class{F, M} = people.column("sex")
// error[E0402] "sex" needs numbers, found class{F, M}
// hint: one_hot
