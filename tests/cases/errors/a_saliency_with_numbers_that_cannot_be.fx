cohort people = bids("data")
modality t1: volume[1, 16, 16, 16] = people.image("anat/*_T1w.nii.gz")
target age: real = people.column("age")
model m(t1) -> age { t1 |> flatten |> Linear(1) }
train m { minimize mse(m, age) }
analysis noisy = smooth_grad(m, of: t1, noise: -0.1)
analysis never = smooth_grad(m, of: t1, times: 0)
analysis share = smooth_grad(m, of: t1, smooth: 5%)
analysis sharp = smooth_grad(m, of: t1, smooth: -1.5)
analysis masked = smooth_grad(m, of: t1, mask: brain)
// table: people: age number

// error[E0204] 6:48 `noise` of `smooth_grad` takes a number from 0 to 1, found -0.1
// hint: give a number from 0 to 1
// error[E0204] 7:48 `times` of `smooth_grad` takes a whole number of at least 1, found 0
// hint: give a whole number of at least 1
// error[E0204] 8:49 `smooth` of `smooth_grad` takes a length of at least 0mm, such as 1.5mm, found a number with a unit
// hint: give a length of at least 0mm, such as 1.5mm
// error[E0204] 9:49 `smooth` of `smooth_grad` takes a length of at least 0mm, such as 1.5mm, found -1.5
// hint: give a length of at least 0mm, such as 1.5mm
// error[E0204] 10:48 `mask` of `smooth_grad` cannot be `brain`
// hint: it is one of nonzero, above_mean, all
