/// What is near cannot be far.
// edit: experiments/disentangle.fx
// - + 2 * margin(near: same modality, far: same subject, of: parts.z, by: 0.1)
// + + 2 * margin(near: same modality, far: same modality, of: parts.z, by: 0.1)
// error[E0302] "margin(near: same modality, far: same modality, of: parts.z, by: 0.1)" what is near and what is far are both `same modality`
// hint: far: same subject
