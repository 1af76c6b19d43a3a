/// The critic tells all contrasts apart.
// edit: experiments/disentangle.fx
// - adversarial => adversarial_weight * fool(AnatomyCritic(length(mri)), parts.s)
// + adversarial => adversarial_weight * fool(AnatomyCritic(2), parts.s)
// set: regulariser=adversarial
// error[E0310] "AnatomyCritic(2)" the critic tells 4 members apart and gives [2]
// hint: Linear(4)
