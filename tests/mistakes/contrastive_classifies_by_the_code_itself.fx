/// The code of 64 numbers is taken for the scores of two classes.
// edit: experiments/contrastive.fx
// - + supervise * sum(for m in mods { cross_entropy(dim.logits[m], diagnosis) })
// + + supervise * sum(for m in mods { cross_entropy(dim.z[m], diagnosis) })
// set: supervise=1
// error[E0302] "dim.z[m]" the prediction has 64 scores, [64], and the target 2 levels
// hint: Linear(2)
