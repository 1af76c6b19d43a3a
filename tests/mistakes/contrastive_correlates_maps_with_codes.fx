/// Canonical correlation is taken of a map of places, where it needs a vector.
// edit: experiments/contrastive.fx
// - + correlate * sum(for i, j in mods if i != j { cca(dim.u[i], dim.u[j], norm: correlation) })
// + + correlate * sum(for i, j in mods if i != j { cca(dim.c[i], dim.u[j], norm: correlation) })
// set: correlate=1
// error[E0302] "dim.c[i]" a vector, [n], is needed here, and this is [64, 8, 8, 8]
// hint: global_avg_pool
