cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
model m(thick) -> diagnosis { thick |> Linear(8) |> relu |> Linear(2) }
train m {
  minimize cross_entropy(m, diagnosis)
  init m from "pretrained.pt"
}

// error[E0858] 7:15 `pretrained.pt` is no safetensors file
// hint: make one of PyTorch's weights: `fascicle weights import`, then `from "pretrained.safetensors"`
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
