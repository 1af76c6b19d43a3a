use std.⟨⟩
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= blocks (Building blocks of image networks.)
//= encoders (Encoders: an image or a table in, a vector out.)
//= fusion (Fusion operators: two kinds of data become one.)
//= heads (Projection heads: what stands between an encoder and a loss that compares views.)
//= losses (Losses made of others.)
//= disentangle (Anatomy and appearance of a slice (Ouyang et al. 2021, Representation disentanglement for multi-modal brain MRI)
//= attention (Attention: tokens, `[n, f]`, look at tokens.)
//= segmentation (Losses of masks, beside `cross_entropy` and `dice_loss`.)
//= unet (U-Nets: networks that draw, on the grid of what they see.)
//= and 0 more
