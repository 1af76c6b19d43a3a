cohort c = table("c.csv")
modality thick: vector[3] = c.columns(a, b, d |> standardize)
target diagnosis: class{HC, AD} = c.column("diagnosis")
block Embed(width: int)(x: [n]) -> [width] { x |> Linear(width) }
model first(thick) -> diagnosis { thick |> Embed(8) |> Linear(2) }
model second(thick) -> diagnosis { thick |> Embed(4) |> Linear(2) }
train first { minimize cross_entropy(first, diagnosis) }
train second {
  init second.Embed from first.Embed
  minimize cross_entropy(second, diagnosis)
}

// error[E0855] 9:8 `second.Embed.Linear` holds [4, 3] and [4], `first.Embed.Linear` holds [8, 3] and [8]
// also 6:7
// also 5:7
// hint: weights can only be taken from a module of the same shape: give both the same width
// table: c: a number; b number; d number; age number; sex F M; diagnosis HC AD
