/// The critic belongs to the stage: the model does not hold its parameters, and of weight 0 it is gone.
param weight: real = 0.5
cohort c = bids("data")
modality t1: image[1, 16, 16]? = c.image("anat/*_T1w.nii.gz")
modality t2: image[1, 16, 16]? = c.image("anat/*_T2w.nii.gz")
group scans = [t1, t2]
block Critic(x: [c, h, w]) -> [2] { x |> Conv2d(4, stride: 2) |> relu |> flatten |> Linear(2) }
model m(scans) {
  output s = for i in scans { i |> Conv2d(4) }
  output back = for i in scans { s[i] |> Conv2d(1) }
}
train m {
  minimize sum(for i in scans { l1(m.back[i], i) })
    + weight * fool(Critic(), m.s, optimizer: SGD(lr: 0.1))
    + margin(near: same subject, far: same modality, of: m.s, by: 0.1)
}
score m.back: mse

// shape: m.s[t1] = [4, 16, 16]?
// parameters: m = 154
// parameters: m.Critic = 662
