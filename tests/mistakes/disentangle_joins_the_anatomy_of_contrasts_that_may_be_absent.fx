/// Contrasts that some lack are pooled, not joined.
// edit: experiments/disentangle.fx
// - mean_max_min => concat(mean(parts.s), max(parts.s), min(parts.s))
// + mean_max_min => concat(parts.s)
// error[E0501] "parts.s" cannot take a value that some people lack (those without `t1`)
// hint: pool over a family
