cohort c = bids("data")
modality t1: image[1, 16, 16]? = c.image("anat/*_T1w.nii.gz")
modality t2: image[1, 16, 16]? = c.image("anat/*_T2w.nii.gz")
target pet: image[1, 16, 16] = c.image("pet/*_pet.nii.gz")
group scans = [t1, t2]
model m(scans) -> pet { mean(for i in scans { i |> Conv2d(4) }) |> relu |> Conv2d(1) }
train m { minimize l1(m, pet) }
score m: psnr, without: each of scans
score m: mse, without: t1

// shape: m = [1, 16, 16]
