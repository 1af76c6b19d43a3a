// The multi-view VAE of multi-view-AE: product of experts with the prior, decoders with a learned variance each.
// A learned number is written as the bias of a linear map of 0, whose weight nothing moves.
//
// golden: mmvae_poe/multiview_mVAE
// input: x0 = x0
// input: x1 = x1
// input: x2 = x2
//
// run: -
// output: m.mu = mu
// output: m.log_var = logvar
// output: m.scale = scale
// output: m.recon[x0] = recon0.loc
// output: m.spread[x0] = recon0.scale
// output: m.recon[x1] = recon1.loc
// output: m.spread[x1] = recon1.scale
// output: m.recon[x2] = recon2.loc
// output: m.spread[x2] = recon2.scale
// output: m.kl = kl
// output: m.log_likelihood = ll
// output: m.warm = loss_at_epoch3_warmup10
// loss: m = loss
// run: subset0, without x1 x2
// output: m.mu = mu
// output: m.log_var = logvar
// run: subset12, without x0
// output: m.mu = mu
// output: m.log_var = logvar
//
//| initial = ["m.Spread*.Linear.weight"]
//| [names]
//| "encoders.0" = "m.View[x0]"
//| "decoders.0" = "m.Decode[x0]"
//| "encoders.1" = "m.View[x1]"
//| "decoders.1" = "m.Decode[x1]"
//| "encoders.2" = "m.View[x2]"
//| "decoders.2" = "m.Decode[x2]"
//| [inside]
//| "encoder_layers.0" = "Linear"
//| enc_mean_layer = "Linear_2"
//| enc_logvar_layer = "Linear_3"
//| "decoder_layers.0" = "Linear"
//| dec_mean_layer = "Linear_2"
//| [weights]
//| "m.Spread[x0].Linear.bias" = { from = "decoders.0.logvar_out", view = [10], shape = [1, 10] }
//| "m.Spread[x1].Linear.bias" = { from = "decoders.1.logvar_out", view = [7], shape = [1, 7] }
//| "m.Spread[x2].Linear.bias" = { from = "decoders.2.logvar_out", view = [9], shape = [1, 9] }

modality x0: vector[10]? = given()
modality x1: vector[7]? = given()
modality x2: vector[9]? = given()
group views = [x0, x1, x2]

block View(x: [n]) -> normal[5] {
  let h = x |> Linear(12) |> relu
  normal(mean: h |> Linear(5), log_var: h |> Linear(5))
}
block Decode(features: int)(z: [n]) -> [features] {
  z |> Linear(12) |> relu |> Linear(features)
}
block Spread(features: int)(z: [n]) -> [features] {
  z - z |> reduce_sum(0, keep: true) |> Linear(features)
}

model m(views) {
  let q = poe(for v in views { v |> View() }, prior)
  output posterior = q
  output mu = q.mean
  output log_var = q.log_var
  output scale = exp(q.log_var / 2)
  output recon = for v in views { q.mean |> Decode(size(v)) }
  output log_variance = for v in views { q.mean |> Spread(size(v)) }
  output spread = for v in views { exp(log_variance[v] / 2) }
  output kl = batch_mean(kl(q, prior))
  output log_likelihood = -sum(for v in views { gaussian_nll(recon[v], v, log_variance[v]) })
  output warm = kl / 3 - log_likelihood
}
train m {
  minimize kl(m.posterior, prior) + sum(for v in views { gaussian_nll(m.recon[v], v, m.log_variance[v]) })
}
