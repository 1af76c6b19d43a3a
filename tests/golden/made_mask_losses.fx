// The losses of masks beside MONAI's; the second subject lacks a level.
//
// golden: mask_losses
// input: x = x
// input: parts = parts
// run: -
// loss: m.tversky = tversky, inputs tversky.grad.*
// loss: m.dice = dice, inputs dice.grad.*
// loss: m.focal = focal, inputs focal.grad.*
// loss: m.cross_entropy = cross_entropy, inputs cross_entropy.grad.*
// loss: m.generalized = generalized, inputs generalized.grad.*

use std.segmentation.{focal_loss, generalized_dice_loss, tversky_loss}

modality x: tensor[3, 4, 3, 2] = given()
condition parts: mask[4, 3, 2]{rest, a, b} = given()

model m(x, parts) {
  let p = x |> softmax
  output tversky = batch_mean(tversky_loss(p, parts))
  output dice = batch_mean(tversky_loss(p, parts, alpha: 0.5, beta: 0.5))
  output focal = batch_mean(focal_loss(x, parts))
  output cross_entropy = batch_mean(focal_loss(x, parts, gamma: 0))
  output generalized = batch_mean(generalized_dice_loss(p, parts))
  x
}
