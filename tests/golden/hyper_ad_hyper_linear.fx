// A linear layer whose weights and biases are made from the record.
//
// golden: hyper_ad/hyper_linear
// input: x = x
// input: tabular = tabular
// input: cot = cot
// output: m = out
// output: m.e = act.hyper_net.embedding_model
// skip: *.act.hyper_net.weights_gen: the weights of a subject are never formed
// skip: *.act.hyper_net.bias_gen: inside of a layer whose result is compared
//
//| [names]
//| "hyper_net.embedding_model" = "m.Linear"
//| hyper_net = "m.HyperLinear"

modality x: vector[6] = given()
condition tabular: vector[3] = given()
modality cot: vector[5] = given()

model m(x, tabular) {
  output e = tabular |> Linear(2)
  HyperLinear(5)(x, e)
}
train m {
  minimize 4 * batch_mean(reduce_sum(m * cot))
}
