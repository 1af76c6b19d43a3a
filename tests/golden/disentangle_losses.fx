// The losses, for contrasts that everybody has, that some lack, and one that nobody has.
//
// golden: disentangle/losses
// input: s0 = s.0
// input: s1 = s.1
// input: s2 = s.2
// input: z0 = z_mean.0
// input: z1 = z_mean.1
// input: z2 = z_mean.2
// input: again0 = z_mean_new.0
// input: again1 = z_mean_new.1
// input: again2 = z_mean_new.2
// input: log_var0 = z_log_var.0
// input: log_var1 = z_log_var.1
// input: log_var2 = z_log_var.2
// input: prior_mean0 = prior_mean.0
// input: prior_mean1 = prior_mean.1
// input: prior_mean2 = prior_mean.2
// input: prior_log_var0 = prior_log_var.0
// input: prior_log_var1 = prior_log_var.1
// input: prior_log_var2 = prior_log_var.2
// input: x0 = x.0
// input: x1 = x.1
// input: x2 = x.2
// input: drawn0 = x_fake.0
// input: drawn1 = x_fake.1
// input: drawn2 = x_fake.2
// input: mix0 = x_mix.0
// input: mix1 = x_mix.1
// input: mix2 = x_mix.2
// input: mix3 = x_mix.3
// input: mix4 = x_mix.4
// input: mix5 = x_mix.5
// input: logits = seg.logits
// input: truth = seg.gt reshaped
// run: full
// present: mix0 = [1, 1, 1, 1]
// present: mix1 = [1, 1, 1, 1]
// present: mix2 = [1, 1, 1, 1]
// present: mix3 = [1, 1, 1, 1]
// present: mix4 = [1, 1, 1, 1]
// present: mix5 = [1, 1, 1, 1]
// present: s0 = mask.full[:, 0]
// present: s1 = mask.full[:, 1]
// present: s2 = mask.full[:, 2]
// present: z0 = mask.full[:, 0]
// present: z1 = mask.full[:, 1]
// present: z2 = mask.full[:, 2]
// present: again0 = mask.full[:, 0]
// present: again1 = mask.full[:, 1]
// present: again2 = mask.full[:, 2]
// present: log_var0 = mask.full[:, 0]
// present: log_var1 = mask.full[:, 1]
// present: log_var2 = mask.full[:, 2]
// present: prior_mean0 = mask.full[:, 0]
// present: prior_mean1 = mask.full[:, 1]
// present: prior_mean2 = mask.full[:, 2]
// present: prior_log_var0 = mask.full[:, 0]
// present: prior_log_var1 = mask.full[:, 1]
// present: prior_log_var2 = mask.full[:, 2]
// present: x0 = mask.full[:, 0]
// present: x1 = mask.full[:, 1]
// present: x2 = mask.full[:, 2]
// present: drawn0 = mask.full[:, 0]
// present: drawn1 = mask.full[:, 1]
// present: drawn2 = mask.full[:, 2]
// loss: m.sim_s = sim_s, inputs sim_s.grad.*
// loss: m.sim_z = sim_z, inputs sim_z.grad.*
// loss: m.latent_z = latent_z, inputs latent_z.grad.*
// loss: m.recon_x = recon_x, inputs recon_x.grad.*
// loss: m.recon_x_p2 = recon_x_p2, inputs recon_x_p2.grad.*
// loss: m.recon_x_mix = recon_x_mix, inputs recon_x_mix.grad.*
// loss: m.kl = kl_two_gaussian, inputs kl_two_gaussian.grad.*
// loss: m.kl_standard = kl_standard, inputs kl_standard.grad.*
// run: partial
// present: mix0 = [1, 0, 0, 1]
// present: mix1 = [1, 1, 0, 0]
// present: mix2 = [1, 0, 0, 1]
// present: mix3 = [1, 0, 1, 0]
// present: mix4 = [1, 1, 0, 0]
// present: mix5 = [1, 0, 1, 0]
// present: s0 = mask.partial[:, 0]
// present: s1 = mask.partial[:, 1]
// present: s2 = mask.partial[:, 2]
// present: z0 = mask.partial[:, 0]
// present: z1 = mask.partial[:, 1]
// present: z2 = mask.partial[:, 2]
// present: again0 = mask.partial[:, 0]
// present: again1 = mask.partial[:, 1]
// present: again2 = mask.partial[:, 2]
// present: log_var0 = mask.partial[:, 0]
// present: log_var1 = mask.partial[:, 1]
// present: log_var2 = mask.partial[:, 2]
// present: prior_mean0 = mask.partial[:, 0]
// present: prior_mean1 = mask.partial[:, 1]
// present: prior_mean2 = mask.partial[:, 2]
// present: prior_log_var0 = mask.partial[:, 0]
// present: prior_log_var1 = mask.partial[:, 1]
// present: prior_log_var2 = mask.partial[:, 2]
// present: x0 = mask.partial[:, 0]
// present: x1 = mask.partial[:, 1]
// present: x2 = mask.partial[:, 2]
// present: drawn0 = mask.partial[:, 0]
// present: drawn1 = mask.partial[:, 1]
// present: drawn2 = mask.partial[:, 2]
// loss: m.sim_s = sim_s, inputs sim_s.grad.*
// loss: m.sim_z = sim_z, inputs sim_z.grad.*
// loss: m.latent_z = latent_z, inputs latent_z.grad.*
// loss: m.recon_x = recon_x, inputs recon_x.grad.*
// loss: m.recon_x_p2 = recon_x_p2, inputs recon_x_p2.grad.*
// loss: m.recon_x_mix = recon_x_mix, inputs recon_x_mix.grad.*
// loss: m.kl = kl_two_gaussian, inputs kl_two_gaussian.grad.*
// loss: m.kl_standard = kl_standard, inputs kl_standard.grad.*
// run: contrast1_absent
// present: mix0 = [1, 1, 1, 0]
// present: mix1 = [1, 1, 1, 0]
// present: mix2 = [0, 0, 0, 0]
// present: mix3 = [0, 0, 0, 0]
// present: mix4 = [0, 0, 0, 0]
// present: mix5 = [0, 0, 0, 0]
// present: s0 = mask.contrast1_absent[:, 0]
// present: s1 = mask.contrast1_absent[:, 1]
// present: s2 = mask.contrast1_absent[:, 2]
// present: z0 = mask.contrast1_absent[:, 0]
// present: z1 = mask.contrast1_absent[:, 1]
// present: z2 = mask.contrast1_absent[:, 2]
// present: again0 = mask.contrast1_absent[:, 0]
// present: again1 = mask.contrast1_absent[:, 1]
// present: again2 = mask.contrast1_absent[:, 2]
// present: log_var0 = mask.contrast1_absent[:, 0]
// present: log_var1 = mask.contrast1_absent[:, 1]
// present: log_var2 = mask.contrast1_absent[:, 2]
// present: prior_mean0 = mask.contrast1_absent[:, 0]
// present: prior_mean1 = mask.contrast1_absent[:, 1]
// present: prior_mean2 = mask.contrast1_absent[:, 2]
// present: prior_log_var0 = mask.contrast1_absent[:, 0]
// present: prior_log_var1 = mask.contrast1_absent[:, 1]
// present: prior_log_var2 = mask.contrast1_absent[:, 2]
// present: x0 = mask.contrast1_absent[:, 0]
// present: x1 = mask.contrast1_absent[:, 1]
// present: x2 = mask.contrast1_absent[:, 2]
// present: drawn0 = mask.contrast1_absent[:, 0]
// present: drawn1 = mask.contrast1_absent[:, 1]
// present: drawn2 = mask.contrast1_absent[:, 2]
// loss: m.sim_s = sim_s, inputs sim_s.grad.*
// loss: m.sim_z = sim_z, inputs sim_z.grad.*
// loss: m.latent_z02 = latent_z, inputs latent_z.grad.*
// loss: m.recon_x02 = recon_x, inputs recon_x.grad.*
// loss: m.recon_x_p202 = recon_x_p2, inputs recon_x_p2.grad.*
// loss: m.recon_x_mix02 = recon_x_mix, inputs recon_x_mix.grad.*
// loss: m.kl_standard = kl_standard, inputs kl_standard.grad.*
// run: two_contrasts
// present: s0 = mask.partial[:, 0]
// present: s1 = mask.partial[:, 1]
// loss: m.sim_s = sim_s, inputs sim_s.grad.*
// run: -
// output: m.compact = compact_s_max.0
// output: m.compact_mean = compact_s_mean.0
// output: m.cosine = cosine.z0_z1
// loss: m.segmentation = segmentation, inputs segmentation.grad.*
// skip: contrast1_absent.kl_two_gaussian*: not a number in the code

