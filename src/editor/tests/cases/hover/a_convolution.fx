use std.blocks.ConvBnRelu
param width: int = 8
cohort c = table("people.tsv")
modality t1: volume[1, 32, 32, 32] = c.image("anat/*_T1w.nii.gz") |> zscore
modality pet: volume[1, 32, 32, 32]? = c.image("pet/*.nii.gz") |> zscore
condition record: vector[_] = c.columns([age, education] |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
/// Halves the grid twice.
block Encoder(x: [c, d, h, w]) -> [16] {
  x |> Conv⟨⟩3d(width, 3, stride: 2, padding: 1) |> relu |> max_pool3d(2) |> flatten |> Linear(16)
}
model m(t1, pet, record) -> diagnosis {
  let e = Encoder()
  let image = t1 |> e
  let tracer = pet |> Encoder()
  let filled = tracer ?? zeros
  concat(image, filled, record) |> Linear(2)
}
train m { minimize cross_entropy(m, diagnosis)  batch 4 }
protocol cv = kfold(3, stratify: [diagnosis])
score m: auc
sweep widths: width in [4, 8, 16]
//== people.tsv
participant_id	age	education	diagnosis
a	61.5	12	HC
b	70	n/a	AD
c	75	16	AD
//= `Conv3d(width, 3, stride: 2, padding: 1)`
//= ```fascicle
//= Conv3d(width, 3, stride: 2, padding: 1): [1, 32, 32, 32] → [8, 16, 16, 16]
//= ```
//=
//= ⌊(32 + 2 − 3) / 2⌋ + 1 = 16
//=
//= 224 parameters · 884.7 k multiply-adds a subject
//=
//= `Encoder` is applied 2 times; this is the first.
//=
//= In `width=4`: `[4, 16, 16, 16]`, 112 parameters · 442.4 k multiply-adds a subject
//=
//= In `width=16`: `[16, 16, 16, 16]`, 448 parameters · 1.8 M multiply-adds a subject
//=
//= ---
//=
//= **Conv3d** (operator), reads x
//=
//= Convolution of all channels with `filters` learned kernels: `[c, d, h, w] -> [filters, d', h', w']`.
//=
//= The kernel is not mirrored (cross-correlation). `padding: same` gives `ceil(n / stride)` along each axis: the zeros that takes are put around the input in halves, the odd one at the end. With `padding: p` the extent is `floor((n + 2p - dilation*(kernel-1) - 1) / stride) + 1`. Weights and bias start uniform in ±1/√(c/groups * kernel), unless `init`, `std` and `bias_init` say otherwise.
//=
//= - `filters (required)`: channels of the result
//= - `kernel = 3`: extent of the kernel
//= - `stride = 1`: step of the kernel
//= - `padding = same`: zeros on either side, or `same`: ceil(n / stride)
//= - `dilation = 1`: spacing of the kernel's elements
//= - `groups = 1`: groups of channels that do not see each other
//= - `bias = true`: whether a learned number is added per filter
//= - `init = uniform`: what the weights start from, with mean 0
//= - `std`: standard deviation of the weights at the start; 1/√(3n), PyTorch's, where not given
//= - `bias_init = uniform`: what the bias starts from: uniform in ±1/√n, or zeros
//=
//= *Source:* PyTorch `torch.nn.Conv3d`; padding `same` as Keras `Conv3d`, `Conv*(padding="same")`
//=
//= ```fascicle
//= x |> Conv3d(16, kernel: 3, stride: 2)
//= ```
