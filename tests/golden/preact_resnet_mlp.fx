// The table alone: the network whose first layers HyperFusion takes over as its embedding.
//
// golden: preact_resnet/mlp_8_bn_prl
// input: tabular = tabular
// input: label = label
// output: table = out
// output: table.linear = act.mlp.0
// output: table.normal = act.mlp.1
// output: table.e = act.mlp.2
//
//| [names]
//| "mlp.0" = "table.Linear"
//| "mlp.1" = "table.BatchNorm"
//| "mlp.2" = "table.PRelu"
//| "mlp.3" = "table.Linear_2"

condition tabular: vector[16] = given()
target label: class{CN, MCI, AD} = given()

model table(tabular) -> label {
  output linear = tabular |> Linear(8)
  output normal = linear |> BatchNorm()
  output e = normal |> PRelu()
  e |> Linear(3)
}
train table {
  minimize cross_entropy(table, label, weight: [1.1, 0.6962, 1.4])
}
