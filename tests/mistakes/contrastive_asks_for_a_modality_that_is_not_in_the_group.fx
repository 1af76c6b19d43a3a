/// The similarity names a modality of another study.
// edit: experiments/contrastive.fx
// - + similar * sum(for i, j in mods if i != j { nce(dim.u[i], dim.u[j]) })
// + + similar * (nce(dim.u[t1], dim.u[pet]) + nce(dim.u[pet], dim.u[t1]))
// error[E0207] "pet" the family has no member [pet]
// hint: [t1], [falff]
// error[E0207] "pet" the family has no member [pet]
// hint: [t1], [falff]
