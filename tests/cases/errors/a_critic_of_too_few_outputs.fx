cohort c = bids("data")
modality t1: image[1, 16, 16]? = c.image("anat/*_T1w.nii.gz")
modality t2: image[1, 16, 16]? = c.image("anat/*_T2w.nii.gz")
group scans = [t1, t2]
block Critic(x: [c, h, w]) -> [1] { x |> flatten |> Linear(1) }
model m(scans) { output s = for i in scans { i |> Conv2d(1) } }
train m { minimize sum(for i in scans { l1(m.s[i], i) }) + fool(Critic(), m.s) }
score m.s: mse

// error[E0310] 7:65 the critic tells 2 members apart and gives [1]: [2] is needed
// also 5:37
// hint: end the critic with `Linear(2)`: one logit a member, no softmax