modality s0: tensor[4, 32, 48]? = given()
modality s1: tensor[4, 32, 48]? = given()
modality s2: tensor[4, 32, 48]? = given()
modality z0: tensor[16]? = given()
modality z1: tensor[16]? = given()
modality z2: tensor[16]? = given()
modality again0: tensor[16]? = given()
modality again1: tensor[16]? = given()
modality again2: tensor[16]? = given()
modality log_var0: tensor[16]? = given()
modality log_var1: tensor[16]? = given()
modality log_var2: tensor[16]? = given()
modality prior_mean0: tensor[16]? = given()
modality prior_mean1: tensor[16]? = given()
modality prior_mean2: tensor[16]? = given()
modality prior_log_var0: tensor[16]? = given()
modality prior_log_var1: tensor[16]? = given()
modality prior_log_var2: tensor[16]? = given()
modality x0: tensor[2, 6, 8]? = given()
modality x1: tensor[2, 6, 8]? = given()
modality x2: tensor[2, 6, 8]? = given()
modality drawn0: tensor[2, 6, 8]? = given()
modality drawn1: tensor[2, 6, 8]? = given()
modality drawn2: tensor[2, 6, 8]? = given()
modality mix0: tensor[2, 6, 8]? = given()
modality mix1: tensor[2, 6, 8]? = given()
modality mix2: tensor[2, 6, 8]? = given()
modality mix3: tensor[2, 6, 8]? = given()
modality mix4: tensor[2, 6, 8]? = given()
modality mix5: tensor[2, 6, 8]? = given()
modality logits: tensor[4, 6, 8] = given()
modality truth: mask[6, 8]{rest, a, b, c} = given()

