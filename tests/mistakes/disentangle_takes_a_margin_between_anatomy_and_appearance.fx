/// A margin compares like with like: maps are no codes.
// edit: experiments/disentangle.fx
// - + 2 * margin(near: same modality, far: same subject, of: parts.z, by: 0.1)
// + + 2 * margin(near: same modality, far: same subject, of: [parts.z[t1], parts.s[t2]], by: 0.1)
// error[E0302] "[parts.z[t1], parts.s[t2]]" a margin is between alike values, and these are [16] and [4, 160, 192]
// hint: give it one family
