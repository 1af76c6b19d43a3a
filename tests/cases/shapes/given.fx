// What is given by hand has any shape.
// shape: m = [2]
// shape: m.scaled = [8, 6, 7]

modality features: tensor[8, 6, 7] = given()
condition scale: tensor[8, 1, 1]? = given()
condition kind: class{a, b} = given()
modality head: volume[3, 4, 4, 4] = given()

model m(features, scale, kind, head) {
  output scaled = features * (scale ?? zeros)
  concat(features |> global_avg_pool, head |> global_avg_pool, kind |> one_hot) |> Linear(2)
}
