// What multi-view-AE makes of seven experts: their product, their mixture with the rows of a batch dealt out, their mean, their
// geometric mean, and their product with a weight for each expert and number.
//
// golden: mmvae_poe/multiview_representations
// input: mean0 = mu[0]
// input: log_var0 = logvar[0]
// input: mean1 = mu[1]
// input: log_var1 = logvar[1]
// input: mean2 = mu[2]
// input: log_var2 = logvar[2]
// input: mean3 = mu[3]
// input: log_var3 = logvar[3]
// input: mean4 = mu[4]
// input: log_var4 = logvar[4]
// input: mean5 = mu[5]
// input: log_var5 = logvar[5]
// input: mean6 = mu[6]
// input: log_var6 = logvar[6]
// input: weight0 = weights[0] repeated
// input: weight1 = weights[1] repeated
// input: weight2 = weights[2] repeated
// input: weight3 = weights[3] repeated
// input: weight4 = weights[4] repeated
// input: weight5 = weights[5] repeated
// input: weight6 = weights[6] repeated
// run: -
// output: m.product = poe.mu
// output: m.product_log_var = poe.logvar
// output: m.mixture = moe.mu
// output: m.mixture_log_var = moe.logvar
// output: m.mean = mean.mu
// output: m.mean_log_var = mean.logvar
// output: m.geometric = alpha_poe.mu
// output: m.geometric_log_var = alpha_poe.logvar
// output: m.weighted = weighted_poe.mu
// output: m.weighted_log_var = weighted_poe.logvar

use std.fusion.WeightedExpert

modality mean0: vector[3] = given()
modality log_var0: vector[3] = given()
modality mean1: vector[3] = given()
modality log_var1: vector[3] = given()
modality mean2: vector[3] = given()
modality log_var2: vector[3] = given()
modality mean3: vector[3] = given()
modality log_var3: vector[3] = given()
modality mean4: vector[3] = given()
modality log_var4: vector[3] = given()
modality mean5: vector[3] = given()
modality log_var5: vector[3] = given()
modality mean6: vector[3] = given()
modality log_var6: vector[3] = given()
modality weight0: vector[3] = given()
modality weight1: vector[3] = given()
modality weight2: vector[3] = given()
modality weight3: vector[3] = given()
modality weight4: vector[3] = given()
modality weight5: vector[3] = given()
modality weight6: vector[3] = given()

model m(
  mean0,
  log_var0,
  mean1,
  log_var1,
  mean2,
  log_var2,
  mean3,
  log_var3,
  mean4,
  log_var4,
  mean5,
  log_var5,
  mean6,
  log_var6,
  weight0,
  weight1,
  weight2,
  weight3,
  weight4,
  weight5,
  weight6,
) {
  let q0 = normal(mean: mean0, log_var: log_var0)
  let q1 = normal(mean: mean1, log_var: log_var1)
  let q2 = normal(mean: mean2, log_var: log_var2)
  let q3 = normal(mean: mean3, log_var: log_var3)
  let q4 = normal(mean: mean4, log_var: log_var4)
  let q5 = normal(mean: mean5, log_var: log_var5)
  let q6 = normal(mean: mean6, log_var: log_var6)
  let poe_of_all = poe(q0, q1, q2, q3, q4, q5, q6)
  let moe_of_all = moe(q0, q1, q2, q3, q4, q5, q6)
  let seventh = constant(1 / 7, size: 3)
  let geometric_mean = poe(
    WeightedExpert()(q0, seventh),
    WeightedExpert()(q1, seventh),
    WeightedExpert()(q2, seventh),
    WeightedExpert()(q3, seventh),
    WeightedExpert()(q4, seventh),
    WeightedExpert()(q5, seventh),
    WeightedExpert()(q6, seventh),
  )
  let weighted_poe = poe(
    WeightedExpert()(q0, weight0),
    WeightedExpert()(q1, weight1),
    WeightedExpert()(q2, weight2),
    WeightedExpert()(q3, weight3),
    WeightedExpert()(q4, weight4),
    WeightedExpert()(q5, weight5),
    WeightedExpert()(q6, weight6),
  )
  output geometric = geometric_mean.mean
  output geometric_log_var = geometric_mean.log_var
  output weighted = weighted_poe.mean
  output weighted_log_var = weighted_poe.log_var
  output product = poe_of_all.mean
  output product_log_var = poe_of_all.log_var
  output mixture = moe_of_all.mean
  output mixture_log_var = moe_of_all.log_var
  output mean = (mean0 + mean1 + mean2 + mean3 + mean4 + mean5 + mean6) / 7
  output mean_log_var = (log_var0 + log_var1 + log_var2 + log_var3 + log_var4 + log_var5 + log_var6) / 7
}
