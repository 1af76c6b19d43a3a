// Two encoders with heads, and all four edges between them (Fedorov et al.): local, cross-local, cross-spatial, similarity.
//
// The place that is compared in the cross-spatial edge is the golden's `location_index`, as its three coordinates.
//
// golden: dim_infonce/dim_model
// input: x0 = x0
// input: x1 = x1
// input: d0 = [3, 0, 6, 5]
// input: h0 = [0, 2, 5, 7]
// input: w0 = [6, 0, 1, 4]
// input: d1 = [5, 6, 4, 6]
// input: h1 = [3, 6, 5, 6]
// input: w1 = [0, 3, 0, 5]
// output: dim.z[x0] = z.0
// output: dim.z[x1] = z.1
// output: dim.c[x0] = latents.0.8_1
// output: dim.c[x1] = latents.1.8_1
// output: dim.u[x0] = latents.0.1_3
// output: dim.u[x1] = latents.1.1_3
// skip: *.total: it is the loss
//
//| [names]
//| "_encoder.0._layers.0._layer.0" = "dim.Dcgan[x0].Conv3d"
//| "_encoder.0._layers.1._layer.0" = "dim.Dcgan[x0].Conv3d_2"
//| "_encoder.0._layers.1._layer.1" = "dim.Dcgan[x0].DcganDown.BatchNorm"
//| "_encoder.0._layers.2._layer.0" = "dim.Dcgan[x0].DcganDown.Conv3d"
//| "_encoder.0._layers.2._layer.1" = "dim.Dcgan[x0].BatchNorm"
//| "_encoder.0._layers.3._layer.0" = "dim.Dcgan[x0].Conv3d_3"
//| "_conv_heads.0.8_1._convolutional_path.0._layer.0" = "dim.ConvHead[x0].Conv3d"
//| "_conv_heads.0.8_1._convolutional_path.0._layer.1" = "dim.ConvHead[x0].BatchNorm"
//| "_conv_heads.0.8_1._convolutional_path.1._layer.0" = "dim.ConvHead[x0].Conv3d_2"
//| "_conv_heads.0.8_1._identity_shortcut._layer.0" = "dim.ConvHead[x0].Conv3d_3"
//| "_conv_heads.0.8_1._bn_embedding" = "dim.ConvHead[x0].BatchNorm_2"
//| "_latent_heads.0._head.1" = "dim.LatentHead[x0].Linear"
//| "_latent_heads.0._head.2" = "dim.LatentHead[x0].BatchNorm"
//| "_latent_heads.0._head.4" = "dim.LatentHead[x0].Linear_2"
//| "_encoder.1._layers.0._layer.0" = "dim.Dcgan[x1].Conv3d"
//| "_encoder.1._layers.1._layer.0" = "dim.Dcgan[x1].Conv3d_2"
//| "_encoder.1._layers.1._layer.1" = "dim.Dcgan[x1].DcganDown.BatchNorm"
//| "_encoder.1._layers.2._layer.0" = "dim.Dcgan[x1].DcganDown.Conv3d"
//| "_encoder.1._layers.2._layer.1" = "dim.Dcgan[x1].BatchNorm"
//| "_encoder.1._layers.3._layer.0" = "dim.Dcgan[x1].Conv3d_3"
//| "_conv_heads.1.8_1._convolutional_path.0._layer.0" = "dim.ConvHead[x1].Conv3d"
//| "_conv_heads.1.8_1._convolutional_path.0._layer.1" = "dim.ConvHead[x1].BatchNorm"
//| "_conv_heads.1.8_1._convolutional_path.1._layer.0" = "dim.ConvHead[x1].Conv3d_2"
//| "_conv_heads.1.8_1._identity_shortcut._layer.0" = "dim.ConvHead[x1].Conv3d_3"
//| "_conv_heads.1.8_1._bn_embedding" = "dim.ConvHead[x1].BatchNorm_2"
//| "_latent_heads.1._head.1" = "dim.LatentHead[x1].Linear"
//| "_latent_heads.1._head.2" = "dim.LatentHead[x1].BatchNorm"
//| "_latent_heads.1._head.4" = "dim.LatentHead[x1].Linear_2"

use std.encoders.Dcgan
use std.heads.{ConvHead, LatentHead}

modality x0: tensor[1, 32, 32, 32] = given()
modality x1: tensor[1, 32, 32, 32] = given()
condition d0: class{0, 1, 2, 3, 4, 5, 6, 7} = given()
condition h0: class{0, 1, 2, 3, 4, 5, 6, 7} = given()
condition w0: class{0, 1, 2, 3, 4, 5, 6, 7} = given()
condition d1: class{0, 1, 2, 3, 4, 5, 6, 7} = given()
condition h1: class{0, 1, 2, 3, 4, 5, 6, 7} = given()
condition w1: class{0, 1, 2, 3, 4, 5, 6, 7} = given()

group mods = [x0, x1]

model dim(mods, d0, h0, w0, d1, h1, w1) {
  let e = for m in mods { m |> Dcgan(latent: 8, width: 2) }
  output z = e.latent
  output c = for m in mods { e[m].layer |> ConvHead(8) }
  output u = for m in mods { e[m].latent |> LatentHead(8) }
  let at0 = (d0 |> one_hot |> reshape(1, 8, 1, 1))
    * (h0 |> one_hot |> reshape(1, 1, 8, 1))
    * (w0 |> one_hot |> reshape(1, 1, 1, 8))
  let at1 = (d1 |> one_hot |> reshape(1, 8, 1, 1))
    * (h1 |> one_hot |> reshape(1, 1, 8, 1))
    * (w1 |> one_hot |> reshape(1, 1, 1, 8))
  output place0 = reduce_sum(c[x0] * at0, axes: [1, 2, 3])
  output place1 = reduce_sum(c[x1] * at1, axes: [1, 2, 3])
}

loss nce(u, v) = info_nce(u, v, clip: 20, penalty: 4e-2)

train dim {
  minimize sum(for m in mods { nce(dim.c[m], dim.u[m]) })
    + sum(for i, j in mods if i != j { nce(dim.c[j], dim.u[i]) })
    + nce(dim.c[x1], dim.place0)
    + nce(dim.c[x0], dim.place1)
    + sum(for i, j in mods if i != j { nce(dim.u[i], dim.u[j]) })
}
