/// A PET scan has no classes that could be told apart.
// edit: experiments/disentangle_pet.fx
// - score synthesise: psnr, ssim, without: each of mri
// + score synthesise: auc, without: each of mri
// error[E0407] "auc" `auc`
