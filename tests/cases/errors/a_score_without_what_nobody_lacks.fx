cohort c = bids("data")
modality t1: image[1, 16, 16] = c.image("anat/*_T1w.nii.gz")
modality t2: image[1, 16, 16]? = c.image("anat/*_T2w.nii.gz")
group scans = [t1, t2]
model m(scans) { output back = for i in scans { i |> Conv2d(1) } }
train m { minimize sum(for i in scans { l1(m.back[i], i) }) }
score m.back: mse, without: each of scans
score m.back: psnr, without: t2

// error[E0504] 7:37 `t1` cannot be left out: nobody is without it
// also 2:10
// hint: declare it as one that may be absent: `modality t1: ..? = ..`
// error[E0504] 8:30 without `t2` nobody has the output
// also 5:49
// hint: pool over the family, or say what stands in for it: `t2 ?? zeros`
