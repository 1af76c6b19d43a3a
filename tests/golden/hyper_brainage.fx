// HyperFusion on brain age, at its published size: four linear layers with weights of the subject's own.
//
// golden: hyper_brainage
// input: image = image
// input: tabular = tabular
// input: target = target
// output: brain = out
// output: brain.first = act.linear1
// output: brain.second = act.linear2
// output: brain.third = act.linear3
// double: two values in a window of the second pooling are 1.2e-8 of the largest apart, so that in single precision rounding
// decides which one counts. PyTorch in single precision is 1.7e-3 off in the same gradients, 1.1e-5 in training outputs
//
// run: eval
// output: brain.features = act.batchnorm3
// run: train
// run: swapped, prediction
// input: tabular = tabular[::-1]
// output: brain = /eval.out_swapped_tabular
//
//| [names]
//| conv1_a = "brain.Vgg3d.Conv3d[1]"
//| conv1_b = "brain.Vgg3d.Conv3d[1]_2"
//| batchnorm1 = "brain.Vgg3d.BatchNorm[1]"
//| conv2_a = "brain.Vgg3d.Conv3d[2]"
//| conv2_b = "brain.Vgg3d.Conv3d[2]_2"
//| batchnorm2 = "brain.Vgg3d.BatchNorm[2]"
//| conv3_a = "brain.Vgg3d.Conv3d[3]"
//| conv3_b = "brain.Vgg3d.Conv3d[3]_2"
//| batchnorm3 = "brain.Vgg3d.BatchNorm[3]"
//| "linear1.layer.hyper_net" = "brain.HyperDense"
//| "linear2.layer.hyper_net" = "brain.HyperDense_2"
//| "linear3.layer.hyper_net" = "brain.HyperDense_3"
//| "final_layer.layer.hyper_net" = "brain.HyperDense_4"
//| [inside]
//| embedding_model = "Linear"
//| weights_gen = "HyperLinear.weights_gen"
//| bias_gen = "HyperLinear.bias_gen"

use std.encoders.Vgg3d

modality image: tensor[1, 90, 120, 99] = given()
condition tabular: vector[2] = given()
target target: real = given()

block HyperDense(outputs: int)(x: [n], record: [k]) -> [outputs] {
  HyperLinear(outputs)(x, record |> Linear(1))
}

model brain(image, tabular) -> target {
  output features = image |> Vgg3d(16)
  output first = HyperDense(16)(features |> ChannelDropout(0.2) |> flatten, tabular)
  output second = HyperDense(32)(first |> relu, tabular)
  output third = HyperDense(64)(second |> relu, tabular)
  HyperDense(1)(third |> relu, tabular)
}
train brain {
  minimize mse(brain, target)
}
