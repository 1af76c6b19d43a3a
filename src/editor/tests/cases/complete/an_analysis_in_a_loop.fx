cohort people = table("people.tsv")
modality t1: volume[1, 8, 8, 8] = people.image("a") |> zscore
group all = [t1]
analysis a = for m in all { retr⟨⟩ }
//= replaces "retr"
//= retrieval (retrieval(values, groups, distance: cosine, on: unseen) -> share, chance) writes "retrieval(${1:values}, ${2:groups})"
//= layer_entropy (layer_entropy(model, draws: 1000) -> entropy, mean, sd, loss) writes "layer_entropy(${1:model})"
//= and 0 more
