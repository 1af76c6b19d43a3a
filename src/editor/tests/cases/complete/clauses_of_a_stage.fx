use std.blocks.ConvBnRelu
param width: int = 8
param fusion: one_of(concat, film) = film
cohort people = table("people.tsv")
modality about: vector[2] = people.columns([age, ptau] |> standardize)
modality t1: volume[1, 32, 32, 32] = people.image("anat/*_T1w.nii.gz") |> zscore
target diagnosis: class{HC, AD} = people.column("diagnosis")
group both = [about, t1]
model m(about) -> diagnosis { about |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  epochs 3
  ⟨⟩
}
//== people.tsv
participant_id	age	sex	ptau	diagnosis	icv size
a	60	F	1.5	HC	1
b	70	M	n/a	AD	2
c	71	F	2.5	AD	3
//= replaces ""
//= optimizer (How parameters move.) writes "optimizer "
//= schedule (How the learning rate changes.) writes "schedule "
//= batch (How many subjects (of slices: slices) a step looks at.) writes "batch "
//= accumulate (Adds up the gradients of several batches before a step: a larger batch in the memory of a smaller one.) writes "accumulate "
//= clip (Scales the gradient of all parameters down to a norm that it must not exceed.) writes "clip "
//= stop (Ends the stage before its last epoch.) writes "stop "
//= keep (Which epoch's weights stay: the best on the validation subjects, by the loss or by a metric, or the last.) writes "keep "
//= init (Starts with the weights of another stage's module of the same shape, or of a file.) writes "init "
//= freeze (Uses these modules as they are.) writes "freeze "
//= augment (Random changes of the training images, drawn anew each time a subject is seen; all images and masks of a subject move alike.) writes "augment "
//= sample (How subjects are drawn.) writes "sample "
//= patches (Sees its images by parts: a step's row is a patch, cut alike from all images and masks that the stage reads and drawn anew each time) writes "patches "
//= and 4 more
