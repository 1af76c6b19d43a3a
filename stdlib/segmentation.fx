/// Losses of masks, beside `cross_entropy` and `dice_loss`.
///
/// Predictions are `[n, ...]` for the `n` levels of a mask, over one to three axes: of `focal_loss` logits, of the others probabilities
/// (`|> softmax`). The first level, the background, counts in none but `focal_loss` and `generalized_dice_loss`.

/// One minus the Tversky index: `alpha` is what a voxel drawn too much costs, `beta` one drawn too little; with 0.5 and 0.5 it is
/// the Dice loss. Mean over levels (Salehi et al. 2017; MONAI's `TverskyLoss(include_background=False)`).
loss tversky_loss(prediction, truth, alpha = 0.3, beta = 0.7, smooth = 1e-5) {
  let levels = size(prediction)[0]
  let p = prediction |> reshape(levels, -1)
  let t = truth |> one_hot |> reshape(levels, -1)
  let both = (p * t) |> reduce_sum(1)
  let too_much = (p * (1 - t)) |> reduce_sum(1)
  let too_little = ((1 - p) * t) |> reduce_sum(1)
  let index = (both + smooth) / (both + alpha * too_much + beta * too_little + smooth)
  1 - reduce_mean(index |> slice(1, levels))
}

/// The Tversky loss to a power, of small structures more than of large ones (Abraham and Khan 2019: `gamma` of 3/4).
loss focal_tversky_loss(prediction, truth, alpha = 0.3, beta = 0.7, gamma = 0.75) = (
  tversky_loss(prediction, truth, alpha: alpha, beta: beta) + 1e-7
) ^ gamma

/// Cross entropy in which voxels count by how unsure they are, `(1 - p)^gamma`, mean over voxels; with `gamma: 0` it is the cross
/// entropy (Lin et al. 2017; `n` times MONAI's `FocalLoss(use_softmax=True)`, which divides by the number of levels, too).
loss focal_loss(prediction, truth, gamma = 2.0) {
  let levels = size(prediction)[0]
  let log_p = prediction |> log_softmax(0) |> reshape(levels, -1)
  let t = truth |> one_hot |> reshape(levels, -1)
  let of_truth = (log_p * t) |> reduce_sum(0)
  let unsure = 1 - exp(of_truth) |> clamp(0, 1);
  -reduce_mean(unsure ^ gamma * of_truth)
}

/// One minus the Dice coefficient of all levels together, each weighed by one over the square of its volume, so that small ones count
/// as large ones do; a level that a subject does not have weighs as the smallest that it has (Sudre et al. 2017; MONAI's
/// `GeneralizedDiceLoss`).
loss generalized_dice_loss(prediction, truth, smooth = 1e-5) {
  let levels = size(prediction)[0]
  let p = prediction |> reshape(levels, -1)
  let t = truth |> one_hot |> reshape(levels, -1)
  let volume = t |> reduce_sum(1)
  let absent = volume |> is_zero
  let own = (1 - absent) / (volume + absent) ^ 2
  let weight = own + absent * (own |> reduce_max(0, keep: true))
  let both = (weight * ((p * t) |> reduce_sum(1))) |> reduce_sum
  let all = (weight * ((p + t) |> reduce_sum(1))) |> reduce_sum
  1 - (2 * both + smooth) / (all + smooth)
}
