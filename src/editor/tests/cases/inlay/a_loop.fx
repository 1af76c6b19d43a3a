cohort c = bids("data")
modality t1: volume[1, 16, 16, 16]? = c.image("anat/*_T1w.nii.gz") |> zscore
modality pet: volume[1, 16, 16, 16]? = c.image("pet/*.nii.gz") |> zscore
group scans = [t1, pet]
model m(scans) {
  let codes = for s in scans {
    let features = s |> Conv3d(4, stride: 4) |> global_avg_pool
    normal(features |> Linear(3), features |> Linear(3))
  }
  output z = poe(prior, codes)
  output back = for s in scans { z |> sample |> Linear(8) }
}
//=     let features = s |> Conv3d(4, stride: 4)⟨: [4, 4, 4, 4]⟩⟨? t1, ..⟩ |> global_avg_pool⟨: [4]⟩
//=     normal(features |> Linear(3)⟨: [3]⟩⟨? t1, ..⟩, features |> Linear(3)⟨: [3]⟩⟨? t1, ..⟩)
//=   output back = for s in scans { z |> sample⟨: [3]⟩ |> Linear(8)⟨: [8]⟩ }