group maps = [s0, s1]
group codes = [z0, z1, z2]

use std.disentangle.lesion_loss

// In a block, so that it is computed for those who have all four.
block Divergence(z: [n], log_var: [n], prior_mean: [n], prior_log_var: [n]) {
  kl(normal(mean: z, log_var: log_var), normal(mean: prior_mean, log_var: prior_log_var))
}

block Cosine(a: [n], b: [n]) {
  reduce_sum(a * b) / (sqrt(reduce_sum(a ^ 2) + 1e-8) * sqrt(reduce_sum(b ^ 2) + 1e-8))
}
block FromPrior(z: [n], log_var: [n]) { kl(normal(mean: z, log_var: log_var), prior) }
block One(z: [n], log_var: [n]) { exp(reduce_sum(z - z + log_var - log_var)) }

model m(
  s0,
  s1,
  s2,
  z0,
  z1,
  z2,
  again0,
  again1,
  again2,
  log_var0,
  log_var1,
  log_var2,
  prior_mean0,
  prior_mean1,
  prior_mean2,
  prior_log_var0,
  prior_log_var1,
  prior_log_var2,
  x0,
  x1,
  x2,
  drawn0,
  drawn1,
  drawn2,
  mix0,
  mix1,
  mix2,
  mix3,
  mix4,
  mix5,
  logits,
  truth,
) {
  output compact = s0 |> max_pool2d(16) |> flatten
  output compact_mean = s0 |> avg_pool2d(16) |> flatten
  output sim_s = margin(
    near: same subject,
    far: same modality,
    of: for s in maps { s |> max_pool2d(16) },
    by: 0.1,
  )
  output sim_z = margin(near: same modality, far: same subject, of: codes, by: 0.1)
  output latent_z = mean(absolute_error(again0, z0), absolute_error(again1, z1), absolute_error(again2, z2))
  output latent_z02 = mean(absolute_error(again0, z0), absolute_error(again2, z2))
  output recon_x = mean(l1(drawn0, x0), l1(drawn1, x1), l1(drawn2, x2))
  output recon_x02 = mean(l1(drawn0, x0), l1(drawn2, x2))
  output recon_x_p2 = mean(mse(drawn0, x0), mse(drawn1, x1), mse(drawn2, x2))
  output recon_x_p202 = mean(mse(drawn0, x0), mse(drawn2, x2))
  output recon_x_mix = mean(
    l1(mix0, x1),
    l1(mix1, x2),
    l1(mix2, x0),
    l1(mix3, x2),
    l1(mix4, x0),
    l1(mix5, x1),
  )
  output kl = mean(
    batch_mean(Divergence()(z0, log_var0, prior_mean0, prior_log_var0)),
    batch_mean(Divergence()(z1, log_var1, prior_mean1, prior_log_var1)),
    batch_mean(Divergence()(z2, log_var2, prior_mean2, prior_log_var2)),
  )
  // As published: the mean over all scans there are, and then divided by the number of contrasts.
  output kl_standard = batch_mean(
    sum(FromPrior()(z0, log_var0), FromPrior()(z1, log_var1), FromPrior()(z2, log_var2)),
  )
    / batch_mean(sum(One()(z0, log_var0), One()(z1, log_var1), One()(z2, log_var2)))
    / 3
  // As published: where nobody has both contrasts of a pair, the next pair is compared with that pair's reconstruction.
  output recon_x_mix02 = mean(l1(mix0, x2), l1(mix1, x0))
  output cosine = Cosine()(z0, z1)
  output segmentation = lesion_loss(logits, truth)
}
