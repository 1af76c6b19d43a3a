/// Fedorov et al.: 3,804,032 parameters with one channel, 32 filters and a code of 64; 36,756 and 12,324 in the small ones of
/// their code; the decoders 19,132 and 12,138; the heads 192 and 144.
use std.encoders.{Dcgan, DcganDecoder}
use std.heads.{ConvHead, IdentityHead, LatentHead}
cohort c = bids("data")
modality large: volume[1, 64, 64, 64] = c.image("anat/*_T1w.nii.gz")
modality small: volume[2, 32, 32, 32] = c.image("anat/*_dseg.nii.gz") |> labels(1, 2)
modality code: vector[8] = c.columns(z1, z2, z3, z4, z5, z6, z7, z8)
modality map: volume[6, 8, 8, 8] = c.image("anat/*_dseg.nii.gz") |> labels(1, 2, 3, 4, 5, 6)

model paper(large) {
  let e = large |> Dcgan(latent: 64, width: 32)
  output layer = e.layer
  e.latent
}
model narrow(large) { (large |> Dcgan(latent: 8, width: 3)).latent }
model low(small) {
  let e = small |> Dcgan(latent: 8, width: 3)
  output layer = e.layer
  e.latent
}
model back64(code) { code |> DcganDecoder(size: 64, width: 2, slope: 0) }
model back32(code) { code |> DcganDecoder(size: 32, width: 3) }
model of_maps(map) { map |> ConvHead(8) }
model of_codes(code) { code |> LatentHead(8) }
model itself(code) { code |> IdentityHead(8) }

// table: c: z1 number; z2 number; z3 number; z4 number; z5 number; z6 number; z7 number; z8 number
// shape: paper = [64]
// shape: paper.layer = [128, 8, 8, 8]
// shape: low.layer = [6, 8, 8, 8]
// shape: back64 = [1, 64, 64, 64]
// shape: back32 = [1, 32, 32, 32]
// shape: of_maps = [8, 8, 8, 8]
// parameters: paper = 3804032
// parameters: narrow = 36756
// parameters: low = 12324
// parameters: back64 = 19132
// parameters: back32 = 12138
// parameters: of_maps = 192
// parameters: of_codes = 144
// parameters: itself = 0
