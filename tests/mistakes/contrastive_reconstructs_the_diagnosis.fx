/// The reconstruction is compared with the diagnosis.
// edit: experiments/contrastive.fx
// - + autoencode * sum(for m in mods { mse(dim.recon[m], m) })
// + + autoencode * sum(for m in mods { mse(dim.recon[m], diagnosis) })
// error[E0402] "diagnosis" the target is class{HC, AD}
// hint: cross_entropy(prediction, target)
