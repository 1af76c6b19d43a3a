/// The painter takes numbers.
// edit: experiments/disentangle.fx
// - output drawn = for i, j in mri { head[j](s[i], trunk(s[i], z[j], about[j]), about[j]) }
// + output drawn = for i, j in mri { head[j](s[i], trunk(s[i], posterior[j], about[j]), about[j]) }
// error[E0401] "posterior[j]" `z` needs numbers, found normal[16]?
// hint: |> sample
