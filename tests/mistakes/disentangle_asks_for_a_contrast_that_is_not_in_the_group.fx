/// The family has the members of the group.
// edit: experiments/disentangle.fx
// - score parts.drawn: psnr, ssim
// + score parts.drawn[t1, t1w]: psnr, ssim
// error[E0207] "t1" the family has no member [t1, t1w]
// hint: [t1, t1gd]
