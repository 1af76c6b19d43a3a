// A product of four experts, with variances so extreme that the 1e-8 of the authors' code matters.
//
// golden: mmvae_poe/product_of_experts
// input: mean0 = mu[0]
// input: log_var0 = logvar[0]
// input: mean1 = mu[1]
// input: log_var1 = logvar[1]
// input: mean2 = mu[2]
// input: log_var2 = logvar[2]
// input: mean3 = mu[3]
// input: log_var3 = logvar[3]
// input: cot_mean = cot[0]
// input: cot_log_var = cot[1]
// run: -
// output: m.mean = mu
// output: m.log_var = logvar
// loss: m.loss = loss, inputs grad.*

modality mean0: vector[5] = given()
modality log_var0: vector[5] = given()
modality mean1: vector[5] = given()
modality log_var1: vector[5] = given()
modality mean2: vector[5] = given()
modality log_var2: vector[5] = given()
modality mean3: vector[5] = given()
modality log_var3: vector[5] = given()
modality cot_mean: vector[5] = given()
modality cot_log_var: vector[5] = given()

model m(mean0, log_var0, mean1, log_var1, mean2, log_var2, mean3, log_var3, cot_mean, cot_log_var) {
  let q = poe(
    normal(mean: mean0, log_var: log_var0),
    normal(mean: mean1, log_var: log_var1),
    normal(mean: mean2, log_var: log_var2),
    normal(mean: mean3, log_var: log_var3),
  )
  output mean = q.mean
  output log_var = q.log_var
  output loss = 3 * batch_mean(reduce_sum(mean * cot_mean + log_var * cot_log_var))
}
